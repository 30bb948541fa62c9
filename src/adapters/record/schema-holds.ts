import { sql } from "drizzle-orm";
import { index, primaryKey } from "drizzle-orm/pg-core";
import type { Approval, HoldState } from "../../domain/hold.ts";
import type { Need, Reason } from "../../domain/ruling.ts";
import { moment, plainText, value, word } from "./columns.ts";
import { loom, runs } from "./schema.ts";

export const holds = loom.table(
  "hold",
  {
    id: plainText("id").primaryKey(),
    runId: plainText("run_id")
      .notNull()
      .references(() => runs.id),
    repository: plainText("repository").notNull(),
    digest: plainText("digest").notNull(),
    base: plainText("base").notNull(),
    head: plainText("head").notNull(),
    tree: plainText("tree").notNull(),
    /** Empty for holds that are older than policies; no policy has that digest, so they are asked again. */
    policyDigest: plainText("policy_digest").notNull().default(""),
    environment: plainText("environment"),
    group: plainText("group").notNull(),
    needs: value<Need[]>("needs").notNull().default(sql`'[]'`),
    reasons: value<Reason[]>("reasons").notNull(),
    state: word<HoldState>("state").notNull(),
    askedAt: moment("asked_at").notNull(),
    expiresAt: moment("expires_at").notNull(),
    voidedBecause: plainText("voided_because"),
  },
  (t) => [
    index("hold_by_run").on(t.runId),
    index("hold_waiting").on(t.expiresAt).where(sql`state = 'waiting'`),
  ],
);

/** At most one answer of a person to a hold: the primary key is the last defence of "answered once". */
export const approvals = loom.table(
  "approval",
  {
    holdId: plainText("hold_id")
      .notNull()
      .references(() => holds.id),
    person: plainText("person").notNull(),
    answer: word<Approval["answer"]>("answer").notNull(),
    note: plainText("note").notNull(),
    digest: plainText("digest").notNull(),
    at: moment("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.holdId, t.person] })],
);

/** Freezes by people, one for each zone; the empty name stands for everywhere. Over when `until` has passed. */
export const freezes = loom.table("freeze", {
  zone: plainText("zone").primaryKey(),
  by: plainText("by").notNull(),
  why: plainText("why").notNull(),
  at: moment("at").notNull(),
  until: moment("until").notNull(),
});
