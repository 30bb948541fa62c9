import type { TraceEvent } from "../domain/event.ts";
import type { Finding } from "../domain/finding.ts";
import type { LoopName, Sha } from "../domain/ids.ts";
import type { InboxItem } from "../domain/inbox.ts";
import type { LoopDefinition, LoopState } from "../domain/loop.ts";
import type { Repository } from "../domain/organisation.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";
import { closeGone } from "./close-gone.ts";
import { find } from "./find.ts";
import { learnDecisions } from "./learn-decisions.ts";

interface Ticking {
  ports: Ports;
  loop: LoopDefinition;
  repository: Repository;
  why: string;
}

/** One tick of a loop: finds, keeps what is new, and opens runs for what is open. Says nothing when there is nothing to say. */
export async function tick(name: LoopName, why: string, ports: Ports, signal: AbortSignal): Promise<void> {
  const loop = ports.definitions.loops().find((one) => one.name === name);
  const repository = ports.definitions
    .organisation()
    .repositories.find((one) => one.name === loop?.repository);
  if (loop === undefined || repository === undefined) {
    ports.log("warn", `tick of ${name}: there is no such loop; its schedule goes with the next reload`, {
      loop: name,
    });
    return;
  }
  if (!(await mayTick(ports, loop, why))) return;
  const ticking = { ports, loop, repository, why };
  const last = await ports.record.lastTick(loop.name);
  const setTicked = async (at: Date) => {
    if (last !== null) await ports.record.transact((tx) => tx.setTicked(loop.name, at, last.commit));
  };
  // Said before the work, so that a tick that takes long is not taken for one that was missed; and taken back when it could not look.
  await setTicked(ports.now());
  try {
    await findAndOpen(ticking, signal);
  } catch (error) {
    await setTicked(last?.at ?? ports.now());
    if (signal.aborted) return;
    await sayTrouble(ticking, error);
    throw error;
  }
}

async function mayTick(ports: Ports, loop: LoopDefinition, why: string): Promise<boolean> {
  const state = (await ports.record.loopStates()).find((one) => one.loop === loop.name);
  if (state?.switch !== "running" || (await ports.record.isPaused()) !== null) return false;
  if (why === missed && !isMissed(loop, state, ports)) return false;
  if (loop.stop.until === undefined || ports.now() < loop.stop.until) return true;
  await stopLoop(ports, loop, `its last day, ${loop.stop.until.toDateString()}, is over`);
  return false;
}

async function findAndOpen(ticking: Ticking, signal: AbortSignal): Promise<void> {
  const { ports, loop, repository } = ticking;
  const { target } = await ports.code.fetch(repository);
  if (await isGoalReached(ticking, target, signal)) {
    await stopLoop(ports, loop, `its goal is reached: "${loop.stop.goal?.join(" ")}" is green`);
    return;
  }
  await learnDecisions(ports, loop, target);
  const since = (await ports.record.lastTick(loop.name))?.commit ?? null;
  const found = await find({ ports, loop, repository, target, since, signal });
  signal.throwIfAborted();
  const inbox = await ports.record.inbox();
  await ports.record.transact((tx) => keepFindings(ticking, tx, { found, target, inbox }));
  await openRuns(ticking);
}

async function keepFindings(
  ticking: Ticking,
  tx: RecordTx,
  { found, target, inbox }: { found: Finding[]; target: Sha; inbox: InboxItem[] },
): Promise<void> {
  const { ports, loop, repository, why } = ticking;
  const at = ports.now();
  const news = new Set<Finding>();
  // In one order everywhere: two loops that see the same findings would otherwise wait for each other.
  for (const finding of [...found].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (await isNews(ticking, tx, finding, { at, target })) news.add(finding);
  }
  const fresh = found.filter((finding) => news.has(finding));
  await closeGone(ports, tx, { loop, found, inbox });
  await tx.setTicked(loop.name, at, target);
  await tx.append(event(ticking, "loop.ticked", { why, found: found.length, new: fresh.length, at: target }));
  if (fresh.length === 0) return;
  const titles = fresh.slice(0, 5).map((one) => `• ${one.title}`);
  const more = fresh.length > 5 ? [`… and ${fresh.length - 5} more`] : [];
  const head = `${loop.name} found ${fresh.length === 1 ? "one thing" : `${fresh.length} things`} on ${repository.name}/${repository.target} at ${target.slice(0, 8)}:`;
  await tx.say({
    key: `tick:${loop.name}:${target.slice(0, 12)}:${fresh[0]?.id}`,
    channel: loop.channel,
    card: { kind: "notice", tone: "info", text: [head, ...titles, ...more].join("\n"), people: [] },
  });
}

