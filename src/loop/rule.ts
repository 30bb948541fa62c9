import { freezeFacts } from "../domain/freeze.ts";
import type { LoopDefinition } from "../domain/loop.ts";
import { trustOf } from "../domain/organisation.ts";
import type { ApprovalFact, CommonFacts, FreezeFact, PolicyFacts } from "../domain/policy-facts.ts";
import type { Ruling } from "../domain/ruling.ts";
import { canonicalJson } from "../policy/canonical.ts";
import { decide } from "../policy/decide.ts";
import { loadPolicies, type PolicySet } from "../policy/policy-set.ts";
import { taintsOf } from "../policy/taints.ts";
import type { Ports } from "../ports.ts";
import { keepRuling } from "./keep-ruling.ts";
import type { OpenRun } from "./open-run.ts";

/** The rules in force. Files that do not load never get there; should they, nothing may be ruled on. */
export function policiesOf({ definitions }: Pick<Ports, "definitions">): PolicySet {
  const loaded = loadPolicies(definitions.organisation());
  if (loaded.kind === "valid") return loaded.set;
  throw new Error(
    `reading the policies: ${loaded.problems.join("; ")}; correct them, the run is tried again`,
  );
}

/** What every ruling on a run is decided from, as it is this moment. */
export async function commonFacts(run: OpenRun, approvals: ApprovalFact[]): Promise<CommonFacts> {
  const { ports, loop, repository } = run;
  const at = ports.now();
  return {
    loop: loopFacts(run, loop),
    repository: repository.name,
    approvers: repository.approvers,
    runId: run.run.id,
    at: at.toISOString(),
    spend: {
      spentCents: Math.ceil(run.run.costUsd * 100),
      budgetCents: Math.ceil(loop.limits.costUsdMax * 100),
    },
    taints: taintsOf(run.finding.finding),
    freezes: await freezesAt(ports, at),
    approvals,
  };
}

const freezesAt = async ({ record }: Ports, at: Date): Promise<FreezeFact[]> =>
  freezeFacts(await record.freezes(), await record.isPaused(), at);

/** What people can change at any moment, as it was when policy ruled. */
export interface Footing {
  policyDigest: string;
  freezes: FreezeFact[];
}

/** Whether nobody froze or freed anything, or edited a policy, since the ruling: asked for right before its effect. */
export const stillStands = async ({ ports }: OpenRun, { policyDigest, freezes }: Footing): Promise<boolean> =>
  policiesOf(ports).digest === policyDigest &&
  canonicalJson(await freezesAt(ports, ports.now())) === canonicalJson(freezes);

const loopFacts = (run: OpenRun, loop: LoopDefinition): CommonFacts["loop"] => ({
  name: loop.name,
  owner: loop.owner,
  kind: loop.maker.kind,
  trust: trustOf(run.ports.definitions.organisation(), loop.name),
  attempts: run.finding.attempts,
  attemptsMax: loop.limits.attemptsMax,
  filesMax: loop.limits.filesMax,
  linesMax: loop.limits.linesMax,
});

export const ruleOn = (run: OpenRun, facts: PolicyFacts): Ruling => decide(facts, policiesOf(run.ports));

/**
 * Whether a run may call a connector's tool now; the ruling is kept. Whoever calls a tool for a run asks here before every call, and
 * calls only on `allow`.
 *
 * @public No connector exists yet; the first one asks here.
 */
export async function mayCall(run: OpenRun, tool: string): Promise<Ruling> {
  const facts = { ...(await commonFacts(run, [])), action: "call", tool } as const;
  const ruling = ruleOn(run, facts);
  await run.write((tx) => keepRuling(run, tx, { facts, ruling }, { tool }));
  return ruling;
}
