import { and, asc, eq, type InferSelectModel, lte } from "drizzle-orm";
import type { Approval, Hold } from "../../domain/hold.ts";
import type { ChangeDigest, HoldId, RunId } from "../../domain/ids.ts";
import type { RecordTx } from "../../ports.ts";
import { type Database, known } from "./database.ts";
import { approvals, holds } from "./schema.ts";

type HoldRow = InferSelectModel<typeof holds>;
type ApprovalRow = InferSelectModel<typeof approvals>;

export async function readHold(db: Database, id: HoldId): Promise<Hold | null> {
  const [row] = await withAnswers(db).where(eq(holds.id, id));
  return row ? holdOf(row.hold, row.approval) : null;
}

export async function readHolds(db: Database, runId: RunId): Promise<Hold[]> {
  const rows = await withAnswers(db).where(eq(holds.runId, runId)).orderBy(asc(holds.askedAt), asc(holds.id));
  return rows.map((row) => holdOf(row.hold, row.approval));
}

export async function expiredHolds(db: Database, now: Date): Promise<Hold[]> {
  const rows = await db
    .select()
    .from(holds)
    .where(and(eq(holds.state, "waiting"), lte(holds.expiresAt, now)))
    .orderBy(asc(holds.expiresAt));
  return rows.map((row) => holdOf(row, null));
}

export async function putHold(tx: Database, hold: Hold): Promise<void> {
  const { answer, voidedBecause, ...row } = hold;
  await tx.insert(holds).values({ ...row, voidedBecause: voidedBecause ?? null });
  if (answer) await tx.insert(approvals).values({ holdId: hold.id, digest: hold.digest, ...answer });
}

/** One conditional UPDATE decides between two people who click at once, and between a click and a new digest. */
export async function answerHold(
  tx: Database,
  id: HoldId,
  digest: ChangeDigest,
  answer: Approval,
): ReturnType<RecordTx["answerHold"]> {
  const [won] = await tx
    .update(holds)
    .set({ state: answer.answer })
    .where(and(eq(holds.id, id), eq(holds.state, "waiting"), eq(holds.digest, digest)))
    .returning();
  if (!won) return { kind: "lost", hold: await readHold(tx, id) };
  const [approval] = await tx
    .insert(approvals)
    .values({ holdId: id, digest, ...answer })
    .returning();
  return { kind: "won", hold: holdOf(won, approval ?? null) };
}

export async function endHold(
  tx: Database,
  id: HoldId,
  state: "void" | "expired",
  because: string,
): Promise<boolean> {
  const ended = await tx
    .update(holds)
    .set({ state, voidedBecause: because })
    .where(and(eq(holds.id, id), eq(holds.state, "waiting")))
    .returning({ id: holds.id });
  return ended.length > 0;
}

const withAnswers = (db: Database) =>
  db
    .select({ hold: holds, approval: approvals })
    .from(holds)
    .leftJoin(approvals, eq(approvals.holdId, holds.id))
    .$dynamic();

export const holdOf = (row: HoldRow, approval: ApprovalRow | null): Hold => ({
  id: row.id,
  runId: row.runId,
  repository: row.repository,
  digest: row.digest,
  base: row.base,
  head: row.head,
  tree: row.tree,
  group: row.group,
  reasons: row.reasons,
  state: row.state,
  askedAt: row.askedAt,
  expiresAt: row.expiresAt,
  ...known({ voidedBecause: row.voidedBecause }),
  ...(approval
    ? {
        answer: {
          person: approval.person,
          answer: approval.answer,
          note: approval.note,
          at: approval.at,
        },
      }
    : {}),
});
