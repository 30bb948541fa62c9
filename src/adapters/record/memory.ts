import { createHash } from "node:crypto";
import { and, desc, eq, inArray, lt, ne, or, type SQL, sql } from "drizzle-orm";
import type { RepositoryName } from "../../domain/ids.ts";
import type { EntryId, MemoryEntry, MemoryLimits, Remembered, Scope } from "../../domain/memory.ts";
import { type Database, known } from "./database.ts";
import { memoryEntries, memoryScopes } from "./schema-memory.ts";

/** So many entries of the same scope are compared for a near-duplicate. */
const comparedMax = 50;
/** Two statements are the same when so much of their words is. */
const sameWords = 0.85;
export const keyCharsMax = 500;
const dayMs = 24 * 60 * 60 * 1000;

export async function remember(
  tx: Database,
  entry: MemoryEntry,
  limits: MemoryLimits,
  supersedes?: EntryId,
): Promise<Remembered> {
  const refusal = whyRefused(entry, limits);
  if (refusal !== null) return { kind: "refused", reason: refusal };
  if (supersedes !== undefined) await endEntry(tx, supersedes, "superseded", entry.id);

  const [same] = await tx.select().from(memoryEntries).where(eq(memoryEntries.id, entry.id));
  if (same !== undefined) return { kind: "merged", into: entryOf(same) };
  const scopeKey = keyOf(entry.scope);
  const sameScope = and(
    eq(memoryEntries.repository, entry.scope.repository),
    eq(memoryEntries.kind, entry.kind),
    eq(memoryEntries.scopeKey, scopeKey),
    eq(memoryEntries.state, "active"),
  );
  const beside = await tx
    .select()
    .from(memoryEntries)
    .where(sameScope)
    .orderBy(desc(memoryEntries.at))
    .limit(comparedMax);
  const twin = beside.find((one) => likeness(one.statement, entry.statement) >= sameWords);
  if (twin !== undefined) {
    await tx.update(memoryEntries).set({ at: entry.at }).where(eq(memoryEntries.id, twin.id));
    return { kind: "merged", into: { ...entryOf(twin), at: entry.at } };
  }
  if (beside.length >= limits.entriesPerScopeMax) {
    return {
      kind: "refused",
      reason: `${entry.scope.repository} has ${beside.length} of them about ${scopeKey || "everything"} already; forget one with \`memory forget\``,
    };
  }
  const { scope, supersededBy, lastHitAt, ...rest } = entry;
  await tx
    .insert(memoryEntries)
    .values({ ...rest, repository: scope.repository, scope, scopeKey, supersededBy, lastHitAt });
  const keys = scopeKeys(scope);
  if (keys.length > 0)
    await tx
      .insert(memoryScopes)
      .values(keys.map((key) => ({ ...key, entryId: entry.id })))
      .onConflictDoNothing();
  return { kind: "kept", entry };
}

function whyRefused({ statement, reason, scope }: MemoryEntry, limits: MemoryLimits): string | null {
  if (statement.length > limits.statementCharsMax)
    return `the statement has ${statement.length} characters; ${limits.statementCharsMax} are enough`;
  if (reason.length > limits.reasonCharsMax)
    return `the reason has ${reason.length} characters; ${limits.reasonCharsMax} are enough`;
  const places = scope.paths.length + scope.symbols.length + scope.tests.length;
  return places > limits.pathsMax
    ? `it names ${places} places; ${limits.pathsMax} at most, or a folder`
    : null;
}

/** An index row has to fit a page, so a long list of places is named by its digest. */
function keyOf({ paths, symbols, tests }: Scope): string {
  const text = [...paths, ...symbols, ...tests].sort().join("\n");
  return text.length <= keyCharsMax ? text : createHash("sha256").update(text).digest("hex");
}

