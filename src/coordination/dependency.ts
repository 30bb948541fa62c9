import type { ChangeRecord } from "../domain/change-record.ts";
import type { Sources, Symbols } from "../ports/symbols.ts";
import { misfitCalls } from "./symbols/arity.ts";
import { changedTexts } from "./symbols/changed-texts.ts";
import { comparisonOf } from "./symbols/comparison.ts";
import type { Clash } from "./symbols/evidence.ts";
import { goneNames } from "./symbols/gone.ts";
import { brokenContracts } from "./symbols/implementations.ts";
import { goneModules } from "./symbols/modules.ts";
import { goneFromScope } from "./symbols/scope.ts";

/** One of two changes, and what evidence calls it: `left`, or `loop tidy, run r12`. */
export interface DependencySide {
  record: ChangeRecord;
  called: string;
}

export interface DependencyClash extends Clash {
  /** The side whose use breaks; the other one removed, renamed or re-signed the name. */
  breaks: "left" | "right";
}

export interface DependencyAnswer {
  clashes: DependencyClash[];
  /** What could not be looked at, each a sentence: the answer is weaker by that much. */
  weaker: string[];
}

/**
 * Dependency conflicts (C5, C5w): a name whose declaration one side removed, renamed or re-signed is used on a line that the other newly
 * adds, and once both are in, the name is undefined (`gone`) or no definition takes the call (`arity`).
 */
export async function dependencyConflicts(
  left: DependencySide,
  right: DependencySide,
  from: { symbols: Symbols; sources: Sources },
): Promise<DependencyAnswer> {
  const [one, other] = await Promise.all([changedTexts(left, from), changedTexts(right, from)]);
  const clashes: DependencyClash[] = [];
  for (const [changer, user, breaks] of [
    [one, other, "right"],
    [other, one, "left"],
  ] as const) {
    const comparison = comparisonOf(changer, user, from);
    const found = [
      ...(await goneNames(comparison)),
      ...(await goneFromScope(comparison)),
      ...(await goneModules(comparison)),
      ...(await misfitCalls(comparison)),
      ...(await brokenContracts(comparison)),
    ];
    clashes.push(...withoutRepetition(found).map((clash) => ({ ...clash, breaks })));
  }
  return { clashes, weaker: [...one.weaker, ...other.weaker] };
}

/** The same name may be gone by several rules: the first says most. */
function withoutRepetition(clashes: Clash[]): Clash[] {
  return clashes.filter((clash, at) => clashes.findIndex(({ name }) => name === clash.name) === at);
}
