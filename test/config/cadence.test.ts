import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { due, inZone, parseCadence } from "../../src/config/cadence.ts";

const patternOf = (text: string) => {
  const parsed = parseCadence(text);
  if (parsed.kind === "refused") return parsed.reason;
  return parsed.value.kind === "cron" ? [parsed.value.pattern, parsed.value.timezone] : "manual";
};

describe("words become times", () => {
  test.each([
    ["manual", "manual"],
    ["daily 07:00", ["0 7 * * *", undefined]],
    ["weekdays  7:05", ["5 7 * * 1-5", undefined]],
    ["Weekdays 07:00 Europe/Berlin", ["0 7 * * 1-5", "Europe/Berlin"]],
    ["weekdays 07:00 europe/berlin", ["0 7 * * 1-5", "Europe/Berlin"]],
    ["daily 07:00 UTC", ["0 7 * * *", "UTC"]],
    ["daily 07:00 America/Argentina/Buenos_Aires", ["0 7 * * *", "America/Argentina/Buenos_Aires"]],
    ["daily 07:00 Asia/Kolkata", ["0 7 * * *", "Asia/Kolkata"]],
    ["weekends 10:00", ["0 10 * * 0,6", undefined]],
    ["mon,thu 09:30", ["30 9 * * 1,4", undefined]],
    ["Monday,Thursday 09:30", ["30 9 * * 1,4", undefined]],
    ["mon-wed 09:30", ["30 9 * * 1,2,3", undefined]],
    ["sat-mon 09:30", ["30 9 * * 0,1,6", undefined]],
    ["hourly", ["0 * * * *", undefined]],
    ["every 15m", ["*/15 * * * *", undefined]],
    ["every 2h Europe/Berlin", ["0 */2 * * *", "Europe/Berlin"]],
    ["0 7 * * 1-5", ["0 7 * * 1-5", undefined]],
    ["0 7 * * mon-fri/2", ["0 7 * * mon-fri/2", undefined]],
    ["*/10 8-18 * * 1-5 Europe/Berlin", ["*/10 8-18 * * 1-5", "Europe/Berlin"]],
  ])("%s", (text, expected) => {
    expect(patternOf(text)).toEqual(expected);
  });

  test("what the person wrote is kept", () => {
    expect(parseCadence(" weekdays   07:00 ")).toMatchObject({ value: { words: "weekdays 07:00" } });
  });

  test("the organisation's time zone holds where none is named", () => {
    const parsed = parseCadence("daily 07:00");
    expect(parsed.kind === "valid" && inZone(parsed.value, "Asia/Tokyo")).toMatchObject({
      timezone: "Asia/Tokyo",
    });
  });
});

describe("what is not understood says what is allowed", () => {
  test.each([
    ["weekdys 07:00", '"weekdys 07:00" is not understood; did you mean "weekdays 07:00"?'],
    ["sometimes", '"sometimes" is not understood; write e.g. "weekdays 07:00 Europe/Berlin"'],
    ["weekdays", '"weekdays" wants one time of day after "weekdays"'],
    ["daily 25:00", '"daily 25:00" wants one time of day after "daily"; write e.g. "daily 07:00"'],
    ["daily 7am", '"daily 7am" wants one time of day'],
    ["daily 07:00 13:00", "wants one time of day"],
    ["mon,foo 07:00", "is not understood"],
    ["every 7m", '"every 7m" does not divide an hour evenly'],
    ["every 0m", "does not divide an hour evenly"],
    ["every 48h", "does not divide a day evenly"],
    ["every now and then", "is not understood"],
    ["0 0 7 * * *", '"0 0 7 * * *" has 6 cron fields; five are wanted'],
    ["0 7 * *", "has 4 cron fields"],
    ["60 7 * * *", "is not a cron pattern (Constraint error, got value 60 expected range 0-59)"],
    ["0 0 31 2 *", "is not a cron pattern"],
    ["H 7 * * *", "is not understood"],
    ["0 H * * *", "is not understood"],
    ["@daily", "is not understood"],
    ["daily 07:00 Europe/Berln", '"Europe/Berln" is not a time zone; did you mean "Europe/Berlin"?'],
    ["daily 07:00 Mars/Olympus", "is not a time zone; write a name such as"],
    ["0 7 * * 1-5 Mars/Olympus", "is not a time zone"],
    ["x".repeat(10_000), "is not understood"],
  ])("%s", (text, reason) => {
    expect(patternOf(text)).toEqual(expect.stringContaining(reason));
  });

  test("never throws", () => {
    const part = fc.constantFrom(
      "daily",
      "mon",
      "07:00",
      "0",
      "*",
      "*/5",
      "every",
      "15m",
      "UTC",
      "Europe/Berlin",
      "L",
      "1-5,",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(["valid", "refused"]).toContain(parseCadence(given).kind);
      }),
    );
  });
});