async function isNews(
  ticking: Ticking,
  tx: RecordTx,
  finding: Finding,
  seen: { at: Date; target: Sha },
): Promise<boolean> {
  const { news, state } = await tx.seeFinding(finding, ticking.loop.name, seen.at);
  if (news === "again") return false;
  // A run that waits to deploy what was to mend it has no reason to any more.
  if (news === "reopened" && state.runId !== undefined) await tx.wake(state.runId);
  const type = news === "new" ? "finding.seen" : "finding.reopened";
  await tx.append({
    ...event(ticking, type, { title: finding.title, rule: finding.rule, at: seen.target }),
    findingId: finding.id,
  });
  return true;
}

/** Why a tick comes late: nobody was up when its time came. */
export const missed = "missed";

/** Whether a loop's time has passed since its last tick began. */
export function isMissed(loop: LoopDefinition, state: LoopState, ports: Ports): boolean {
  const due = ports.definitions.due(loop.cadence, ports.now());
  return due !== null && state.lastTickAt !== undefined && due.previous > state.lastTickAt;
}

/** Open findings become runs, up to the loop's limit of live ones; a finding that has a run keeps it. */
async function openRuns(ticking: Ticking): Promise<void> {
  const { ports, loop, repository } = ticking;
  const open = await ports.record.findings({
    loop: loop.name,
    repository: repository.name,
    fate: "open",
    limit: 100,
  });
  const live = (await ports.record.liveRuns(loop.name)).filter((run) => run.status !== "held").length;
  const room = Math.max(0, loop.stop.findingsPerTickMax - live);
  const due = open.filter((one) => one.attempts < loop.limits.attemptsMax).slice(0, room);
  await ports.record.transact(async (tx) => {
    for (const { finding } of due) {
      const names = {
        id: ports.newId("r"),
        loop: loop.name,
        findingId: finding.id,
        repository: repository.name,
      };
      if (!(await tx.openRun({ ...names, startedAt: ports.now() }))) continue;
      const opened = event(ticking, "run.opened", { title: finding.title });
      await tx.append({ ...opened, findingId: finding.id, runId: names.id });
    }
  });
}

const event = (
  { ports, loop, repository }: Ticking,
  type: TraceEvent["type"],
  data: TraceEvent["data"],
): TraceEvent => ({
  type,
  at: ports.now(),
  by: loop.name,
  loop: loop.name,
  repository: repository.name,
  data,
});

async function isGoalReached(
  { ports, loop, repository }: Ticking,
  target: Sha,
  signal: AbortSignal,
): Promise<boolean> {
  const { goal } = loop.stop;
  if (goal === undefined) return false;
  const checkout = await ports.code.checkout(
    repository.name,
    target,
    `goal-${loop.name}-${target.slice(0, 10)}`,
  );
  try {
    const limits = { wallMs: loop.limits.checkMs, outputBytesMax: loop.limits.outputBytesMax };
    const checked = await ports.checks.run(checkout, { ...loop.check, argv: goal }, limits, signal);
    return checked.kind === "ran" && checked.report.exit === 0;
  } finally {
    await ports.code.removeCheckout(checkout);
  }
}

async function stopLoop(ports: Ports, loop: LoopDefinition, why: string): Promise<void> {
  await ports.record.transact(async (tx) => {
    await tx.setSwitch(loop.name, "stopped", undefined, why);
    await tx.append({
      type: "loop.stopped",
      at: ports.now(),
      by: "loomstack",
      loop: loop.name,
      data: { why },
    });
    await tx.say({
      key: `stopped:${loop.name}:${ports.now().toISOString()}`,
      channel: loop.channel,
      card: { kind: "notice", tone: "good", text: `${loop.name} has stopped: ${why}.`, people: [loop.owner] },
    });
  });
}

/** The loop's channel hears of a tick that could not look; the same trouble is one message, however often it comes. */
async function sayTrouble({ ports, loop, repository }: Ticking, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  await ports.record.transact(async (tx) => {
    await tx.append({
      type: "loop.refused",
      at: ports.now(),
      by: loop.name,
      loop: loop.name,
      repository: repository.name,
      data: { reason },
    });
    await tx.say({
      key: `trouble:${loop.name}:${ports.now().toISOString().slice(0, 10)}`,
      channel: loop.channel,
      card: {
        kind: "notice",
        tone: "warning",
        text: `${loop.name} could not look at ${repository.name}: ${reason}`,
        people: [loop.owner],
      },
    });
  });
}
