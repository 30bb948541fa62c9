import { expect, test } from "vitest";
import { endOfDay, parseDuration, parseSize } from "../../src/config/amounts.ts";

test.each([
  ["90s", 90_000],
  ["15m", 900_000],
  ["2h", 7_200_000],
  ["3d", 259_200_000],
  [" 3 D ", 259_200_000],
])("%s is a duration", (text, ms) => {
  expect(parseDuration(text)).toEqual({ kind: "valid", value: ms });
});

test.each(["", "15", "m", "15 minutes", "1.5h", "-3d", "1m30s", "9999999999s"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text).kind).toBe("refused");
  },
);

test.each([
  ["10MB", 10_000_000],
  ["500 kb", 500_000],
])("%s is a size", (text, bytes) => {
  expect(parseSize(text)).toEqual({ kind: "valid", value: bytes });
});

test.each(["", "10", "10MiB", "10M", "a lot"])("%j is no size", (text) => {
  expect(parseSize(text).kind).toBe("refused");
});

test.each([
  ["2027-01-31", "Europe/Berlin", "2027-01-31T22:59:59.999Z"],
  ["2026-03-28", "Europe/Berlin", "2026-03-28T22:59:59.999Z"],
  ["2026-03-29", "Europe/Berlin", "2026-03-29T21:59:59.999Z"],
  ["2026-10-25", "Europe/Berlin", "2026-10-25T22:59:59.999Z"],
  ["2026-12-31", "UTC", "2026-12-31T23:59:59.999Z"],
  ["2026-12-31", "Pacific/Kiritimati", "2026-12-31T09:59:59.999Z"],
  ["2026-12-31", "America/Los_Angeles", "2027-01-01T07:59:59.999Z"],
])("%s ends in %s at %s", (day, timezone, at) => {
  expect(endOfDay(day, timezone).toISOString()).toBe(at);
});
