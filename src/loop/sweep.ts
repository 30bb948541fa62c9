import type { Hold } from "../domain/hold.ts";
import { memoryLimits } from "../memory/limits.ts";
import type { Ports } from "../ports.ts";
import { tellLapsed, wakeUnblocked } from "./claim-notices.ts";
import { holdMessage } from "./hold-card.ts";
import { pump } from "./pump.ts";
import { policiesOf } from "./rule.ts";
import { isMissed, missed } from "./tick.ts";

const leasesToWait = 2;

/** The scheduler gets so long to do a tick by itself. */
const tickGraceMs = 15_000;

/**
 * Reconciles the record with the world, at the start and on a timer: hints that the queue lost, workers that died, holds that
 * expired, runs whose time of day has come, ticks that were missed while nobody was up. Running it once more than needed changes
 * nothing.
 */
export async function sweep(ports: Ports): Promise<void> {
  // A worker died; or a hint may be lost, and behind many others it only waits: then one more does no harm.
  for (const runId of await ports.record.strandedRuns(leasesToWait * ports.leaseMs)) {
    await ports.record.transact((tx) => tx.wake(runId));
  }
  for (const hold of await ports.record.expiredHolds(ports.now())) await expire(ports, hold);
  for (const runId of await ports.record.dueRuns(ports.now())) {
    await ports.record.transact((tx) => tx.wake(runId));
  }
  await askAnew(ports);
  await tellLapsed(ports);
  await wakeUnblocked(ports);
  await catchUp(ports);
  await pump(ports);
}

async function expire(ports: Ports, hold: Hold): Promise<void> {
  const messageOf = await holdMessage(ports, hold.runId);
  await ports.record.transact(async (tx) => {
    const because = `${hold.group} did not answer`;
    if (!(await tx.turnHold(hold.id, { from: ["waiting"], to: "expired", because }))) return;
    await tx.append({
      type: "hold.expired",
      at: ports.now(),
      by: "loomstack",
      runId: hold.runId,
      repository: hold.repository,
      data: { hold: hold.id },
    });
    if (messageOf !== null) await tx.say(messageOf({ ...hold, state: "expired" }));
    await tx.wake(hold.runId);
  });
}

/** The policies changed since people were asked: the runs look again, and ask under the new ones. */
async function askAnew(ports: Ports): Promise<void> {
  if ((await ports.record.isPaused()) !== null) return;
  const { digest } = policiesOf(ports);
  const older = (await ports.record.waitingHolds()).filter((hold) => hold.policyDigest !== digest);
  if (older.length === 0) return;
  await ports.record.transact(async (tx) => {
    for (const hold of older) await tx.wake(hold.runId);
  });
}

/** Memory is kept small: idle lessons and old superseded entries go, and the trace says which. */
export async function forget(ports: Ports): Promise<void> {
  await ports.record.transact(async (tx) => {
    const at = ports.now();
    await tx.forgetRulings(at);
    const ids = await tx.forgetIdle(memoryLimits, at);
    if (ids.length > 0)
      await tx.append({ type: "memory.ended", at, by: "loomstack", data: { entries: ids, because: "idle" } });
  });
}

/**
 * Branches of runs that ended, whose process died before it could withdraw them, leave the remotes. One that somebody pushed to since
 * stays, and so does that of a run which this record does not know.
 */
export async function removeLeftBranches(ports: Ports): Promise<void> {
  for (const repository of ports.definitions.organisation().repositories) {
    const fetched = await ports.code.fetch(repository).catch((error: unknown) => {
      ports.log(
        "info",
        `looking for left branches: ${error instanceof Error ? error.message : String(error)}`,
      );
      return null;
    });
    for (const branch of fetched?.branches.keys() ?? []) {
      const runId = branch.split("/").at(-1) ?? "";
      const run = await ports.record.run(runId);
      if (run?.status !== "ended" || branch !== `loom/${run.loop}/${run.id}`) continue;
      const change = await ports.record.change(runId);
      if (change !== null) await ports.code.withdraw(repository, branch, change.head);
    }
  }
}

/** A tick whose time passed while nobody was up runs once, late. */
async function catchUp(ports: Ports): Promise<void> {
  const states = await ports.record.loopStates();
  for (const loop of ports.definitions.loops()) {
    const state = states.find((one) => one.loop === loop.name);
    if (state?.switch !== "running" || !isMissed(loop, state, ports)) continue;
    // The scheduler itself gets a moment to do it.
    const now = ports.now();
    const due = ports.definitions.due(loop.cadence, now);
    if (due === null || now.getTime() - due.previous.getTime() < tickGraceMs) continue;
    await ports.record.transact((tx) => tx.hint({ kind: "tick", loop: loop.name, why: missed }));
  }
}
