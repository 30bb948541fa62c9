import type { PolicyCase } from "../domain/policy-case.ts";
import { assemble, type PolicySet } from "./policy-set.ts";
import type { Rule } from "./rule.ts";
import { runCases } from "./run-cases.ts";

/** A set with one small mistake in it. */
export interface Mutant {
  rule: Rule;
  /** What was done to it: `line 3: > became >=`. */
  what: string;
  /** The rule as it is now; null when it was dropped. */
  changed: Rule | null;
}

const swaps: { [sign: string]: string } = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "&&": "||",
  "||": "&&",
};

/** All mutants of the rules in these files: rules dropped, comparisons and numbers off by one, and mixed up with or, when with unless. */
export function mutantsOf(set: PolicySet, files: string[]): Mutant[] {
  return [...set.rules.values()].filter((rule) => files.includes(rule.file)).flatMap(mutantsOfRule);
}

function mutantsOfRule(rule: Rule): Mutant[] {
  const mutants: Mutant[] = [{ rule, what: "dropped", changed: null }];
  // Strings, names and annotations are passed over; what is left are signs and numbers.
  const parts = /"(?:\\.|[^"\\])*"|\/\/[^\n]*|@\w+|[A-Za-z_]\w*|\d+|<=|>=|<|>|&&|\|\|/gs;
  for (const match of rule.text.matchAll(parts)) {
    for (const instead of insteadOf(match[0])) {
      const text = `${rule.text.slice(0, match.index)}${instead}${rule.text.slice(match.index + match[0].length)}`;
      const line = rule.text.slice(0, match.index).split("\n").length;
      mutants.push({ rule, what: `line ${line}: ${match[0]} became ${instead}`, changed: { ...rule, text } });
    }
  }
  if (rule.holds.length > 0) mutants.push({ rule, what: "lost its @hold", changed: { ...rule, holds: [] } });
  if (rule.isTimed) mutants.push({ rule, what: "lost its @retry", changed: { ...rule, isTimed: false } });
  return mutants;
}

function insteadOf(part: string): string[] {
  const swapped = swaps[part];
  if (swapped !== undefined) return [swapped];
  if (part === "when") return ["unless"];
  if (part === "unless") return ["when"];
  return /^\d+$/.test(part) ? [String(Number(part) + 1), String(Number(part) - 1)] : [];
}

/** Mutants that every case passes all the same: each is a hole in the cases. */
export function survivors(mutants: Mutant[], cases: PolicyCase[], set: PolicySet): Mutant[] {
  const fired = new Map(runCases(cases, set).map((one) => [one.case, one.fired]));
  return mutants.filter(({ rule, changed }) => {
    const rules = [...set.rules.values()].flatMap((one) => (one.id === rule.id ? (changed ?? []) : one));
    const mutated = assemble(set.organisation, rules);
    // A set that does not even hold together would be refused when it is loaded.
    if (mutated.kind === "refused") return false;
    // The cases in which the rule speaks are the likeliest to notice.
    const speaks = (one: PolicyCase) => (fired.get(one)?.includes(rule.id) === true ? 0 : 1);
    const likeliestFirst = cases.toSorted((a, b) => speaks(a) - speaks(b));
    return likeliestFirst.every((one) =>
      runCases([one], mutated.set).every((result) => result.problems.length === 0),
    );
  });
}
