import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMoment, sayMoment } from "../../src/domain/moment-words.ts";

const berlin = "Europe/Berlin";
/** A Tuesday, 14:30 in Berlin. */
const now = new Date("2026-11-24T13:30:00Z");
const at = (words: string, from = now) => {
  const read = readMoment(words, from, berlin);
  return read.kind === "moment" ? read.at.toISOString() : read.problem;
};

describe("a moment to come, in words", () => {
  it.each([
    ["18:00", "2026-11-24T17:00:00.000Z"],
    ["9:00", "2026-11-25T08:00:00.000Z"],
    ["today 15:00", "2026-11-24T14:00:00.000Z"],
    ["tomorrow", "2026-11-24T23:00:00.000Z"],
    ["Tomorrow  09:15", "2026-11-25T08:15:00.000Z"],
    ["monday 07:00", "2026-11-30T06:00:00.000Z"],
    ["tue 14:00", "2026-12-01T13:00:00.000Z"],
    ["tuesday 15:00", "2026-11-24T14:00:00.000Z"],
    ["2026-12-24", "2026-12-23T23:00:00.000Z"],
    ["2026-12-24 08:00", "2026-12-24T07:00:00.000Z"],
    ["2026-12-24T08:00", "2026-12-24T07:00:00.000Z"],
    ["2026-12-24T08:00Z", "2026-12-24T08:00:00.000Z"],
    ["2026-12-24T08:00+05:30", "2026-12-24T02:30:00.000Z"],
    ["2h", "2026-11-24T15:30:00.000Z"],
    ["45 minutes", "2026-11-24T14:15:00.000Z"],
    ["3d", "2026-11-27T13:30:00.000Z"],
  ])("%s", (words, wanted) => expect(at(words)).toBe(wanted));

  it("is by the clock on the wall where it changes", () => {
    const spring = new Date("2027-03-27T12:00:00Z");
    expect(at("sunday 01:30", spring)).toBe("2027-03-28T00:30:00.000Z");
    expect(at("sunday 04:00", spring)).toBe("2027-03-28T02:00:00.000Z");
    const autumn = new Date("2026-10-24T12:00:00Z");
    expect(at("tomorrow 04:00", autumn)).toBe("2026-10-25T03:00:00.000Z");
    expect(at("tomorrow 01:00", autumn)).toBe("2026-10-24T23:00:00.000Z");
  });

  it.each([
    ["", "no moment that I know"],
    ["soon", "no moment that I know"],
    ["25:00", "no moment that I know"],
    ["2026-02-30 08:00", "no moment that I know"],
    ["today 09:00", "is over already"],
    ["2020-01-01", "is over already"],
    ["2h ago", "no moment that I know"],
    ["9999 days", "more than a year ahead"],
  ])("refuses %s with what to write", (words, why) => expect(at(words)).toContain(why));

  it("is never in the past and never more than a year ahead, whatever is typed", () => {
    const word = fc.constantFrom(
      "today",
      "monday",
      "sun",
      "9:00",
      "23:59",
      "2026-11-25",
      "1h",
      "tomorrow",
      "x",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3 }), (words) => {
        const read = readMoment(words.join(" "), now, berlin);
        if (read.kind === "problem") return;
        expect(read.at.getTime()).toBeGreaterThan(now.getTime());
        expect(read.at.getTime() - now.getTime()).toBeLessThan(367 * 24 * 60 * 60 * 1000);
      }),
    );
  });

  it("is said by the same clock", () => {
    expect(sayMoment(new Date("2026-11-30T06:00:00Z"), berlin)).toBe("Mon 30 Nov, 07:00");
  });
});
