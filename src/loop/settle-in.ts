import { type ConflictState, keptSide, otherOf, type Settlement } from "../domain/conflict.ts";
import type { TraceEvent } from "../domain/event.ts";
import type { LoopName, RepositoryName, RunId } from "../domain/ids.ts";
import type { MemoryEntry, Remembered } from "../domain/memory.ts";
import { makeEntry } from "../memory/entries.ts";
import { memoryLimits } from "../memory/limits.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";
import { conflictMessages } from "./conflict-message.ts";
import { pausedFor, resumeAfter } from "./pause-for.ts";

/** What has to be known before a settlement is written. */
export interface Unsettled {
  state: ConflictState;
  repository: RepositoryName;
  /** Runs on both sides, which look again. */
  runs: RunId[];
  /** Loops that this conflict paused, which go on. */
  paused: LoopName[];
}

export async function unsettled(ports: Ports, state: ConflictState): Promise<Unsettled> {
  const { left, right } = state.conflict;
  const runs = [left.runId, right.runId].flatMap((one) => one ?? []);
  const known = await Promise.all(runs.map((one) => ports.record.run(one)));
  return {
    state,
    repository: known.find((one) => one !== null)?.repository ?? "",
    runs: runs.filter((_, index) => known[index] !== null),
    paused: await pausedFor(ports.record, state.conflict.id),
  };
}

/**
 * Settles a conflict once: the answer becomes a decision in memory, both sides are told on their cards, the loops that it paused go
 * on, and the runs look again. Answers null when somebody was faster; then nothing is written.
 */
export async function settleIn(
  ports: Ports,
  tx: RecordTx,
  { state, repository, runs, paused }: Unsettled,
  said: Omit<Settlement, "decision">,
): Promise<ConflictState | null> {
  const { conflict } = state;
  const draft = decisionOf(state, repository, said);
  const kept = draft === null ? null : await tx.remember(draft, memoryLimits);
  const entry = kept === null ? null : entryOf(kept);
  const settlement: Settlement = { ...said, ...(entry === null ? {} : { decision: entry.id }) };
  const answered = await tx.answerConflict(conflict.id, settlement);
  if (answered.kind === "lost") {
    if (kept?.kind === "kept") await tx.endEntry(kept.entry.id, "withdrawn");
    return null;
  }
  const { answer, by, note, at } = said;
  await tx.append({
    type: "conflict.settled",
    at,
    by,
    repository,
    data: { conflict: conflict.id, answer, note, decision: entry?.id ?? "" },
  });
  if (kept !== null) await tx.append(keptEvent(kept, { at, by, repository }));
  for (const message of conflictMessages(ports, answered.state)) await tx.say(message);
  await resumeAfter(ports, tx, { conflictId: conflict.id, loops: paused, by });
  for (const run of runs) await tx.wake(run);
  return answered.state;
}

/** The answer as memory keeps it; null when its words cannot be kept, which costs nothing else: the conflict itself stays settled. */
function decisionOf(
  { conflict }: ConflictState,
  repository: RepositoryName,
  said: Omit<Settlement, "decision">,
): MemoryEntry | null {
  const kept = keptSide(said.answer);
  const meaning = ({ intent, title }: { intent: string; title: string }) => intent || title;
  const statement = {
    "keep-left": `Keep: ${meaning(conflict.left)}`,
    "keep-right": `Keep: ${meaning(conflict.right)}`,
    order: `One after the other: "${conflict.left.title}" and "${conflict.right.title}".`,
    "both-fine": `Both may stand: "${conflict.left.title}" and "${conflict.right.title}".`,
  }[said.answer];
  const rather = kept === null ? "" : `Rather than: ${meaning(conflict[otherOf(kept)])}`;
  const made = makeEntry({
    kind: "decision",
    statement: statement.slice(0, memoryLimits.statementCharsMax),
    reason: (said.note || rather).slice(0, memoryLimits.reasonCharsMax),
    scope: { repository, paths: conflict.paths, symbols: [], tests: [] },
    author: said.by,
    source: { kind: "conflict", ref: conflict.id },
    at: said.at,
  });
  return made.kind === "made" ? made.entry : null;
}

function entryOf(kept: Remembered): MemoryEntry | null {
  if (kept.kind === "refused") return null;
  return kept.kind === "kept" ? kept.entry : kept.into;
}

const keptEvent = (
  kept: Remembered,
  said: Pick<TraceEvent, "at" | "by"> & { repository: string },
): TraceEvent => {
  const entry = entryOf(kept);
  return {
    type: "memory.kept",
    ...said,
    data:
      kept.kind === "refused"
        ? { refused: kept.reason }
        : { entry: entry?.id ?? "", statement: entry?.statement ?? "", source: "conflict" },
  };
};
