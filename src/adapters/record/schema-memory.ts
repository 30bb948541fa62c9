import { sql } from "drizzle-orm";
import { customType, index, integer, primaryKey } from "drizzle-orm/pg-core";
import type { EntrySource, MemoryEntry, Scope } from "../../domain/memory.ts";
import { moment, plainText, value, word } from "./columns.ts";
import { loom } from "./schema.ts";

const searchable = customType<{ data: string }>({ dataType: () => "tsvector" });

export const memoryEntries = loom.table(
  "memory_entry",
  {
    id: plainText("id").primaryKey(),
    kind: word<MemoryEntry["kind"]>("kind").notNull(),
    statement: plainText("statement").notNull(),
    reason: plainText("reason").notNull(),
    repository: plainText("repository").notNull(),
    scope: value<Scope>("scope").notNull(),
    /** The scope's paths, symbols and tests as one text: entries of the same scope are counted and compared by it. */
    scopeKey: plainText("scope_key").notNull(),
    author: plainText("author").notNull(),
    source: value<EntrySource>("source").notNull(),
    state: word<MemoryEntry["state"]>("state").notNull(),
    supersededBy: plainText("superseded_by"),
    at: moment("at").notNull(),
    lastHitAt: moment("last_hit_at"),
    hits: integer("hits").notNull().default(0),
    endedAt: moment("ended_at"),
    /** Statement, reason and places, cut at punctuation: Postgres would take a path for one word. */
    words: searchable("words").generatedAlwaysAs(
      sql`to_tsvector('simple', translate(statement || ' ' || reason || ' ' || scope_key, '/._-@:', '      '))`,
    ),
  },
  (t) => [
    index("memory_by_words").using("gin", t.words),
    index("memory_by_scope").on(t.repository, t.kind, t.scopeKey).where(sql`state = 'active'`),
    index("memory_newest").on(t.repository, t.at.desc()).where(sql`state = 'active'`),
    index("memory_by_state").on(t.state, t.at.desc()),
  ],
);

/**
 * Where an active entry is found: a file, a folder with its slash, a symbol, a test by equality; a glob by the folder before its
 * first pattern. What is in a folder is a range of keys, which are in byte order. `at` is the entry's: a key's newest come first.
 */
export const memoryScopes = loom.table(
  "memory_scope",
  {
    repository: plainText("repository").notNull(),
    kind: word<"path" | "glob" | "symbol" | "test">("kind").notNull(),
    key: plainText("key").notNull(),
    entryId: plainText("entry_id")
      .notNull()
      .references(() => memoryEntries.id, { onDelete: "cascade" }),
    /** The globs that begin at this folder. */
    globs: value<string[]>("globs"),
    at: moment("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.repository, t.kind, t.key, t.entryId] }),
    index("memory_scope_newest").on(t.repository, t.kind, t.key, t.at.desc()),
    index("memory_scope_by_entry").on(t.entryId),
  ],
);
