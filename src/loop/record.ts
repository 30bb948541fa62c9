import type { Change } from "../domain/change.ts";
import { otherOf, sideOf } from "../domain/conflict.ts";
import type { RunId } from "../domain/ids.ts";
import type { Outcome } from "../domain/run.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import { wakeUnblocked } from "./claim-notices.ts";
import { conflictMessages } from "./conflict-message.ts";
import type { End, Ended } from "./end.ts";
import { holdMessage } from "./hold-card.ts";
import type { OpenRun } from "./open-run.ts";
import { outcomeMemory } from "./outcome-memory.ts";
import { voiding, waitingHolds } from "./void-holds.ts";

const conflictsMax = 100;
const landedElsewhere = "it landed by another way";

/** Writes how a run ended, with all that follows from it, in one transaction. A parked run has nothing to record. */
export async function record(run: OpenRun, end: End): Promise<void> {
  if (end.kind === "parked") {
    await run.write((tx) => tx.park(run.run.id, end.until));
    return;
  }
  const { outcome } = end;
  const change = await run.ports.record.change(run.run.id);
  const settle =
    change?.state === "landed" ? await settleDeployment(run, outcome) : await settleChange(run, end, change);
  const voidHolds = await voiding(run, await waitingHolds(run), () => reasonOf(outcome) || landedElsewhere);
  run.conclude(outcome);
  await run.write(async (tx) => {
    await settle.before(tx);
    await voidHolds(tx);
    await tx.append(run.event("run.ended", { outcome: outcome.kind, reason: reasonOf(outcome) }));
    await tx.endRun(run.run.id, outcome, run.ports.now());
    await settle.after(tx);
  });
  await wakeUnblocked(run.ports);
  if (outcome.kind !== "landed" && change !== null) {
    await run.ports.code.withdraw(run.repository, change.branch, change.head);
  }
}

/** Writes all that follows from a landing; the run itself goes on, to deploy. */
export async function recordLanding(run: OpenRun, end: Ended, change: Change): Promise<void> {
  const settle = await settleChange(run, end, change);
  const voidHolds = await voiding(run, await waitingHolds(run), () => landedElsewhere);
  await run.write(async (tx) => {
    await settle.before(tx);
    await voidHolds(tx);
    await settle.after(tx);
  });
}

/** Writers of what was read beforehand: before the run ends, and after it. */
interface Settling {
  before: (tx: RecordTx) => Promise<void>;
  after: (tx: RecordTx) => Promise<void>;
}

async function settleChange(run: OpenRun, end: Ended, change: Change | null): Promise<Settling> {
  const { outcome } = end;
  const { id: runId, loop, findingId } = run.run;
  const rememberOutcome = await outcomeMemory(run, outcome, change);
  const approved = (await run.ports.record.holds(runId)).findLast((hold) => hold.state === "approved");
  const messageOf = approved === undefined ? null : await holdMessage(run.ports, runId);
  const open = await run.ports.record.conflicts({ runId, state: "open", limit: conflictsMax });
  const behind = await runsOrderedBehind(run);
  return {
    async before(tx) {
      const at = run.ports.now();
      if (outcome.kind === "landed") {
        if (change !== null)
          await tx.setChangeState(runId, "landed", { sha: outcome.sha, at, approvedBy: outcome.approvedBy });
        await tx.append(run.event("change.landed", { sha: outcome.sha, approvedBy: outcome.approvedBy }));
        await tx.settleInbox(findingId, { how: "landed", by: loop, at });
        if (approved !== undefined && messageOf !== null) await tx.say(messageOf(approved, outcome.sha));
      } else if (change !== null) {
        await tx.setChangeState(runId, "dropped");
      }
      for (const { conflict } of open) await endConflict(run, tx, conflict.id);
      await settleFinding(run, tx, end);
    },
    async after(tx) {
      await countFailure(run, tx, end.isFailure);
      await triggerOthers(run, tx, end);
      await rememberOutcome(tx);
      for (const other of behind) await tx.wake(other);
    },
  };
}

/** Runs that people put in order with this one: they may have waited for its end. */
async function runsOrderedBehind(run: OpenRun): Promise<RunId[]> {
  const { id: runId } = run.run;
  const decided = await run.ports.record.conflicts({ runId, state: "decided", limit: conflictsMax });
  return decided.flatMap(({ conflict, answer }) => {
    const mine = sideOf(conflict, runId);
    return answer?.answer === "order" && mine !== null ? (conflict[otherOf(mine)].runId ?? []) : [];
  });
}

/**
 * What is landed stays so; a deployment that came to nothing may be for a person to look at. A finding that came back meanwhile could
 * have no run of its own before.
 */
async function settleDeployment(run: OpenRun, outcome: Outcome): Promise<Settling> {
  const finding = await run.ports.record.finding(run.run.findingId);
  const deployment = outcome.kind === "landed" ? outcome.deployment : undefined;
  return {
    async before(tx) {
      if (outcome.kind !== "landed" || deployment?.kind !== "not-deployed" || !deployment.isForPeople) return;
      const what = `It landed as ${outcome.sha.slice(0, 8)}, but it is not deployed to ${deployment.to}`;
      await askToLook(run, tx, `${what}: ${deployment.reason}`, []);
    },
    async after(tx) {
      if (finding?.fate === "open") await tx.hint({ kind: "tick", loop: run.run.loop, why: "seen again" });
    },
  };
}

/** What nobody settled before one side was gone needs no answer any more; its card says so. */
async function endConflict(run: OpenRun, tx: RecordTx, id: string): Promise<void> {
  const over = await tx.endConflict(id);
  if (over === null) return;
  await tx.append(run.event("conflict.over", { conflict: id }));
  if (over.conflict.severity === "inform") return;
  for (const message of conflictMessages(run.ports, over)) await tx.say(message);
}

async function settleFinding(run: OpenRun, tx: RecordTx, end: Ended): Promise<void> {
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

  await askToLook(run, tx, outcome.reason, outcome.tried);
}

async function askToLook(run: OpenRun, tx: RecordTx, reason: string, tried: string[]): Promise<void> {
  const { id: runId, loop, findingId } = run.run;
  const { title } = run.finding.finding;
  const item = { findingId, loop, runId, title, reason, tried, since: run.ports.now() };
  await tx.putInbox(item);
  await tx.append(run.event("inbox.added", { reason }));
  await tx.say({
    key: `inbox:${findingId}:${runId}`,
    channel: run.loop.channel,
    card: { kind: "inbox", item, people: [run.loop.owner] },
  });
}

/** Why it ended so, in words; none for a landing by its own way. */
export function reasonOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case "landed":
      return outcome.deployment?.kind === "not-deployed" ? outcome.deployment.reason : "";
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
async function triggerOthers(run: OpenRun, tx: RecordTx, end: Ended): Promise<void> {
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
