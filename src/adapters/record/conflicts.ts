import { and, desc, eq, exists, type InferSelectModel, sql } from "drizzle-orm";
import type { Conflict, ConflictState } from "../../domain/conflict.ts";
import type { RunId } from "../../domain/ids.ts";
import type { RecordStore } from "../../ports/record.ts";
import type { RecordTx } from "../../ports/record-tx.ts";
import type { Database } from "./database.ts";
import { conflictRuns, conflicts, runs } from "./schema.ts";

export async function readConflict(db: Database, id: string): Promise<ConflictState | null> {
  const [row] = await db.select().from(conflicts).where(eq(conflicts.id, id));
  return row ? stateOf(row) : null;
}

export async function readConflicts(
  db: Database,
  query: Parameters<RecordStore["conflicts"]>[0],
): Promise<ConflictState[]> {
  const { repository, runId, state, limit } = query;
  const rows = await db
    .select({ conflict: conflicts })
    .from(conflicts)
    .innerJoin(runs, eq(runs.id, conflicts.runId))
    .where(
      and(
        state === undefined ? undefined : eq(conflicts.state, state),
        repository === undefined ? undefined : eq(runs.repository, repository),
        runId === undefined ? undefined : concerns(db, runId),
      ),
    )
    .orderBy(desc(conflicts.foundAt), conflicts.id)
    .limit(limit);
  return rows.map((row) => stateOf(row.conflict));
}

/** The conflicts that a run met, and those in which other runs met it. */
export async function conflictsOf(db: Database, runId: RunId, limit: number): Promise<Conflict[]> {
  const rows = await db
    .select({ conflict: conflicts.conflict })
    .from(conflicts)
    .where(concerns(db, runId))
    .orderBy(desc(conflicts.foundAt), conflicts.id)
    .limit(limit);
  return rows.map((row) => row.conflict);
}

const concerns = (db: Database, runId: RunId) =>
  exists(
    db
      .select({ one: sql`1` })
      .from(conflictRuns)
      .where(and(eq(conflictRuns.conflictId, conflicts.id), eq(conflictRuns.runId, runId))),
  );

/** Until it is decided, the newest meeting is what people see; then what they decided about stays as it was. */
export async function putConflict(
  tx: Database,
  conflict: Conflict,
  runId: RunId,
): ReturnType<RecordTx["putConflict"]> {
  const { id } = conflict;
  const inserted = await tx
    .insert(conflicts)
    .values({ id, runId, conflict })
    .onConflictDoNothing({ target: conflicts.id })
    .returning({ id: conflicts.id });
  const [row] = await tx.select().from(conflicts).where(eq(conflicts.id, id)).for("update");
  if (!row) throw new Error(`keeping conflict ${id}: it is gone from the record`);
  const isDecided = row.state === "decided";
  const renewed = isDecided ? row : { ...row, runId, conflict, state: "open" as const };
  if (!isDecided)
    await tx.update(conflicts).set({ runId, conflict, state: "open" }).where(eq(conflicts.id, id));
  const concerned = [...new Set([runId, conflict.left.runId, conflict.right.runId])];
  await tx
    .insert(conflictRuns)
    .values(concerned.flatMap((one) => (one === undefined ? [] : { conflictId: id, runId: one })))
    .onConflictDoNothing();
  return { isNew: inserted.length > 0 || row.state === "over", state: stateOf(renewed) };
}

export async function endConflict(tx: Database, id: string): Promise<ConflictState | null> {
  const [ended] = await tx
    .update(conflicts)
    .set({ state: "over" })
    .where(and(eq(conflicts.id, id), eq(conflicts.state, "open")))
    .returning();
  return ended ? stateOf(ended) : null;
}

/** One conditional UPDATE decides between two people who answer at once. */
export async function answerConflict(
  tx: Database,
  id: string,
  answer: NonNullable<ConflictState["answer"]>,
): ReturnType<RecordTx["answerConflict"]> {
  const [won] = await tx
    .update(conflicts)
    .set({ state: "decided", answer })
    .where(and(eq(conflicts.id, id), eq(conflicts.state, "open")))
    .returning();
  return won ? { kind: "won", state: stateOf(won) } : { kind: "lost", state: await readConflict(tx, id) };
}

/** The row is locked first: two steps at once are both kept. */
export async function stepConflict(
  tx: Database,
  id: string,
  step: ConflictState["steps"][number],
): Promise<ConflictState | null> {
  const isOpen = and(eq(conflicts.id, id), eq(conflicts.state, "open"));
  const [row] = await tx.select().from(conflicts).where(isOpen).for("update");
  if (!row) return null;
  const steps = [...row.steps, step];
  await tx.update(conflicts).set({ steps }).where(eq(conflicts.id, id));
  return stateOf({ ...row, steps });
}

/** Of runs that are not over, what nobody has settled. */
export async function conflictsOfLiveRuns(db: Database, limit: number): Promise<Conflict[]> {
  const rows = await db
    .select({ conflict: conflicts.conflict })
    .from(conflicts)
    .innerJoin(runs, eq(runs.id, conflicts.runId))
    .where(and(sql`${runs.status} <> 'ended'`, eq(conflicts.state, "open")))
    .orderBy(desc(conflicts.foundAt), conflicts.id)
    .limit(limit);
  return rows.map((row) => row.conflict);
}

const stateOf = (row: InferSelectModel<typeof conflicts>): ConflictState => ({
  conflict: row.conflict,
  state: row.state,
  foundAt: row.foundAt,
  steps: row.steps,
  ...(row.answer === null ? {} : { answer: row.answer }),
});
