// The record on PGlite in memory, and on Postgres over loopback (the server at TEST_DATABASE_URL, else a private one from the installed
// programs, which syncs to the disk as a real one does): for the benchmarks.
import "../test/services/run-typescript.mjs";
import { loadavg } from "node:os";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { openPglite } from "../dist/adapters/record/open-pglite.js";
import { openPostgres } from "../dist/adapters/record/postgres.js";
import { percentile } from "./dev-process.mjs";

const { startPostgres } = await import("../test/services/postgres.ts");

/** Runs `work(name, record, sql)` on each record there is. */
export async function onEachRecord(work) {
  const pglite = await PGlite.create();
  const embedded = await openPglite(pglite);
  await work("PGlite", embedded, (text) => pglite.exec(text));
  await embedded.close();
  const server = await startPostgres([]);
  if ("skipped" in server) {
    console.log(`Postgres: not measured; ${server.skipped}`);
    return;
  }
  const side = new pg.Client({ connectionString: server.url });
  await side.connect();
  const { record } = await openPostgres(server.url);
  try {
    await work("Postgres", record, (text) => side.query(text));
  } finally {
    await record.close();
    await side.end();
    await server.stop();
  }
}

const roundsCount = 5;

/**
 * What each turn cost, in ms, in rounds of `times` turns, each from the cheapest to the dearest. The calmest round comes first: a machine
 * with other work on it makes the others dearer. The first turns warm up and do not count.
 */
export async function measure(times, work) {
  let turn = 0;
  for (; turn < 200; turn += 1) await work(turn);
  const rounds = [];
  for (let round = 0; round < roundsCount; round += 1) {
    const costs = [];
    const own = [];
    for (let count = 0; count < times; count += 1, turn += 1) {
      const [startedAt, begun] = [performance.now(), process.cpuUsage()];
      await work(turn);
      costs.push(performance.now() - startedAt);
      const { user, system } = process.cpuUsage(begun);
      own.push((user + system) / 1000);
    }
    for (const list of [costs, own]) list.sort((left, right) => left - right);
    rounds.push({ costs, own });
  }
  return rounds.sort((left, right) => p99(left) - p99(right));
}

export const p99 = ({ costs }) => percentile(costs, 0.99);

/**
 * The calmest round and the middle one; the processor's time of this process, which is all there is of PGlite, and which others' work
 * makes little longer; and the load of the machine, without which a p99 says little.
 */
export function told(rounds) {
  const words = (costs) =>
    `p50 ${percentile(costs, 0.5).toFixed(1)} ms, p99 ${percentile(costs, 0.99).toFixed(1)} ms`;
  const [calmest] = rounds;
  const middle = rounds[Math.floor(rounds.length / 2)];
  return `${words(calmest.costs)}; middle of ${rounds.length} rounds: ${words(middle.costs)}; own processor time: ${words(calmest.own)} (load ${loadavg()[0].toFixed(1)})`;
}

/** A run of one of eight loops. */
export const holderOf = (n) => ({
  kind: "run",
  runId: `r-${String(n).padStart(10, "0")}`,
  loop: `loop-${n % 8}`,
});
