import type { Deployment, Outcome } from "../domain/run.ts";
import { take, whyHalted, wordsFor } from "./claim.ts";
import { wakeUnblocked } from "./claim-notices.ts";
import { decideDeploy } from "./decide-deploy.ts";
import { type Deploying, environmentKey, triesOf, tryToDeploy } from "./deploy-try.ts";
import { type End, type Parked, parked } from "./end.ts";
import { holdDeploy } from "./hold-deploy.ts";
import type { OpenRun } from "./open-run.ts";
import { recordLanding } from "./record.ts";
import { whyObsolete } from "./why-obsolete.ts";

/** What is left of a run whose change had landed before this pass: to deploy it. Null for every other run. */
export async function landedBefore(run: OpenRun): Promise<End | null> {
  const change = await run.ports.record.change(run.run.id);
  if (change?.state !== "landed" || change.landed === undefined) return null;
  for (const step of ["claim", "make", "check", "compare", "decide"] as const) run.mark(step, "done", "");
  const { sha, approvedBy } = change.landed;
  run.mark("land", "done", sha.slice(0, 8));
  return landedEnd({ kind: "landed", sha, approvedBy });
}

/**
 * Deploys what has landed, if the loop's file says so and policy lets it. The landing is recorded first, and gives back all that the
 * run held: waiting for a window keeps nobody from working. Every pass asks again, from fresh facts, whether it may go out now. The
 * command is started once for each try that policy let through; a try whose end nobody knows is never repeated without a person.
 */
export async function deploy(run: OpenRun, end: End): Promise<End> {
  const { deploy: spec } = run.loop;
  if (end.kind !== "ended" || end.outcome.kind !== "landed" || spec === undefined) return end;
  const change = await run.ports.record.change(run.run.id);
  if (change === null) return end;
  if (change.state !== "landed") await recordLanding(run, end, change);
  const came = await deployNow(run, { spec, change, sha: end.outcome.sha });
  return came.kind === "parked" ? came : landedEnd({ ...end.outcome, deployment: came });
}

async function deployNow(run: OpenRun, what: Deploying): Promise<Deployment | Parked> {
  await giveBack(run);
  const { to } = what.spec;
  const tries = triesOf(run, to);
  if (tries.last?.kind === "done") {
    run.mark("deploy", "done", to);
    return { kind: "deployed", to };
  }
  const halt = await whyHalted(run, "deploy");
  if (halt?.kind === "parked") return halt;
  const obsolete =
    halt === null ? await whyObsolete(run, what) : "its loop was stopped before it was deployed";
  if (obsolete !== null) return leave(run, to, { reason: obsolete, isForPeople: false });

  const decided = await decideDeploy(run, what, tries);
  if (decided.kind === "parked") return decided;
  if (decided.kind === "denied") return leave(run, to, decided);
  const answer = await holdDeploy(run, what, decided);
  if (answer.kind === "parked") return answer;
  if (answer.kind !== "go") return leave(run, to, answer);

  const claimed = await take(run, [environmentKey(to)], "exclusive");
  if (claimed.kind === "taken") {
    run.mark("deploy", "waiting", `for ${wordsFor(claimed.by)}`);
    return parked;
  }
  const right = { epoch: claimed.epoch, footing: decided.footing };
  await tryToDeploy(run, what, { number: tries.count + 1, ...right });
  return deployNow(run, what);
}

/** Nothing is held while it waits: neither what the change was made under, nor the environment between two tries. */
async function giveBack(run: OpenRun): Promise<void> {
  const freed = await run.write((tx) => tx.releaseClaims(run.holder));
  if (freed.length > 0) await wakeUnblocked(run.ports);
}

async function leave(
  run: OpenRun,
  to: string,
  { reason, isForPeople }: { reason: string; isForPeople: boolean },
): Promise<Deployment> {
  run.mark("deploy", "stopped", reason);
  await run.write((tx) => tx.append(run.event("deploy.skipped", { to, reason })));
  return { kind: "not-deployed", to, reason, isForPeople };
}

export const landedEnd = (outcome: Extract<Outcome, { kind: "landed" }>): End => ({
  kind: "ended",
  outcome,
  fate: "landed",
  isFailure: false,
  again: false,
});
