import type { Conflict } from "../domain/conflict.ts";
import type { LoopName, PersonId } from "../domain/ids.ts";
import type { RecordStore } from "../ports/record.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";

const whyOf = (conflictId: string): string => `conflict ${conflictId} is not settled`;

export async function runningOf(record: RecordStore): Promise<Set<LoopName>> {
  const states = await record.loopStates();
  return new Set(states.filter((one) => one.switch === "running").map((one) => one.loop));
}

/** The loops that a conflict paused and nobody has switched since. */
export async function pausedFor(record: RecordStore, conflictId: string): Promise<LoopName[]> {
  const states = await record.loopStates();
  return states
    .filter((one) => one.switch === "paused" && one.why === whyOf(conflictId))
    .map((one) => one.loop);
}

/** Pauses loops until the conflict is settled. Only running ones are to be named: a stopped loop must not go on afterwards. */
export async function pauseFor(
  ports: Ports,
  tx: RecordTx,
  wish: { conflict: Conflict; loops: LoopName[]; by?: PersonId },
): Promise<void> {
  const why = whyOf(wish.conflict.id);
  for (const loop of wish.loops) {
    await tx.setSwitch(loop, "paused", wish.by, why);
    await tx.append({
      type: "loop.paused",
      at: ports.now(),
      by: wish.by ?? "loomstack",
      loop,
      data: { why, kind: wish.conflict.kind },
    });
  }
}

/** Lets the loops that waited for the conflict go on, and look at once. */
export async function resumeAfter(
  ports: Ports,
  tx: RecordTx,
  wish: { conflictId: string; loops: LoopName[]; by: PersonId },
): Promise<void> {
  for (const loop of wish.loops) {
    await tx.setSwitch(loop, "running", wish.by);
    await tx.append({
      type: "loop.resumed",
      at: ports.now(),
      by: wish.by,
      loop,
      data: { why: `conflict ${wish.conflictId} is settled` },
    });
    await tx.hint({ kind: "tick", loop, why: `conflict ${wish.conflictId} is settled` });
  }
}
