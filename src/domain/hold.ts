import type { ChangeDigest, GroupName, HoldId, PersonId, RepositoryName, RunId, Sha } from "./ids.ts";
import { isMember, mayMeet, membersFor, type Organisation } from "./organisation.ts";
import type { ApprovalFact } from "./policy-facts.ts";
import type { Need, Reason } from "./ruling.ts";

export type HoldState = "waiting" | "approved" | "rejected" | "void" | "expired";

/**
 * What exactly an approval approves: it dies with any part of it. The digest is over the verbatim change and the verbatim difference
 * that landing it makes to the target, so a target that moved elsewhere voids nothing, and one that moved where the change is does.
 */
export interface HoldBinding {
  repository: RepositoryName;
  base: Sha;
  head: Sha;
  tree: Sha;
  digest: ChangeDigest;
  policyDigest: string;
  /** Of a deployment. */
  environment: string | null;
  expiresAt: Date;
}

/** A change parked for people, bound to its exact digest. Only a waiting hold can be answered, by each person once. */
export interface Hold extends HoldBinding {
  id: HoldId;
  runId: RunId;
  /** Whom it asks, in words. */
  group: GroupName;
  /** All of them must be met. */
  needs: Need[];
  reasons: Reason[];
  state: HoldState;
  askedAt: Date;
  /** In the order in which they were given. */
  approvals: Approval[];
  /** Why it was voided. */
  voidedBecause?: string;
}

/** One person's recorded answer to one hold. An override is the break-glass group's, and its note says why. */
export interface Approval {
  person: PersonId;
  answer: "approved" | "rejected" | "overridden";
  note: string;
  at: Date;
}

/** How far one need is met by the groups as they are now. */
export interface NeedState {
  need: Need;
  /** Who approved and counts. A person counts once for each need, and so for one need of each of their groups. */
  by: PersonId[];
  /** Who could still meet it. */
  may: PersonId[];
  isMet: boolean;
}

export const needStates = (org: Organisation, hold: Pick<Hold, "needs" | "approvals">): NeedState[] =>
  hold.needs.map((need) => {
    const approved = hold.approvals.filter((one) => one.answer === "approved").map((one) => one.person);
    const by = [...new Set(approved)].filter((person) => mayMeet(org, need, person));
    const may = membersFor(org, need).filter((person) => !by.includes(person));
    return { need, by, may, isMet: by.length >= need.count };
  });

/** The override that counts: its author is in the break-glass group at this moment. */
export const overrideOf = (org: Organisation, hold: Pick<Hold, "approvals">): Approval | undefined =>
  hold.approvals.find((one) => one.answer === "overridden" && mayOverride(org, one.person));

export const mayOverride = (org: Organisation, person: PersonId): boolean =>
  org.breakGlass !== null && isMember(org, org.breakGlass, person);

/** Approvals as policy reads them: each with the groups that its author is in at this moment. */
export const approvalFacts = (org: Organisation, hold: Pick<Hold, "approvals">): ApprovalFact[] =>
  hold.approvals
    .filter((one) => one.answer === "approved")
    .map(({ person }) => ({
      person,
      groups: org.groups.filter((group) => group.members.includes(person)).map((group) => group.name),
    }));

/** Whether an answer to this hold is about exactly this, and every reason was on its card: a new reason asks again. */
export function coversRuling(
  hold: Hold,
  binding: Pick<HoldBinding, "digest" | "policyDigest" | "environment">,
  reasons: Reason[],
): boolean {
  const known = new Set(hold.reasons.map((reason) => `${reason.rule}\n${reason.text}`));
  return (
    hold.digest === binding.digest &&
    hold.policyDigest === binding.policyDigest &&
    hold.environment === binding.environment &&
    reasons.every((reason) => known.has(`${reason.rule}\n${reason.text}`))
  );
}

/** "payments-owners (2) and platform": whom needs ask, in words. */
export function needWords(needs: Need[]): string {
  const words = needs.map(({ group, count }) => (count === 1 ? group : `${group} (${count})`));
  return words.length < 2 ? (words[0] ?? "nobody") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
