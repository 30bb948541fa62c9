import type { Answer, ExplainedRuling } from "../domain/answer.ts";
import type { ChangePolicyFacts, PolicyFacts } from "../domain/policy-facts.ts";
import type { StoredRuling } from "../domain/stored-ruling.ts";
import { replay } from "../policy/explain.ts";
import { loadPolicies, type PolicySet } from "../policy/policy-set.ts";
import { touchedZones } from "../policy/zone-map.ts";
import type { Ports } from "../ports.ts";

const listedMax = 5;
/** A run is ruled on at every look; only the newest ruling explains where it is. */
const rulingsMax = 200;

/** What a run did and why it is where it is: its story, and the newest ruling on it, made again from its kept facts. */
export async function explainRun(ports: Ports, what: string): Promise<Answer> {
  const finding = what.startsWith("f-") ? await ports.record.finding(what) : null;
  const story = await ports.record.story(finding?.runId ?? what);
  if (story === null)
    return {
      kind: "refused",
      reason: `There is no run or finding "${what.slice(0, 40)}". \`status\` and \`inbox\` show their ids.`,
    };
  const made = (await ports.record.rulings({ runId: story.run.id, limit: rulingsMax })).at(-1);
  return { kind: "why", story, ruling: made === undefined ? null : await explain(ports, made) };
}

async function explain(ports: Ports, made: StoredRuling): Promise<ExplainedRuling> {
  const policies = await ports.record.policies(made.ruling.policyDigest);
  const again = policies === null ? null : replay(made, policies);
  const loaded = policies === null ? null : loadPolicies(policies.organisation);
  const set = loaded?.kind === "valid" ? loaded.set : null;
  return {
    id: made.id,
    at: made.at,
    action: made.facts.action,
    ruling: made.ruling,
    approvals: made.facts.approvals.map((one) => one.person),
    facts: factsInWords(made.facts, set),
    replayed:
      again === null
        ? "its policies are not kept any more, so it cannot be made again"
        : again.kind === "agrees"
          ? "made again from these facts just now, it is the same"
          : `made again just now it differs: ${again.why}`,
  };
}

/** The facts that say something, in words. */
function factsInWords(facts: PolicyFacts, set: PolicySet | null): string[] {
  const { loop, spend, taints, freezes } = facts;
  return [
    ...("change" in facts ? changeInWords(facts.change, set) : []),
    ...(facts.action === "deploy" ? [`${facts.commit.slice(0, 8)} to ${facts.environment}`] : []),
    ...(facts.action === "call" ? [`the tool ${facts.tool}`] : []),
    `trust ${loop.trust}`,
    ...(spend.spentCents > 0
      ? [`spent ${(spend.spentCents / 100).toFixed(2)} of ${(spend.budgetCents / 100).toFixed(2)} USD`]
      : []),
    ...listed("read from outside", taints),
    ...freezes.map(
      (one) => `${one.zone ?? "everything"} ${one.kind === "stop" ? "stopped" : "frozen"} by ${one.by}`,
    ),
  ];
}

function changeInWords(change: ChangePolicyFacts, set: PolicySet | null): string[] {
  const zones = set === null ? [] : [...touchedZones(change.touched, set.zonesOf).keys()].sort();
  return [
    `${change.files} file${change.files === 1 ? "" : "s"}, ${change.lines} lines`,
    ...listed("zones", zones),
    ...listed(
      "conflicts",
      change.conflicts.map((one) => `${one.kind} with ${one.with}`),
    ),
    ...listed("new dependencies", change.newDependencies),
    ...listed("tests removed", change.testsRemoved),
    ...listed("weaker tests", change.weakenedTests),
    ...listed("secrets", change.secrets),
    ...listed("binary files", change.binaryFiles),
    ...listed("links", [...change.symlinks, ...change.submodules]),
    ...listed("claimed by others", change.claimedByOthers),
  ];
}

function listed(name: string, items: string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > listedMax ? `, and ${items.length - listedMax} more` : "";
  return [`${name}: ${items.slice(0, listedMax).join(", ")}${more}`];
}
