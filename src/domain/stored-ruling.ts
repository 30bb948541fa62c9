import type { LoopName, RepositoryName, RunId } from "./ids.ts";
import type { Organisation } from "./organisation.ts";
import type { PolicyFacts } from "./policy-facts.ts";
import type { Ruling } from "./ruling.ts";

/** `p-` and 12 hex characters of run, facts and policies: the same ruling made twice has the same id. */
export type RulingId = string & { readonly whose?: "ruling" };

/** A ruling as it was made, with all that it was made from: evaluating the facts again under the policies of that digest gives it again. */
export interface StoredRuling {
  id: RulingId;
  runId: RunId;
  loop: LoopName;
  repository: RepositoryName;
  at: Date;
  facts: PolicyFacts;
  ruling: Ruling;
}

/** The organisation's file and rules as they were when a digest was in force. */
export interface StoredPolicies {
  digest: string;
  organisation: Organisation;
}
