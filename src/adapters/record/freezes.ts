import { asc, eq, type InferSelectModel } from "drizzle-orm";
import type { Freeze } from "../../domain/freeze.ts";
import type { Database } from "./database.ts";
import { freezes } from "./schema-holds.ts";

const everywhere = "";

export async function readFreezes(db: Database): Promise<Freeze[]> {
  return (await db.select().from(freezes).orderBy(asc(freezes.until), asc(freezes.zone))).map(freezeOf);
}

export async function putFreeze(tx: Database, { zone, ...freeze }: Freeze): Promise<void> {
  await tx
    .insert(freezes)
    .values({ zone: zone ?? everywhere, ...freeze })
    .onConflictDoUpdate({ target: freezes.zone, set: freeze });
}

export async function liftFreeze(tx: Database, zone: string | null): Promise<Freeze | null> {
  const [lifted] = await tx
    .delete(freezes)
    .where(eq(freezes.zone, zone ?? everywhere))
    .returning();
  return lifted ? freezeOf(lifted) : null;
}

const freezeOf = ({ zone, ...row }: InferSelectModel<typeof freezes>): Freeze => ({
  ...row,
  zone: zone === everywhere ? null : zone,
});
