import { and, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { type Claim, type ClaimKey, type Holder, holderId } from "../../domain/claim.ts";
import type { RunId } from "../../domain/ids.ts";
import type { ClaimWish, RecordTx } from "../../ports.ts";
import { clock, type Database, inMs, known } from "./database.ts";
import { claimEpochs, claims, lapsedClaims } from "./schema-claims.ts";
import { storableText } from "./stored-value.ts";

/** A parked run keeps its claims for as long as people take to answer: they get a lifetime again with its next lease. */
const whileParked = new Date("9999-12-31T00:00:00Z");
/** Nobody claims for longer at once; a live run's heartbeat goes on extending. */
const ttlMsMax = 24 * 60 * 60 * 1000;
const namedMax = 10;
const nextEpoch = sql.raw(`nextval('${claimEpochs.schema}.${claimEpochs.seqName}')`);

/**
 * One claimer at a time: rows of different holders do not conflict by key, so no constraint could stop two that ask at once.
 * A claim takes milliseconds, and the lock goes with its transaction.
 */
const claimsLock = sql`select pg_advisory_xact_lock(${0x6c6f6f6d03}::bigint)`;

const isOneOf = (keys: ClaimKey[]): SQL => sql`${claims.key} = any(${textArray(keys)})`;

/** One parameter for any number of texts: both drivers take an array as its literal. */
const textArray = (texts: string[]): SQL =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(texts.map(storableText))}::jsonb))`;

export async function claim(tx: Database, wish: ClaimWish): ReturnType<RecordTx["claim"]> {
  if (!(wish.ttlMs > 0 && wish.ttlMs <= ttlMsMax)) {
    throw new Error(
      `claiming ${wish.keys[0]}: ${wish.ttlMs} ms is no lifetime for a claim; at most ${ttlMsMax / 3_600_000} hours, renewed as you work`,
    );
  }
  await tx.execute(claimsLock);
  const keys = [...new Set(wish.keys)];
  const own = holderId(wish.holder);
  await setLapsedAside(tx, sql`${isOneOf(keys)} and (${claims.holderId} <> ${own} or ${endsForGood})`);
  const inTheWay = await tx
    .select()
    .from(claims)
    .where(
      and(
        isOneOf(keys),
        sql`${claims.holderId} <> ${own}`,
        sql`(${claims.mode} = 'exclusive' or ${wish.mode} = 'exclusive')`,
      ),
    )
    .limit(namedMax);
  if (inTheWay.length > 0) return { kind: "taken", by: inTheWay.map(claimOf) };
  return { kind: "held", epoch: await insertClaims(tx, { ...wish, keys }) };
}

/** The smallest epoch among them: an older one anywhere is what an effect must not act under. */
async function insertClaims(tx: Database, { keys, mode, holder, reason, ttlMs }: ClaimWish): Promise<number> {
  const row = {
    holderId: holderId(holder),
    holder,
    mode,
    reason,
    ttlMs,
    since: clock,
    expiresAt: inMs(ttlMs),
    epoch: nextEpoch,
  };
  const kept = await tx
    .insert(claims)
    .values(keys.map((key) => ({ ...row, key })))
    .onConflictDoUpdate({
      target: [claims.key, claims.holderId],
      set: {
        mode: sql`excluded.mode`,
        reason: sql`excluded.reason`,
        ttlMs: sql`excluded.ttl_ms`,
        expiresAt: sql`case when ${claims.releaseAskedBy} is null then greatest(${claims.expiresAt}, excluded.expires_at) else ${claims.expiresAt} end`,
      },
    })
    .returning({ epoch: claims.epoch });
  return Math.min(...kept.map((one) => one.epoch));
}

/** What ran out waits in its own table until the former holder has been told. */
async function setLapsedAside(tx: Database, which: SQL): Promise<void> {
  await tx.execute(sql`with gone as (
    delete from ${claims} where ${which} and ${claims.expiresAt} <= ${clock} returning *
  ) insert into ${lapsedClaims} select * from gone on conflict do nothing`);
}

/** A run whose worker died takes its own claims up again; one that was asked for, and a guest's, ends. */
const endsForGood = sql`(${claims.releaseAskedBy} is not null or ${claims.holderId} like 'guest:%')`;

/** Locks the claims against a takeover until the transaction ends. */
export async function holdsClaims(
  tx: Database,
  keys: ClaimKey[],
  holder: Holder,
  epoch: number,
): Promise<boolean> {
  const wanted = [...new Set(keys)];
  const own = await tx
    .select({ key: claims.key })
    .from(claims)
    .where(
      and(
        isOneOf(wanted),
        eq(claims.holderId, holderId(holder)),
        gt(claims.expiresAt, clock),
        sql`${claims.epoch} >= ${epoch}`,
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
    .where(and(eq(claims.key, key), gt(claims.expiresAt, clock)))
    .returning();
  return asked.map(claimOf);
}

export async function takeLapsed(tx: Database, limit: number): Promise<Claim[]> {
  await tx.execute(claimsLock);
  await setLapsedAside(tx, endsForGood);
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
        prefix === undefined ? undefined : under(prefix),
      ),
    )
    .orderBy(claims.key)
    .limit(limit);
  return rows.map(claimOf);
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
