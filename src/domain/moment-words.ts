const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const aheadMsMax = 366 * dayMs;
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const wanted = 'e.g. "18:00", "tomorrow 09:00", "monday 07:00", "2026-12-24 08:00" or "2h"';

export type ReadMoment = { kind: "moment"; at: Date } | { kind: "problem"; problem: string };

/**
 * Reads a moment to come, as people say it, by the clock of a time zone: a time of day is its next one; a day without a time begins at
 * midnight; a date may carry its own offset. At most a year ahead.
 */
export function readMoment(words: string, now: Date, timezone: string): ReadMoment {
  const given = words.trim().toLowerCase().replace(/\s+/g, " ");
  const at = momentOf(given, now, timezone);
  const problem = (text: string): ReadMoment => ({ kind: "problem", problem: text });
  if (at === null || Number.isNaN(at.getTime()))
    return problem(`"${words.slice(0, 40)}" is no moment that I know; write ${wanted}.`);
  if (at <= now)
    return problem(`"${words.slice(0, 40)}" is over already; write a moment to come, ${wanted}.`);
  if (at.getTime() - now.getTime() > aheadMsMax)
    return problem(`"${words.slice(0, 40)}" is more than a year ahead; write one that is nearer.`);
  return { kind: "moment", at };
}

function momentOf(given: string, now: Date, timezone: string): Date | null {
  const span = /^(\d{1,4}) ?(m|min|minutes?|h|hours?|d|days?)$/.exec(given);
  if (span !== null) {
    const unit = { m: minuteMs, h: 60 * minuteMs, d: dayMs }[(span[2] ?? "m").charAt(0)] ?? minuteMs;
    return new Date(now.getTime() + Number(span[1]) * unit);
  }
  if (/^\d{4}-\d\d-\d\dt\d\d:\d\d(?::\d\d)?(?:z|[+-]\d\d:\d\d)$/.test(given))
    return new Date(given.toUpperCase());
  const parts =
    /^(?:(?<day>today|tomorrow|[a-z]{3,9}|\d{4}-\d\d-\d\d)(?:t| |$))?(?:(?<hour>\d{1,2}):(?<minute>\d\d))?$/.exec(
      given,
    )?.groups;
  if (parts === undefined || given === "") return null;
  const [hour, minute] = [Number(parts["hour"] ?? 0), Number(parts["minute"] ?? 0)];
  if (hour > 23 || minute > 59) return null;
  return onDay(parts["day"], { hour, minute }, { now, timezone });
}

function onDay(
  day: string | undefined,
  time: { hour: number; minute: number },
  { now, timezone }: { now: Date; timezone: string },
): Date | null {
  const today = localDate(now, timezone);
  const plusDays = (days: number) => atLocal({ ...today, day: today.day + days, ...time }, timezone);
  if (day === undefined) {
    const next = plusDays(0);
    return next > now ? next : plusDays(1);
  }
  if (day === "today") return plusDays(0);
  if (day === "tomorrow") return plusDays(1);
  const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (date !== null) {
    const [year, month, inMonth] = [Number(date[1]), Number(date[2]), Number(date[3])];
    const isReal = new Date(Date.UTC(year, month - 1, inMonth)).getUTCDate() === inMonth && month <= 12;
    return isReal ? atLocal({ year, month, day: inMonth, ...time }, timezone) : null;
  }
  const weekday = weekdays.findIndex((name) => name === day || name.slice(0, 3) === day);
  if (weekday < 0) return null;
  const current = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
  const ahead = (weekday - current + 7) % 7;
  const next = plusDays(ahead);
  return next > now ? next : plusDays(ahead + 7);
}

interface LocalTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/** Days beyond the month's end count on. An hour that a clock change skips is taken after the change. */
function atLocal(wanted: LocalTime, timezone: string): Date {
  const asUtc = Date.UTC(wanted.year, wanted.month - 1, wanted.day, wanted.hour, wanted.minute);
  const guess = new Date(asUtc - offsetMs(new Date(asUtc), timezone));
  // The offset at the guess is the right one, unless the clock changes in between.
  return new Date(asUtc - offsetMs(guess, timezone));
}

function offsetMs(at: Date, timezone: string): number {
  const { year, month, day, hour, minute } = localDate(at, timezone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at.getTime() / minuteMs) * minuteMs;
}

function localDate(at: Date, timezone: string): LocalTime {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
  };
}

/** `Fri 27 Nov, 18:00`, by the clock of a time zone. */
export const sayMoment = (at: Date, timezone: string): string =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
