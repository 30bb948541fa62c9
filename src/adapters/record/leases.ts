import { and, asc, eq, gt, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { RunId } from "../../domain/ids.ts";
import { FencedOut, type Lease, type Taken } from "../../ports/record.ts";
import { claimsOutlast } from "./claims.ts";
import { clock, type Database, inMs, inTransaction } from "./database.ts";
import { runOf } from "./runs.ts";
import { runs } from "./schema.ts";

const lapsed = or(isNull(runs.leaseUntil), lte(runs.leaseUntil, clock));
const isOwn = (lease: Lease): SQL | undefined =>
  and(
    eq(runs.id, lease.runId),
    eq(runs.fence, lease.fence),
    eq(runs.status, "running"),
    gt(runs.leaseUntil, clock),
  );

/** The row's lock decides who gets the run; a second worker waits for it and then finds nothing to take. */
export async function leaseRun(
  db: Database,
  runId: RunId,
  worker: string,
  leaseMs: number,
): Promise<Taken | null> {
  return inTransaction(db, async (tx) => {
    const [before] = await tx
      .select({ status: runs.status, worker: runs.worker })
      .from(runs)
      .where(and(eq(runs.id, runId), or(eq(runs.status, "ready"), and(eq(runs.status, "running"), lapsed))))
      .for("no key update");
    if (!before) return null;
    const [row] = await tx
      .update(runs)
      .set({
        status: "running",
        worker,
        fence: sql`${runs.fence} + 1`,
        leaseUntil: inMs(leaseMs),
        isWoken: false,
        movedAt: clock,
      })
      .where(eq(runs.id, runId))
      .returning();
    if (!row) return null;
    await claimsOutlast(tx, runId, leaseMs);
    const from = before.status === "running" ? before.worker : null;
    return { lease: { runId, fence: row.fence }, run: runOf(row), from };
  });
}

export async function extendLease(db: Database, lease: Lease, leaseMs: number): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const extended = await tx
      .update(runs)
      .set({ leaseUntil: inMs(leaseMs) })
      .where(isOwn(lease))
      .returning({ id: runs.id });
    if (extended.length === 0) return false;
    await claimsOutlast(tx, lease.runId, leaseMs);
    return true;
  });
}

/** Locks the run for the rest of the transaction, if the lease is still the newest and has not lapsed. */
export async function holdLease(tx: Database, lease: Lease): Promise<void> {
  const own = await tx.select({ id: runs.id }).from(runs).where(isOwn(lease)).for("no key update");
  if (own.length === 0)
    throw new FencedOut(
      `run ${lease.runId}: lease ${lease.fence} is over; another worker has the run or will get it, so stop here`,
    );
}

/** Whose lease lapsed and whom nobody woke since; and ready or running ones that did not move for `graceMs`. */
export async function strandedRuns(db: Database, graceMs: number): Promise<RunId[]> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        sql`${runs.status} <> 'ended'`,
        sql`${runs.status} in ('ready', 'running')`,
        or(
          and(lte(runs.leaseUntil, clock), lte(runs.movedAt, runs.leaseUntil)),
          lte(sql`greatest(${runs.movedAt}, ${runs.leaseUntil})`, inMs(-graceMs)),
        ),
      ),
    )
    .orderBy(asc(runs.startedAt));
  return rows.map((row) => row.id);
}
