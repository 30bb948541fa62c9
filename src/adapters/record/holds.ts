import { and, asc, eq, gt, type InferSelectModel, inArray, lte } from "drizzle-orm";
import type { Hold } from "../../domain/hold.ts";
import type { HoldId, RunId } from "../../domain/ids.ts";
import type { RecordTx } from "../../ports/record-tx.ts";
import { type Database, known } from "./database.ts";
import { approvals, holds } from "./schema-holds.ts";

type HoldRow = InferSelectModel<typeof holds>;
type ApprovalRow = InferSelectModel<typeof approvals>;

export async function readHold(db: Database, id: HoldId): Promise<Hold | null> {
  const rows = await db.select().from(holds).where(eq(holds.id, id));
  return (await withApprovals(db, rows))[0] ?? null;
}

export async function readHolds(db: Database, runId: RunId): Promise<Hold[]> {
  const order = [asc(holds.askedAt), asc(holds.id)];
  return withApprovals(
    db,
    await db
      .select()
      .from(holds)
      .where(eq(holds.runId, runId))
      .orderBy(...order),
  );
}

export async function expiredHolds(db: Database, now: Date): Promise<Hold[]> {
  const rows = await db
    .select()
    .from(holds)
    .where(and(eq(holds.state, "waiting"), lte(holds.expiresAt, now)))
    .orderBy(asc(holds.expiresAt));
  return withApprovals(db, rows);
}

export async function waitingHolds(db: Database): Promise<Hold[]> {
  return withApprovals(
    db,
    await db.select().from(holds).where(eq(holds.state, "waiting")).orderBy(asc(holds.expiresAt)),
  );
}

export async function putHold(tx: Database, hold: Hold): Promise<void> {
  const { approvals: given, voidedBecause, ...row } = hold;
  await tx.insert(holds).values({ ...row, voidedBecause: voidedBecause ?? null });
  if (given.length > 0)
    await tx.insert(approvals).values(given.map((one) => ({ holdId: hold.id, digest: hold.digest, ...one })));
}

/** The row's lock puts those who answer at once, the expiry and a new digest one after the other. */
export async function answerHold(
  tx: Database,
  id: HoldId,
  { digest, answer, isEnough }: Parameters<RecordTx["answerHold"]>[1],
): ReturnType<RecordTx["answerHold"]> {
  const isOpen = and(
    eq(holds.id, id),
    eq(holds.state, "waiting"),
    eq(holds.digest, digest),
    gt(holds.expiresAt, answer.at),
  );
  const open = await tx.select({ id: holds.id }).from(holds).where(isOpen).for("update");
  if (open.length === 0) return { kind: "lost", hold: await readHold(tx, id) };
  const kept = await tx
    .insert(approvals)
    .values({ holdId: id, digest, ...answer })
    .onConflictDoNothing()
    .returning({ holdId: approvals.holdId });
  const hold = await readHold(tx, id);
  if (hold === null || kept.length === 0) return { kind: "lost", hold };
  const state = answer.answer === "rejected" ? "rejected" : isEnough(hold) ? "approved" : "waiting";
  if (state !== "waiting") await tx.update(holds).set({ state }).where(eq(holds.id, id));
  return { kind: "kept", hold: { ...hold, state } };
}

export async function turnHold(
  tx: Database,
  id: HoldId,
  { from, to, because }: Parameters<RecordTx["turnHold"]>[1],
): Promise<boolean> {
  const turned = await tx
    .update(holds)
    .set({ state: to, ...(because === undefined ? {} : { voidedBecause: because }) })
    .where(and(eq(holds.id, id), inArray(holds.state, from)))
    .returning({ id: holds.id });
  return turned.length > 0;
}

/** These holds with what was answered to them, in the order of the rows. */
export async function withApprovals(db: Database, rows: HoldRow[]): Promise<Hold[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const given = await db
    .select()
    .from(approvals)
    .where(inArray(approvals.holdId, ids))
    .orderBy(asc(approvals.at), asc(approvals.person));
  return rows.map((row) =>
    holdOf(
      row,
      given.filter((one) => one.holdId === row.id),
    ),
  );
}

const holdOf = ({ voidedBecause, ...row }: HoldRow, given: ApprovalRow[]): Hold => ({
  ...row,
  approvals: given.map(({ person, answer, note, at }) => ({ person, answer, note, at })),
  ...known({ voidedBecause }),
});
