import type { Entry } from "./entries.ts";
import { type Snapshot, snapshots } from "./snapshots.ts";

const DAY_MS = 86_400_000;

/**
 * The history as git fast-import reads it, its last entry on the day before `now`.
 * The same `now` gives the same bytes, so the same commits.
 */
export function fastImportStream(history: readonly Entry[], now: Date): string {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const commands = snapshots(history).map((snapshot, position) => commitCommand(snapshot, position, today));
  return `${commands.join("")}done\n`;
}

function commitCommand({ entry, parents, written }: Snapshot, position: number, today: number): string {
  const who = `${entry.by.name} <${entry.by.email}> ${secondsOf(entry, today)} ${entry.by.zone}`;
  const [from, ...merged] = parents;
  return [
    "commit refs/heads/main",
    `mark :${position + 1}`,
    `author ${who}`,
    `committer ${who}`,
    data(withDates(messageOf(entry), today)),
    ...(from === undefined ? [] : [`from :${from + 1}`]),
    ...merged.map((parent) => `merge :${parent + 1}`),
    ...written.map(({ path, content }) => `M 100644 inline ${path}\n${data(withDates(content, today))}`),
    "",
  ].join("\n");
}

/** fast-import counts bytes, not characters. */
const data = (content: string): string => `data ${Buffer.byteLength(content)}\n${content}`;

function secondsOf(entry: Entry, today: number): number {
  const [hours = 0, minutes = 0] = entry.time.split(":").map(Number);
  return (today - entry.daysAgo * DAY_MS) / 1000 + hours * 3600 + minutes * 60;
}

function messageOf(entry: Entry): string {
  const trailers = Object.entries(entry.trailers ?? {}).map(([key, value]) => `${key}: ${value}`);
  const paragraphs = [entry.subject, entry.body, trailers.join("\n")];
  return `${paragraphs.filter((paragraph) => paragraph !== undefined && paragraph !== "").join("\n\n")}\n`;
}

/** `{12 days ago}` becomes that day's date: a changelog and a decision have to agree with the commits around them. */
function withDates(content: string, today: number): string {
  return content.replace(/\{(\d+) days ago\}/g, (_, days: string) =>
    new Date(today - Number(days) * DAY_MS).toISOString().slice(0, 10),
  );
}
