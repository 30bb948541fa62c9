import { asc, eq, type InferSelectModel, sql } from "drizzle-orm";
import type { Stop } from "../../domain/freeze.ts";
import type { LoopName, PersonId, Sha } from "../../domain/ids.ts";
import type { LoopState, LoopSwitch } from "../../domain/loop.ts";
import { type Database, known } from "./database.ts";
import { house, loops } from "./schema.ts";

export async function loopStates(db: Database): Promise<LoopState[]> {
  return (await db.select().from(loops).orderBy(asc(loops.loop))).map(stateOf);
}

export async function lastTick(db: Database, loop: LoopName): Promise<{ at: Date; commit: Sha } | null> {
  const [row] = await db.select().from(loops).where(eq(loops.loop, loop));
  if (!row?.lastTickAt || row.lastTickCommit === null) return null;
  return { at: row.lastTickAt, commit: row.lastTickCommit };
}

export async function readHouse(db: Database): Promise<{ stop: Stop | null; digestSentAt: Date | null }> {
  const [row] = await db.select().from(house);
  const by = row?.pausedBy ?? null;
  return {
    stop: by === null ? null : { by, why: row?.pausedWhy ?? "" },
    digestSentAt: row?.digestSentAt ?? null,
  };
}

/** Locks the loop's row, and makes it when the loop was never switched. */
export async function lockLoop(tx: Database, loop: LoopName): Promise<void> {
  await tx.insert(loops).values({ loop }).onConflictDoNothing();
  await tx.select({ loop: loops.loop }).from(loops).where(eq(loops.loop, loop)).for("update");
}

export async function setSwitch(
  tx: Database,
  loop: LoopName,
  to: LoopSwitch,
  said: { by: PersonId | undefined; why: string | undefined },
): Promise<void> {
  const set = { switch: to, by: said.by ?? null, why: said.why ?? null };
  await tx
    .insert(loops)
    .values({ loop, ...set })
    .onConflictDoUpdate({ target: loops.loop, set });
}

export async function setTicked(tx: Database, loop: LoopName, at: Date, commit: Sha): Promise<void> {
  const set = { lastTickAt: at, lastTickCommit: commit };
  await tx
    .insert(loops)
    .values({ loop, ...set })
    .onConflictDoUpdate({ target: loops.loop, set });
}

export async function countFailure(tx: Database, loop: LoopName, failed: boolean): Promise<number> {
  const [row] = await tx
    .insert(loops)
    .values({ loop, failuresInRow: failed ? 1 : 0 })
    .onConflictDoUpdate({
      target: loops.loop,
      set: { failuresInRow: failed ? sql`${loops.failuresInRow} + 1` : 0 },
    })
    .returning({ failuresInRow: loops.failuresInRow });
  return row?.failuresInRow ?? 0;
}

export async function setHouse(
  tx: Database,
  set: { pausedBy: PersonId | null; pausedWhy: string | null } | { digestSentAt: Date },
): Promise<void> {
  await tx.insert(house).values(set).onConflictDoUpdate({ target: house.id, set });
}

const stateOf = (row: InferSelectModel<typeof loops>): LoopState => ({
  loop: row.loop,
  switch: row.switch,
  failuresInRow: row.failuresInRow,
  ...known({ by: row.by, why: row.why, lastTickAt: row.lastTickAt }),
});
