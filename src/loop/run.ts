import type { Change } from "../domain/change.ts";
import type { RunId } from "../domain/ids.ts";
import { FencedOut } from "../ports/record.ts";
import type { Ports } from "../ports.ts";
import { check } from "./check.ts";
import { claim, claimPaths, type Held } from "./claim.ts";
import { compare } from "./compare.ts";
import { decideLanding } from "./decide-landing.ts";
import { deploy, landedBefore, landedEnd } from "./deploy.ts";
import { type End, gaveUp } from "./end.ts";
import { hold } from "./hold.ts";
import { land } from "./land.ts";
import { make } from "./make.ts";
import { mergeWithTarget } from "./merge-with-target.ts";
import { hasLost } from "./obey-settlements.ts";
import { type OpenRun, openRun } from "./open-run.ts";
import { record } from "./record.ts";

// One change's way through the system:
//
//   find → claim → isolate → make → check → compare → decide → hold → land → deploy → record → digest
//
// find.ts and tick.ts stand before it, digest.ts after it. What has landed is only deployed, however often it comes by. Waiting is not
// a state machine: an answer, a crash, a retry and a redeploy all enter `advance` again. What costs or acts is a stage whose result is
// kept; what only decides, decides again.

/** So often may the target move between a change's check and its landing in one pass. */
const roundsMax = 5;

/**
 * Advances one run as far as it goes. What throws on the way is counted, and the record hints at the run again later. Rejects only
 * when not even that can be written; the queue then tries again.
 */
export async function advance(runId: RunId, ports: Ports, signal: AbortSignal): Promise<void> {
  const run = await openRun(runId, ports, signal);
  if (run === null) return;
  try {
    const end = (await landedBefore(run)) ?? (await line(run));
    await record(run, await deploy(run, end));
  } catch (error) {
    await fail(run, error);
  } finally {
    run.close();
  }
}

async function line(run: OpenRun): Promise<End> {
  const claimed = await claim(run);
  if (claimed.kind !== "claimed") return claimed;

  const made = await make(run);
  if (made.kind !== "made") return made;

  const held = await claimPaths(run, claimed, made.change);
  if (held.kind !== "claimed") return held;

  for (let round = 1; round <= roundsMax; round += 1) {
    const landed = await judgeAndLand(run, made.change, held);
    if (landed.kind !== "moved") return landed;
  }
  throw new Error(
    `landing ${made.change.branch}: ${run.repository.target} moved ${roundsMax} times meanwhile; the run is tried again`,
  );
}

/** On the target as it is this moment; when it moves before the push, all of this is judged again. */
async function judgeAndLand(run: OpenRun, change: Change, held: Held): Promise<End | { kind: "moved" }> {
  const lost = await hasLost(run);
  if (lost !== null) return lost;

  const merged = await mergeWithTarget(run, change);
  if (merged.kind !== "merged") return merged;

  const checked = await check(run, merged);
  if (checked.kind !== "passed") return checked;

  const compared = await compare(run, merged);
  if (compared.kind !== "compared") return compared;

  const decided = await decideLanding(run, merged, compared.conflicts);
  if (decided.kind !== "decided") return decided;

  const answer = await hold(run, { ...decided, merged, compared, remarks: checked.remarks });
  if (answer.kind !== "go") return answer;

  return land(run, merged, { answer, held, footing: decided.footing });
}

/** So many passes of one run may throw before a person must look. */
const failuresMax = 5;

async function fail(run: OpenRun, error: unknown): Promise<void> {
  // Another worker has the run, or this process stops: whoever has the lease goes on.
  if (error instanceof FencedOut || run.signal.aborted) return;
  const reason = error instanceof Error ? error.message : String(error);
  run.ports.log("error", `run ${run.run.id}: ${reason}`, { runId: run.run.id, loop: run.run.loop });
  if (run.run.failures + 1 >= failuresMax) {
    return record(run, await afterFailures(run, `It failed ${failuresMax} times: ${reason}`));
  }
  await run.write(async (tx) => {
    await tx.append(run.event("run.failed", { reason }));
    await tx.failRun(run.run.id);
  });
  // Not thrown on: the record hints at the run again, with patience. The queue's own tries would use its failures up in seconds.
}

/** What has landed stays so; everything else is given up. */
async function afterFailures(run: OpenRun, reason: string): Promise<End> {
  const landed = await landedBefore(run);
  const to = run.loop.deploy?.to ?? "its environment";
  if (landed?.kind === "ended" && landed.outcome.kind === "landed")
    return landedEnd({
      ...landed.outcome,
      deployment: { kind: "not-deployed", to, reason, isForPeople: true },
    });
  return gaveUp(reason, [], true);
}
