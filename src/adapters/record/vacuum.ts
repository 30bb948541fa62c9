import type { PGlite } from "@electric-sql/pglite";
import type { Log } from "../../ports.ts";

const everyMs = 10 * 60_000;

/**
 * PGlite has no autovacuum, nor statistics for its planner without it. A table at a time, one statement at a time: between
 * two of them other work gets the only connection. Returns what stops it.
 */
export function vacuumOnTimer(pglite: PGlite, log: Log): () => Promise<void> {
  let isStopped = false;
  let round: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    round = vacuumAll(pglite, () => isStopped).catch((error: unknown) =>
      log("warn", `vacuuming the record: ${error}; it is tried again in ten minutes`),
    );
  }, everyMs);
  timer.unref();
  return async () => {
    isStopped = true;
    clearInterval(timer);
    await round;
  };
}

export async function vacuumAll(pglite: PGlite, isStopped: () => boolean): Promise<void> {
  const { rows } = await pglite.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('loom', 'bullmq') order by 1",
  );
  for (const { name } of rows) {
    if (isStopped()) return;
    await pglite.exec(`vacuum (analyze) ${name}`);
  }
}
