import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import picomatch from "picomatch";
import type { MemoryEntry, Recalled, RecallWish } from "../../domain/memory.ts";
import type { Database } from "./database.ts";
import { entryOf, keyCharsMax } from "./memory.ts";
import { memoryEntries, memoryScopes } from "./schema-memory.ts";

/** Bounds on what one recall looks at, so that a big memory costs no more than a small one. */
const pathsAskedMax = 200;
const candidatesMax = 200;
const wordsMax = 12;

/**
 * The entries that matter, best first: those that name an asked path (or a folder or glob above it), then tests, then symbols; then
 * those whose words match best; then the newest about the whole repository. Every step is a look-up in an index.
 */
export async function recall(db: Database, wish: RecallWish): Promise<Recalled[]> {
  const found = new Map<string, Recalled>();
  const take = (entries: MemoryEntry[], because: Recalled["because"]) => {
    for (const entry of entries) {
      if (found.size < wish.entriesMax && !found.has(entry.id)) found.set(entry.id, { entry, because });
    }
  };
  take(await byPath(db, wish), "path");
  take(await byScope(db, wish, "test", wish.tests), "test");
  take(await byScope(db, wish, "symbol", wish.symbols), "symbol");
  if (found.size < wish.entriesMax) take(await byWords(db, wish), "words");
  if (found.size < wish.entriesMax) take(await aboutAll(db, wish), "repository");
  return [...found.values()];
}

async function byPath(db: Database, wish: RecallWish): Promise<MemoryEntry[]> {
  const paths = wish.paths.slice(0, pathsAskedMax);
  if (paths.length === 0) return [];
  const places = [...new Set(paths.flatMap(placesOf))];
  const entries = await scoped(db, wish, "path", places);
  return entries.filter(({ scope }) => {
    const globs = scope.paths.map((path) => (path.endsWith("/") ? `${path}**` : path));
    const isMatch = picomatch(globs, { dot: true });
    return paths.some((path) => scope.paths.includes(path) || isMatch(path) || isAbove(path, scope.paths));
  });
}

/** Asked about a folder, what is said of things in it counts. */
const isAbove = (asked: string, paths: string[]): boolean =>
  asked.endsWith("/") && paths.some((path) => path.startsWith(asked));

/** A path and every folder above it, the root included: what a scope may be kept under that covers it. */
function placesOf(path: string): string[] {
  const folders = path.split("/").slice(0, -1);
  return [path, "", ...folders.map((_, index) => `${folders.slice(0, index + 1).join("/")}/`)];
}

const byScope = (
  db: Database,
  wish: RecallWish,
  kind: "test" | "symbol",
  keys: string[],
): Promise<MemoryEntry[]> =>
  keys.length === 0 ? Promise.resolve([]) : scoped(db, wish, kind, keys.slice(0, pathsAskedMax));

async function scoped(
  db: Database,
  { repository }: RecallWish,
  kind: "path" | "test" | "symbol",
  keys: string[],
): Promise<MemoryEntry[]> {
  const ids = db
    .select({ id: memoryScopes.entryId })
    .from(memoryScopes)
    .where(
      and(
        eq(memoryScopes.repository, repository),
        eq(memoryScopes.kind, kind),
        inArray(
          memoryScopes.key,
          keys.map((key) => key.slice(0, keyCharsMax)),
        ),
      ),
    );
  return newest(db, and(inArray(memoryEntries.id, ids), eq(memoryEntries.state, "active")), candidatesMax);
}

async function byWords(db: Database, { repository, words, entriesMax }: RecallWish): Promise<MemoryEntry[]> {
  const wanted = [...new Set(words.toLowerCase().match(/[\p{L}\p{N}_]{4,}/gu) ?? [])].slice(0, wordsMax);
  if (wanted.length === 0) return [];
  const query = sql`to_tsquery('simple', ${wanted.map((word) => `'${word}'`).join(" | ")})`;
  // The newest that match at all are ranked: a word that every entry has must not cost a rank for each of them.
  const matching = db
    .select({ id: memoryEntries.id, words: memoryEntries.words, at: memoryEntries.at })
    .from(memoryEntries)
    .where(
      and(
        sql`${memoryEntries.words} @@ ${query}`,
        eq(memoryEntries.repository, repository),
        eq(memoryEntries.state, "active"),
      ),
    )
    .limit(candidatesMax)
    .as("matching");
  const best = db
    .select({ id: matching.id })
    .from(matching)
    .orderBy(desc(sql`ts_rank(${matching.words}, ${query})`), desc(matching.at))
    .limit(entriesMax);
  const ids = (await best).map((row) => row.id);
  const rows = await db
    .select()
    .from(memoryEntries)
    .where(inArray(memoryEntries.id, ids.length === 0 ? [""] : ids));
  return rows.map(entryOf).sort((left, right) => ids.indexOf(left.id) - ids.indexOf(right.id));
}

const aboutAll = (db: Database, { repository, entriesMax }: RecallWish): Promise<MemoryEntry[]> =>
  newest(
    db,
    and(
      eq(memoryEntries.repository, repository),
      eq(memoryEntries.scopeKey, ""),
      eq(memoryEntries.state, "active"),
    ),
    entriesMax,
  );

async function newest(db: Database, which: SQL | undefined, limit: number): Promise<MemoryEntry[]> {
  const rows = await db
    .select()
    .from(memoryEntries)
    .where(which)
    .orderBy(desc(memoryEntries.at))
    .limit(limit);
  return rows.map(entryOf);
}
