import { Queue, Worker } from "bullmq";
import type { Redis, RedisOptions } from "ioredis";
import type { Log } from "../../ports.ts";
import {
  abandon,
  acceptBrokenData,
  type Broker,
  jobDefaults,
  listen,
  QUEUE_NAME,
  shortEventStream,
} from "./broker.ts";
import { settlesWithin } from "./deadline.ts";
import { reasonOf, watchOutage } from "./outage.ts";

// The braces keep all keys of the queue in one slot, so that its scripts also run on a Redis Cluster.
const prefix = "{loom}";
const remedy = "start Redis 6.2 or newer there, or correct REDIS_URL";

/** Connects, and refuses a server that cannot carry the queue. Throws with the remedy. */
export async function openRedisBroker(redisUrl: string, log: Log): Promise<Broker> {
  const at = withoutSecrets(redisUrl);
  // Loaded here and not above: without a Redis the product runs without this client.
  const { Redis: RedisClient } = await import("ioredis");
  const outage = watchOutage(log, at, remedy);
  const connect = (name: string, options: ConnectionOptions): Redis => {
    const client = new RedisClient(redisUrl, {
      lazyConnect: true,
      connectTimeout: 5_000,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), 2_000),
      ...options,
    });
    client.on("error", (error) => outage.lost(name, error));
    client.on("ready", () => outage.answered(name));
    return client;
  };

  await checkServer(new RedisClient(redisUrl, probeOptions), at, log);
  // A hint that cannot be added now is refused at once: it stays in the record and is sent later.
  const producer = connect("producer", {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 10_000,
  });
  await producer.connect();
  const queue = new Queue(QUEUE_NAME, {
    connection: producer,
    prefix,
    defaultJobOptions: jobDefaults,
    streams: shortEventStream,
  });
  queue.on("error", ignoreHere);

  const clients = [producer];
  let abandonWorker = async (): Promise<void> => undefined;
  return {
    at,
    remedy,
    queue,
    startWorker: ({ process, settings, listeners }) => {
      const connection = connect("worker", { maxRetriesPerRequest: null });
      clients.push(connection);
      const worker = new Worker(QUEUE_NAME, process, { ...settings, connection, prefix });
      acceptBrokenData(worker);
      listen(worker, listeners);
      abandonWorker = () => abandon(worker);
      return worker;
    },
    abandonWorker: () => abandonWorker(),
    disconnect: async () => {
      await Promise.all(
        clients.map(async (client) => {
          if (client.status === "ready") await settlesWithin(client.quit(), 1_000);
          client.disconnect();
        }),
      );
    },
  };
}

const probeOptions = {
  lazyConnect: true,
  connectTimeout: 5_000,
  commandTimeout: 5_000,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
};

type ConnectionOptions = Pick<RedisOptions, "enableOfflineQueue" | "maxRetriesPerRequest" | "commandTimeout">;

async function checkServer(probe: Redis, at: string, log: Log): Promise<void> {
  let cause: unknown;
  probe.on("error", (error) => {
    cause ??= error;
  });
  try {
    await probe.connect();
    const info = await probe.info();
    const version = /redis_version:(\d+)\.(\d+)/.exec(info);
    const [major, minor] = [Number(version?.[1] ?? 0), Number(version?.[2] ?? 0)];
    if (major < 6 || (major === 6 && minor < 2)) {
      throw new Error(`the server is version ${major}.${minor}`);
    }
    const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
    if (policy !== undefined && policy !== "noeviction") {
      log(
        "warn",
        `queue: ${at} has maxmemory-policy ${policy} and may drop hints when its memory is full; set maxmemory-policy noeviction`,
      );
    }
  } catch (error) {
    throw new Error(`opening the queue on ${at}: ${reasonOf(cause ?? error)}; ${remedy}`, {
      cause: cause ?? error,
    });
  } finally {
    probe.disconnect();
  }
}

function withoutSecrets(redisUrl: string): string {
  const url = URL.canParse(redisUrl) ? new URL(redisUrl) : null;
  if (url === null || !/^rediss?:$/.test(url.protocol)) {
    throw new Error("opening the queue: REDIS_URL must look like redis://host:6379 or rediss://host:6379");
  }
  return `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}

// Whoever called `add` gets the error, and the outage has its own line; without a listener BullMQ would print it.
function ignoreHere(): void {
  return;
}
