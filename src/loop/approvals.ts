import { approvalFacts, coversRuling, type Hold, type HoldBinding } from "../domain/hold.ts";
import type { Organisation } from "../domain/organisation.ts";
import type { ApprovalFact } from "../domain/policy-facts.ts";
import type { Ruling } from "../domain/ruling.ts";
import { isOnlyAuthor } from "./authors.ts";

/** A ruling, and the hold whose answers it counts; null when none of the holds is about exactly this. */
export interface Ruled {
  ruling: Ruling;
  asked: Hold | null;
  /** The approvals that it counts. */
  approvals: ApprovalFact[];
}

interface Asking {
  organisation: Organisation;
  /** All holds of the run, oldest first. */
  holds: Hold[];
  binding: Pick<HoldBinding, "digest" | "environment">;
  authorEmails: string[];
  now: Date;
}

/**
 * Rules with the approvals that count at this moment: those of the newest hold that is about exactly this and had every reason on its
 * card, from people who are still in their groups. Asked without approvals first, because a reason that nobody saw counts for nobody.
 */
export function ruleWithApprovals(asking: Asking, rule: (approvals: ApprovalFact[]) => Ruling): Ruled {
  const bare = rule([]);
  if (bare.kind !== "hold") return { ruling: bare, asked: null, approvals: [] };
  const { organisation, holds, now } = asking;
  const binding = { ...asking.binding, policyDigest: bare.policyDigest };
  const asked = holds.findLast((one) => isStanding(one, now) && coversRuling(one, binding, bare.reasons));
  if (asked === undefined) return { ruling: bare, asked: null, approvals: [] };
  const approvals = now < asked.expiresAt ? approvalFacts(organisation, asked) : [];
  const counted = approvals.filter(({ person }) => !isOnlyAuthor(organisation, asking.authorEmails, person));
  return { ruling: counted.length === 0 ? bare : rule(counted), asked, approvals: counted };
}

/** A void hold is over, and an approval that was not used until its hold's end is, too. */
const isStanding = (hold: Hold, now: Date): boolean =>
  hold.state !== "void" && (hold.state !== "approved" || now < hold.expiresAt);
