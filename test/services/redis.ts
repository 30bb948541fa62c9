import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

export interface RedisService {
  url: string;
  /** Loses everything: FLUSHALL on a private server, the queue's own keys on a given one. */
  flush(): Promise<void>;
  /** Only a private server can go away and come back with its data. */
  outage?: { begin(): Promise<void>; end(): Promise<void> };
  stop(): Promise<void>;
}

/** A Redis for tests: the one at TEST_REDIS_URL, else a private one from the `redis-server` on the PATH. */
export async function startRedis(): Promise<RedisService | { skipped: string }> {
  const given = process.env["TEST_REDIS_URL"];
  return given === undefined || given === "" ? startPrivate([]) : useGiven(given);
}

/** A private server with settings of its own, such as `--maxmemory-policy`. */
export async function startPrivate(settings: string[]): Promise<RedisService | { skipped: string }> {
  const dir = await mkdtemp(join(tmpdir(), "loom-redis-"));
  const port = await freePort();
  let server = await spawnServer(dir, port, settings);
  if (server === null) {
    await rm(dir, { recursive: true });
    return {
      skipped: "no redis-server on the PATH and no TEST_REDIS_URL (apt-get install -y redis-server)",
    };
  }
  const url = `redis://127.0.0.1:${port}`;
  const end = async () => {
    if (server !== null) await ended(server);
    server = null;
  };
  return {
    url,
    flush: () => ask(url, (client) => client.flushall()),
    outage: {
      begin: end,
      end: async () => {
        server = await spawnServer(dir, port, settings);
      },
    },
    stop: async () => {
      await end();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function useGiven(url: string): RedisService {
  const removeQueueKeys = async (client: Redis) => {
    for await (const keys of client.scanStream({ match: "{loom}:*" })) {
      if (Array.isArray(keys) && keys.length > 0) await client.del(...keys.map(String));
    }
  };
  const flush = () => ask(url, removeQueueKeys);
  return { url, flush, stop: flush };
}

async function spawnServer(dir: string, port: number, settings: string[]): Promise<ChildProcess | null> {
  const where = ["--bind", "127.0.0.1", "--port", String(port), "--dir", dir];
  const server = spawn("redis-server", [...where, "--appendonly", "yes", "--save", "", ...settings], {
    stdio: "ignore",
  });
  const isMissing = once(server, "error").then(() => true);
  const client = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on("error", () => undefined);
  try {
    return (await Promise.race([client.ping(), isMissing])) === "PONG" ? server : null;
  } finally {
    client.disconnect();
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill("SIGTERM");
  await once(server, "exit");
}

async function ask(url: string, question: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(url);
  try {
    await question(client);
  } finally {
    client.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
