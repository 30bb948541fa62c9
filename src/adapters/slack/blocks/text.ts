import type { PlainTextElement } from "@slack/types";
import type { PersonId } from "../../../domain/ids.ts";
import type { Organisation } from "../../../domain/organisation.ts";

/** What a text that has nothing to show is shown as: Slack refuses empty texts. */
const nothing = "—";

/** Control characters, halves of surrogate pairs, and marks that turn the reading direction: they can disguise a text. */
const disguises = /(?![\n\t])\p{Cc}|\p{Surrogate}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Three characters make mentions, links and entities; without them a text is only a text. */
const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

export const esc = (text: string): string => text.replace(/[&<>]/g, (one) => entities[one] ?? one);

const clean = (text: string): string => text.replace(/\r\n?/g, "\n").replace(disguises, "");

const oneLine = (text: string): string => clean(text).replace(/\s+/g, " ").trim();

/** Cut first, then escaped: half an entity would be shown as garbage. `max` counts what is sent. */
function cutEscaped(text: string, max: number): string {
  const whole = esc(text);
  if (whole.length <= max) return whole;
  let kept = "";
  for (const one of text) {
    const next = entities[one] ?? one;
    if (kept.length + next.length > max - 1) break;
    kept += next;
  }
  return `${kept.trimEnd()}…`;
}

/** Cuts a text that is not markup, without splitting a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "");
  return `${kept.trimEnd()}…`;
}

/** An untrusted text as one line of mrkdwn in which nothing is live. */
export const inline = (text: string, max = 200): string =>
  cutEscaped(oneLine(text).replaceAll("```", "'''"), max) || nothing;

/** An untrusted text as mrkdwn that keeps its lines. */
export function paragraph(text: string, max = 600): string {
  const lines = clean(text)
    .replace(/\n{3,}/g, "\n\n")
    .trim()
    .replaceAll("```", "'''");
  return cutEscaped(lines, max) || nothing;
}

/** An untrusted text in code style. */
export const code = (text: string, max = 120): string => `\`${inline(text, max).replaceAll("`", "'")}\``;

export const plain = (text: string, max: number): PlainTextElement => ({
  type: "plain_text",
  text: cut(oneLine(text), max) || nothing,
  emoji: false,
});

/** An untrusted text for a block that never interprets it. */
export const verbatimText = (text: string, max: number): string => cut(clean(text).trimEnd(), max) || nothing;

/**
 * Cuts our own markup at a line's end and says how much is missing, so that no mention, entity or code mark is cut in two.
 */
export function cutMarkup(text: string, max: number): string {
  if (text.length <= max) return text || nothing;
  const lines = text.split("\n");
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    if (length + line.length + 1 > max - 20) break;
    kept.push(line);
    length += line.length + 1;
  }
  if (kept.length > 0) return `${kept.join("\n")}\n… ${lines.length - kept.length} more lines`;
  const cutLine = text.slice(0, max - 1).replace(/<[^<>]*$|&[a-z]*$|[\ud800-\udbff]$/, "");
  return `${cutLine}…`;
}

/** Lines for at most `max` items, the last one honest about the rest. */
export function capped<T>(items: T[], max: number, line: (item: T) => string): string[] {
  const shown = items.slice(0, max).map(line);
  return items.length > max ? [...shown, `… ${items.length - max} more`] : shown;
}

/** A person as a mention that notifies; by name when the organisation knows no Slack user for them. */
export function mention(org: Organisation, id: PersonId): string {
  const slack = org.people.find((person) => person.id === id)?.slack;
  return slack !== undefined && /^[UW][A-Z0-9]+$/.test(slack) ? `<@${slack}>` : personName(org, id);
}

/** A person by name, without notifying them. */
export const personName = (org: Organisation, id: PersonId): string =>
  inline(org.people.find((person) => person.id === id)?.name ?? id, 80);

export const joined = (words: string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

export const mentions = (org: Organisation, ids: PersonId[], max = 10): string =>
  joined(capped(ids, max, (id) => mention(org, id)));

export const personNames = (org: Organisation, ids: PersonId[], max = 10): string =>
  joined(capped(ids, max, (id) => personName(org, id)));

/** A time in each reader's own zone; the organisation's where Slack cannot tell, as in notifications. */
export function when(at: Date, org: Organisation): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `<!date^${seconds}^{date_short_pretty} {time}|${clockTime(at, org.timezone)}>`;
}

function clockTime(at: Date, timezone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: timezone,
  }).format(at);
}

export const day = (at: Date, timezone: string): string =>
  new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: timezone,
  }).format(at);

export const shortSha = (sha: string): string => code(sha.slice(0, 7));

export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
