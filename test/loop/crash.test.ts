import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import { perform } from "../../src/loop/perform.ts";
import { sweep } from "../../src/loop/sweep.ts";
import type { Checked } from "../../src/ports/processes.ts";
import { type Crash, type CrashingPorts, crashingPorts } from "../world/crash.ts";
import { commandMaker, loopOf } from "../world/definitions.ts";
import { openBrokenShop } from "../world/shop.ts";
import { answering, openWorld, type World } from "../world.ts";

const mend = async ({ checkout }: { checkout: { dir: string } }) =>
  void (await writeFile(join(checkout.dir, "src/price.txt"), "price 10\n"));

/** The same commit is tested once for all crashes: the tests are not what is tested here. */
const reports = new Map<string, Checked>();

async function openAt(from: Awaited<ReturnType<World["save"]>>): Promise<World> {
  const world = await openWorld({
    from,
    maker: mend,
    loops: [loopOf({ maker: commandMaker })],
    mayLeaveCheckouts: true,
  });
  const { run } = world.ports.checks;
  world.ports.checks = {
    ...world.ports.checks,
    run: async (checkout, ...rest) => {
      const checked = reports.get(checkout.at) ?? (await run(checkout, ...rest));
      reports.set(checkout.at, checked);
      return checked;
    },
  };
  return world;
}

/** Asks by a worker that may crash, then lets a healthy one finish: with the queue as it is left, and after a sweep. */
async function goThrough(world: World, command: (world: World) => Promise<Command>, crashing: CrashingPorts) {
  const ada = { kind: "person", person: "ada" } as const;
  const wish = await command(world);
  await perform(ada, wish, crashing.ports).catch(() => perform(ada, wish, world.ports));
  await world.drain(crashing.ports, crashing.isDead);
  await world.lapse();
  await sweep(world.ports);
  await world.drain();
}

const start = async (): Promise<Command> => ({ kind: "start", loop: "triage" });
const approve = async (world: World): Promise<Command> => ({
  kind: "approve",
  ...answering(await world.waiting()),
});

const withoutIds = (text: string) => text.replace(/\b([rh])-\d{10}/g, "$1-#");
const repeatable = new Set([
  "run.failed",
  "run.taken-over",
  "ruling.made",
  "loop.ticked",
  "loop.started",
  "loop.refused",
  "answer.refused",
  "approval.refused",
]);

/** Everything that people and git can see, without the ids that differ from try to try. */
async function seen(world: World) {
  // A tick that could not look says so; the rest is as if it could.
  const messages = [...(await world.messages()).values()].filter((one) => !one.key.startsWith("trouble:"));
  const cards = messages.map(({ key, channel, card }) => {
    const state =
      card.kind === "hold" ? card.hold.state : card.kind === "run" ? (card.outcome?.kind ?? "") : "";
    return withoutIds([key, channel, card.kind, state].join(" ")).replace(/\d{4}-.*Z/, "<time>");
  });
  const events = (await world.record.events({ limit: 1000 })).map((one) => one.type);
  const runs = await world.runs();
  return {
    main: world.shop.subjects(),
    branches: world.shop.branches().map(withoutIds),
    cards: cards.sort(),
    events: events.filter((type) => !repeatable.has(type)).sort(),
    runs: runs.map((run) => [run.status, run.outcome?.kind]),
    holds: (await world.holds()).map((hold) => [hold.state, hold.approvals[0]?.person]),
    fates: (await world.record.findings({ limit: 10 })).map((one) => [one.fate, one.attempts]),
    claims: await world.sql("select key, expires_at from loom.claim"),
    leased: await world.sql("select id from loom.run where lease_until is not null"),
    outbox: await world.sql("select topic from loom.outbox"),
    chain: (await world.record.verifyChain()).kind,
    inbox: await world.record.inbox(),
  };
}

const halves = [
  { name: "from the start to the question", command: start, from: () => fresh() },
  { name: "from the answer to the landing", command: approve, from: () => held() },
];

let savedFresh: ReturnType<World["save"]> | undefined;
let savedHeld: ReturnType<World["save"]> | undefined;
const fresh = () => {
  savedFresh ??= openBrokenShop().then(async (shop) => (await openWorld({ shop })).save());
  return savedFresh;
};
const held = () => {
  savedHeld ??= fresh().then(async (from) => {
    const world = await openAt(from);
    await world.start();
    return world.save();
  });
  return savedHeld;
};

/**
 * Every crash with LOOM_TEST_CRASHES=all, which takes minutes; else a fifth of them, spread over all calls and ways of crashing, so
 * that a run stays short.
 */
function crashesOf(calls: number): Crash[] {
  const hows = ["dies-after", "trips-before", "trips-after"] as const;
  const all = Array.from({ length: calls }, (_, at) => hows.map((how) => ({ at, how }))).flat();
  return process.env["LOOM_TEST_CRASHES"] === "all" ? all : all.filter((_, index) => index % 5 === 0);
}

describe("a crash anywhere", () => {
  it.each(halves)(
    "$name leaves every effect done once and nothing stuck",
    async ({ command, from }) => {
      const world = await openAt(await from());
      const healthy = crashingPorts(world.ports, null);
      await goThrough(world, command, healthy);
      const wanted = await seen(world);
      expect(wanted.outbox).toEqual([]);
      expect(readdirSync(join(world.home, "checkouts"))).toEqual([]);

      const bad: unknown[] = [];
      for (const crash of crashesOf(healthy.calls.length)) {
        const again = await openAt(await from());
        const crashing = crashingPorts(again.ports, crash);
        await goThrough(again, command, crashing);
        const name = `${crash.how} ${crash.at} ${crashing.calls[crash.at]}`;
        const result = await seen(again);
        const left = readdirSync(join(again.home, "checkouts"));
        const mayLeave = crash.how === "dies-after" || name.includes("heckout");
        try {
          expect(JSON.stringify(result, null, 1)).toBe(JSON.stringify(wanted, null, 1));
          if (!mayLeave) expect(left).toEqual([]);
        } catch (error) {
          bad.push(name, error instanceof Error ? error.message : error);
        }
      }
      expect(bad).toEqual([]);
    },
    300_000,
  );
});