function scopeKeys({ repository, paths, symbols, tests }: Scope) {
  const key = (kind: "path" | "symbol" | "test") => (text: string) => ({
    repository,
    kind,
    key: text.slice(0, keyCharsMax),
  });
  return [...paths.map(placeOf).map(key("path")), ...symbols.map(key("symbol")), ...tests.map(key("test"))];
}

/** A file or a folder is itself; a glob is found by the folder before its first pattern, the empty one included. */
function placeOf(path: string): string {
  const pattern = path.search(/[*?[{(!]/);
  return pattern === -1 ? path : path.slice(0, path.lastIndexOf("/", pattern) + 1);
}

function likeness(left: string, right: string): number {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  const shared = [...a].filter((word) => b.has(word)).length;
  const all = a.size + b.size - shared;
  return all === 0 ? 1 : shared / all;
}

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []);

export async function endEntry(
  tx: Database,
  id: EntryId,
  state: "superseded" | "withdrawn",
  supersededBy?: EntryId,
): Promise<boolean> {
  const ended = await tx
    .update(memoryEntries)
    .set({ state, supersededBy })
    .where(
      and(
        eq(memoryEntries.id, id),
        eq(memoryEntries.state, "active"),
        supersededBy === undefined ? undefined : ne(memoryEntries.id, supersededBy),
      ),
    )
    .returning({ id: memoryEntries.id });
  return ended.length > 0;
}

export async function countHits(tx: Database, ids: EntryId[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  // In the order of ids, so that two that count at once cannot wait for each other.
  const rows = tx
    .select({ id: memoryEntries.id })
    .from(memoryEntries)
    .where(inArray(memoryEntries.id, ids))
    .orderBy(memoryEntries.id)
    .for("update");
  await rows;
  await tx
    .update(memoryEntries)
    .set({ lastHitAt: at, hits: sql`${memoryEntries.hits} + 1` })
    .where(inArray(memoryEntries.id, ids));
}

/** Lessons that nobody met for long, and ended entries as old: the trace keeps that they were. */
export async function forgetIdle(tx: Database, { idleDaysMax }: MemoryLimits, now: Date): Promise<EntryId[]> {
  const before = new Date(now.getTime() - idleDaysMax * dayMs);
  const idle = and(
    eq(memoryEntries.kind, "lesson"),
    lt(sql`coalesce(${memoryEntries.lastHitAt}, ${memoryEntries.at})`, before),
  );
  const ended = and(ne(memoryEntries.state, "active"), lt(memoryEntries.at, before));
  const gone = await tx.delete(memoryEntries).where(or(idle, ended)).returning({ id: memoryEntries.id });
  return gone.map((one) => one.id);
}

export async function readEntry(db: Database, id: EntryId): Promise<MemoryEntry | null> {
  const [row] = await db.select().from(memoryEntries).where(eq(memoryEntries.id, id));
  return row === undefined ? null : entryOf(row);
}

export async function readEntries(
  db: Database,
  query: {
    repository?: RepositoryName;
    kind?: MemoryEntry["kind"];
    state?: MemoryEntry["state"];
    limit: number;
  },
): Promise<MemoryEntry[]> {
  const { repository, kind, state, limit } = query;
  const wanted: (SQL | undefined)[] = [
    repository === undefined ? undefined : eq(memoryEntries.repository, repository),
    kind === undefined ? undefined : eq(memoryEntries.kind, kind),
    state === undefined ? undefined : eq(memoryEntries.state, state),
  ];
  const rows = await db
    .select()
    .from(memoryEntries)
    .where(and(...wanted))
    .orderBy(desc(memoryEntries.at))
    .limit(limit);
  return rows.map(entryOf);
}

export function entryOf(row: typeof memoryEntries.$inferSelect): MemoryEntry {
  const { id, kind, statement, reason, scope, author, source, state, at, hits } = row;
  const { supersededBy, lastHitAt } = row;
  return {
    id,
    kind,
    statement,
    reason,
    scope,
    author,
    source,
    state,
    at,
    hits,
    ...known({ supersededBy, lastHitAt }),
  };
}
