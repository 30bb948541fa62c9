import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openQueue } from "../../src/adapters/queue/open-queue.ts";
import { advance } from "../../src/loop/run.ts";
import { sweep } from "../../src/loop/sweep.ts";
import { tick } from "../../src/loop/tick.ts";
import type { Queue } from "../../src/ports/queue.ts";
import type { Ports } from "../../src/ports.ts";
import { takeAndDie } from "../contracts/queue-kill.ts";
import { pglitePlace, type QueuePlaceUnderTest, redisPlace } from "../contracts/queue-place.ts";
import { startRedis } from "../services/redis.ts";
import { until } from "../services/until.ts";
import { loopOf } from "../world/definitions.ts";
import { openBrokenShop } from "../world/shop.ts";
import { openWorld, type World } from "../world.ts";

const leaseMs = 1_500;
const hourMs = 60 * 60 * 1000;

/** Works as a worker process does, but for its timers: what they do is asked for, for the clock is the test's. */
async function startWorking(queue: Queue, ports: Ports): Promise<void> {
  const never = new AbortController().signal;
  await queue.work({
    advance: (runId, signal) => advance(runId, ports, signal),
    tick: (loop, why) => tick(loop, why, ports, never),
    digest: async () => undefined,
  });
}

const withDeployment = (world: World): World => {
  const deploy = { to: "production", argv: ["deploy"], env: {}, passEnv: [], wallMs: 20_000 };
  world.organisation.trustedLoops.push("triage");
  world.loops.splice(0, 1, loopOf({ deploy }));
  return world;
};

let saved: ReturnType<World["save"]> | undefined;
beforeAll(async () => void (await openWaiting()), 180_000);

/** A change has landed on a Tuesday at 03:00 in Berlin and waits; the same for every queue. */
async function openWaiting(): Promise<World> {
  saved ??= openBrokenShop().then(async (shop) => {
    const night = withDeployment(await openWorld({ shop }));
    night.later(16 * hourMs);
    await night.start();
    return night.save();
  });
  return withDeployment(await openWorld({ from: await saved }));
}

/**
 * The morning after: at 07:00 the worker that is told of the run is killed with the hint in its hand; another gets the hint back and
 * deploys, once.
 */
async function morningAfter(under: QueuePlaceUnderTest): Promise<void> {
  const world = await openWaiting();
  const log = join(world.home, "..", "deployed.txt");

  const settings = { concurrency: 2, leaseMs, log: world.ports.log };
  const portsOn = (queue: Queue): Ports => ({
    ...world.ports,
    queue,
    deploys: {
      async run(_spec, { key, checkout }) {
        appendFileSync(log, `${key} ${checkout.at} ${world.ports.now().toISOString().slice(0, 16)}\n`);
        return { kind: "exited", exit: 0, output: "", isCut: false, ms: 1 };
      },
    },
  });
  const deployed = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);

  const night = await openQueue(under.place(), settings);
  await startWorking(night, portsOn(night));
  const runId = (await world.run()).id;
  world.later(4 * hourMs - 60_000);
  await sweep(portsOn(night));
  await night.close(1_000);
  expect(await world.run()).toMatchObject({ status: "held" });

  // The window opens: a sweep wakes the run, and its hint goes to a worker that dies.
  world.later(60_000);
  const telling = await openQueue(under.place(), settings);
  await sweep(portsOn(telling));
  await telling.close(0);
  const place = await under.leave();
  await takeAndDie(place, runId, leaseMs).finally(() => under.comeBack());
  expect(deployed()).toEqual([]);

  const morning = await openQueue(under.place(), settings);
  await startWorking(morning, portsOn(morning));
  await until("another worker deployed it", async () => (await world.run()).status === "ended", 60_000);
  await sweep(portsOn(morning));
  await morning.close(1_000);
  expect(deployed()).toEqual([`${runId}-production ${world.shop.main()} 2026-03-03T06:00`]);
  expect((await world.run()).outcome).toMatchObject({ kind: "landed", deployment: { kind: "deployed" } });
  expect(world.logged.filter((line) => line.startsWith("error"))).toEqual([]);
}

describe("a deployment over night, on a real queue, with a worker that is killed", () => {
  it("waits for the window and goes out once, on BullMQ over PGlite", async () => {
    const under = await pglitePlace();
    await morningAfter(under).finally(() => under.stop());
  }, 120_000);

  it("waits for the window and goes out once, on BullMQ over Redis", async (context) => {
    const redis = await startRedis();
    if ("skipped" in redis) return context.skip(redis.skipped);
    const under = await redisPlace(redis);
    await morningAfter(under).finally(async () => {
      await under.stop();
      await redis.stop();
    });
  }, 120_000);
});
