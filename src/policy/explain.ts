import type { RunId } from "../domain/ids.ts";
import type { Outcome, Ruling } from "../domain/ruling.ts";
import type { RulingId, StoredPolicies, StoredRuling } from "../domain/stored-ruling.ts";
import { canonicalJson, sha256 } from "./canonical.ts";
import { decide } from "./decide.ts";
import { loadPolicies, type PolicySet } from "./policy-set.ts";

export const rulingId = (runId: RunId, { policyDigest, factsDigest }: Ruling): RulingId =>
  `p-${sha256(`${runId}\n${policyDigest}\n${factsDigest}`).slice(0, 12)}`;

export type Replayed =
  | { kind: "agrees"; again: Ruling }
  /** The kept facts, policies or ruling were changed since, or this version of LoomStack decides otherwise. */
  | { kind: "differs"; again: Ruling; why: string };

/** Makes a kept ruling again from its kept facts, under the very policies that made it. Throws when those cannot be read any more. */
export function replay(made: StoredRuling, policies: StoredPolicies): Replayed {
  const loaded = loadPolicies(policies.organisation);
  if (loaded.kind === "refused")
    throw new Error(`replaying ${made.id}: its policies no longer load: ${loaded.problems.join("; ")}`);
  const again = decide(made.facts, loaded.set);
  if (again.factsDigest !== made.ruling.factsDigest)
    return { kind: "differs", again, why: "the kept facts are not those that it was made from" };
  if (again.policyDigest !== made.ruling.policyDigest)
    return { kind: "differs", again, why: "the kept policies are not those that it was made under" };
  return isSame(again, made.ruling)
    ? { kind: "agrees", again }
    : { kind: "differs", again, why: `it is ${again.kind} now and was ${made.ruling.kind}` };
}

/** Equal but for the digests. */
function isSame(left: Ruling, right: Ruling): boolean {
  return plain(left) === plain(right);
}

/** Dates, and fields that are undefined, as JSON has them. */
const plain = (outcome: Outcome): string => {
  const { policyDigest, factsDigest, ...rest } = JSON.parse(JSON.stringify(outcome));
  return canonicalJson(rest);
};

/** A past ruling that another set would make differently. */
export interface Difference {
  made: StoredRuling;
  now: Ruling;
}

/** Which of the past rulings an edit would change: their outcome, or who is asked, or which rules say so. */
export function differences(past: StoredRuling[], set: PolicySet): Difference[] {
  return past.flatMap((made) => {
    const now = decide(made.facts, set);
    return gist(now) === gist(made.ruling) ? [] : [{ made, now }];
  });
}

function gist(ruling: Ruling): string {
  const rules =
    ruling.kind === "allow"
      ? ruling.discharged.map((one) => one.reason.rule)
      : ruling.reasons.map((one) => one.rule);
  const needs = ruling.kind === "hold" ? ruling.needs : [];
  return canonicalJson({ kind: ruling.kind, rules: rules.toSorted(), needs });
}
