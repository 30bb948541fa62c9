import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { openQueue } from "../../../src/adapters/queue/open-queue.ts";
import type { Queue } from "../../../src/ports/queue.ts";
import { queueContract } from "../../contracts/queue.ts";
import { redisPlace } from "../../contracts/queue-place.ts";
import { type RedisService, startPrivate, startRedis } from "../../services/redis.ts";
import { until } from "../../services/until.ts";

const redis = await startRedis();
if ("skipped" in redis) {
  console.warn(`queue on Redis: skipped, ${redis.skipped}`);
  describe.skip(`queue on Redis: ${redis.skipped}`, () => {});
} else {
  afterAll(() => redis.stop());
  queueContract("Redis", () => redisPlace(redis));
  losses(redis);
}
startUp();

function losses(server: RedisService): void {
  describe("queue on a Redis that loses or goes", () => {
    let logged: string[] = [];
    let opened: Queue[] = [];
    const open = async () => {
      const log = (level: string, text: string) => logged.push(`${level} ${text}`);
      const queue = await openQueue({ redisUrl: server.url }, { concurrency: 2, leaseMs: 1_500, log });
      opened.push(queue);
      return queue;
    };
    const seeing = (seen: string[]) => ({
      advance: async (runId: string) => void seen.push(runId),
      tick: async (loop: string) => void seen.push(loop),
      digest: async () => {},
    });
    afterEach(async () => {
      await Promise.all(opened.map((queue) => queue.close(0)));
      await server.flush();
      logged = [];
      opened = [];
    });

    it("goes on after a FLUSHALL, with its schedules once they are put again", async () => {
      const queue = await open();
      const seen: string[] = [];
      await queue.work(seeing(seen));
      const everySecond = {
        id: "tick-triage",
        pattern: "* * * * * *",
        timezone: "UTC",
        job: { kind: "tick", loop: "triage", why: "schedule" },
      } as const;
      await queue.schedule([everySecond]);
      await until("a tick", () => seen.includes("triage"));
      await server.flush();
      await queue.add("r-afterflush-v1", { kind: "advance", runId: "r-afterflush" });
      await until("a later hint is seen", () => seen.includes("r-afterflush"));
      seen.length = 0;
      await queue.schedule([everySecond]);
      await until("a tick again", () => seen.includes("triage"));
    });

    it("drops a job whose data somebody broke on the server", async () => {
      const queue = await open();
      await queue.add("r-brokendata-v1", { kind: "advance", runId: "r-brokendata" });
      const client = new Redis(server.url);
      await client.hset("{loom}:loom:r-brokendata-v1", "data", "no json");
      client.disconnect();
      const seen: string[] = [];
      await queue.work(seeing(seen));
      await until("it is dropped", () => logged.some((line) => /dropped job r-brokendata-v1/.test(line)));
      await queue.add("r-afterbroke-v1", { kind: "advance", runId: "r-afterbroke" });
      await until("the next hint is seen", () => seen.length > 0);
      expect({ seen, lines: logged.length }).toEqual({ seen: ["r-afterbroke"], lines: 1 });
    });

    it("survives a FLUSHALL while a handler is active", async () => {
      const queue = await open();
      const seen: string[] = [];
      await queue.work({
        ...seeing(seen),
        advance: async (runId) => {
          if (runId === "r-flushedone") await server.flush();
          seen.push(runId);
        },
      });
      await queue.add("r-flushedone-v1", { kind: "advance", runId: "r-flushedone" });
      await until("its handler ended", () => seen.length === 1);
      await queue.add("r-flushedtwo-v1", { kind: "advance", runId: "r-flushedtwo" });
      await until("a later hint is seen", () => seen.includes("r-flushedtwo"));
    });

    it.skipIf(server.outage === undefined)(
      "refuses hints at once while Redis is away, says so once, and goes on when it is back",
      async () => {
        const queue = await open();
        const seen: string[] = [];
        await queue.work(seeing(seen));
        await queue.add("r-keptinaof0-v1", { kind: "advance", runId: "r-keptinaof0" });
        await until("it is at work", () => seen.length === 1);
        await server.outage?.begin();
        await until("the outage is told", () => logged.some((line) => line.includes("does not answer")));
        const from = performance.now();
        await expect(
          queue.add("r-whileaway0-v1", { kind: "advance", runId: "r-whileaway0" }),
        ).rejects.toThrow(
          /adding r-whileaway0-v1 to the queue on redis:\/\/127.*the record sends the hint again/,
        );
        expect(performance.now() - from).toBeLessThan(1_000);
        await until("its clients tried again a few times", () => performance.now() - from > 1_500);
        await server.outage?.end();
        await until("it answers again", () => logged.some((line) => line.includes("answers again")));
        await queue.add("r-whileaway0-v1", { kind: "advance", runId: "r-whileaway0" });
        await until("the hint is seen", () => seen.includes("r-whileaway0"));
        expect(logged).toHaveLength(2);
      },
    );

    it.skipIf(server.outage === undefined)("closes in time although Redis is gone", async () => {
      const queue = await open();
      let hasBegun = false;
      await queue.work({
        ...seeing([]),
        advance: async () => {
          hasBegun = true;
          await new Promise(() => undefined);
        },
      });
      await queue.add("r-neverended-v1", { kind: "advance", runId: "r-neverended" });
      await until("it is active", () => hasBegun);
      await server.outage?.begin();
      const from = performance.now();
      await queue.close(100);
      expect(performance.now() - from).toBeLessThan(5_000);
      await server.outage?.end();
    });

    it("leaves nothing behind that keeps the process alive, even with a hung handler", async () => {
      const child = spawn(
        process.execPath,
        ["--import", here("../../services/run-typescript.mjs"), here("closing-child.ts"), server.url],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      const [code] = await once(child, "exit");
      expect({ code, output }).toEqual({ code: 0, output: "active\nclosed\n" });
    });
  });
}

function startUp(): void {
  describe("opening a queue on Redis", () => {
    const settings = (logged: string[]) => ({
      concurrency: 1,
      leaseMs: 1_500,
      log: (level: string, text: string) => void logged.push(`${level} ${text}`),
    });

    it("says where no Redis answers and what to do, without the password", async () => {
      const opening = openQueue({ redisUrl: "redis://:s3cret@127.0.0.1:1" }, settings([]));
      await expect(opening).rejects.toThrow(
        /^opening the queue on redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.*; start Redis 6\.2 or newer there, or correct REDIS_URL$/,
      );
    });

    it("refuses an address of another kind", async () => {
      await expect(openQueue({ redisUrl: "localhost:6379" }, settings([]))).rejects.toThrow(
        /REDIS_URL must look like redis:\/\/host:6379/,
      );
    });

    it("refuses a Redis that is too old", async () => {
      const old = await pretendRedis("5.0.14");
      await expect(openQueue({ redisUrl: old.url }, settings([]))).rejects.toThrow(
        /the server is version 5\.0; start Redis 6\.2 or newer/,
      );
      old.stop();
    });

    it("warns of a Redis that throws keys away when its memory is full", async ({ skip }) => {
      const forgetful = await startPrivate(["--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"]);
      if ("skipped" in forgetful) return skip(forgetful.skipped);
      const logged: string[] = [];
      const queue = await openQueue({ redisUrl: forgetful.url }, settings(logged));
      await queue.close(0);
      await forgetful.stop();
      expect(logged).toEqual([
        expect.stringMatching(/^warn .*allkeys-lru.*set maxmemory-policy noeviction$/),
      ]);
    });
  });
}

/** Answers every command with what an old server says of itself; old servers are not to be had from a package any more. */
async function pretendRedis(version: string): Promise<{ url: string; stop: () => void }> {
  const info = `# Server\r\nredis_version:${version}\r\nloading:0\r\n`;
  const server = createServer((socket) => {
    socket.on("data", (chunk) => {
      const commands = String(chunk).match(/\*\d+\r\n/g)?.length ?? 1;
      for (let i = 0; i < commands; i++) socket.write(`$${info.length}\r\n${info}\r\n`);
    });
    socket.on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address === null || typeof address === "string" ? 0 : address.port;
  return { url: `redis://127.0.0.1:${port}`, stop: () => server.close() };
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
