import type { Answer, Digest, Overview, RunStory, Trace } from "../domain/answer.ts";
import { endsWithRun, holderName } from "../domain/claim.ts";
import type { InboxItem } from "../domain/inbox.ts";
import type { Doing, MemoryEntry } from "../domain/memory.ts";

/** An answer for a terminal. Control and direction characters in what came from outside are taken out. */
export function printAnswer(answer: Answer): string {
  return linesOf(answer)
    .join("\n")
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, "");
}

function linesOf(answer: Answer): string[] {
  switch (answer.kind) {
    case "done":
      return [answer.text];
    case "refused":
      return [answer.reason];
    case "help":
      return answer.lines.flatMap(helpLines);
    case "status":
      return statusLines(answer.overview);
    case "inbox":
      return inboxLines(answer.items);
    case "digest":
      return digestLines(answer.digest);
    case "trace":
      return traceLines(answer.trace);
    case "why":
      return storyLines(answer.story);
    case "who":
      return whoLines(answer.doing);
    case "state":
      return [answer.text.trimEnd()];
    case "memory":
      return memoryLines(answer.entries, answer.isWhole);
    case "diff":
      return [answer.title, answer.text, ...(answer.isCut ? ["… cut"] : [])];
  }
}

const usageWidth = 28;

/** A usage that is too long for its column gets a line of its own. */
const helpLines = ({ usage, what }: { usage: string; what: string }): string[] =>
  usage.length <= usageWidth
    ? [`${usage.padEnd(usageWidth)} ${what}`]
    : [usage, `${"".padEnd(usageWidth)} ${what}`];

const listed = <T>(title: string, items: T[], line: (item: T) => string): string[] =>
  items.length === 0 ? [] : ["", title, ...items.map((item) => `  ${line(item)}`)];

function statusLines(overview: Overview): string[] {
  return [
    overview.isPaused ? `Everything is paused by ${overview.pausedBy ?? "somebody"}.` : "",
    ...listed(
      "Loops",
      overview.loops,
      ({ state, cadence, owner, nextTickAt }) =>
        `${state.loop.padEnd(16)} ${state.switch.padEnd(8)} ${cadence}, owner ${owner}${nextTickAt ? `, next ${minute(nextTickAt)}` : ""}`,
    ),
    ...listed(
      "Running",
      overview.running,
      ({ run, title, step }) => `${run.id} ${run.loop}: ${title} (${step})`,
    ),
    ...listed(
      "Held for people",
      overview.held,
      ({ hold, title, loop }) => `${hold.id} ${loop}: ${title}, for ${hold.group}`,
    ),
    ...listed(
      "Conflicts",
      overview.conflicts,
      (one) => `${one.kind}: ${one.left.title} against ${one.right.title}`,
    ),
    ...listed(
      "Landed today",
      overview.landedToday,
      (one) => `${one.sha.slice(0, 8)} ${one.loop}: ${one.title}`,
    ),
    ...listed("Inbox", overview.inbox, (one) => `${one.findingId} ${one.title}: ${one.reason}`),
    ...listed("Problems", overview.problems, (one) => one),
  ].slice(overview.isPaused ? 0 : 2);
}

const inboxLines = (items: InboxItem[]): string[] =>
  items.length === 0
    ? ["The inbox is empty."]
    : items.flatMap((item) => [`${item.findingId}  ${item.loop}: ${item.title}`, `    ${item.reason}`]);

function digestLines(digest: Digest): string[] {
  return [
    `Since ${minute(digest.since)}: ${digest.found} found, ${digest.landed.length} landed.`,
    ...listed("Held for people", digest.held, ({ hold, title }) => `${hold.id} ${title}, for ${hold.group}`),
    ...listed("Inbox", digest.inbox, (item) => `${item.findingId} ${item.title}: ${item.reason}`),
    ...listed("Landed", digest.landed, (one) => `${one.sha.slice(0, 8)} ${one.loop}: ${one.title}`),
    ...listed("Given up", digest.gaveUp, (one) => `${one.loop}: ${one.title}: ${one.reason}`),
    ...listed("Rejected", digest.rejected, (one) => `${one.loop}: ${one.title}, by ${one.by}: ${one.note}`),
    ...listed(
      "Conflicts",
      digest.conflicts,
      (one) => `${one.kind}: ${one.left.title} against ${one.right.title}`,
    ),
  ];
}

