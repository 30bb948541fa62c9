import { type Hold, needWords, overrideOf } from "../domain/hold.ts";
import type { Ruling } from "../domain/ruling.ts";
import type { DecidedDeploy } from "./decide-deploy.ts";
import type { Deploying } from "./deploy-try.ts";
import { type Parked, parked } from "./end.ts";
import { holdMessage } from "./hold-card.ts";
import { newHold } from "./new-hold.ts";
import type { OpenRun } from "./open-run.ts";
import { voidHolds } from "./void-holds.ts";

type Answer = { kind: "go" } | { kind: "no"; reason: string; isForPeople: boolean } | Parked;

/**
 * Parks a deployment for people, or reads their answers, as `hold` does for a landing. A hold is bound to the commit, the place, the
 * command, the policies and the try: an answer to one try lets no other start.
 */
export async function holdDeploy(run: OpenRun, what: Deploying, decided: DecidedDeploy): Promise<Answer> {
  const { ruling, asked } = decided;
  const holds = (await run.ports.record.holds(run.run.id)).filter((one) => one.environment === what.spec.to);
  const refusal = holds.flatMap((one) => one.approvals).findLast((one) => one.answer === "rejected");
  if (refusal !== undefined)
    return {
      kind: "no",
      reason: `${refusal.person} decided against it: ${refusal.note}`,
      isForPeople: false,
    };
  const others = holds.filter(
    (one) => one.id !== asked?.id && (one.state === "waiting" || one.state === "approved"),
  );
  await voidHolds(run, others, () => "what it asked about is not what would be deployed now");
  if (ruling.kind === "allow") return allowed(run, asked);
  switch (asked?.state) {
    case "waiting":
      return parkFor(run, asked, asked.state);
    case "approved":
      return overrideOf(run.ports.definitions.organisation(), asked) === undefined
        ? parkFor(run, asked, "waiting")
        : { kind: "go" };
    case "expired":
      return { kind: "no", reason: `${needWords(asked.needs)} did not answer in time`, isForPeople: true };
    default:
      return ask(run, what, decided, ruling);
  }
}

/** Whoever answers this very moment goes first: the run looks again. */
async function allowed(run: OpenRun, asked: Hold | null): Promise<Answer> {
  if (asked?.state !== "waiting") return { kind: "go" };
  const isTurned = await turn(run, asked, "approved");
  return isTurned ? { kind: "go" } : parked;
}

/** Waits on; what was approved by somebody who left the group since waits again. */
async function parkFor(run: OpenRun, asked: Hold, state: "waiting"): Promise<Answer> {
  run.mark("deploy", "waiting", `for ${asked.group}`);
  if (asked.state !== state) await turn(run, asked, state);
  return parked;
}

async function turn(run: OpenRun, asked: Hold, to: "waiting" | "approved"): Promise<boolean> {
  const messageOf = await holdMessage(run.ports, run.run.id);
  return run.write(async (tx) => {
    if (!(await tx.turnHold(asked.id, { from: [asked.state], to }))) return false;
    if (messageOf !== null) await tx.say(messageOf({ ...asked, state: to }));
    return true;
  });
}

async function ask(
  run: OpenRun,
  { spec, change, sha }: Deploying,
  { digest }: DecidedDeploy,
  ruling: Extract<Ruling, { kind: "hold" }>,
): Promise<Answer> {
  const fresh = newHold(run, { ruling, change, digest, environment: spec.to });
  const { group } = fresh;
  const messageOf = await holdMessage(run.ports, run.run.id);
  run.mark("deploy", "waiting", `for ${group}`);
  await run.write(async (tx) => {
    await tx.putHold(fresh);
    await tx.append(run.event("hold.asked", { hold: fresh.id, digest, group, to: spec.to, commit: sha }));
    if (messageOf !== null) await tx.say(messageOf(fresh));
  });
  return parked;
}
