import { and, eq, ne, sql } from "drizzle-orm";
import type { RunId } from "../../domain/ids.ts";
import type { RecordTx } from "../../ports/record-tx.ts";
import type { Database } from "./database.ts";
import { lockLoop } from "./loops.ts";
import { spendings } from "./schema.ts";

/** Under the loop's row lock: two runs cannot both see the same money as free. A run that asks again adjusts its reservation. */
export async function reserve(tx: Database, wish: Parameters<RecordTx["reserve"]>[0]): Promise<boolean> {
  await lockLoop(tx, wish.loop);
  const [own] = await tx.select().from(spendings).where(eq(spendings.runId, wish.runId));
  const day = own?.day ?? wish.now.toISOString().slice(0, 10);
  const [others] = await tx
    .select({ usd: sql`coalesce(sum(${spendings.reservedUsd} + ${spendings.spentUsd}), 0)`.mapWith(Number) })
    .from(spendings)
    .where(and(eq(spendings.loop, wish.loop), eq(spendings.day, day), ne(spendings.runId, wish.runId)));
  const total = inMicroUsd(others?.usd ?? 0) + inMicroUsd(own?.spentUsd ?? 0) + inMicroUsd(wish.usd);
  if (total > inMicroUsd(wish.usdPerDay)) return false;
  await tx
    .insert(spendings)
    .values({ runId: wish.runId, loop: wish.loop, day, reservedUsd: wish.usd })
    .onConflictDoUpdate({ target: spendings.runId, set: { reservedUsd: wish.usd } });
  return true;
}

/** What was reserved is free again; what was spent stays counted. */
export async function settleSpending(tx: Database, runId: RunId, spentUsd: number): Promise<void> {
  await tx.update(spendings).set({ reservedUsd: 0, spentUsd }).where(eq(spendings.runId, runId));
}

/** Whole numbers: 0.1 + 0.2 must fit into 0.3. */
const inMicroUsd = (usd: number): number => Math.round(usd * 1_000_000);
