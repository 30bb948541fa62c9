// Recalling 12 among 100,000 entries, by 20 paths, a test and the words of a title; and remembering one more. One entry in ten is about a
// folder, one in a hundred about a glob; words are as rare and as common as in speech, and `change` is in every statement.
import { measure, onEachRecord, told } from "./records.mjs";

const size = 100_000;
const limits = {
  statementCharsMax: 500,
  reasonCharsMax: 1000,
  pathsMax: 50,
  entriesPerScopeMax: 50,
  idleDaysMax: 180,
};
const wordsOf = (n) =>
  Array.from({ length: 8 }, (_, index) => `word${Math.floor(2000 ** (((n * 37 + index * 61) % 997) / 997))}`);

/** A folder's file, the folder, or a glob in it. */
const path = `case when n % 100 = 1 then 'src/m' || (n % 5000) || '/**/*.spec.ts' when n % 10 = 0 then 'src/m' || (n % 5000) || '/'
  else 'src/m' || (n % 5000) || '/f' || n || '.ts' end`;

async function fill(sql) {
  await sql("select setseed(0.5)");
  // The index is made at the end, which takes less time.
  await sql("drop index loom.memory_by_words");
  await sql(`insert into loom.memory_entry (id, kind, statement, reason, repository, scope, scope_key, author, source, state, at, hits)
    select 'd-' || n, case when n % 2 = 0 then 'decision' else 'lesson' end,
      concat_ws(' ', 'change', ${Array.from({ length: 8 }, () => "'word' || floor(2000 ^ random())").join(", ")}),
      'because ' || n, 'shop', json_build_object('repository', 'shop', 'paths', json_build_array(${path}), 'symbols', '[]'::json, 'tests', '[]'::json)::text,
      ${path}, 'bench', '{"kind":"message","ref":"bench"}', 'active', now() - n * interval '1 minute', 0 from generate_series(1, ${size}) n`);
  await sql(`insert into loom.memory_scope (repository, kind, key, entry_id, globs, at)
    select 'shop', case when n % 100 = 1 then 'glob' else 'path' end,
      case when n % 100 = 1 then 'src/m' || (n % 5000) || '/' else ${path} end, 'd-' || n,
      case when n % 100 = 1 then json_build_array(${path})::text end, now() - n * interval '1 minute' from generate_series(1, ${size}) n`);
  await sql("create index memory_by_words on loom.memory_entry using gin (words)");
  for (const table of ["memory_entry", "memory_scope"]) await sql(`vacuum analyze loom.${table}`);
}

await onEachRecord(async (name, record, sql) => {
  await fill(sql);
  const wish = (turn, more) => ({
    repository: "shop",
    paths: Array.from(
      { length: 20 },
      (_, index) => `src/m${(turn * 31 + index) % 5000}/f${turn * 31 + index}.ts`,
    ),
    symbols: [],
    tests: ["test › one"],
    words: `change ${wordsOf(turn).join(" ")}`,
    entriesMax: 12,
    ...more,
  });
  const whole = await measure(200, (turn) => record.recall(wish(turn, {})));
  console.log(`${name}: recalling 12 among ${size} entries, by 20 paths, a test and 9 words: ${told(whole)}`);
  const words = await measure(200, (turn) => record.recall(wish(turn, { paths: [] })));
  console.log(`${name}: by the words alone: ${told(words)}`);
  const entry = (turn) => ({
    id: `d-new${turn}`,
    kind: "decision",
    statement: wordsOf(turn).join(" "),
    reason: "",
    scope: { repository: "shop", paths: [`src/new/${turn}.ts`], symbols: [], tests: [] },
    author: "bench",
    source: { kind: "message", ref: "bench" },
    state: "active",
    at: new Date(),
    hits: 0,
  });
  const kept = await measure(100, (turn) => record.transact((tx) => tx.remember(entry(turn), limits)));
  console.log(`${name}: remembering one: ${told(kept)}`);
});
