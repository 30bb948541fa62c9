import { createHash } from "node:crypto";
import { and, desc, eq, inArray, lt, ne, or, type SQL, sql } from "drizzle-orm";
import type { RepositoryName } from "../../domain/ids.ts";
import type { EntryId, MemoryEntry, MemoryLimits, Remembered, Scope } from "../../domain/memory.ts";
import { keyText } from "./columns.ts";
import { clock, type Database, known } from "./database.ts";
import { saysTheSame } from "./same-words.ts";
import { memoryEntries, memoryScopes } from "./schema-memory.ts";
import { storableText } from "./stored-value.ts";

/** So many entries of the same scope are compared for a near-duplicate. */
const comparedMax = 50;
/** The next ones go the next time: one transaction stays short. */
const forgottenMax = 1000;
const dayMs = 24 * 60 * 60 * 1000;

/** Under the scope's lock, so that two that remember the same at once do not both keep it, or go over its limit together. */
export async function remember(
  tx: Database,
  entry: MemoryEntry,
  limits: MemoryLimits,
  supersedes?: EntryId,
): Promise<Remembered> {
  const refusal = whyRefused(entry, limits);
  if (refusal !== null) return { kind: "refused", reason: refusal };
  const scopeKey = keyOf(entry.scope);
  const lockName = JSON.stringify([entry.scope.repository, entry.kind, scopeKey]);
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${storableText(lockName)}, 0))`);

  const [same] = await tx.select().from(memoryEntries).where(eq(memoryEntries.id, entry.id));
  if (same?.state === "withdrawn")
    return { kind: "refused", reason: `${entry.id} was withdrawn; decide it again in other words` };
  const place = await placeFor(tx, entry, supersedes);
  const twin = same?.state === "active" ? same : place.twin;
  if (twin === undefined && place.count >= limits.entriesPerScopeMax)
    return {
      kind: "refused",
      reason: `${entry.scope.repository} has ${place.count} of them about ${scopeKey || "everything"} already; forget one with \`memory forget\``,
    };
  if (supersedes !== undefined) await endEntry(tx, supersedes, "superseded", twin?.id ?? entry.id);
  if (twin !== undefined) return { kind: "merged", into: await renew(tx, entryOf(twin), entry.at) };
  await keep(tx, entry, scopeKey);
  return { kind: "kept", entry };
}

/** How many active entries have this very scope, besides the one that ends now; and the one that says the same. */
async function placeFor(tx: Database, entry: MemoryEntry, supersedes: EntryId | undefined) {
  const sameScope = and(
    eq(memoryEntries.repository, entry.scope.repository),
    eq(memoryEntries.kind, entry.kind),
    eq(memoryEntries.scopeKey, keyOf(entry.scope)),
    eq(memoryEntries.state, "active"),
    supersedes === undefined ? undefined : ne(memoryEntries.id, supersedes),
  );
  const beside = await tx
    .select()
    .from(memoryEntries)
    .where(sameScope)
    .orderBy(desc(memoryEntries.at))
    .limit(comparedMax);
  // What a landed change meant is about its commit, and what people said is not: in the same words they are two things.
  const isLanded = (source: MemoryEntry["source"]) => source.kind === "change";
  const twin = beside.find(
    (one) => saysTheSame(one.statement, entry.statement) && isLanded(one.source) === isLanded(entry.source),
  );
  return {
    twin,
    count: beside.length < comparedMax ? beside.length : await tx.$count(memoryEntries, sameScope),
  };
}

/** The older entry stays, with its words, its id and its hits, and counts as said now. */
async function renew(tx: Database, entry: MemoryEntry, at: Date): Promise<MemoryEntry> {
  if (at <= entry.at) return entry;
  await tx.update(memoryEntries).set({ at }).where(eq(memoryEntries.id, entry.id));
  await tx.update(memoryScopes).set({ at }).where(eq(memoryScopes.entryId, entry.id));
  return { ...entry, at };
}

/** An entry that was superseded and is said again is in force again. */
async function keep(tx: Database, entry: MemoryEntry, scopeKey: string): Promise<void> {
  const { scope, supersededBy = null, lastHitAt = null, ...rest } = entry;
  const row = {
    ...rest,
    repository: scope.repository,
    scope,
    scopeKey,
    supersededBy,
    lastHitAt,
    endedAt: null,
  };
  await tx.insert(memoryEntries).values(row).onConflictDoUpdate({ target: memoryEntries.id, set: row });
  const keys = scopeKeys(scope);
  if (keys.length === 0) return;
  await tx
    .insert(memoryScopes)
    .values(keys.map((key) => ({ ...key, repository: scope.repository, entryId: entry.id, at: entry.at })))
    .onConflictDoNothing();
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

/** The scope's name. An index row has to fit a page, so a long list of places is named by its digest. */
function keyOf({ paths, symbols, tests }: Scope): string {
  const text = [...paths, ...symbols, ...tests].sort().join("\n");
  return text.length <= 500 ? text : createHash("sha256").update(text).digest("hex");
}

function scopeKeys({ paths, symbols, tests }: Scope) {
  const globs = new Map<string, string[]>();
  for (const glob of paths.filter(isGlob))
    globs.set(folderBefore(glob), [...(globs.get(folderBefore(glob)) ?? []), glob]);
  const plain = (kind: "path" | "symbol" | "test") => (text: string) => ({
    kind,
    key: keyText(text),
    globs: null,
  });
  return [
    ...paths.filter((path) => !isGlob(path)).map(plain("path")),
    ...[...globs].map(([key, under]) => ({ kind: "glob" as const, key: keyText(key), globs: under })),
    ...symbols.map(plain("symbol")),
    ...tests.map(plain("test")),
  ];
}

const globSign = /[*?[{(!]/;
const isGlob = (path: string): boolean => globSign.test(path);

/** The folder before a glob's first pattern, the empty one included. */
const folderBefore = (glob: string): string =>
  glob.slice(0, glob.lastIndexOf("/", glob.search(globSign)) + 1);

export async function endEntry(
  tx: Database,
  id: EntryId,
  state: "superseded" | "withdrawn",
  supersededBy?: EntryId,
): Promise<boolean> {
  const ended = await tx
    .update(memoryEntries)
    .set({ state, supersededBy: supersededBy ?? null, endedAt: clock })
    .where(
      and(
        eq(memoryEntries.id, id),
        eq(memoryEntries.state, "active"),
        supersededBy === undefined ? undefined : ne(memoryEntries.id, supersededBy),
      ),
    )
    .returning({ id: memoryEntries.id });
  if (ended.length > 0) await tx.delete(memoryScopes).where(eq(memoryScopes.entryId, id));
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

/** Lessons that nobody met for long, and entries that ended as long ago: the trace keeps that they were. */
export async function forgetIdle(tx: Database, { idleDaysMax }: MemoryLimits, now: Date): Promise<EntryId[]> {
  const before = new Date(now.getTime() - idleDaysMax * dayMs);
  const { kind, state, lastHitAt, at, endedAt } = memoryEntries;
  const idle = and(eq(kind, "lesson"), eq(state, "active"), lt(sql`coalesce(${lastHitAt}, ${at})`, before));
  const ended = and(ne(state, "active"), lt(sql`coalesce(${endedAt}, ${at})`, before));
  const some = tx
    .select({ id: memoryEntries.id })
    .from(memoryEntries)
    .where(or(idle, ended))
    .limit(forgottenMax);
  const gone = await tx
    .delete(memoryEntries)
    .where(inArray(memoryEntries.id, some))
    .returning({ id: memoryEntries.id });
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
