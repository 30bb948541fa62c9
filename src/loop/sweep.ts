import type { Hold } from "../domain/hold.ts";
import type { LoopDefinition } from "../domain/loop.ts";
import { memoryLimits } from "../memory/limits.ts";
import type { Ports } from "../ports.ts";
import { tellLapsed } from "./claim-notices.ts";
import { holdMessage } from "./hold-card.ts";
import { pump } from "./pump.ts";
import { isMissed, missed } from "./tick.ts";

/** A run that is ready but was not touched for so long has lost its hint. */
const strandedMs = 15_000;

/**
 * Reconciles the record with the world, at the start and on a timer: hints that the queue lost, workers that died, holds that
 * expired, ticks that were missed while nobody was up, targets that moved. Running it once more than needed changes nothing.
 */
export async function sweep(ports: Ports): Promise<void> {
  for (const runId of await ports.record.strandedRuns(strandedMs)) {
    await ports.record.transact((tx) => tx.wake(runId));
  }
  for (const hold of await ports.record.expiredHolds(ports.now())) await expire(ports, hold);
  await tellLapsed(ports);
  await catchUp(ports);
  await pump(ports);
}

async function expire(ports: Ports, hold: Hold): Promise<void> {
  const messageOf = await holdMessage(ports, hold.runId);
  await ports.record.transact(async (tx) => {
    const because = `nobody in ${hold.group} answered`;
    if (!(await tx.endHold(hold.id, "expired", because))) return;
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

/** Memory is kept small: idle lessons and old superseded entries go, and the trace says which. */
export async function forget(ports: Ports): Promise<void> {
  await ports.record.transact(async (tx) => {
    const at = ports.now();
    const ids = await tx.forgetIdle(memoryLimits, at);
    if (ids.length > 0)
      await tx.append({ type: "memory.ended", at, by: "loomstack", data: { entries: ids, because: "idle" } });
  });
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
    if (due === null || now.getTime() - due.previous.getTime() < strandedMs) continue;
    await ports.record.transact((tx) => tx.hint({ kind: "tick", loop: loop.name, why: missed }));
  }
}

/**
 * Looks at the remotes that somebody waits for: a target that moved ticks the loops that asked for it (`on: push`), and held
 * runs look again whether their approval still stands for what would land. `seen` is what the last look saw, by repository.
 */
export async function watchRemotes(ports: Ports, seen: Map<string, string>): Promise<void> {
  const { repositories } = ports.definitions.organisation();
  const held = (await ports.record.liveRuns()).filter((run) => run.status === "held");
  const watching = await runningLoops(ports, "push");
  for (const repository of repositories) {
    const waiting = held.filter((run) => run.repository === repository.name);
    const loops = watching.filter((loop) => loop.repository === repository.name);
    if (waiting.length === 0 && loops.length === 0) continue;
    const { target, branches } = await ports.code.fetch(repository);
    const state = [
      target,
      ...waiting.map((run) => `${run.id}=${branches.get(`loom/${run.loop}/${run.id}`) ?? ""}`),
    ].join(" ");
    const before = seen.get(repository.name);
    seen.set(repository.name, state);
    if (before === undefined || before === state) continue;
    await ports.record.transact(async (tx) => {
      for (const run of waiting) await tx.wake(run.id);
      const isTargetMoved = before.split(" ")[0] !== target;
      for (const loop of isTargetMoved ? loops : [])
        await tx.hint({ kind: "tick", loop: loop.name, why: "push" });
    });
  }
}

async function runningLoops(ports: Ports, trigger: LoopDefinition["on"][number]): Promise<LoopDefinition[]> {
  const running = (await ports.record.loopStates())
    .filter((state) => state.switch === "running")
    .map((state) => state.loop);
  return ports.definitions.loops().filter((loop) => loop.on.includes(trigger) && running.includes(loop.name));
}
