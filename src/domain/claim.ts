import type { FindingId, LoopName, PersonId, RepositoryName, RunId } from "./ids.ts";

/** `finding:<id>`, `path:<repository>:<path>` or `resource:<kind>:<name>`, e.g. `resource:env:staging`. */
export type ClaimKey = string & { readonly whose?: "claim" };

/** Exclusive: nobody else may hold it. Shared: others may share it, and nobody may hold it alone. */
export type ClaimMode = "exclusive" | "shared";

/** Who holds a claim: a run of a loop, or a guest that LoomStack does not run, on behalf of a person. */
export type Holder =
  | { kind: "run"; runId: RunId; loop: LoopName }
  | { kind: "guest"; guest: string; person: PersonId };

/** The expiring, fenced right to work on something. */
export interface Claim {
  key: ClaimKey;
  mode: ClaimMode;
  holder: Holder;
  /** Why, in a sentence for those who wait. */
  reason: string;
  /** Rises each time the key changes hands; an effect under an older epoch is refused. */
  epoch: number;
  since: Date;
  expiresAt: Date;
  /** Somebody asked for it; the lease was shortened. */
  releaseAskedBy?: string;
}

export const findingKey = (id: FindingId): ClaimKey => `finding:${id}`;
export const pathKey = (repository: RepositoryName, path: string): ClaimKey => `path:${repository}:${path}`;
export const resourceKey = (resource: string): ClaimKey => `resource:${resource}`;

/** Whether a text names a resource: a kind and a name, such as `env:staging`, `db:orders`, `linear:ENG-12`. */
export const isResource = (text: string): boolean =>
  /^[a-z][a-z0-9-]{0,30}:[A-Za-z0-9._/-]{1,100}$/.test(text);

/** The holder in words, and as the key it is kept under. */
export const holderName = (holder: Holder): string =>
  holder.kind === "run" ? `${holder.loop} (${holder.runId})` : `${holder.person}'s ${holder.guest}`;
export const holderId = (holder: Holder): string =>
  holder.kind === "run" ? `run:${holder.runId}` : `guest:${holder.guest}`;

/** A claim of a run that waits for people has no end of its own: it ends with the run. */
export const endsWithRun = (claim: Claim): boolean => claim.expiresAt.getUTCFullYear() >= 9999;