describe("due times", () => {
  const daily = (pattern: string) => ({
    kind: "cron" as const,
    pattern,
    timezone: "Europe/Berlin",
    words: pattern,
  });
  const around = (pattern: string, now: string) => {
    const times = due(daily(pattern), new Date(now));
    return times === null ? null : [times.previous.toISOString(), times.next.toISOString()];
  };

  test("manual has none", () => {
    expect(due({ kind: "manual", words: "manual" }, new Date("2026-05-05T05:00:00Z"))).toBeNull();
  });

  test.each([
    [
      "a due time is its own previous one",
      "0 7 * * *",
      "2026-05-05T05:00:00Z",
      "2026-05-05T05:00:00Z",
      "2026-05-06T05:00:00Z",
    ],
    [
      "a moment before",
      "0 7 * * *",
      "2026-05-05T04:59:59.999Z",
      "2026-05-04T05:00:00Z",
      "2026-05-05T05:00:00Z",
    ],
    [
      "seven o'clock before the clocks go forward",
      "0 7 * * *",
      "2026-03-28T12:00:00Z",
      "2026-03-28T06:00:00Z",
      "2026-03-29T05:00:00Z",
    ],
    [
      "seven o'clock before the clocks go back",
      "0 7 * * *",
      "2026-10-24T12:00:00Z",
      "2026-10-24T05:00:00Z",
      "2026-10-25T06:00:00Z",
    ],
    [
      "a time that is left out comes an hour later",
      "30 2 * * *",
      "2026-03-28T12:00:00Z",
      "2026-03-28T01:30:00Z",
      "2026-03-29T01:30:00Z",
    ],
    [
      "and is not forgotten afterwards",
      "30 2 * * *",
      "2026-03-29T12:00:00Z",
      "2026-03-29T01:30:00Z",
      "2026-03-30T00:30:00Z",
    ],
    [
      "a time that comes twice is due the first time",
      "30 2 * * *",
      "2026-10-25T00:30:00Z",
      "2026-10-25T00:30:00Z",
      "2026-10-26T01:30:00Z",
    ],
    [
      "and not the second",
      "30 2 * * *",
      "2026-10-25T01:00:00Z",
      "2026-10-25T00:30:00Z",
      "2026-10-26T01:30:00Z",
    ],
    [
      "nor looking back on it",
      "30 2 * * *",
      "2026-10-25T12:00:00Z",
      "2026-10-25T00:30:00Z",
      "2026-10-26T01:30:00Z",
    ],
    [
      "every quarter passes through the repeated hour",
      "*/15 * * * *",
      "2026-10-25T01:05:00Z",
      "2026-10-25T01:00:00Z",
      "2026-10-25T01:15:00Z",
    ],
    ["a rare time", "0 0 29 2 *", "2026-05-05T05:00:00Z", "2024-02-28T23:00:00Z", "2028-02-28T23:00:00Z"],
  ])("%s", (_, pattern, now, ...expected) => {
    expect(around(pattern, now)).toEqual(expected.map((at) => new Date(at).toISOString()));
  });

  test.each([
    ["* * * * *", 1],
    ["*/15 * * * *", 15],
    ["*/30 * * * *", 30],
  ])("%s misses and repeats nothing while the clocks change", (pattern, minutes) => {
    for (const change of ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]) {
      for (let step = -100; step <= 100; step += 7) {
        const now = new Date(Date.parse(change) + step * 60_000);
        const previous = new Date(Math.floor(now.getTime() / (minutes * 60_000)) * minutes * 60_000);
        expect(due(daily(pattern), now)).toEqual({
          previous,
          next: new Date(previous.getTime() + minutes * 60_000),
        });
      }
    }
  });

  test("whatever the moment, previous <= now < next, and the next time of the previous one is the next", () => {
    const patterns = fc.constantFrom("30 2 * * *", "0 7 * * 1-5", "*/15 * * * *", "0 */6 * * *", "0 0 1 * *");
    const moments = fc.date({
      min: new Date("2026-01-01"),
      max: new Date("2027-12-31"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(patterns, moments, (pattern, now) => {
        const times = due(daily(pattern), now);
        if (times === null) throw new Error("a cron cadence has times");
        expect(times.previous.getTime()).toBeLessThanOrEqual(now.getTime());
        expect(times.next.getTime()).toBeGreaterThan(now.getTime());
        expect(due(daily(pattern), times.previous)).toEqual(times);
      }),
      { numRuns: 200 },
    );
  });
});
