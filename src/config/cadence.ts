import { CronExpressionParser } from "cron-parser";
import type { Cadence } from "../domain/loop.ts";
import { nearest } from "../domain/nearest.ts";
import { type Parsed, quoted, refused, valid } from "./parsed.ts";

/** A cadence as its file says it: without a time zone, the organisation's holds. */
export type WrittenCadence =
  | { kind: "cron"; pattern: string; timezone?: string; words: string }
  | { kind: "manual"; words: string };

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const weekWords: Record<string, string> = { daily: "*", weekdays: "1-5", weekends: "0,6" };
const forms =
  'write e.g. "weekdays 07:00 Europe/Berlin", "mon,thu 09:30", "every 15m", a cron pattern such as "0 7 * * 1-5", or "manual"';
const lengthMax = 200;

/** Reads a cadence in words or as a five-field cron pattern, with an optional time zone at its end. */
export function parseCadence(text: string): Parsed<WrittenCadence> {
  if (text.length > lengthMax) return notUnderstood(text);
  const words = text.trim().replace(/\s+/g, " ");
  if (words.toLowerCase() === "manual") return valid({ kind: "manual", words });
  const { plan, zone } = splitZone(words);
  const timezone = zone === undefined ? undefined : parseTimezone(zone);
  if (timezone?.kind === "refused") return refused(`${quoted(words)}: ${timezone.reason}`);
  const pattern = /^[\d*]/.test(plan) ? checkCron(plan) : patternOf(plan);
  if (pattern.kind === "refused") return pattern;
  return valid({
    kind: "cron",
    pattern: pattern.value,
    words,
    ...(timezone === undefined ? {} : { timezone: timezone.value }),
  });
}

export const inZone = (cadence: WrittenCadence, timezone: string): Cadence =>
  cadence.kind === "manual" ? cadence : { ...cadence, timezone: cadence.timezone ?? timezone };

/** An IANA name, spelt as the time zone database spells it. */
export function parseTimezone(text: string): Parsed<string> {
  const known = ["UTC", ...Intl.supportedValuesOf("timeZone")];
  const same = known.find((zone) => zone.toLowerCase() === text.toLowerCase());
  if (same !== undefined) return valid(same);
  if (/^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2}$/.test(text) && isKnownToIntl(text)) return valid(text);
  const meant = nearest(text, known);
  const hint =
    meant === undefined ? 'write a name such as "Europe/Berlin" or "UTC"' : `did you mean "${meant}"?`;
  return refused(`${quoted(text)} is not a time zone; ${hint}`);
}

// Clocks move by at most two hours anywhere; with three, the look back begins before any hour that is skipped or comes twice.
const lookBackMs = 3 * 3_600_000;
// A cadence this dense has a due time in every hour that comes twice, so looking back two steps is enough, and quick.
const denseMs = 30 * 60_000;

/** The last due time at or before `now` and the next one after it; null for a cadence without times. */
export function due(cadence: Cadence, now: Date): { previous: Date; next: Date } | null {
  if (cadence.kind === "manual") return null;
  const parse = (currentDate: Date) =>
    CronExpressionParser.parse(cadence.pattern, { currentDate, tz: cadence.timezone });
  // Going backwards, cron-parser leaves out a time that a clock change moved and repeats one that comes twice; going forwards
  // it does neither. So the look back only finds where to begin.
  const before = parse(now).prev().toDate();
  const gapMs = parse(now).next().toDate().getTime() - before.getTime();
  const forwards = parse(new Date(before.getTime() - (gapMs <= denseMs ? 2 * gapMs : lookBackMs)));
  let previous = before;
  let next = forwards.next().toDate();
  while (next.getTime() <= now.getTime()) {
    previous = next;
    next = forwards.next().toDate();
  }
  return { previous, next };
}

function isKnownToIntl(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    // Intl tells of an unknown zone by throwing; there is nothing else that it could mean.
    return false;
  }
}

