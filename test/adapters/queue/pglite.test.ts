import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openQueue } from "../../../src/adapters/queue/open-queue.ts";
import { pglitePool } from "../../../src/adapters/queue/pglite-pool.ts";
import { queueContract } from "../../contracts/queue.ts";
import { pglitePlace } from "../../contracts/queue-place.ts";
import { until } from "../../services/until.ts";

queueContract("PGlite", pglitePlace);

describe("queue and record in one PGlite", () => {
  let pglite: PGlite;
  const settings = { concurrency: 4, leaseMs: 5_000, log: () => {} };
  const idle = { tick: async () => {}, digest: async () => {} };

  beforeAll(async () => {
    pglite = await PGlite.create();
    await pglite.exec(
      "CREATE SCHEMA loom; CREATE TABLE loom.mark(run_id text primary key, times int not null)",
    );
  });
  afterAll(() => pglite.close());

  it("interleaves 200 transactions with 200 hints whose handlers open transactions too", async () => {
    const queue = await openQueue({ pglite }, settings);
    const mark = (runId: string) =>
      pglite.transaction(async (tx) => {
        await tx.query(
          "INSERT INTO loom.mark VALUES ($1, 1) ON CONFLICT (run_id) DO UPDATE SET times = loom.mark.times + 1",
          [runId],
        );
        await tx.query("SELECT count(*) FROM loom.mark");
      });
    let handled = 0;
    await queue.work({
      ...idle,
      advance: async (runId) => {
        await mark(runId);
        handled++;
      },
    });
    const runIds = Array.from({ length: 200 }, (_, i) => `r-${String(i).padStart(10, "0")}`);
    await Promise.all(
      runIds.flatMap((runId) => [mark(runId), queue.add(`${runId}-v1`, { kind: "advance", runId })]),
    );
    await until("all are handled", () => handled === 200, 30_000);
    await queue.close(1_000);
    const { rows } = await pglite.query(
      "SELECT count(*)::int AS marked, sum(times)::int AS times FROM loom.mark",
    );
    expect(rows).toEqual([{ marked: 200, times: 400 }]);
  });

  it("does not commit or roll back what others write while it brings its tables up to date", async () => {
    await pglite.exec("DROP SCHEMA bullmq CASCADE");
    const write = (id: string) => pglite.query("INSERT INTO loom.mark VALUES ($1, 1)", [id]);
    const opened = openQueue({ pglite }, settings);
    const rolledBack = pglite.transaction(async (tx) => {
      await tx.query("INSERT INTO loom.mark VALUES ('rolled back', 1)");
      await tx.rollback();
    });
    await Promise.all([write("kept"), rolledBack]);
    const queue = await opened;
    await queue.close(0);
    const { rows } = await pglite.query(
      "SELECT run_id FROM loom.mark WHERE run_id IN ('kept', 'rolled back')",
    );
    expect(rows).toEqual([{ run_id: "kept" }]);
  });

  it("finds its hints again after the database was closed", async () => {
    const before = await openQueue({ pglite }, settings);
    await before.add("r-persistent-v1", { kind: "advance", runId: "r-persistent" });
    await before.close(0);
    const copy = await PGlite.create({ loadDataDir: await pglite.dumpDataDir("none") });
    const queue = await openQueue({ pglite: copy }, settings);
    const seen: string[] = [];
    await queue.work({ ...idle, advance: async (runId) => void seen.push(runId) });
    await until("it is seen", () => seen.includes("r-persistent"));
    await queue.close(1_000);
    await copy.close();
  });

  it.each([
    ["an int8", "SELECT 9007199254740993::int8 AS value", [], "9007199254740993"],
    ["a timestamp", "SELECT $1::timestamptz AS value", [new Date(0)], new Date(0)],
    ["jsonb", "SELECT $1::jsonb AS value", ['{"a":[1]}'], { a: [1] }],
    [
      "a list with quotes and null",
      "SELECT $1::text[] AS value",
      [['a"b', null, "{c}"]],
      ['a"b', null, "{c}"],
    ],
    ["a number as text", "SELECT $1::text AS value", [7], "7"],
    ["null", "SELECT $1::int AS value", [null], null],
  ])("reads and writes %s as node-postgres does", async (_, text, params, value) => {
    const { rows } = await pglitePool(pglite).query(text, params);
    expect(rows).toEqual([{ value }]);
  });
});
