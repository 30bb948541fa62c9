import type { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import type { RecordStore } from "../../ports/record.ts";
import { migrations } from "./migrations.ts";
import { makeRecord, type RecordOptions } from "./record.ts";

/** The record on a PGlite that the caller has opened; its tables are brought up to date. `close` closes the PGlite. */
export async function openPglite(pglite: PGlite, options: RecordOptions = {}): Promise<RecordStore> {
  const db = drizzle(pglite);
  await migrate(db, migrations);
  return makeRecord(db, () => pglite.close(), options);
}
