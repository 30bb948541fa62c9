import type { Answer } from "../domain/answer.ts";
import type { EventType } from "../domain/event.ts";
import type { LoopName, PersonId } from "../domain/ids.ts";
import type { LoopDefinition, LoopSwitch } from "../domain/loop.ts";
import type { Ports } from "../ports.ts";

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
  to: LoopSwitch,
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
    await tx.setSwitch(name, to, by);
    if (to === "running") await tx.countFailure(name, false);
    await tx.append({ type: eventOf[to], at: ports.now(), by, loop: name, data: { before } });
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

/** The pause over all loops; nothing starts and nothing lands until a person lifts it. */
export async function switchEverything(ports: Ports, by: PersonId, isPaused: boolean): Promise<Answer> {
  const runs = await ports.record.liveRuns();
  await ports.record.transact(async (tx) => {
    await tx.setPaused(isPaused ? by : null);
    const type = isPaused ? "everything.paused" : "everything.resumed";
    await tx.append({ type, at: ports.now(), by, data: {} });
    if (!isPaused) for (const run of runs) await tx.wake(run.id);
    await tx.say({
      key: `pause:${ports.now().toISOString()}`,
      channel: ports.definitions.organisation().digest.channel,
      card: {
        kind: "notice",
        tone: isPaused ? "warning" : "good",
        text: isPaused
          ? "All loops are paused. Nothing starts and nothing lands until somebody resumes."
          : "The loops go on.",
        people: [by],
      },
    });
  });
  const text = isPaused
    ? "Everything is paused: runs wait at their next step and nothing lands."
    : "The loops go on.";
  return { kind: "done", text };
}
