import { describe, expect, it } from "vitest";
import type { Holder } from "../../src/domain/claim.ts";
import { sweep } from "../../src/loop/sweep.ts";
import { loopOf } from "../world/definitions.ts";
import { openBrokenShop } from "../world/shop.ts";
import { answering, openWorld, type World } from "../world.ts";

const guest: Holder = { kind: "guest", guest: "claude-1", person: "ben" };
const key = "resource:env:staging";

/** Ben's own agent has staging to itself, which triage wants, too. */
async function openWaiting(): Promise<World> {
  const claims = { paths: [], mode: "exclusive" as const, resources: ["env:staging"] };
  const world = await openWorld({ shop: await openBrokenShop(), loops: [loopOf({ claims })] });
  const wish = {
    keys: [key],
    mode: "exclusive" as const,
    holder: guest,
    reason: "to try it",
    ttlMs: 60_000,
  };
  await world.record.transact((tx) => tx.claim(wish));
  await world.start();
  expect((await world.run()).status).toBe("held");
  expect(await world.events("claim.refused")).toMatchObject([
    { keys: [key], by: expect.stringContaining("ben's claude-1 has resource:env:staging until") },
  ]);
  return world;
}

const sweepAndWork = async (world: World) => {
  await sweep(world.ports);
  await world.drain();
};

describe("a run that waits for somebody else's claim", () => {
  it("waits on while it is held, without asking again", async () => {
    const world = await openWaiting();
    await sweepAndWork(world);
    expect((await world.run()).status).toBe("held");
    expect(await world.events("claim.refused")).toHaveLength(1);
  });

  it("goes on when it lapsed, and its former holder is told", async () => {
    const world = await openWaiting();
    await world.lapse();
    await sweepAndWork(world);
    await world.waiting();
    expect(await world.events("claim.lapsed")).toMatchObject([{ key, holder: "ben's claude-1" }]);
    expect(await world.cards("notice")).toContainEqual(
      expect.objectContaining({
        text: expect.stringContaining("ben's claude-1 lost its claim on resource:env:staging"),
        people: ["ben"],
      }),
    );
  });

  it("goes on when it was given back at the moment in which the run parked", async () => {
    const world = await openWaiting();
    // Whoever gave it back saw no run that waited, so nobody was woken.
    await world.record.transact((tx) => tx.releaseClaims(guest));
    await sweepAndWork(world);
    await world.waiting();
  });

  it("stays parked while its loop is paused, and goes on with it", async () => {
    const world = await openWaiting();
    await world.say("ada", { kind: "pause", loop: "triage", why: "" });
    await world.record.transact((tx) => tx.releaseClaims(guest));
    await sweepAndWork(world);
    expect((await world.run()).status).toBe("held");
    await world.say("ada", { kind: "resume", loop: "triage" });
    await world.waiting();
  });

  it("goes on at once when another run ends that had it", async () => {
    const claims = { paths: [], mode: "exclusive" as const, resources: ["env:staging"] };
    const shop = await openBrokenShop({ "test/stock.txt": "stock: expect src/stock.txt has stock 5\n" });
    const world = await openWorld({ shop, loops: [loopOf({ claims })] });
    await world.start();
    const before = await world.runs();
    expect(before.map((run) => run.status)).toEqual(["held", "held"]);
    await world.say("ada", { kind: "reject", ...answering(await world.waiting()), note: "No." });
    expect((await world.runs()).map((run) => run.outcome?.kind)).toEqual(["rejected", "gave-up"]);
  });
});
