import type { Change } from "../domain/change.ts";
import { type ConflictState, keptSide, sideOf } from "../domain/conflict.ts";
import type { EntryId } from "../domain/memory.ts";
import type { Outcome } from "../domain/run.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import { isByChance } from "./by-chance.ts";
import type { OpenRun } from "./open-run.ts";
import { rememberLanding, rememberLesson, rememberRejection } from "./remember.ts";
import { seenBy } from "./same-pair.ts";

const decisionsMax = 1000;

/**
 * What the end of a run teaches memory, to be written with it: a landing is a decision that ends those it went against; a rejection
 * is a lesson; a failure by chance is a lesson about its test.
 */
export async function outcomeMemory(
  run: OpenRun,
  outcome: Outcome,
  change: Change | null,
): Promise<(tx: RecordTx) => Promise<void>> {
  const story = await run.ports.record.story(run.run.id);
  const decided = await run.ports.record.conflicts({
    runId: run.run.id,
    state: "decided",
    limit: decisionsMax,
  });
  if (outcome.kind === "landed" && change !== null) {
    const against = await decisionsAgainst(run, change, decided);
    return (tx) => rememberLanding(run, tx, { change, sha: outcome.sha, against });
  }
  if (outcome.kind === "rejected" && change !== null) {
    const hold = story?.holds.findLast((one) => one.state === "rejected");
    return (tx) => rememberRejection(run, tx, { by: outcome.by, note: outcome.note, change, hold });
  }
  if (outcome.kind === "gave-up" && isByChance(outcome.reason)) {
    const lesson = { statement: outcome.reason, paths: run.finding.finding.paths, author: run.run.loop };
    return (tx) => rememberLesson(run, tx, lesson);
  }
  return async () => undefined;
}

/**
 * Decisions that end with this landing: those that the change cites, those that people let it go against, and their answers that did
 * so, which the landed intent now says by itself.
 */
async function decisionsAgainst(run: OpenRun, change: Change, decided: ConflictState[]): Promise<EntryId[]> {
  const cited = (change.intent.cites ?? []).map((cite) => cite.decision);
  const won = decided.filter(({ conflict, answer }) => {
    const mine = sideOf(conflict, run.run.id);
    return answer !== undefined && mine !== null && keptSide(answer.answer) === mine;
  });
  const beaten = won.map(({ conflict }) => seenBy(run.run.id, conflict).right);
  const contradicted = beaten.flatMap((side) => side.decision ?? []);
  const undone = new Set(beaten.flatMap((side) => side.sha ?? []));
  const answers = won.flatMap(({ answer }) => answer?.decision ?? []);
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
  return [...new Set([...cited, ...contradicted, ...ended, ...answers])];
}
