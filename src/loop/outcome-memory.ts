import type { Change } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { EntryId } from "../domain/memory.ts";
import type { Outcome } from "../domain/run.ts";
import type { RecordTx } from "../ports.ts";
import type { OpenRun } from "./open-run.ts";
import { rememberLanding, rememberLesson, rememberRejection } from "./remember.ts";

const decisionsMax = 1000;

/**
 * What the end of a run teaches memory, to be written with it: a landing is a decision that ends those it went against; a rejection
 * keeps the other side, and is a lesson; a failure by chance is a lesson about its test.
 */
export async function outcomeMemory(
  run: OpenRun,
  outcome: Outcome,
  change: Change | null,
): Promise<(tx: RecordTx) => Promise<void>> {
  const story = await run.ports.record.story(run.run.id);
  const conflicts = (story?.conflicts ?? []).filter((one) => one.kind !== "textual");
  if (outcome.kind === "landed" && change !== null) {
    const against = await decisionsAgainst(run, change, conflicts);
    return (tx) => rememberLanding(run, tx, { change, sha: outcome.sha, against });
  }
  if (outcome.kind === "rejected" && change !== null) {
    const hold = story?.holds.findLast((one) => one.state === "rejected");
    const kept = conflicts.map((one) => one.right.intent);
    return (tx) => rememberRejection(run, tx, { by: outcome.by, note: outcome.note, change, kept, hold });
  }
  if (outcome.kind === "gave-up" && /by chance/.test(outcome.reason)) {
    const lesson = { statement: outcome.reason, paths: run.finding.finding.paths, author: run.run.loop };
    return (tx) => rememberLesson(run, tx, lesson);
  }
  return async () => undefined;
}

/** Decisions that a person let this change go against: those it cites, and those on the other side of its conflicts. */
async function decisionsAgainst(run: OpenRun, change: Change, conflicts: Conflict[]): Promise<EntryId[]> {
  const cited = (change.intent.cites ?? []).map((cite) => cite.decision);
  const contradicted = conflicts.flatMap((one) => one.right.decision ?? []);
  const undone = new Set(conflicts.flatMap((one) => one.right.sha ?? []));
  const query = {
    repository: change.repository,
    kind: "decision",
    state: "active",
    limit: decisionsMax,
  } as const;
  const active = undone.size === 0 ? [] : await run.ports.record.entries(query);
  const ended = active
    .filter((one) => one.source.kind === "change" && undone.has(one.source.ref))
    .map((one) => one.id);
  return [...new Set([...cited, ...contradicted, ...ended])];
}