function traceLines(trace: Trace): string[] {
  if (trace.kind === "unknown")
    return [
      `No loop made ${trace.what}, as far as is known.`,
      ...trace.searched.map((one) => `  looked in ${one}`),
    ];
  return [
    `${trace.sha.slice(0, 12)}  made by loop ${trace.loop}, run ${trace.runId}`,
    `  finding   ${trace.findingId} ${trace.finding}`,
    `  intent    ${trace.intent}`,
    `  maker     ${trace.maker}`,
    `  checker   ${trace.checker}: ${trace.verdict}`,
    `  approved  ${trace.approvedBy.join(", ") || "by nobody"}`,
    `  times     started ${new Date(trace.startedAt).toISOString()}${trace.landedAt ? `, landed ${new Date(trace.landedAt).toISOString()}` : ", not landed"}`,
    `  evidence  ${trace.evidence}`,
  ];
}

function storyLines({ run, finding, change, holds, events }: RunStory): string[] {
  return [
    `${run.id}  ${run.loop}: ${finding.finding.title} (${run.outcome?.kind ?? run.status})`,
    ...(change === undefined
      ? []
      : [`  change    ${change.branch} at ${change.head.slice(0, 8)}: ${change.intent.why}`]),
    ...holds.map(
      (hold) =>
        `  hold      ${hold.id} ${hold.state}, for ${hold.group}: ${hold.reasons.map((one) => one.text).join(" ")}`,
    ),
    ...events.map(
      (event) =>
        `  ${new Date(event.at).toISOString()}  ${event.type.padEnd(18)} ${JSON.stringify(event.data)}`,
    ),
  ];
}

function whoLines({ about, runs, claims, changes, holds }: Doing): string[] {
  if (runs.length + claims.length + changes.length + holds.length === 0)
    return [about === "" ? "Nobody is at work." : `Nobody is at work there: ${about}.`];
  return [
    ...listed("Running", runs, (run) => {
      const owner = run.owner === "" ? "" : `, owner ${run.owner}`;
      return `${run.runId} ${run.loop}: ${run.title} (${run.status} since ${minute(run.since)}${owner})`;
    }),
    ...listed("Claims", claims, (claim) => {
      const mode = claim.mode === "exclusive" ? "alone" : "shared";
      const asked = claim.releaseAskedBy === undefined ? "" : `, asked back by ${claim.releaseAskedBy}`;
      const isParked = endsWithRun({ ...claim, expiresAt: new Date(claim.expiresAt) });
      const until = isParked ? "while it waits" : `until ${minute(claim.expiresAt)}`;
      return `${claim.key} ${mode} by ${holderName(claim.holder)} ${until}${asked}: ${claim.reason}`;
    }),
    ...listed("Open changes", changes, (change) => {
      const paths = change.paths.length === 0 ? "" : `: ${change.paths.join(", ")}`;
      return `${change.runId} ${change.loop}: ${change.title} (${change.state}, ${change.branch})${paths}`;
    }),
    ...listed(
      "Held for people",
      holds,
      (hold) => `${hold.holdId} ${hold.loop}: ${hold.title}, for ${hold.group}`,
    ),
  ].slice(1);
}

/** Answers of a running process came as JSON, in which a time is a text. */
const minute = (at: Date): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

function memoryLines(entries: MemoryEntry[], isWhole: boolean): string[] {
  if (entries.length === 0) return ["Nothing is remembered yet."];
  return [...entries.flatMap(entryLines), ...(isWhole ? [] : ["… only the newest are shown"])];
}

function entryLines(entry: MemoryEntry): string[] {
  const { scope, source } = entry;
  const place = [...scope.paths, ...scope.symbols, ...scope.tests].join(", ") || "everything";
  const ended =
    entry.state === "active"
      ? ""
      : ` (${entry.state}${entry.supersededBy === undefined ? "" : ` by ${entry.supersededBy}`})`;
  const hits =
    entry.lastHitAt === undefined
      ? "never recalled"
      : `recalled ${entry.hits} times, last ${minute(entry.lastHitAt)}`;
  return [
    `${entry.id}  ${entry.kind}${ended}: ${entry.statement}`,
    ...(entry.reason === "" ? [] : [`    because   ${entry.reason}`]),
    `    about     ${scope.repository}: ${place}`,
    `    from      ${entry.author}, ${minute(entry.at)}, ${source.kind} ${source.ref}; ${hits}`,
  ];
}
