import { and, asc, desc, eq, gte, type InferSelectModel, lt } from "drizzle-orm";
import type { StoredPolicies, StoredRuling } from "../../domain/stored-ruling.ts";
import type { Database } from "./database.ts";
import { policySets, rulings } from "./schema-rulings.ts";

/** Facts are a few kilobytes each; `loom policy try` looks back some months at most. */
const keptMs = 180 * 24 * 60 * 60 * 1000;

export async function keepRuling(tx: Database, made: StoredRuling, policies: StoredPolicies): Promise<void> {
  const { ruling, ...row } = made;
  const { kind, policyDigest } = ruling;
  await tx.insert(policySets).values(policies).onConflictDoNothing();
  await tx
    .insert(rulings)
    .values({ ...row, ruling, kind, policyDigest })
    .onConflictDoNothing();
}

/** Forgets rulings that are older than half a year; the trace keeps that they were made. */
export async function forgetRulings(tx: Database, now: Date): Promise<void> {
  await tx.delete(rulings).where(lt(rulings.at, new Date(now.getTime() - keptMs)));
}

export async function readRuling(db: Database, id: string): Promise<StoredRuling | null> {
  const [row] = await db.select().from(rulings).where(eq(rulings.id, id));
  return row === undefined ? null : toStored(row);
}

export async function readRulings(
  db: Database,
  query: { since?: Date; runId?: string; limit: number },
): Promise<StoredRuling[]> {
  const { since, runId, limit } = query;
  const rows = await db
    .select()
    .from(rulings)
    .where(
      and(
        since === undefined ? undefined : gte(rulings.at, since),
        runId === undefined ? undefined : eq(rulings.runId, runId),
      ),
    )
    .orderBy(desc(rulings.at), asc(rulings.id))
    .limit(limit);
  return rows.map(toStored).reverse();
}

export async function readPolicies(db: Database, digest: string): Promise<StoredPolicies | null> {
  const [row] = await db.select().from(policySets).where(eq(policySets.digest, digest));
  return row ?? null;
}

const toStored = ({ kind, policyDigest, ...row }: InferSelectModel<typeof rulings>): StoredRuling => row;
