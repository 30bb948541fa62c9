import type { ChangePolicyFacts, FreezeFact } from "./policy-facts.ts";
import type { Outcome, PolicyAction } from "./ruling.ts";

/** One case of `policies/tests/*.yml`: an action with some facts, and what must come of it. What is not said is harmless. */
export interface PolicyCase {
  name: string;
  /** Where it stands: `policies/tests/changes.yml:12`. */
  place: string;
  action: PolicyAction;
  repository?: string;
  loop: Partial<{
    name: string;
    owner: string;
    kind: string;
    trust: number;
    attempts: number;
    filesMax: number;
    linesMax: number;
  }>;
  at: Date;
  environment?: string;
  tool?: string;
  /** Path: changed lines. */
  files: { [path: string]: number };
  /** From a path to a path. */
  imports: { from: string; to: string }[];
  /** Other facts of the change, by their names. */
  change: Partial<ChangePolicyFacts>;
  taints: string[];
  spentUsd: number;
  budgetUsd: number;
  freezes: FreezeFact[];
  /** People by id, or groups: then one more member of it. */
  approvals: string[];
  expect: {
    outcome: Outcome["kind"];
    /** The rules that say so; of an allow, those that approvals met. Absent: whichever. */
    by?: string[];
    /** Who is asked. */
    groups?: string[];
    until?: Date;
    /** Stands in one of the reasons. */
    text?: string;
  };
}
