import { sql } from "drizzle-orm";
import { bigint, index, primaryKey } from "drizzle-orm/pg-core";
import type { ClaimMode, Holder } from "../../domain/claim.ts";
import { moment, plainText, value, word } from "./columns.ts";
import { loom } from "./schema.ts";

/** Epochs come from one counter, so that a key's epoch rises even after its row was deleted. */
export const claimEpochs = loom.sequence("claim_epoch");

const claimColumns = {
  key: plainText("key").notNull(),
  /** `run:<id>` or `guest:<id>`. */
  holderId: plainText("holder_id").notNull(),
  holder: value<Holder>("holder").notNull(),
  mode: word<ClaimMode>("mode").notNull(),
  reason: plainText("reason").notNull(),
  epoch: bigint("epoch", { mode: "number" }).notNull(),
  ttlMs: bigint("ttl_ms", { mode: "number" }).notNull(),
  since: moment("since").notNull(),
  expiresAt: moment("expires_at").notNull(),
  releaseAskedBy: plainText("release_asked_by"),
};

/** A key may have several holders that share it. */
export const claims = loom.table("claim", claimColumns, (t) => [
  // "C": a key's beginning is a range of the index, whatever the database's language.
  primaryKey({ columns: [t.key, t.holderId] }),
  index("claim_by_holder").on(t.holderId, t.key),
  // Only what takeLapsed looks for: a claim is taken over by its key, and must not pay for whatever else has lapsed.
  index("claim_ending").on(t.expiresAt).where(sql`release_asked_by is not null or holder_id like 'guest:%'`),
]);

/** Claims that ran out, until their former holders have been told. */
export const lapsedClaims = loom.table("lapsed_claim", claimColumns, (t) => [
  primaryKey({ columns: [t.key, t.holderId, t.epoch] }),
]);
