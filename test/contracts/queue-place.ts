import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Queue as BullQueue, createPostgresBackend } from "bullmq";
import { Redis } from "ioredis";
import { Client, Pool } from "pg";
import type { QueuePlace } from "../../src/adapters/queue/open-queue.ts";
import { pglitePool } from "../../src/adapters/queue/pglite-pool.ts";
import type { RedisService } from "../services/redis.ts";

/** What BullMQ itself offers on the queue's keys: to look at schedulers, and to put in what no hint would. */
export type RawQueue = Pick<
  BullQueue,
  "add" | "getJob" | "getJobSchedulers" | "upsertJobScheduler" | "close"
>;
export type ChildPlace = { redisUrl: string } | { dir: string } | { databaseUrl: string };

/** A server that queues can be opened on. */
export interface QueuePlaceUnderTest {
  place(): QueuePlace;
  raw(): RawQueue;
  /** Forgets everything; no queue may be open. */
  clear(): Promise<void>;
  /** Makes room for another process, and says how it gets in. */
  leave(): Promise<ChildPlace>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

export async function pglitePlace(): Promise<QueuePlaceUnderTest> {
  const dir = await mkdtemp(join(tmpdir(), "loom-queue-"));
  let pglite = await PGlite.create(join(dir, "pg"));
  return {
    place: () => ({ pglite }),
    raw: () => new BullQueue("loom", { connection: pglitePool(pglite) }, createPostgresBackend),
    clear: async () => {
      await pglite.exec("DROP SCHEMA IF EXISTS bullmq CASCADE");
    },
    leave: async () => {
      await pglite.close();
      return { dir: join(dir, "pg") };
    },
    comeBack: async () => {
      pglite = await PGlite.create(join(dir, "pg"));
    },
    stop: async () => {
      await pglite.close();
      await rm(dir, { recursive: true });
    },
  };
}

export async function redisPlace(redis: RedisService): Promise<QueuePlaceUnderTest> {
  const client = new Redis(redis.url, { maxRetriesPerRequest: null });
  client.on("error", () => undefined);
  await once(client, "ready");
  return {
    place: () => ({ redisUrl: redis.url }),
    raw: () => new BullQueue("loom", { connection: client, prefix: "{loom}" }),
    clear: () => redis.flush(),
    leave: async () => ({ redisUrl: redis.url }),
    comeBack: async () => undefined,
    stop: async () => client.disconnect(),
  };
}

export async function postgresPlace(url: string): Promise<QueuePlaceUnderTest> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  const name = `loom_queue_${process.pid}`;
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const databaseUrl = own.href;
  const pool = new Pool({ connectionString: databaseUrl, options: "-c search_path=bullmq,public" });
  // Every raw queue listens on it.
  pool.setMaxListeners(0);
  return {
    place: () => ({ databaseUrl }),
    // The same shape, whose listeners are only typed in another way.
    raw: () => new BullQueue("loom", { connection: pool as never }, createPostgresBackend),
    clear: async () => {
      await pool.query("DROP SCHEMA IF EXISTS bullmq CASCADE");
    },
    leave: async () => ({ databaseUrl }),
    comeBack: async () => undefined,
    stop: async () => {
      await pool.end();
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