/** The last word is a zone when it looks like one and no cron field does: `Europe/Berlin`, `UTC`, but not `mon-fri/2`. */
function splitZone(words: string): { plan: string; zone?: string } {
  const parts = /^(.+) ([A-Za-z_]+(?:\/[A-Za-z][A-Za-z0-9_+-]*)+|utc)$/i.exec(words);
  return parts?.[1] === undefined || parts[2] === undefined
    ? { plan: words }
    : { plan: parts[1], zone: parts[2] };
}

function checkCron(plan: string): Parsed<string> {
  const fields = plan.split(" ");
  if (fields.length !== 5)
    return refused(
      `${quoted(plan)} has ${fields.length} cron fields; five are wanted: minute, hour, day of month, month, day of week`,
    );
  if (!/^[\dA-Z*,/?#L -]+$/i.test(plan) || /\bH\b/i.test(plan)) return notUnderstood(plan);
  try {
    // A pattern that never comes due, such as 31 February, is found by asking for its next time.
    CronExpressionParser.parse(plan, { tz: "UTC", currentDate: new Date(0) }).next();
    return valid(plan);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refused(`${quoted(plan)} is not a cron pattern (${reason}); ${forms}`);
  }
}

function patternOf(plan: string): Parsed<string> {
  const words = plan.toLowerCase();
  if (words === "hourly") return valid("0 * * * *");
  if (words.startsWith("every")) return everyPattern(plan);
  const [when = "", time, ...more] = words.split(" ");
  const week = weekWords[when] ?? dayList(when);
  if (week === undefined) return notUnderstood(plan);
  const clock = /^(\d{1,2}):(\d{2})$/.exec(time ?? "");
  const [hour, minute] = [Number(clock?.[1]), Number(clock?.[2])];
  if (clock === null || hour > 23 || minute > 59 || more.length > 0)
    return refused(`${quoted(plan)} wants one time of day after "${when}"; write e.g. "${when} 07:00"`);
  return valid(`${minute} ${hour} * * ${week}`);
}

function everyPattern(plan: string): Parsed<string> {
  const parts = /^every (\d{1,4}) ?([mh])$/i.exec(plan);
  if (parts === null) return notUnderstood(plan);
  const count = Number(parts[1]);
  const isMinutes = parts[2]?.toLowerCase() === "m";
  const whole = isMinutes ? 60 : 24;
  if (count < 1 || count >= whole || whole % count !== 0)
    return refused(
      `${quoted(plan)} does not divide ${isMinutes ? "an hour" : "a day"} evenly; write e.g. "every 15m", "every 2h", or a cron pattern`,
    );
  return valid(isMinutes ? `*/${count} * * * *` : `0 */${count} * * *`);
}

/** `mon,thu` or `mon-fri`, long names too, as cron's numbers. */
function dayList(text: string): string | undefined {
  const parts = text.split(",").map((part) => {
    const ends = part
      .split("-")
      .map((day) => days.findIndex((name) => day === name || isLongName(day, name)));
    return ends.length > 2 || ends.includes(-1) ? undefined : ends;
  });
  if (parts.includes(undefined)) return undefined;
  // Cron has no range over the end of the week, but people say sat-mon.
  return parts
    .flatMap((ends = []) => range(ends[0] ?? 0, ends.at(-1) ?? 0))
    .filter((day, at, all) => all.indexOf(day) === at)
    .sort((a, b) => a - b)
    .join(",");
}

const longNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const isLongName = (day: string, name: string): boolean => day.startsWith(name) && longNames.includes(day);

const range = (from: number, to: number): number[] =>
  Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, step) => (from + step) % 7);

function notUnderstood(text: string): { kind: "refused"; reason: string } {
  const [first = "", ...rest] = text.trim().split(/\s+/);
  const meant = nearest(first, [...Object.keys(weekWords), "hourly", "every", "manual"]);
  const hint =
    meant === undefined || meant === first.toLowerCase()
      ? forms
      : `did you mean ${quoted([meant, ...rest].join(" "))}? Or ${forms}`;
  return refused(`${quoted(text)} is not understood; ${hint}`);
}
