import { type ConflictState, keptSide, otherOf, sideOf } from "../domain/conflict.ts";
import type { RunId } from "../domain/ids.ts";
import { type End, gaveUp, parked, stopped } from "./end.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";

const conflictsMax = 100;

/** Whether people settled a conflict of this run for the other side. Asked first: what won may have landed already, in its paths. */
export async function hasLost(run: OpenRun): Promise<End | null> {
  const decided = await decidedOf(run);
  for (const state of decided) {
    const end = lost(run, state);
    if (end !== null) return end;
  }
  return null;
}

const decidedOf = (run: OpenRun): Promise<ConflictState[]> =>
  run.ports.record.conflicts({ runId: run.run.id, state: "decided", limit: conflictsMax });

/**
 * What people settled about this change's conflicts. Null: nothing stands in its way. A change that lost ends, and says by whose
 * word; one that comes second waits for the first, and is made anew on top of it.
 */
export async function obeySettlements(
  run: OpenRun,
  merged: Merged,
  met: ConflictState[],
): Promise<End | null> {
  const decided = await decidedOf(run);
  const ids = new Set(met.map((one) => one.conflict.id));
  const others = decided.filter((one) => !ids.has(one.conflict.id));
  for (const state of met) {
    const end = lost(run, state) ?? (await secondTo(run, merged, state));
    if (end !== null) return end;
  }
  // What it no longer meets may be so because the first has landed meanwhile.
  for (const state of others) {
    const end = await secondTo(run, merged, state);
    if (end !== null) return end;
  }
  return null;
}

function lost(run: OpenRun, { conflict, answer }: ConflictState): End | null {
  const kept = answer === undefined ? null : keptSide(answer.answer);
  if (answer === undefined || kept === null) return null;
  if (sideOf(conflict, run.run.id) !== otherOf(kept)) return null;
  const winner = conflict[kept];
  const words = `${answer.by} settled ${conflict.id} for ${winner.loop ?? "what is there"}: ${winner.intent || winner.title}`;
  run.mark("compare", "stopped", words);
  const note = answer.note === "" ? words : `${words} (${answer.note})`;
  return {
    kind: "ended",
    outcome: { kind: "rejected", by: answer.by, note },
    fate: "rejected",
    isFailure: false,
    again: false,
  };
}

async function secondTo(run: OpenRun, merged: Merged, state: ConflictState): Promise<End | null> {
  const { conflict, answer } = state;
  if (answer?.answer !== "order") return null;
  const mine = sideOf(conflict, run.run.id);
  if (mine === null) return null;
  const first = conflict[otherOf(mine)];
  if (first.sha !== undefined || first.decision !== undefined) {
    if (run.run.startedAt < answer.at)
      return stopped(`${answer.by} wants it on top of "${first.title}"; a new run starts from there`, {
        again: true,
      });
    return gaveUp(
      `${answer.by} ordered it after "${first.title}" (${conflict.id}), and it does the same again.`,
      [],
    );
  }
  return first.runId === undefined ? null : behind(run, merged, first.runId);
}

/** Of two in flight, the run that began first goes first. */
async function behind(run: OpenRun, merged: Merged, otherId: RunId): Promise<End | null> {
  const { record, code } = run.ports;
  const other = await record.run(otherId);
  if (other === null || isBefore(run.run, other)) return null;
  if (other.status !== "ended") {
    run.mark("compare", "waiting", `for ${other.loop}'s ${other.id}, which goes first`);
    return parked;
  }
  if (other.outcome?.kind !== "landed") return null;
  const { sha } = other.outcome;
  if (await code.contains(run.repository.name, sha, merged.change.base)) return null;
  return stopped(`${other.loop}'s change landed first (${sha.slice(0, 8)}); a new run starts from there`, {
    again: true,
  });
}

const isBefore = (one: { id: RunId; startedAt: Date }, other: { id: RunId; startedAt: Date }): boolean =>
  one.startedAt.getTime() === other.startedAt.getTime() ? one.id < other.id : one.startedAt < other.startedAt;
