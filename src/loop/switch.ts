import type { Answer } from "../domain/answer.ts";
import type { EventType } from "../domain/event.ts";
import type { LoopName, PersonId } from "../domain/ids.ts";
import type { LoopDefinition, LoopSwitch } from "../domain/loop.ts";
import type { Ports } from "../ports.ts";
import { announce } from "./announce.ts";

const eventOf: Record<LoopSwitch, EventType> = {
  running: "loop.started",
  paused: "loop.paused",
  stopped: "loop.stopped",
};

/** Starts, pauses or stops one loop. Starting ticks it at once; going on from a pause wakes its runs. */
export async function switchLoop(
  ports: Ports,
  by: PersonId,
  name: LoopName,
  { to, why }: { to: LoopSwitch; why?: string },
): Promise<Answer> {
  const loop = ports.definitions.loops().find((one) => one.name === name);
  if (loop === undefined) {
    const known = ports.definitions
      .loops()
      .map((one) => one.name)
      .join(", ");
    return { kind: "refused", reason: `There is no loop "${name}"; there are ${known || "none"}.` };
  }
  const before = (await ports.record.loopStates()).find((one) => one.loop === name)?.switch ?? "stopped";
  const runs = await ports.record.liveRuns(name);
  await ports.record.transact(async (tx) => {
    await tx.setSwitch(name, to, by, why);
    if (to === "running") await tx.countFailure(name, false);
    await tx.append({
      type: eventOf[to],
      at: ports.now(),
      by,
      loop: name,
      data: { before, ...(why ? { why } : {}) },
    });
    // Runs that wait look again: for a pause that is over, or a stop that ends them.
    if (to !== "paused") for (const run of runs) await tx.wake(run.id);
    if (to === "running") await tx.hint({ kind: "tick", loop: name, why: `started by ${by}` });
  });
  const paused = to === "running" ? await ports.record.isPaused() : null;
  return {
    kind: "done",
    text: `${wordFor(before, to, name)}${paused === null ? nextWords(to, loop) : ` Everything is paused by ${paused.by}, so it waits; "resume" lets it go on.`}`,
  };
}

function wordFor(before: LoopSwitch, to: LoopSwitch, name: string): string {
  const word = {
    running: before === "paused" ? "goes on" : "is running",
    paused: "is paused",
    stopped: "is stopped",
  }[to];
  return `${name} ${before === to ? `${word} already` : word}.`;
}

function nextWords(to: LoopSwitch, { cadence, channel }: LoopDefinition): string {
  switch (to) {
    case "running":
      return ` It looks now${cadence.kind === "manual" ? "" : `, and then ${cadence.words}`}. What it finds comes to #${channel}.`;
    case "paused":
      return " Its runs wait at their next step and nothing of it lands.";
    case "stopped":
      return " Running work ends at its next step; changes that wait for an answer keep waiting.";
  }
}

/** The pause over all loops; nothing starts, lands or deploys until a person lifts it. No time and no policy does. */
export async function pauseEverything(ports: Ports, by: PersonId, why: string): Promise<Answer> {
  await ports.record.transact(async (tx) => {
    await tx.setPaused({ by, why });
    await tx.append({ type: "everything.paused", at: ports.now(), by, data: { why } });
    const because = why === "" ? "" : ` because ${why}`;
    await announce(ports, tx, {
      what: "pause",
      tone: "warning",
      text: `All loops are paused${because}. Nothing starts, lands or deploys until somebody resumes.`,
      by,
    });
  });
  return {
    kind: "done",
    text: "Everything is paused: runs wait at their next step, and nothing lands or deploys until somebody resumes.",
  };
}

export async function resumeEverything(ports: Ports, by: PersonId): Promise<Answer> {
  const runs = await ports.record.liveRuns();
  await ports.record.transact(async (tx) => {
    await tx.setPaused(null);
    await tx.append({ type: "everything.resumed", at: ports.now(), by, data: {} });
    for (const run of runs) await tx.wake(run.id);
    await announce(ports, tx, { what: "pause", tone: "good", text: "The loops go on.", by });
  });
  return { kind: "done", text: "The loops go on." };
}
