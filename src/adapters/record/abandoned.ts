import { eq, isNotNull, sql } from "drizzle-orm";
import { clock, type Database, inTransaction } from "./database.ts";
import { topicOf, type WrittenHint, writeHints } from "./hints.ts";
import { messages, runs } from "./schema.ts";

/**
 * Frees what an earlier process held when it died, so that its work goes on at once and not when its leases lapse. Only for the
 * one process that may open this database: then nobody else can be alive to hold anything. The runs' fences rise with their next
 * lease, as ever.
 */
export async function freeAbandoned(db: Database): Promise<void> {
  await inTransaction(db, async (tx) => {
    const freed = await tx
      .update(runs)
      .set({
        status: "ready",
        worker: null,
        leaseUntil: null,
        isWoken: false,
        version: sql`${runs.version} + 1`,
        movedAt: clock,
      })
      .where(eq(runs.status, "running"))
      .returning({ runId: runs.id, version: runs.version });
    const hints = freed.map(({ runId, version }): [string, WrittenHint] => {
      const hint = { kind: "advance", runId } as const;
      return [topicOf(hint), { hint, version, delayMs: 0 }];
    });
    await writeHints(tx, new Map(hints));
    await tx.update(messages).set({ takenUntil: null }).where(isNotNull(messages.takenUntil));
  });
}
