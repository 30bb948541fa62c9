import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import type { Holder } from "../../src/domain/claim.ts";
import type { TraceEvent } from "../../src/domain/event.ts";
import { startPostgres } from "../services/postgres.ts";
import { startRedis } from "../services/redis.ts";
import { until } from "../services/until.ts";
import { type Fleet, loops, openFleet, type Worker } from "./fleet.ts";
import { installPackage, type Package } from "./package.ts";
import { git, type TempHome, tempHome } from "./product.ts";

const leaseMs = 3_000;
const findings = 200;
const withinMs = 120_000;

const postgres = await startPostgres();
const redis = await startRedis();

if ("skipped" in postgres || "skipped" in redis) {
  const why = "skipped" in postgres ? postgres.skipped : "skipped" in redis ? redis.skipped : "";
  console.warn(`skipped: several workers on Postgres and Redis (${why})`);
  describe.skip(`several workers: ${why}`, () => it("are not tested here", () => undefined));
} else {
  let shipped: Package;
  let temp: TempHome;
  let fleet: Fleet;
  const started: Worker[] = [];

  beforeAll(async () => {
    shipped = await installPackage();
    temp = await tempHome();
    fleet = await openFleet({
      shipped,
      dir: temp.home,
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      leaseMs,
    });
  }, 120_000);
  afterAll(async () => {
    await fleet?.close();
    await redis.stop();
    await postgres.stop();
    await temp?.remove();
    await shipped?.remove();
  });

  const start = async () => {
    const worker = await fleet.start();
    started.push(worker);
    return worker;
  };
  const countOf = async (statement: string, ...values: unknown[]) =>
    Number((await fleet.rows<{ n: string }>(`select count(*) as n from ${statement}`, ...values))[0]?.n);
  const ended = () => countOf("loom.run where status = 'ended'");
  const leasedBy = (worker: Worker) =>
    fleet.rows<{ id: string }>(
      "select id from loom.run where status = 'running' and worker like $1",
      `%-${worker.pid}`,
    );
  const eventsOf = async (type: string): Promise<TraceEvent[]> =>
    (await fleet.record.events({ limit: 100_000 })).filter((event) => event.type === type);
  const sayOnFailure = () =>
    onTestFailed(() => {
      for (const worker of started)
        console.error(`worker ${worker.pid} said:\n${worker.said().slice(-3000)}`);
    });

  describe("several workers on one Postgres and one Redis", () => {
    it("work each of 200 findings of 8 loops once, though workers are killed", async () => {
      sayOnFailure();
      const first = await start();
      let second = await start();
      for (const [n, loop] of loops.entries()) await fleet.startLoop(n % 2 === 0 ? first : second, loop);

      const passedOnMs: number[] = [];
      let cut = 0;
      for (const share of [0.2, 0.4, 0.6]) {
        await until(`${share} of the work`, async () => (await ended()) >= findings * share, withinMs);
        await until("the second is at work", async () => (await leasedBy(second)).length > 0, withinMs);
        await second.kill();
        const killedAt = performance.now();
        const orphans = (await leasedBy(second)).map((run) => run.id);
        cut += orphans.length;
        const gone = second;
        second = await start();
        await until(
          "every run of the dead worker is another's",
          async () => (await leasedBy(gone)).length === 0,
          withinMs,
        );
        if (orphans.length > 0) passedOnMs.push(performance.now() - killedAt);
      }
      await until("all is worked", async () => (await ended()) >= findings, withinMs);

      const runs = await fleet.rows<{ finding: string; kind: string }>(
        "select finding_id as finding, outcome_kind as kind from loom.run",
      );
      expect(runs).toHaveLength(findings);
      expect(new Set(runs.map((run) => run.finding)).size).toBe(findings);
      expect(runs.filter((run) => run.kind === "landed")).toHaveLength(findings / 10);
      expect(runs.filter((run) => run.kind === "gave-up")).toHaveLength(findings - findings / 10);
      for (const [type, times] of [
        ["claim.acquired", findings],
        ["run.ended", findings],
        ["change.landed", findings / 10],
      ] as const) {
        const ids = (await eventsOf(type)).map((event) => event.runId);
        expect({ type, times: ids.length, runs: new Set(ids).size }).toEqual({ type, times, runs: times });
      }
      const landedBy = await git(
        fleet.remote,
        "log",
        "--first-parent",
        "--format=%(trailers:key=Loom-Run,valueonly,separator=)",
        "main",
      );
      const landed = landedBy.split("\n").filter((run) => run !== "");
      expect({ all: landed.length, once: new Set(landed).size }).toEqual({ all: 20, once: 20 });

      const made = await fleet.made();
      expect(made.filter((line) => line.includes("together"))).toEqual([]);
      expect(made.length).toBeGreaterThanOrEqual(findings);
      // A run goes to another worker when its own died, stood still for a whole lease, or failed; the trace says so each time.
      const passedOn = (await eventsOf("run.taken-over")).length;
      const failed = (await eventsOf("run.failed")).length;
      expect(passedOn).toBeGreaterThanOrEqual(cut);
      expect(made.length).toBeLessThanOrEqual(findings + passedOn + failed);
      // How soon a run goes on depends on the hints before its own, too; how soon a claim lapses is told below.
      expect(await countOf("loom.claim")).toBe(0);
      expect(await fleet.record.verifyChain()).toMatchObject({ kind: "whole" });
      // Loops see each other's findings all the time: none may wait for the other's rows, nor the upkeep fail.
      expect(started.map((worker) => worker.said()).join("\n")).not.toMatch(/deadlock|upkeep of the mirror/);
      console.info(
        `${cut} runs were cut off (${passedOn} passed on, ${failed} failed) and went on after ${passedOnMs.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(", ")}; lease ${leaseMs / 1000} s`,
      );
    }, 240_000);

    it("tell a dead worker's run that somebody took its claim over, and it lands only when it has it again", async () => {
      sayOnFailure();
      const key = "resource:env:staging";
      const worker = started.at(-1);
      if (worker === undefined) throw new Error("no worker was started");
      await fleet.startLoop(worker, "staging");
      await until("the maker works", async () => (await fleet.made()).includes("200"), withinMs);
      for (const one of started) await one.kill();

      const guest: Holder = { kind: "guest", guest: "claude-1", person: "bob" };
      const wish = {
        keys: [key],
        mode: "exclusive" as const,
        holder: guest,
        reason: "a try",
        ttlMs: 600_000,
      };
      const claim = () => fleet.record.transact((tx) => tx.claim(wish));
      const diedAt = performance.now();
      expect(await claim()).toMatchObject({ kind: "taken", by: [{ holder: { loop: "staging" } }] });
      await until("the claim lapses", async () => (await claim()).kind === "held", withinMs);
      // Two leases, and time for a busy machine.
      expect(performance.now() - diedAt).toBeLessThan(2 * leaseMs + 15_000);

      await fleet.letGo();
      await start();
      const lapsed = async () =>
        (await eventsOf("claim.lapsed")).filter((event) => event.data["key"] === key);
      await until("the former holder is told", async () => (await lapsed()).length > 0, withinMs);
      const [runId] = (await lapsed()).map((event) => event.runId);
      await until("its run is refused", async () => (await eventsOf("claim.refused")).length > 0, withinMs);
      const told = await fleet.rows<{ body: string }>(
        "select card as body from loom.message where key like $1",
        `claim.lapsed:${key}:%`,
      );
      expect(told).toHaveLength(1);
      expect(told[0]?.body).toContain("It cannot land under it.");
      await until("it waits", async () => (await fleet.record.run(runId ?? ""))?.status === "held", withinMs);
      expect(await countOf("loom.run where outcome_kind = 'landed'")).toBe(20);

      await fleet.record.transact((tx) => tx.releaseClaims(guest));
      await until(
        "it lands",
        async () => (await fleet.record.run(runId ?? ""))?.outcome?.kind === "landed",
        withinMs,
      );
      expect(await lapsed()).toHaveLength(1);
    }, 120_000);
  });
}
