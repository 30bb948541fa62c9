import { and, asc, eq, inArray, like, lte, notLike, sql } from "drizzle-orm";
import type { RunId } from "../../domain/ids.ts";
import type { Hint } from "../../ports/record-tx.ts";
import { clock, type Database, inMs } from "./database.ts";
import { outbox } from "./schema.ts";

/** A hint that leaves with its transaction. An advance carries the version of its run, which makes its `jobId` new. */
export interface WrittenHint {
  hint: Hint;
  version?: number;
  delayMs: number;
}

/** Hints at the same thing are one: the newest stands for those before it. */
export const topicOf = (hint: Hint): string =>
  hint.kind === "advance" ? `advance ${hint.runId}` : `tick ${hint.loop} ${hint.why}`;

/** In the order of their topics, so that two transactions with the same hints wait for each other instead of dying. */
export async function writeHints(tx: Database, hints: Map<string, WrittenHint>): Promise<void> {
  const ordered = [...hints].sort(([left], [right]) => (left < right ? -1 : 1));
  if (ordered.length === 0) return;
  await tx
    .insert(outbox)
    .values(
      ordered.map(([topic, { hint, version, delayMs }]) => ({
        topic,
        hint,
        version: version ?? null,
        dueAt: inMs(delayMs),
      })),
    )
    .onConflictDoUpdate({
      target: outbox.topic,
      // A new id: whoever is sending the hint that stood here before must not mark this one as sent.
      set: {
        id: sql`default`,
        hint: sql`excluded.hint`,
        version: sql`excluded.version`,
        dueAt: sql`least(${outbox.dueAt}, excluded.due_at)`,
      },
    });
}

export async function unsentHints(
  db: Database,
  limit: number,
): Promise<{ id: number; jobId: string; hint: Hint }[]> {
  const rows = await db
    .select()
    .from(outbox)
    .where(and(lte(outbox.dueAt, clock), notLike(outbox.topic, `${wakeUp}%`)))
    .orderBy(asc(outbox.id))
    .limit(limit);
  return rows.map(({ id, hint, version }) => ({ id, hint, jobId: jobIdOf(hint, version ?? id) }));
}

/** What was sent is deleted: the outbox holds only what the queue has not heard. */
export async function markHintsSent(db: Database, ids: number[]): Promise<void> {
  if (ids.length > 0) await db.delete(outbox).where(inArray(outbox.id, ids));
}

const wakeUp = "wake ";
const wakeUpTopic = (runId: RunId): string => `${wakeUp}${runId}`;

/**
 * When a parked run is to be woken, as a row of its own that no queue hears of: the run is held, so a hint at it would do nothing,
 * and `at` is of the caller's clock. Replaces the moment before it; without one the run waits for something else.
 */
export async function writeWakeUp(tx: Database, runId: RunId, at: Date | undefined): Promise<void> {
  const topic = wakeUpTopic(runId);
  if (at === undefined) return dropHint(tx, topic);
  const hint: Hint = { kind: "advance", runId };
  await tx
    .insert(outbox)
    .values({ topic, hint, version: null, dueAt: at })
    .onConflictDoUpdate({ target: outbox.topic, set: { id: sql`default`, dueAt: at } });
}

export async function dueRuns(db: Database, now: Date): Promise<RunId[]> {
  const rows = await db
    .select({ topic: outbox.topic })
    .from(outbox)
    .where(and(like(outbox.topic, `${wakeUp}%`), lte(outbox.dueAt, now)))
    .orderBy(asc(outbox.dueAt), asc(outbox.topic));
  return rows.map((row) => row.topic.slice(wakeUp.length));
}

/** Nobody needs to look at what is over. */
export async function dropHint(tx: Database, topic: string): Promise<void> {
  await tx.delete(outbox).where(eq(outbox.topic, topic));
}

/** The queue accepts no `:` in a job's id and no id of digits only. */
const jobIdOf = (hint: Hint, number: number): string =>
  hint.kind === "advance"
    ? `${hint.runId}-v${number}`.replaceAll(":", "-")
    : `tick-${hint.loop}-${number}`.replaceAll(":", "-");
