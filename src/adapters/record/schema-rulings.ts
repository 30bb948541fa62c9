import { index } from "drizzle-orm/pg-core";
import type { Organisation } from "../../domain/organisation.ts";
import type { PolicyFacts } from "../../domain/policy-facts.ts";
import type { Ruling } from "../../domain/ruling.ts";
import { moment, plainText, value, word } from "./columns.ts";
import { loom, runs } from "./schema.ts";

/** Every ruling with its facts, so that it can be explained, replayed, and tried under other rules. The trace has their digests. */
export const rulings = loom.table(
  "ruling",
  {
    id: plainText("id").primaryKey(),
    runId: plainText("run_id")
      .notNull()
      .references(() => runs.id),
    loop: plainText("loop").notNull(),
    repository: plainText("repository").notNull(),
    kind: word<Ruling["kind"]>("kind").notNull(),
    at: moment("at").notNull(),
    policyDigest: plainText("policy_digest").notNull(),
    facts: value<PolicyFacts>("facts").notNull(),
    ruling: value<Ruling>("ruling").notNull(),
  },
  (t) => [index("ruling_by_run").on(t.runId), index("ruling_at").on(t.at)],
);

/** The policies of each digest that ever ruled, once. */
export const policySets = loom.table("policy_set", {
  digest: plainText("digest").primaryKey(),
  organisation: value<Organisation>("organisation").notNull(),
});
