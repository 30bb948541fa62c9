import { findUndos, type Undo } from "../coordination/undo.ts";
import type { Change, LandedChange } from "../domain/change.ts";
import type { ChangeRecord } from "../domain/change-record.ts";
import type { Conflict } from "../domain/conflict.ts";
import { defaultSeverity } from "../domain/severity.ts";
import { conflictId } from "../trace/fingerprint.ts";
import { landedIndex, landedMax, loopAuthor } from "./landed-index.ts";
import type { Found } from "./meet-conflicts.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";
import { supersededIntents } from "./superseded-intents.ts";

/** The record knows what LoomStack landed; the target's own history knows what came from elsewhere, or before this record. */
export async function landedBefore(run: OpenRun, { target }: Merged): Promise<LandedChange[]> {
  const recorded = await run.ports.record.landedChanges(run.repository.name, landedMax);
  const told = await run.ports.code.landedByLoops(run.repository.name, target, landedMax);
  const intents = new Map(recorded.map((change) => [change.landed?.sha, change.intent.why]));
  return told.map((one) => ({ ...one, intent: intents.get(one.sha) ?? one.intent }));
}

/**
 * What the change would take back of what loops landed. It may, when it cites a decision that supersedes the landed intent.
 *
 * Taking back a person's commit is no conflict by itself: to revert the commit that broke a test is what triage is for, and the
 * approval that every such change needs names the commit. It becomes one only as part of a chain: what a loop landed was an undo,
 * and this change undoes that.
 */
export async function compareWithLanded(
  run: OpenRun,
  { change, target }: Merged,
  known: { record: ChangeRecord; landed: LandedChange[] },
): Promise<Found> {
  const index = await landedIndex(run.ports.code, run.repository.name, target);
  const own = { author: loopAuthor(change.loop), record: known.record };
  const undos = findUndos(own, index, { lookback: landedMax });
  if (undos.length === 0) return { conflicts: [], weaker: [] };
  const superseded = await supersededIntents(run.ports.record, run.repository.name);
  const cited = (change.intent.cites ?? []).map((cite) => cite.decision);
  const conflicts = undos.flatMap((undo) => {
    const landed = known.landed.find((one) => one.sha === undo.sha);
    if (landed === undefined || landed.runId === change.runId) return [];
    const isAllowed = cited.some((id) => superseded.get(undo.sha)?.has(id) === true);
    return isAllowed ? [] : [describe(change, undo, landed, known.landed)];
  });
  return { conflicts, weaker: [] };
}

function describe(change: Change, undo: Undo, landed: LandedChange, all: LandedChange[]): Conflict {
  const kind = undo.undoes.length > 0 ? "ping-pong" : undo.isTestIntent ? "test-intent" : "undo";
  const approved = landed.approvedBy.length === 0 ? "" : `, approved by ${landed.approvedBy.join(" and ")}`;
  const short = landed.sha.slice(0, 8);
  const first = undo.undoes[0];
  const before = all.find((one) => one.sha === first);
  const chain =
    first === undefined
      ? []
      : [
          `${short} itself took back ${first.slice(0, 8)}${before === undefined ? "" : ` of ${before.loop}: ${before.intent}`}`,
        ];
  return {
    id: conflictId(kind, change.runId, landed.sha),
    kind,
    severity: defaultSeverity[kind],
    left: { loop: change.loop, runId: change.runId, title: change.title, intent: change.intent.why },
    right: {
      loop: landed.loop,
      runId: landed.runId,
      sha: landed.sha,
      title: landed.title,
      intent: landed.intent,
    },
    paths: undo.paths,
    evidence: [
      `${landed.loop} landed ${short} on ${landed.at.toISOString().slice(0, 10)}${approved}.`,
      ...chain,
      ...undo.evidence,
    ],
  };
}
