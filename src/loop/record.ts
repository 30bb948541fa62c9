import type { Hold } from "../domain/hold.ts";
import type { RunId } from "../domain/ids.ts";
import type { Outcome } from "../domain/run.ts";
import type { RecordTx } from "../ports.ts";
import type { End } from "./end.ts";
import { holdMessage } from "./hold-card.ts";
import type { OpenRun } from "./open-run.ts";
import { outcomeMemory } from "./outcome-memory.ts";

/** Writes how a run ended, with all that follows from it, in one transaction. A parked run has nothing to record. */
export async function record(run: OpenRun, end: End): Promise<void> {
  if (end.kind === "parked") {
    await run.write((tx) => tx.park(run.run.id));
    return;
  }
  const { outcome } = end;
  const { id: runId, loop, findingId } = run.run;
  const change = await run.ports.record.change(runId);
  const waiting = (await run.ports.record.holds(runId)).filter((hold) => hold.state === "waiting");
  const rememberOutcome = await outcomeMemory(run, outcome, change);
  const waitingRuns = await runsWaitingForClaims(run);
  const messageOf = waiting.length > 0 ? await holdMessage(run.ports, runId) : null;
  run.conclude(outcome);
  await run.write(async (tx) => {
    const at = run.ports.now();
    if (outcome.kind === "landed") {
      if (change !== null)
        await tx.setChangeState(runId, "landed", { sha: outcome.sha, at, approvedBy: outcome.approvedBy });
      await tx.append(run.event("change.landed", { sha: outcome.sha, approvedBy: outcome.approvedBy }));
      await tx.settleInbox(findingId, { how: "landed", by: loop, at });
    } else if (change !== null) {
      await tx.setChangeState(runId, "dropped");
    }
    for (const hold of await voidWaiting(run, tx, waiting, outcome)) {
      if (messageOf !== null) await tx.say(messageOf(hold));
    }
    await settleFinding(run, tx, end);
    await tx.append(run.event("run.ended", { outcome: outcome.kind, reason: reasonOf(outcome) }));
    await tx.endRun(runId, outcome, at);
    await countFailure(run, tx, end.isFailure);
    await triggerOthers(run, tx, end);
    await rememberOutcome(tx);
    for (const other of waitingRuns) await tx.wake(other);
  });
  if (outcome.kind !== "landed" && change !== null) {
    await run.ports.code.withdraw(run.repository, change.branch, change.head);
  }
}

/** Runs of this repository that parked without a question to people: what this run gives back may be what they wait for. */
async function runsWaitingForClaims(run: OpenRun): Promise<RunId[]> {
  const { record: store } = run.ports;
  const parkedRuns = (await store.liveRuns()).filter((one) => one.status === "held" && one.id !== run.run.id);
  const asking = new Set((await store.overview(run.ports.now())).held.map((one) => one.hold.runId));
  return parkedRuns
    .filter((one) => one.repository === run.run.repository && !asking.has(one.id))
    .map((one) => one.id);
}

async function settleFinding(
  run: OpenRun,
  tx: RecordTx,
  end: Extract<End, { kind: "ended" }>,
): Promise<void> {
  const { outcome, fate } = end;
  const { id: runId, loop, findingId } = run.run;
  const at = run.ports.now();
  const reason = reasonOf(outcome);
  const by = outcome.kind === "rejected" ? outcome.by : loop;
  const isAttempt = outcome.kind === "gave-up" || outcome.kind === "rejected";
  await tx.setFate(findingId, fate, {
    runId,
    attempt: isAttempt,
    ...(outcome.kind === "landed" || reason === "" ? {} : { note: { at, by, text: reason } }),
  });
  await tx.append(run.event("finding.fate", { fate }));
  if (outcome.kind !== "gave-up" || fate !== "gave-up") return;

  const { title } = run.finding.finding;
  const item = { findingId, loop, runId, title, reason: outcome.reason, tried: outcome.tried, since: at };
  await tx.putInbox(item);
  await tx.append(run.event("inbox.added", { reason: outcome.reason }));
  await tx.say({
    key: `inbox:${findingId}:${runId}`,
    channel: run.loop.channel,
    card: { kind: "inbox", item, people: [run.loop.owner] },
  });
}

/** A run that ends for another reason than an answer leaves no question open. Answers the holds that it voided. */
async function voidWaiting(run: OpenRun, tx: RecordTx, waiting: Hold[], outcome: Outcome): Promise<Hold[]> {
  const voidedBecause = outcome.kind === "landed" ? "it landed by another way" : reasonOf(outcome);
  const voided: Hold[] = [];
  for (const hold of waiting) {
    if (!(await tx.endHold(hold.id, "void", voidedBecause))) continue;
    await tx.append(run.event("hold.voided", { hold: hold.id, because: voidedBecause }));
    voided.push({ ...hold, state: "void", voidedBecause });
  }
  return voided;
}

export function reasonOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case "landed":
      return "";
    case "rejected":
      return outcome.note;
    case "gave-up":
    case "stopped":
      return outcome.reason;
  }
}

async function countFailure(run: OpenRun, tx: RecordTx, isFailure: boolean): Promise<void> {
  const { loop } = run.run;
  const failures = await tx.countFailure(loop, isFailure);
  if (!isFailure || failures < run.loop.stop.failuresInRowMax) return;
  const why = `${failures} failures in a row`;
  await tx.setSwitch(loop, "paused", undefined, why);
  await tx.append({ type: "loop.paused", at: run.ports.now(), by: "loomstack", loop, data: { why } });
  await tx.say({
    key: `breaker:${loop}:${run.run.id}`,
    channel: run.loop.channel,
    card: {
      kind: "notice",
      tone: "warning",
      text: `${loop} is paused after ${why}. Look at its last runs; "resume ${loop}" lets it go on.`,
      people: [run.loop.owner],
    },
  });
}

/** Loops that tick when something lands, and the next try at a finding that goes on at once. */
async function triggerOthers(
  run: OpenRun,
  tx: RecordTx,
  end: Extract<End, { kind: "ended" }>,
): Promise<void> {
  const isLanded = end.outcome.kind === "landed";
  for (const loop of run.ports.definitions.loops()) {
    const isWatching = isLanded && loop.on.includes("landed") && loop.repository === run.run.repository;
    if (isWatching && loop.name !== run.run.loop)
      await tx.hint({ kind: "tick", loop: loop.name, why: "landed" });
  }
  if (!end.again || run.finding.attempts + 1 >= run.loop.limits.attemptsMax) return;
  const next = {
    id: run.ports.newId("r"),
    loop: run.run.loop,
    findingId: run.run.findingId,
    repository: run.run.repository,
  };
  if (await tx.openRun({ ...next, startedAt: run.ports.now() })) {
    await tx.append(run.event("run.opened", { next: next.id, because: "again" }));
  }
}
