import { inArray, type SQL, sql } from "drizzle-orm";
import picomatch from "picomatch";
import type { EntryId, Recalled, RecallWish } from "../../domain/memory.ts";
import { globOptions } from "../../domain/path-glob.ts";
import { jsonList, keyText } from "./columns.ts";
import { type Database, rowsOf } from "./database.ts";
import { entryOf } from "./memory.ts";
import { memoryEntries, memoryScopes } from "./schema-memory.ts";
import { encodeValue, storableText } from "./stored-value.ts";

/** Bounds on what one recall looks at, so that a big memory costs no more than a small one. */
const askedMax = 200;
const globsAFolderMax = 100;
const inFolderMax = 100;
const wordsMax = 10;
const matchesAWordMax = 25;

/**
 * The entries that matter, best first: those that name an asked path (or a folder or glob above it), then tests, then symbols; then
 * those whose words match best; then the newest about the whole repository. Every step is a look-up in an index.
 */
export async function recall(db: Database, wish: RecallWish): Promise<Recalled[]> {
  const found = new Map<EntryId, Recalled["because"]>();
  const take = (because: Recalled["because"], ids: EntryId[]) => {
    for (const id of ids) if (found.size < wish.entriesMax && !found.has(id)) found.set(id, because);
  };
  const scoped = await byScope(db, wish);
  const matches = isAsked(wish.paths);
  const ofPath = scoped.filter((row) => row.kind === "path" || (row.kind === "glob" && matches(row)));
  take("path", ofPath.map(idOf));
  take("test", scoped.filter((row) => row.kind === "test").map(idOf));
  take("symbol", scoped.filter((row) => row.kind === "symbol").map(idOf));
  if (found.size < wish.entriesMax) {
    const others = await byWords(db, wish);
    take("words", others.filter((row) => row.kind === "words").map(idOf));
    take("repository", others.filter((row) => row.kind === "repository").map(idOf));
  }
  const rows = await db
    .select()
    .from(memoryEntries)
    .where(inArray(memoryEntries.id, ["", ...found.keys()]));
  const entries = new Map(rows.map((row) => [row.id, entryOf(row)]));
  return [...found].flatMap(([id, because]) => {
    const entry = entries.get(id);
    // Ended since it was looked up.
    return entry === undefined || entry.state !== "active" ? [] : [{ entry, because }];
  });
}

interface Scoped {
  id: EntryId;
  kind: "path" | "glob" | "test" | "symbol";
  globs: string | null;
}

const idOf = (row: { id: EntryId }): EntryId => row.id;

/** What is kept under one of the keys that cover what is asked, or in an asked folder; the newest first. */
function byScope(db: Database, wish: RecallWish): Promise<Scoped[]> {
  const paths = wish.paths.slice(0, askedMax);
  const places = [...new Set(paths.flatMap(placesOf))];
  const keys = [
    ...places.map((key) => ({ kind: "path", key: keyText(key) })),
    ...wish.tests.slice(0, askedMax).map((key) => ({ kind: "test", key: keyText(key) })),
    ...wish.symbols.slice(0, askedMax).map((key) => ({ kind: "symbol", key: keyText(key) })),
  ];
  if (keys.length === 0) return Promise.resolve([]);
  const newest = (which: SQL, most: number) => sql`cross join lateral (
    select scope.entry_id, scope.kind, scope.globs, scope.at from ${memoryScopes} scope
    where scope.repository = ${storableText(wish.repository)} and ${which}
    order by scope.at desc nulls last limit ${most}
  ) scope`;
  // An asked folder is a range of keys, in whose order the newest do not come first: then any so many of them.
  const below = sql`cross join lateral (
    select scope.entry_id, scope.kind, scope.globs, scope.at from ${memoryScopes} scope
    where scope.repository = ${storableText(wish.repository)} and scope.kind in ('path', 'glob')
      and scope.key > folder.key collate "C" and scope.key < folder.key || ${"\u{10ffff}"} collate "C"
    limit ${inFolderMax}
  ) scope`;
  const folders = jsonList(paths.filter((path) => path.endsWith("/")).map(keyText));
  return rowsOf<Scoped>(
    db,
    sql`select found.entry_id as id, found.kind, found.globs from (
      select scope.* from jsonb_to_recordset(${encodeValue(keys)}::jsonb) asked (kind text, key text)
        ${newest(sql`scope.kind = asked.kind and scope.key = asked.key`, wish.entriesMax)}
      union all
      select scope.* from unnest(${jsonList(places.map(keyText))}) place (key)
        ${newest(sql`scope.kind = 'glob' and scope.key = place.key`, globsAFolderMax)}
      union all
      select scope.* from unnest(${folders}) folder (key) ${below}
    ) found order by found.at desc nulls last, found.entry_id`,
  );
}

/** A path and every folder above it, the root included: what a scope may be kept under that covers it. */
function placesOf(path: string): string[] {
  const folders = path.split("/").slice(0, -1);
  return [path, "", ...folders.map((_, index) => `${folders.slice(0, index + 1).join("/")}/`)];
}

/** Whether a row's globs match an asked path, or begin in an asked folder. Each glob is compiled once. */
function isAsked(paths: string[]): (row: Scoped) => boolean {
  const asked = paths.slice(0, askedMax);
  const answers = new Map<string, boolean>();
  const matches = (glob: string): boolean => {
    const isMatch = picomatch(glob, globOptions);
    return asked.some(
      (path) => path === glob || isMatch(path) || (path.endsWith("/") && glob.startsWith(path)),
    );
  };
  return ({ globs }) =>
    globs !== null &&
    (JSON.parse(globs) as string[]).some((glob) => {
      const answer = answers.get(glob) ?? matches(glob);
      answers.set(glob, answer);
      return answer;
    });
}

/** Too common to say anything, and so dear to look for. */
const common = new Set(
  "and any are been but can did does for from had has have how into its may more not now one our out should than that the their then there they this too use was were what when where which who why will with you your".split(
    " ",
  ),
);

interface Other {
  id: EntryId;
  kind: "words" | "repository";
}

/**
 * Of every asked word the newest entries that have it, ranked by how well they match all words: so a rare word is found beside a
 * common one. Each word is a query of its own, for which the planner takes the index of words when it is rare, and the newest
 * entries one after the other when it is common. Behind them, the newest about the whole repository.
 */
function byWords(db: Database, { repository, words, entriesMax }: RecallWish): Promise<Other[]> {
  const asked = [...new Set(words.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [])]
    .filter((word) => !common.has(word))
    .slice(0, wordsMax);
  const isHere = sql`entry.repository = ${storableText(repository)} and entry.state = 'active'`;
  const aboutAll = sql`(select entry.id, 'repository' as kind from ${memoryEntries} entry
    where ${isHere} and entry.scope_key = '' and entry.kind in ('decision', 'lesson')
    order by entry.at desc nulls last limit ${entriesMax})`;
  if (asked.length === 0) return rowsOf<Other>(db, aboutAll);
  const having = asked.map(
    (word) => sql`(select entry.id, entry.at, entry.words from ${memoryEntries} entry
      where entry.words @@ to_tsquery('simple', ${word}) and ${isHere}
      order by entry.at desc nulls last limit ${matchesAWordMax})`,
  );
  return rowsOf<Other>(
    db,
    sql`(select id, 'words' as kind from (select distinct on (id) * from (${sql.join(having, sql` union all `)}) one) matching
      order by ts_rank(words, to_tsquery('simple', ${asked.join(" | ")})) desc, at desc limit ${entriesMax})
    union all ${aboutAll}`,
  );
}
