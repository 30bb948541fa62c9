import type { Conflict } from "../domain/conflict.ts";
import { isHolding } from "../domain/severity.ts";
import { attemptComparing, together } from "./attempt-comparing.ts";
import { compareClaims } from "./compare-claims.ts";
import { compareVersions } from "./compare-versions.ts";
import { compareWithDecisions } from "./compare-with-decisions.ts";
import { compareWithLanded, landedBefore } from "./compare-with-landed.ts";
import { compareWithOpen } from "./compare-with-open.ts";
import type { End } from "./end.ts";
import { meetConflicts } from "./meet-conflicts.ts";
import type { Merged } from "./merge-with-target.ts";
import { obeySettlements } from "./obey-settlements.ts";
import type { OpenRun } from "./open-run.ts";
import { rememberMet } from "./remember.ts";
import { asPairs, seenBy } from "./same-pair.ts";
import { tooLarge } from "./too-large.ts";
import { voidHolds, waitingHolds } from "./void-holds.ts";

export interface Compared {
  kind: "compared";
  /** What nobody has settled yet, this change on the left. */
  conflicts: Conflict[];
  /** What could not be compared, each a sentence for people. */
  weaker: string[];
}

/**
 * Every kind of conflict with what is in flight, landed and decided. Both owners are told, once for each pair; what people settled
 * about a pair is obeyed and never asked again. What cannot be compared is said on the change's card.
 */
export async function compare(run: OpenRun, merged: Merged): Promise<Compared | End> {
  run.mark("compare", "now", "");
  const { change } = merged;
  const record = await run.ports.code.changeRecord(run.repository.name, change.base, change.head);
  const landed = await landedBefore(run, merged);
  const found = together(
    { conflicts: tooLarge(run, change, record), weaker: record.weaker },
    await compareWithOpen(run, merged, record),
    await attemptComparing(run, "what has landed", () => compareWithLanded(run, merged, { record, landed })),
    await attemptComparing(run, "versions", () => compareVersions(run, merged, landed)),
    await attemptComparing(run, "claims", () => compareClaims(run, merged)),
    await attemptComparing(run, "decisions", () => compareWithDecisions(run, merged)),
  );
  const conflicts = await asPairs(run.ports.record, found.conflicts);
  const met = await meetConflicts(run, { ...found, conflicts }, async (tx, conflict) => {
    const other = landed.find((one) => one.sha === conflict.right.sha);
    if (other !== undefined) await rememberMet(run, tx, other);
  });

  const end = await obeySettlements(run, merged, met);
  if (end?.kind === "parked")
    await voidHolds(run, await waitingHolds(run), () => "it waits for the change that goes first");
  if (end !== null) return end;

  const open = met.filter((one) => one.state === "open").map((one) => seenBy(run.run.id, one.conflict));
  run.mark("compare", "done", noteOn(open));
  return { kind: "compared", conflicts: open, weaker: found.weaker };
}

function noteOn(open: Conflict[]): string {
  if (open.length === 0) return "no conflict";
  const holding = open.filter(isHolding).length;
  const counted = `${open.length} conflict${open.length === 1 ? "" : "s"}`;
  return holding === open.length ? counted : `${counted}, ${holding} to settle`;
}
