import type { Answer, Digest, ExplainedRuling, Overview, RunStory, Trace } from "../domain/answer.ts";
import { endsWithRun, holderName } from "../domain/claim.ts";
import type { Hold } from "../domain/hold.ts";
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
      return [...storyLines(answer.story), ...explainedLines(answer.ruling)];
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

/** What a person stopped or froze, which comes before everything else. */
function stopLines({ stop, freezes }: Pick<Overview, "stop" | "freezes">): string[] {
  const because = (why: string) => (why === "" ? "" : ` because ${why}`);
  return [
    ...(stop === null ? [] : [`Everything is paused by ${stop.by}${because(stop.why)}.`]),
    ...freezes.map(
      ({ zone, by, why, until }) =>
        `${zone === null ? "Everything" : `The zone ${zone}`} is frozen by ${by ?? "org.yml"} until ${minute(until)}${because(why)}.`,
    ),
  ];
}

function statusLines(overview: Overview): string[] {
  const lines = [
    ...stopLines(overview),
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
    ...listed("Claims", overview.claims, ({ holder, count, keys }) => {
      const more = count > keys.length ? ` and ${count - keys.length} more` : "";
      return `${holderName(holder)}: ${keys.join(", ")}${more}`;
    }),
    ...listed(
      "Conflicts",
      overview.conflicts,
      (one) => `${one.id} ${one.kind}: ${one.left.title} against ${one.right.title}`,
    ),
    ...listed(
      "Landed today",
      overview.landedToday,
      (one) => `${one.sha.slice(0, 8)} ${one.loop}: ${one.title}`,
    ),
    ...listed("Inbox", overview.inbox, (one) => `${one.findingId} ${one.title}: ${one.reason}`),
    ...listed("Problems", overview.problems, (one) => one),
  ];
  return lines[0] === "" ? lines.slice(1) : lines;
}

const inboxLines = (items: InboxItem[]): string[] =>
  items.length === 0
    ? ["The inbox is empty."]
    : items.flatMap((item) => [`${item.findingId}  ${item.loop}: ${item.title}`, `    ${item.reason}`]);

function digestLines(digest: Digest): string[] {
  return [
    `Since ${minute(digest.since)}: ${digest.found} found, ${digest.landed.length} landed${digest.deployed === 0 ? "" : `, ${digest.deployed} deployed`}.`,
    ...stopLines(digest),
    ...listed("Held for people", digest.held, ({ hold, title }) => `${hold.id} ${title}, for ${hold.group}`),
    ...listed("Inbox", digest.inbox, (item) => `${item.findingId} ${item.title}: ${item.reason}`),
    ...listed("Landed", digest.landed, (one) => `${one.sha.slice(0, 8)} ${one.loop}: ${one.title}`),
    ...listed("Given up", digest.gaveUp, (one) => `${one.loop}: ${one.title}: ${one.reason}`),
    ...listed("Rejected", digest.rejected, (one) => `${one.loop}: ${one.title}, by ${one.by}: ${one.note}`),
    ...listed(
      "Conflicts",
      digest.conflicts,
      (one) => `${one.id} ${one.kind}: ${one.left.title} against ${one.right.title}`,
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
    ...(trace.deployment === undefined ? [] : [`  deployed  ${trace.deployment}`]),
    `  evidence  ${trace.evidence}`,
  ];
}

function storyLines({ run, finding, change, holds, events }: RunStory): string[] {
  return [
    `${run.id}  ${run.loop}: ${finding.finding.title} (${run.outcome?.kind ?? run.status})`,
    ...(change === undefined
      ? []
      : [`  change    ${change.branch} at ${change.head.slice(0, 8)}: ${change.intent.why}`]),
    ...holds.flatMap(holdLines),
    ...events.map(
      (event) =>
        `  ${new Date(event.at).toISOString()}  ${event.type.padEnd(18)} ${JSON.stringify(event.data)}`,
    ),
  ];
}

function explainedLines(explained: ExplainedRuling | null): string[] {
  if (explained === null) return [];
  const { id, action, ruling, approvals, facts, replayed } = explained;
  const met = ruling.kind === "allow" ? ruling.discharged.map((one) => one.reason) : [];
  return [
    `  policy    ${ruling.kind} (${action}), ruling ${id}`,
    ...[...ruling.reasons, ...met].map(({ rule, text }) => `            ${rule}: ${text}`),
    ...(approvals.length === 0 ? [] : [`            approvals that counted: ${approvals.join(", ")}`]),
    `            from ${facts.join("; ")}`,
    `            policies ${ruling.policyDigest.slice(0, 12)}, facts ${ruling.factsDigest.slice(0, 12)}: ${replayed}`,
    `            loom policy explain ${id}`,
  ];
}

function holdLines(hold: Hold): string[] {
  const voided = hold.voidedBecause === undefined ? "" : ` (${hold.voidedBecause})`;
  return [
    `  hold      ${hold.id} ${hold.digest.slice(0, 12)} ${hold.state}${voided}, for ${hold.group}`,
    ...hold.reasons.map((reason) => `            ${reason.rule}: ${reason.text}`),
    ...hold.approvals.map(
      ({ person, answer, note }) => `            ${answer} by ${person}${note === "" ? "" : `: ${note}`}`,
    ),
  ];
}

function whoLines({ about, runs, claims, changes, holds }: Doing): string[] {
  if (runs.length + claims.length + changes.length + holds.length === 0)
    return [about === "" ? "Nobody is at work." : `Nothing is under way for ${about}.`];
  return [
    ...listed("Runs", runs, (run) => {
      const owner = run.owner === "" ? "" : `, owner ${run.owner}`;
      return `${run.runId} ${run.loop}: ${run.title} (${run.status}, began ${minute(run.since)}${owner})`;
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
