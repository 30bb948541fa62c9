import type { Conflict, ConflictState } from "../domain/conflict.ts";
import type { LoopName } from "../domain/ids.ts";
import { isHolding } from "../domain/severity.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import { conflictMessages, loopsOf } from "./conflict-message.ts";
import type { OpenRun } from "./open-run.ts";
import { pauseFor, runningOf } from "./pause-for.ts";
import { seenBy } from "./same-pair.ts";

export interface Found {
  conflicts: Conflict[];
  /** What could not be looked at, each a sentence for people. */
  weaker: string[];
}

/**
 * Keeps what was found, under the names of its pairs, and tells both owners what they have not been told. A conflict that stops
 * pauses both loops in the same transaction. Answers each as the record has it: people may have settled the pair before.
 */
export async function meetConflicts(
  run: OpenRun,
  { conflicts, weaker }: Found,
  alsoFor: (tx: RecordTx, conflict: Conflict) => Promise<void>,
): Promise<ConflictState[]> {
  if (conflicts.length === 0 && weaker.length === 0) return [];
  const running = await runningOf(run.ports.record);
  return run.write(async (tx) => {
    const met: ConflictState[] = [];
    for (const conflict of conflicts) {
      const { isNew, state } = await tx.putConflict(conflict, run.run.id);
      // The pair as it meets now: of a settled one, the record keeps the sides that people saw.
      met.push({ ...state, conflict });
      if (state.state !== "open") continue;
      if (isNew) {
        await begin(run, tx, state, running);
        await alsoFor(tx, conflict);
      }
      if (conflict.severity === "inform") continue;
      for (const message of conflictMessages(run.ports, state)) await tx.say(message);
    }
    const holding = met.filter((one) => one.state === "open" && isHolding(one.conflict)).length;
    await tx.append(run.event("change.compared", { conflicts: met.length, holding, weaker }));
    return met;
  });
}

/** What a conflict does when it is met first. */
async function begin(
  run: OpenRun,
  tx: RecordTx,
  state: ConflictState,
  running: Set<LoopName>,
): Promise<void> {
  const { conflict } = state;
  await tx.append(run.event("conflict.found", factsOf(conflict)));
  if (conflict.severity === "stop") {
    const loops = loopsOf(run.ports, state).map((loop) => loop.name);
    await pauseFor(run.ports, tx, { conflict, loops: loops.filter((loop) => running.has(loop)) });
  }
  // The other side's question, if one waits, has a new reason: who answers it is to see that.
  const other = seenBy(run.run.id, conflict).right.runId;
  if (other !== undefined && isHolding(conflict)) await tx.wake(other);
}

const pathsMax = 50;

const factsOf = (conflict: Conflict) => ({
  conflict: conflict.id,
  kind: conflict.kind,
  severity: conflict.severity,
  with: conflict.right.sha ?? conflict.right.runId ?? conflict.right.decision ?? "",
  paths: conflict.paths.slice(0, pathsMax),
});
