import type { ChangeDigest, GroupName, HoldId, PersonId, RepositoryName, RunId, Sha } from "./ids.ts";
import type { Reason } from "./ruling.ts";

export type HoldState = "waiting" | "approved" | "rejected" | "void" | "expired";

/** A change parked for people, bound to its exact digest. Only a waiting hold can be answered, once. */
export interface Hold {
  id: HoldId;
  runId: RunId;
  repository: RepositoryName;
  digest: ChangeDigest;
  base: Sha;
  head: Sha;
  tree: Sha;
  group: GroupName;
  reasons: Reason[];
  state: HoldState;
  askedAt: Date;
  expiresAt: Date;
  answer?: Approval;
  /** Why it was voided. */
  voidedBecause?: string;
}

/** One person's recorded answer to one hold. */
export interface Approval {
  person: PersonId;
  answer: "approved" | "rejected";
  note: string;
  at: Date;
}

/** An approval counts only for its digest, and only for the reasons that were on the card: a new reason asks again. */
export function coversChange(hold: Hold, digest: ChangeDigest, reasons: Reason[]): boolean {
  const known = new Set(hold.reasons.map((reason) => `${reason.rule}\n${reason.text}`));
  return hold.digest === digest && reasons.every((reason) => known.has(`${reason.rule}\n${reason.text}`));
}
