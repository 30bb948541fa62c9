import { fileURLToPath } from "node:url";
import type { MigrationConfig } from "drizzle-orm/migrator";

/** The same folder from `src/` and from `dist/`: both are three folders below the package's root. */
export const migrations: MigrationConfig = {
  migrationsFolder: fileURLToPath(new URL("../../../drizzle", import.meta.url)),
  migrationsSchema: "loom",
  migrationsTable: "migration",
};
