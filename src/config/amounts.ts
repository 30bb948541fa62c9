import { type Parsed, quoted, refused, valid } from "./parsed.ts";

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const unitBytes: Record<string, number> = { kb: 1_000, mb: 1_000_000, gb: 1_000_000_000 };

/** `90s`, `15m`, `2h`, `3d` → milliseconds. */
export function parseDuration(text: string): Parsed<number> {
  const parts = /^(\d{1,9})\s*([smhd])$/i.exec(text.trim());
  const unit = unitMs[parts?.[2]?.toLowerCase() ?? ""];
  return unit === undefined
    ? refused(`${quoted(text)} is not a duration; write e.g. "90s", "15m", "2h", "3d"`)
    : valid(Number(parts?.[1]) * unit);
}

/** `500KB`, `10MB` → bytes, in thousands. */
export function parseSize(text: string): Parsed<number> {
  const parts = /^(\d{1,9})\s*([kmg]b)$/i.exec(text.trim());
  const unit = unitBytes[parts?.[2]?.toLowerCase() ?? ""];
  return unit === undefined
    ? refused(`${quoted(text)} is not a size; write e.g. "500KB", "10MB"`)
    : valid(Number(parts?.[1]) * unit);
}

/** The last millisecond of a day (`2027-01-31`) in a time zone. */
export function endOfDay(day: string, timezone: string): Date {
  const nextMidnightUtc = Date.parse(`${day}T00:00:00Z`) + 86_400_000;
  // Twice, because the offset at the first guess may be the one from before a clock change.
  const guess = nextMidnightUtc - offsetMs(new Date(nextMidnightUtc), timezone);
  return new Date(nextMidnightUtc - offsetMs(new Date(guess), timezone) - 1);
}

function offsetMs(at: Date, timezone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  const wall = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return wall - Math.floor(at.getTime() / 1_000) * 1_000;
}
