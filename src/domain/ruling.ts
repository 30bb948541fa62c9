import type { GroupName, PersonId } from "./ids.ts";

/** What may be ruled on: opening a proposal, landing it, deploying what landed, calling a connector's tool. */
export const policyActions = ["propose", "land", "deploy", "call"] as const;
export type PolicyAction = (typeof policyActions)[number];

/** Who must approve. With `people`, these alone may, and `group` says in words who they are ("the owner of tidy"). */
export interface Need {
  group: GroupName;
  /** Distinct members. */
  count: number;
  people?: PersonId[];
}

/** What one rule says about one action. */
export interface Reason {
  rule: string;
  /** The rule's file; absent when the engine itself refuses. */
  file?: string;
  /** The rule's message, filled in. */
  text: string;
  /** Of a rule that holds. */
  needs?: Need[];
  /** At most five of the paths that it is about. */
  paths?: string[];
}

/** A rule that would have held the action, and the people whose approvals met it. */
export interface Discharged {
  reason: Reason;
  by: PersonId[];
}

/** Policy's answer on one action. A denial cannot be approved away; a wait ends by the clock and is decided again then. */
export type Outcome =
  | { kind: "allow"; reasons: Reason[]; discharged: Discharged[] }
  | { kind: "hold"; reasons: Reason[]; needs: Need[] }
  /** Without `until`, until somebody lifts their freeze or stop. */
  | { kind: "wait"; reasons: Reason[]; until: Date | null }
  | { kind: "deny"; reasons: Reason[] };

/** An outcome with what it was decided from: the same facts under the same policies give the same ruling. */
export type Ruling = Outcome & {
  /** sha256, hex, over the generated schema, the rules and the organisation's part in them. */
  policyDigest: string;
  /** sha256, hex, over the facts' canonical JSON. */
  factsDigest: string;
};

/** All needs of these reasons, without repetition: of two for the same people, the higher count. */
export function needsOf(reasons: Reason[]): Need[] {
  const byWhom = new Map<string, Need>();
  for (const need of reasons.flatMap((reason) => reason.needs ?? [])) {
    const key = JSON.stringify([need.group, need.people ?? null]);
    const known = byWhom.get(key);
    if (known === undefined || known.count < need.count) byWhom.set(key, need);
  }
  return [...byWhom.values()];
}
