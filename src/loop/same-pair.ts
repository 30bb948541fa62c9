import type { Conflict, ConflictSide } from "../domain/conflict.ts";
import { sideOf } from "../domain/conflict.ts";
import type { RunId } from "../domain/ids.ts";
import type { RecordStore } from "../ports/record.ts";
import { conflictId } from "../trace/fingerprint.ts";

/**
 * Conflicts under the names of their pairs. A run is only one try at a finding, so a side in flight is named by its finding, a landed
 * one by its commit, and a decision by itself: the next run that meets the same meets the same conflict. Two sides in flight stand in
 * one order, whichever of them looks, so that an answer means the same side for both.
 */
export async function asPairs(record: RecordStore, found: Conflict[]): Promise<Conflict[]> {
  const pairs = new Map<string, Conflict>();
  for (const one of found) {
    const left = await nameOf(record, one.left);
    const right = await nameOf(record, one.right);
    const isTurned = isInFlight(one.left) && isInFlight(one.right) && right < left;
    const id = isTurned ? conflictId(one.kind, right, left) : conflictId(one.kind, left, right);
    const pair = { ...(isTurned ? turned(one) : one), id };
    const known = pairs.get(id);
    pairs.set(id, known === undefined ? pair : together(known, pair));
  }
  return [...pairs.values()];
}

/** The same conflict as one run sees it: itself on the left. */
export const seenBy = (runId: RunId, conflict: Conflict): Conflict =>
  sideOf(conflict, runId) === "right" ? turned(conflict) : conflict;

const turned = (conflict: Conflict): Conflict => ({
  ...conflict,
  left: conflict.right,
  right: conflict.left,
});

const together = (one: Conflict, other: Conflict): Conflict => ({
  ...one,
  paths: [...new Set([...one.paths, ...other.paths])],
  evidence: [...new Set([...one.evidence, ...other.evidence])],
});

const isInFlight = (side: ConflictSide): boolean =>
  side.sha === undefined && side.decision === undefined && side.runId !== undefined;

async function nameOf(record: RecordStore, side: ConflictSide): Promise<string> {
  if (side.decision !== undefined) return `decision:${side.decision}`;
  if (side.sha !== undefined) return `landed:${side.sha}`;
  if (side.runId === undefined) return `other:${side.title}`;
  const run = await record.run(side.runId);
  return run === null ? `run:${side.runId}` : `finding:${run.findingId}`;
}
