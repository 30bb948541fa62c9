import type { PGlite } from "@electric-sql/pglite";
import { createPostgresBackend, type PgPool, Queue, runMigrations, Worker } from "bullmq";
import type { PoolClient } from "pg";
import type { Log } from "../../ports.ts";
import {
  abandon,
  type Broker,
  jobDefaults,
  listen,
  QUEUE_NAME,
  shortEventStream,
  stalledCountMax,
} from "./broker.ts";
import { settlesWithin } from "./deadline.ts";
import { reasonOf, watchOutage } from "./outage.ts";
import { pglitePool, prepareBullmqSchema } from "./pglite-pool.ts";

/** The queue inside the process's own database, which the caller opened and closes: after the queue. */
export async function openPgliteBroker(pglite: PGlite): Promise<Broker> {
  await prepareBullmqSchema(pglite);
  await freeAbandoned(pglite);
  return brokerOn(pglitePool(pglite), {
    at: "the embedded database",
    remedy: "restart the process",
    disconnect: async () => undefined,
  });
}

/**
 * Puts back what an earlier process was working on when it died. Nobody else can have this database open, so the locks of its
 * jobs need not lapse first. BullMQ marks on one look and puts back on the next.
 */
async function freeAbandoned(pglite: PGlite): Promise<void> {
  await pglite.query("UPDATE job SET locked_until_ms = 0 WHERE state = 'active'");
  for (const _look of ["mark", "put back"]) {
    const limits = [QUEUE_NAME, stalledCountMax, Date.now(), 0];
    await pglite.query("SELECT move_stalled_jobs_to_wait($1, $2, $3, $4)", limits);
  }
}

/** The queue in a Postgres 14 or newer, in its schema `bullmq`. Throws with the remedy. */
export async function openPostgresBroker(
  databaseUrl: string,
  concurrency: number,
  log: Log,
): Promise<Broker> {
  // Loaded here and not above: without a Postgres the product runs without this client.
  const { Pool } = await import("pg");
  const at = withoutSecrets(databaseUrl);
  const remedy = "start Postgres 14 or newer there, or correct DATABASE_URL";
  const pool = new Pool({
    connectionString: databaseUrl,
    options: "-c search_path=bullmq,public",
    application_name: "loom-queue",
    // One connection listens all the time; the others serve the handlers' beginnings and ends.
    max: Math.min(concurrency, 8) + 3,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  const clients = new Set<PoolClient>();
  const outage = watchOutage(log, at, remedy);
  pool.on("connect", (client) => {
    clients.add(client);
    outage.answered("pool");
  });
  pool.on("remove", (client) => clients.delete(client));
  pool.on("error", (error) => outage.lost("pool", error));
  const disconnect = async () => {
    if (await settlesWithin(pool.end(), 1_000)) return;
    // Ending a client that waits for an answer cuts its socket.
    await settlesWithin(Promise.all([...clients].map((client) => (client as unknown as Endable).end())), 500);
  };
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client);
    } finally {
      client.release();
    }
  } catch (error) {
    await disconnect();
    throw new Error(`opening the queue on ${at}: ${reasonOf(error)}; ${remedy}`, { cause: error });
  }
  // Both describe the same pool; only the types of its listeners are written differently.
  return brokerOn(pool as unknown as PgPool, { at, remedy, disconnect });
}

/** A pool hides `end` of its clients in their type, since it ends them itself when all goes well. */
interface Endable {
  end(): Promise<void>;
}

function brokerOn(pool: PgPool, about: Pick<Broker, "at" | "remedy" | "disconnect">): Broker {
  const queue = new Queue(
    QUEUE_NAME,
    { connection: pool, defaultJobOptions: jobDefaults, streams: shortEventStream },
    createPostgresBackend,
  );
  queue.on("error", ignoreHere);
  let abandonWorker = async (): Promise<void> => undefined;
  return {
    ...about,
    queue,
    startWorker: ({ process, settings, listeners }) => {
      const options = { ...settings, connection: pool };
      const worker = new Worker(QUEUE_NAME, process, options, createPostgresBackend);
      listen(worker, listeners);
      abandonWorker = () => abandon(worker);
      return worker;
    },
    abandonWorker: () => abandonWorker(),
  };
}

function withoutSecrets(databaseUrl: string): string {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : null;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new Error("opening the queue: DATABASE_URL must look like postgres://user@host:5432/name");
  }
  return `${url.protocol}//${url.host}${url.pathname}`;
}

// Whoever called `add` gets the error; without a listener an error event would end the process.
function ignoreHere(): void {
  return;
}
