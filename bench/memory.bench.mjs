// Claims, recall and "who is doing what", at the sizes at which they must stay quick; on PGlite, and on TEST_DATABASE_URL when set.
import { PGlite } from "@electric-sql/pglite";
import { openPglite } from "../dist/adapters/record/open-pglite.js";
import { openPostgres } from "../dist/adapters/record/postgres.js";
import { percentile } from "./dev-process.mjs";

const limits = {
  statementCharsMax: 500,
  reasonCharsMax: 1000,
  pathsMax: 50,
  entriesPerScopeMax: 1e9,
  idleDaysMax: 180,
};
const holder = (n) => ({ kind: "run", runId: `r-${String(n).padStart(10, "0")}`, loop: `loop-${n % 8}` });

async function measure(times, work) {
  const costs = [];
  for (let turn = 0; turn < times; turn += 1) {
    const startedAt = performance.now();
    await work(turn);
    costs.push(performance.now() - startedAt);
  }
  return costs.sort((left, right) => left - right);
}

const told = (costs) =>
  `p50 ${percentile(costs, 0.5).toFixed(1)} ms, p99 ${percentile(costs, 0.99).toFixed(1)} ms`;

async function claims(name, record, sql) {
  const figures = [];
  let live = 0;
  for (const size of [10_000, 100_000]) {
    while (live < size) {
      const keys = Array.from({ length: 1000 }, (_, index) => `path:shop:src/${live + index}/file.ts`);
      const wish = { keys, mode: "exclusive", holder: holder(live), reason: "bench", ttlMs: 3_600_000 };
      await record.transact((tx) => tx.claim(wish));
      live += 1000;
    }
    await sql("analyze loom.claim");
    const costs = await measure(300, async (turn) => {
      const keys = Array.from({ length: 50 }, (_, index) => `path:shop:lib/${size}/${turn}/${index}.ts`);
      const wish = {
        keys,
        mode: "exclusive",
        holder: holder(900_000 + turn),
        reason: "bench",
        ttlMs: 3_600_000,
      };
      const claimed = await record.transact((tx) => tx.claim(wish));
      if (claimed.kind !== "held") throw new Error("a free key was refused");
    });
    figures.push(percentile(costs, 0.99));
    console.log(`${name}: claiming 50 paths beside ${size} live claims: ${told(costs)}`);
  }
  console.log(`${name}: p99 at 100,000 is ${(figures[1] / figures[0]).toFixed(2)} times that at 10,000`);
}

const words =
  "cart price total tax rate invoice round even half cent stock order ship zone free coupon search accent money".split(
    " ",
  );
const pick = (n, count) =>
  Array.from({ length: count }, (_, index) => words[(n * 7 + index * 13) % words.length]).join(" ");

async function recall(name, record, sql) {
  const size = 100_000;
  await sql(`insert into loom.memory_entry (id, kind, statement, reason, repository, scope, scope_key, author, source, state, at, hits)
    select 'd-' || n, case when n % 2 = 0 then 'decision' else 'lesson' end,
      (array['cart','price','total','tax','rate','invoice','round','even','half','cent'])[1 + n % 10] || ' ' ||
      (array['stock','order','ship','zone','free','coupon','search','accent','money','email'])[1 + (n / 10) % 10] || ' number' || n, 'because ' || n, 'shop',
      '{"repository":"shop","paths":["src/m' || (n % 5000) || '/f' || n || '.ts"],"symbols":[],"tests":[]}', 'src/m' || (n % 5000) || '/f' || n || '.ts',
      'bench', '{"kind":"message","ref":"bench"}', 'active', now() - n * interval '1 minute', 0 from generate_series(1, ${size}) n`);
  await sql(
    `insert into loom.memory_scope (repository, kind, key, entry_id) select 'shop', 'path', 'src/m' || (n % 5000) || '/f' || n || '.ts', 'd-' || n from generate_series(1, ${size}) n`,
  );
  await sql("analyze loom.memory_entry");
  await sql("analyze loom.memory_scope");
  const costs = await measure(300, (turn) =>
    record.recall({
      repository: "shop",
      paths: Array.from(
        { length: 20 },
        (_, index) => `src/m${(turn * 31 + index) % 5000}/f${turn * 31 + index}.ts`,
      ),
      symbols: [],
      tests: ["test › one"],
      words: pick(turn, 6),
      entriesMax: 12,
    }),
  );
  console.log(`${name}: recall of 12 among ${size} entries, by 20 paths and 6 words: ${told(costs)}`);
  const kept = await measure(100, (turn) =>
    record.transact((tx) =>
      tx.remember(
        {
          id: `d-new${turn}`,
          kind: "decision",
          statement: pick(turn, 9),
          reason: "",
          scope: { repository: "shop", paths: [`src/new/${turn}.ts`], symbols: [], tests: [] },
          author: "bench",
          source: { kind: "message", ref: "bench" },
          state: "active",
          at: new Date(),
          hits: 0,
        },
        limits,
      ),
    ),
  );
  console.log(`${name}: remembering one: ${told(kept)}`);
}

async function who(name, record) {
  const live = 1000;
  const at = new Date();
  for (let n = 0; n < live; n += 1) {
    const { runId, loop } = holder(n);
    const finding = {
      id: `f-${n}`,
      repository: "shop",
      source: "issues",
      rule: "issue",
      title: `finding ${n}`,
      paths: [],
      evidence: [],
      seenAt: "0",
    };
    await record.transact(async (tx) => {
      await tx.seeFinding(finding, loop, at);
      await tx.openRun({ id: runId, loop, findingId: finding.id, repository: "shop", startedAt: at });
      await tx.claim({
        keys: [`path:shop:app/${n}/file.ts`],
        mode: "shared",
        holder: holder(n),
        reason: "bench",
        ttlMs: 3_600_000,
      });
    });
  }
  const all = await measure(50, () => record.doing({ limit: 50 }));
  const path = await measure(50, (turn) =>
    record.doing({ repository: "shop", path: `app/${turn}`, limit: 50 }),
  );
  console.log(`${name}: who is doing what, of ${live} live runs: ${told(all)}; at one path: ${told(path)}`);
}

async function run(name, record, sql) {
  try {
    await claims(name, record, sql);
    await recall(name, record, sql);
    await who(name, record);
  } finally {
    await record.close();
  }
}

const pglite = await PGlite.create();
await run("PGlite", await openPglite(pglite), (text) => pglite.exec(text));

const url = process.env.TEST_DATABASE_URL;
if (url === undefined) {
  console.log("Postgres: not measured; set TEST_DATABASE_URL to an empty database");
} else {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { record } = await openPostgres(url);
  await run("Postgres", record, (text) => client.query(text));
  await client.end();
}
