import type { PolicyFacts } from "../domain/policy-facts.ts";
import type { Discharged, Outcome, Reason, Ruling } from "../domain/ruling.ts";
import { needsOf } from "../domain/ruling.ts";
import { canonicalJson, sha256 } from "./canonical.ts";
import { factsProblem } from "./check-facts.ts";
import { evaluate } from "./evaluate.ts";
import { metBy } from "./needs.ts";
import type { PolicySet } from "./policy-set.ts";
import { reasonOf, wordsOf } from "./reason.ts";
import { type Case, openCase, requestAt } from "./request.ts";
import type { Rule } from "./rule.ts";
import { opensAt } from "./wait.ts";

/**
 * The ruling on one action. A pure function of the facts and the set: the same in, the same out, whoever asks and however often.
 * Whatever goes wrong on the way denies: a missing or malformed fact, a name that the set does not know, an error in one rule.
 */
export function decide(facts: PolicyFacts, set: PolicySet): Ruling {
  const factsDigest = digestOf(facts);
  return { ...outcomeOf(facts, set), policyDigest: set.digest, factsDigest: factsDigest ?? "" };
}

function digestOf(facts: PolicyFacts): string | null {
  try {
    return sha256(canonicalJson(facts));
  } catch {
    // Facts that no JSON can carry are refused below, with their place.
    return null;
  }
}

function outcomeOf(facts: PolicyFacts, set: PolicySet): Outcome {
  const problem = factsProblem(facts);
  if (problem !== null) return cannotTell(`${problem}, so nothing can be judged by it`);
  if ("change" in facts && !facts.change.isComplete)
    return cannotTell(
      "the change could not be read to its end: it is too large, or has a path that is no text",
    );
  try {
    return judge(openCase(facts, set));
  } catch (error) {
    return cannotTell(error instanceof Error ? error.message : String(error));
  }
}

const cannotTell = (why: string): Outcome => ({
  kind: "deny",
  reasons: [{ rule: "engine", text: `Policy cannot tell: ${why}.` }],
});

function judge(known: Case): Outcome {
  const now = new Date(known.facts.at);
  const request = requestAt(known, now);
  const first = evaluate(known.set, "all", request);
  const rules = first.rules.map((id) => ruleOf(known.set, id));
  const reasons = (of: Rule[]): Reason[] => {
    const words = wordsOf(known, now);
    return of.map((rule) => reasonOf(rule, known, words));
  };
  if (first.isAllowed) return { kind: "allow", reasons: reasons(rules), discharged: [] };

  // What neither people nor time can clear comes first: nobody is asked about what is denied anyway.
  const hard = evaluate(known.set, "hard", request);
  if (!hard.isAllowed) {
    const found = reasons(hard.rules.map((id) => ruleOf(known.set, id)));
    return { kind: "deny", reasons: found.length > 0 ? found : [nothingPermits(known.facts)] };
  }
  const timed = rules.filter((rule) => rule.isTimed);
  if (timed.length > 0) return waitFor(known, now, reasons(timed));

  const held = reasons(rules).map((reason) => ({
    reason,
    by: metBy(reason.needs ?? [], known.facts.approvals),
  }));
  const open = held.flatMap(({ reason, by }) => (by === null ? [reason] : []));
  if (open.length > 0) return { kind: "hold", reasons: open, needs: needsOf(open) };
  const discharged = held.flatMap(({ reason, by }): Discharged[] => (by === null ? [] : [{ reason, by }]));
  return { kind: "allow", reasons: reasons(hard.rules.map((id) => ruleOf(known.set, id))), discharged };
}

function waitFor(known: Case, now: Date, reasons: Reason[]): Outcome {
  const opening = opensAt(known, now);
  if (opening.kind === "never") {
    const text = "It never opens within 8 days, so waiting is no use.";
    return { kind: "deny", reasons: [...reasons, { rule: "engine", text }] };
  }
  return { kind: "wait", reasons, until: opening.at };
}

const nothingPermits = (facts: PolicyFacts): Reason => ({
  rule: "engine",
  text: `No rule permits ${facts.loop.name} to ${facts.action} this.`,
});

function ruleOf(set: PolicySet, id: string): Rule {
  const rule = set.rules.get(id);
  if (rule === undefined) throw new Error(`the answer names the rule "${id}", which the set does not have`);
  return rule;
}
