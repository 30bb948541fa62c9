import type { PersonId } from "./ids.ts";
import type { Organisation } from "./organisation.ts";
import type { FreezeFact } from "./policy-facts.ts";

/** A person's word that nothing lands or deploys, in one zone or (null) anywhere, until a moment. It ends by the clock or by a person. */
export interface Freeze {
  zone: string | null;
  by: PersonId;
  why: string;
  at: Date;
  until: Date;
}

/** A person's stop of everything. Only a person lifts it. */
export interface Stop {
  by: PersonId;
  why: string;
}

/** Freezes and the stop as policy reads them; those that are over are left out. */
export function freezeFacts(freezes: Freeze[], stop: Stop | null, now: Date): FreezeFact[] {
  const frozen = freezes
    .filter((one) => now < one.until)
    .map(({ zone, by, why, until }): FreezeFact => {
      return { kind: "freeze", zone, by, why, until: until.toISOString() };
    });
  return stop === null ? frozen : [{ kind: "stop", zone: null, until: null, ...stop }, ...frozen];
}

/** What is frozen now, by people and by the organisation's file; `by` is null for the file's. */
export interface Frozen {
  zone: string | null;
  by: PersonId | null;
  why: string;
  until: Date;
}

export function frozenNow(org: Organisation, freezes: Freeze[], now: Date): Frozen[] {
  const standing = org.freezes
    .filter((one) => one.from <= now && now < one.until)
    .map(({ zone, why, until }): Frozen => ({ zone, by: null, why, until }));
  return [...freezes.filter((one) => now < one.until), ...standing];
}
