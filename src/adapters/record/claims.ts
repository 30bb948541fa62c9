import { and, eq, gt, sql } from "drizzle-orm";
import type { RunId } from "../../domain/ids.ts";
import type { RecordTx } from "../../ports.ts";
import { clock, type Database, inMs } from "./database.ts";
import { claimEpochs, claims } from "./schema.ts";

/** A parked run keeps its claims for as long as people take to answer: they get a lifetime again with its next lease. */
const whileParked = new Date("9999-12-31T00:00:00Z");
const nextEpoch = sql.raw(`nextval('${claimEpochs.schema}.${claimEpochs.seqName}')`);
/** Between losing and asking who won, the winner may have released: then the claim is tried again. */
const triesMax = 5;

export async function claim(
  tx: Database,
  wish: Parameters<RecordTx["claim"]>[0],
): ReturnType<RecordTx["claim"]> {
  const { key, runId, loop, reason, ttlMs } = wish;
  for (let tries = 0; tries < triesMax; tries++) {
    const [won] = await tx
      .insert(claims)
      .values({
        key,
        runId,
        loop,
        reason,
        ttlMs,
        epoch: nextEpoch,
        expiresAt: inMs(ttlMs),
      })
      .onConflictDoUpdate({
        target: claims.key,
        set: {
          runId,
          loop,
          reason,
          ttlMs,
          expiresAt: inMs(ttlMs),
          epoch: sql`case when ${claims.runId} = excluded.run_id then ${claims.epoch} else excluded.epoch end`,
        },
        setWhere: sql`${claims.runId} = excluded.run_id or ${claims.expiresAt} <= ${clock}`,
      })
      .returning({ epoch: claims.epoch });
    if (won) return { kind: "held", epoch: won.epoch };
    const [holder] = await tx
      .select({ runId: claims.runId, loop: claims.loop, until: claims.expiresAt })
      .from(claims)
      .where(eq(claims.key, key));
    if (holder) return { kind: "taken", by: holder };
  }
  throw new Error(
    `claiming ${key} for run ${runId}: others take and release it all the time; try again later`,
  );
}

/** Locks the claim against a takeover until the transaction ends. */
export async function holdsClaim(tx: Database, key: string, runId: RunId): Promise<boolean> {
  const own = await tx
    .select({ key: claims.key })
    .from(claims)
    .where(and(eq(claims.key, key), eq(claims.runId, runId), gt(claims.expiresAt, clock)))
    .for("share");
  return own.length > 0;
}

export async function releaseClaims(tx: Database, runId: RunId): Promise<void> {
  await tx.delete(claims).where(eq(claims.runId, runId));
}

/** Gives every claim of a run at least `ms` more, or its own lifetime when that is longer. */
export async function claimsOutlast(tx: Database, runId: RunId, ms: number): Promise<void> {
  await tx
    .update(claims)
    .set({ expiresAt: inMs(sql`greatest(${claims.ttlMs}, ${ms}::bigint)`) })
    .where(eq(claims.runId, runId));
}

export async function holdClaimsWhileParked(tx: Database, runId: RunId): Promise<void> {
  await tx.update(claims).set({ expiresAt: whileParked }).where(eq(claims.runId, runId));
}
