import { sql } from "drizzle-orm";
import { bigint, index, primaryKey } from "drizzle-orm/pg-core";
import type { ChangeRecord } from "../../domain/change-record.ts";
import { plainText, value } from "./columns.ts";
import { changes, loom } from "./schema.ts";

/** What changes do, for comparing; `landed_seq` counts a repository's landings. */
export const changeRecords = loom.table(
  "change_record",
  {
    runId: plainText("run_id")
      .primaryKey()
      .references(() => changes.runId),
    repository: plainText("repository").notNull(),
    head: plainText("head").notNull(),
    landedSeq: bigint("landed_seq", { mode: "number" }),
    record: value<ChangeRecord>("record").notNull(),
  },
  (t) => [index("change_record_landed").on(t.repository, t.landedSeq).where(sql`landed_seq is not null`)],
);

/** What a change in flight can be found by; whoever looks says what it looks for. */
export const changeKeys = loom.table(
  "change_key",
  {
    repository: plainText("repository").notNull(),
    key: plainText("key").notNull(),
    runId: plainText("run_id")
      .notNull()
      .references(() => changes.runId),
  },
  (t) => [primaryKey({ columns: [t.repository, t.key, t.runId] }), index("change_key_by_run").on(t.runId)],
);
