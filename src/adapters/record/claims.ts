import { createHash } from "node:crypto";
import { and, eq, gt, inArray, lte, type SQL, sql } from "drizzle-orm";
import { type Claim, type ClaimKey, type ClaimMode, type Holder, holderId } from "../../domain/claim.ts";
import type { RunId } from "../../domain/ids.ts";
import { jsonList } from "./columns.ts";
import { clock, type Database, inMs, known, rowsOf } from "./database.ts";
import { claims, lapsedClaims } from "./schema-claims.ts";
import { decodeValue, storableText } from "./stored-value.ts";

/** A parked run keeps its claims for as long as people take to answer: they get a lifetime again with its next lease. */
const whileParked = new Date("9999-12-31T00:00:00Z");

/**
 * One claimer at a time: rows of different holders do not conflict by key, so no constraint could stop two that ask at once.
 * A claim takes milliseconds, and the lock goes with its transaction.
 */
export const claimsLock = sql`select pg_advisory_xact_lock(${0x6c6f6f6d03}::bigint)`;

/** A path may be longer than an index row can be: then its beginning and its digest are kept. */
export const keptKey = (key: ClaimKey): ClaimKey =>
  storableText(
    key.length <= 500 ? key : `${key.slice(0, 400)}#${createHash("sha256").update(key).digest("hex")}`,
  );

const isOneOf = (keys: ClaimKey[]): SQL => sql`${claims.key} = any(${jsonList(keys.map(keptKey))})`;

/** A run whose worker died takes its own claims up again; one that was asked for, and a guest's, ends. */
const endsForGood = sql`(${claims.releaseAskedBy} is not null or ${claims.holderId} like 'guest:%')`;

/**
 * Locks the claims against a takeover until the transaction ends. All epochs come from one counter: one above the given was made after
 * that claim, so the key had been lost in between.
 */
export async function holdsClaims(
  tx: Database,
  keys: ClaimKey[],
  holder: Holder,
  epoch: number,
): Promise<boolean> {
  const wanted = [...new Set(keys.map(keptKey))];
  const own = await tx
    .select({ key: claims.key })
    .from(claims)
    .where(
      and(
        isOneOf(wanted),
        eq(claims.holderId, holderId(holder)),
        gt(claims.expiresAt, clock),
        lte(claims.epoch, epoch),
      ),
    )
    .for("share");
  return own.length === wanted.length;
}

export async function releaseClaims(tx: Database, holder: Holder, keys?: ClaimKey[]): Promise<ClaimKey[]> {
  const mine = eq(claims.holderId, holderId(holder));
  const gone = await tx
    .delete(claims)
    .where(keys === undefined ? mine : and(mine, isOneOf(keys)))
    .returning({ key: claims.key });
  return gone.map((one) => one.key);
}

export async function askRelease(
  tx: Database,
  key: ClaimKey,
  by: string,
  withinMs: number,
): Promise<Claim[]> {
  await tx.execute(claimsLock);
  const asked = await tx
    .update(claims)
    .set({ releaseAskedBy: by, expiresAt: sql`least(${claims.expiresAt}, ${inMs(withinMs)})` })
    .where(and(eq(claims.key, keptKey(key)), gt(claims.expiresAt, clock)))
    .returning();
  return asked.map(claimOf);
}

export async function takeLapsed(tx: Database, limit: number): Promise<Claim[]> {
  await tx.execute(claimsLock);
  await tx.execute(sql`with gone as (
    delete from ${claims} where ${claims.expiresAt} <= ${clock} and ${endsForGood} returning *
  ) insert into ${lapsedClaims} select * from gone on conflict do nothing`);
  const first = tx
    .select({ key: lapsedClaims.key, holderId: lapsedClaims.holderId, epoch: lapsedClaims.epoch })
    .from(lapsedClaims)
    .limit(limit);
  const taken = await tx
    .delete(lapsedClaims)
    .where(sql`(${lapsedClaims.key}, ${lapsedClaims.holderId}, ${lapsedClaims.epoch}) in ${first}`)
    .returning();
  return taken.map(claimOf);
}

export async function readClaims(
  db: Database,
  query: { keys?: ClaimKey[]; holder?: Holder; prefix?: string; limit: number },
): Promise<Claim[]> {
  const { keys, holder, prefix, limit } = query;
  const rows = await db
    .select()
    .from(claims)
    .where(
      and(
        gt(claims.expiresAt, clock),
        keys === undefined ? undefined : isOneOf(keys),
        holder === undefined ? undefined : eq(claims.holderId, holderId(holder)),
        prefix === undefined ? undefined : under(storableText(prefix)),
      ),
    )
    .orderBy(claims.key)
    .limit(limit);
  return rows.map(claimOf);
}

/** One look counts so many claims, at most: a fleet may have a hundred thousand. */
const countedMax = 2000;
const keysNamedMax = 3;

export async function claimsByHolder(
  db: Database,
  limit: number,
): Promise<{ holder: Holder; count: number; keys: ClaimKey[] }[]> {
  const rows = await rowsOf<{ holder: string; count: number; keys: string }>(
    db,
    sql`select min(holder) as holder, count(*)::int as count, (json_agg(key order by key collate "C"))::text as keys
      from (select holder_id, holder, key from ${claims} where expires_at > ${clock} limit ${countedMax}) live
      group by holder_id order by holder_id limit ${limit}`,
  );
  return rows.map(({ holder, count, keys }) => ({
    holder: decodeValue(holder) as Holder,
    count,
    keys: (JSON.parse(keys) as ClaimKey[]).slice(0, keysNamedMax),
  }));
}

/** Keys that begin so, as a range of the primary key, which is in byte order. */
export const under = (prefix: string): SQL =>
  sql`(${claims.key} >= ${prefix} collate "C" and ${claims.key} < ${`${prefix}\u{10ffff}`} collate "C")`;

/** Gives every claim of a run at least `ms` more, or its own lifetime when that is longer; less only to who was asked to give it back. */
export async function claimsOutlast(tx: Database, runId: RunId, ms: number): Promise<void> {
  await tx
    .update(claims)
    .set({ expiresAt: inMs(sql`greatest(${claims.ttlMs}, ${ms}::bigint)`) })
    .where(unasked(runId));
}

export async function holdClaimsWhileParked(tx: Database, runId: RunId): Promise<void> {
  await tx.update(claims).set({ expiresAt: whileParked }).where(unasked(runId));
}

export async function releaseRunClaims(tx: Database, runId: RunId): Promise<void> {
  await tx.delete(claims).where(inArray(claims.holderId, [`run:${runId}`]));
}

const unasked = (runId: RunId): SQL =>
  sql`${claims.holderId} = ${`run:${runId}`} and ${claims.releaseAskedBy} is null`;

export function claimOf(row: typeof claims.$inferSelect): Claim {
  const { key, mode, holder, reason, epoch, since, expiresAt, releaseAskedBy } = row;
  return { key, mode, holder, reason, epoch, since, expiresAt, ...known({ releaseAskedBy }) };
}

/** A row of claims as `to_json` tells it. */
export interface ClaimJson {
  key: ClaimKey;
  mode: ClaimMode;
  holder: string;
  reason: string;
  epoch: number;
  since: string;
  expires_at: string;
  release_asked_by: string | null;
}

export function claimOfJson(row: ClaimJson): Claim {
  const { key, mode, reason, epoch } = row;
  return {
    key,
    mode,
    holder: decodeValue(row.holder) as Holder,
    reason,
    epoch,
    since: new Date(row.since),
    expiresAt: new Date(row.expires_at),
    ...known({ releaseAskedBy: row.release_asked_by }),
  };
}
