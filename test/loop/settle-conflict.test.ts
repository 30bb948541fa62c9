import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ConflictAnswer, ConflictStep } from "../../src/domain/conflict.ts";
import { sweep } from "../../src/loop/sweep.ts";
import { commandMaker, loopOf } from "../world/definitions.ts";
import { firstFiles, openBrokenShop, openShop } from "../world/shop.ts";
import { answering, only, openWorld, present, type World } from "../world.ts";

const triage = loopOf({ sources: [{ kind: "checks" }] });
/** Its own check is always green. */
const prices = loopOf({
  name: "prices",
  owner: "dan",
  channel: "quality",
  sources: [{ kind: "issues" }],
  maker: commandMaker,
  check: { argv: ["node", "-e", "process.exit(0)"], borrow: {}, network: false },
});
const write = (job: { checkout: { dir: string } }, path: string, text: string) =>
  writeFile(join(job.checkout.dir, path), text).then(() => undefined);
const issue = { ".loom/issues/1.md": "---\ntitle: Everything costs 15\n---\n" };

const maker = (job: { checkout: { dir: string } }) => write(job, "src/price.txt", "price 15\n");
let saved: Awaited<ReturnType<World["save"]>>;

beforeAll(async () => {
  const first = await openWorld({ shop: await openBrokenShop(issue), loops: [triage, prices], maker });
  await first.start();
  await first.start("prices");
  saved = await first.save();
}, 180_000);

/** Triage wants the price to be 10 again, prices wants it to be 15, and git cannot merge the two. */
async function openTwo(): Promise<World & { conflictId: string }> {
  const world = await openWorld({ from: saved, loops: [triage, prices], maker });
  const { conflict } = only(await world.record.conflicts({ state: "open", limit: 9 }), "open conflict");
  return { ...world, conflictId: conflict.id };
}

const settle = (world: World & { conflictId: string }, person: string, how: ConflictAnswer | ConflictStep) =>
  world.say(person, { kind: "settle", conflictId: world.conflictId, how, note: "" });
const holdOf = async (world: World, loop: string) => {
  const runs = (await world.runs()).filter((one) => one.loop === loop);
  const holds = (await Promise.all(runs.map((one) => world.record.holds(one.id)))).flat();
  return present(holds.at(-1), `hold of ${loop}`);
};
/** The side of the conflict that a loop's change stands on. */
const keep = async (world: World & { conflictId: string }, loop: string): Promise<ConflictAnswer> => {
  const state = present(await world.record.conflict(world.conflictId), "conflict");
  return state.conflict.left.loop === loop ? "keep-left" : "keep-right";
};

describe("two changes in flight that do not merge", () => {
  it("are one conflict, whichever of them looks, told to both owners; both questions say so", async () => {
    const world = await openTwo();
    for (const loop of ["triage", "prices"])
      expect((await holdOf(world, loop)).reasons).toMatchObject([{ rule: "conflict" }, {}]);
    const run = only(
      (await world.runs()).filter((one) => one.loop === "triage"),
      "triage's run",
    );
    await world.record.transact((tx) => tx.wake(run.id));
    await world.drain();
    expect(await world.record.conflicts({ limit: 9 })).toHaveLength(1);
    const cards = await world.cards("conflict");
    expect(cards.map((card) => [card.people, card.state])).toEqual([
      [["ada", "dan"], "open"],
      [["ada", "dan"], "open"],
    ]);
  });

  it("keeping one answers both questions as far as the person may, and the other is not tried again", async () => {
    const world = await openTwo();
    expect(await settle(world, "ben", await keep(world, "prices"))).toMatchObject({
      text: expect.stringContaining("prices's change lands now"),
    });
    expect(world.shop.show("src/price.txt")).toBe("price 15");
    expect(await holdOf(world, "triage")).toMatchObject({
      state: "rejected",
      approvals: [{ person: "ben" }],
    });
    const [first] = await world.runs();
    expect(first?.outcome).toMatchObject({ kind: "rejected", by: "ben" });
    await world.tick();
    expect((await world.runs()).filter((one) => one.loop === "triage")).toHaveLength(1);
  });

  it("an owner who may not approve settles the conflict, and the change still waits for its approval", async () => {
    const world = await openTwo();
    expect(await settle(world, "dan", await keep(world, "prices"))).toMatchObject({
      text: expect.stringContaining("goes on to its approval"),
    });
    expect(await holdOf(world, "prices")).toMatchObject({ state: "waiting" });
    const card = only(
      (await world.cards("hold")).filter((one) => one.loop === "prices"),
      "hold card",
    );
    expect(card.conflicts).toEqual([]);
    expect((await world.runs())[0]?.outcome).toMatchObject({ kind: "rejected", by: "dan" });
  });

  it("in order, the second waits for the first and is made anew on top of it", async () => {
    const world = await openTwo();
    expect(await settle(world, "ada", "order")).toMatchObject({ kind: "done" });
    expect(await holdOf(world, "prices")).toMatchObject({ state: "void" });
    const before = (await world.runs()).length;

    await world.say("ben", { kind: "approve", ...answering(await holdOf(world, "triage")) });

    const runs = await world.runs();
    expect(runs).toHaveLength(before + 1);
    expect(runs.map((one) => one.outcome?.kind)).toEqual(["landed", "stopped", undefined]);
    expect(await holdOf(world, "prices")).toMatchObject({
      state: "waiting",
      reasons: [{ rule: "every-change" }],
    });
    expect((await world.waiting()).base).toBe(world.shop.main());
  });

  it("both fine: neither is held for the other any more", async () => {
    const world = await openTwo();
    await settle(world, "ada", "both-fine");
    for (const loop of ["triage", "prices"])
      expect(await holdOf(world, loop)).toMatchObject({ state: "waiting" });
    await world.say("ben", { kind: "approve", ...answering(await holdOf(world, "prices")) });
    expect(world.shop.show("src/price.txt")).toBe("price 15");
  });

  it("pausing both and asking leave it open; settling it lets the loops go on", async () => {
    const world = await openTwo();
    const switches = async () => (await world.record.loopStates()).map((one) => one.switch);
    expect(await settle(world, "dan", "pause-both")).toMatchObject({
      text: "triage and prices are paused until the conflict is settled.",
    });
    expect(await settle(world, "dan", "ask")).toMatchObject({
      text: "leads are asked; the conflict stays open.",
    });
    expect(await switches()).toEqual(["paused", "paused"]);
    const asked = [...(await world.messages()).values()].filter((one) => one.key.startsWith("asked:"));
    expect(asked.map((one) => one.card)).toMatchObject([
      { people: ["ada", "ben"] },
      { people: ["ada", "ben"] },
    ]);
    for (const card of await world.cards("conflict"))
      expect(card.steps?.map((one) => one.step)).toEqual(["pause-both", "ask"]);

    await settle(world, "ada", "both-fine");
    expect(await switches()).toEqual(["running", "running"]);
  });

  it("a conflict is over when one of the two is gone", async () => {
    const world = await openTwo();
    world.later(triage.limits.holdMs + 60_000);
    await sweep(world.ports);
    await world.drain();
    expect(await world.record.conflict(world.conflictId)).toMatchObject({ state: "over" });
    for (const card of await world.cards("conflict")) expect(card.state).toBe("over");
    expect(await settle(world, "ada", "both-fine")).toMatchObject({ kind: "refused" });
  });

  it("approving one that stands in it is an answer to it, and the other one is over", async () => {
    const world = await openTwo();
    await world.say("ada", { kind: "approve", ...answering(await holdOf(world, "triage")) });
    expect(await world.record.conflict(world.conflictId)).toMatchObject({
      state: "decided",
      answer: { by: "ada", answer: await keep(world, "triage") },
    });
    expect((await world.runs()).map((one) => one.outcome?.kind)).toEqual(["landed", "rejected"]);
  });
});

describe("a change log that both sides wrote to", () => {
  it("is merged by rule, checked, and wakes nobody", async () => {
    const shop = await openShop({
      ...firstFiles,
      ...issue,
      "CHANGELOG.md": "# Changes\n\n## Unreleased\n\n- first\n",
    });
    const world = await openWorld({
      shop,
      loops: [prices],
      maker: async (job) => {
        await write(job, "src/price.txt", "price 15\n");
        await write(job, "CHANGELOG.md", "# Changes\n\n## Unreleased\n\n- first\n- prices: all is 15\n");
        await shop.land({ "CHANGELOG.md": "# Changes\n\n## Unreleased\n\n- first\n- by hand\n" }, "By hand");
        return undefined;
      },
    });
    world.organisation.trustedLoops.push("prices");
    await world.start("prices");

    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: [] });
    const log = shop.show("CHANGELOG.md");
    expect(log).toContain("- by hand");
    expect(log).toContain("- prices: all is 15");
    expect(shop.show("src/price.txt")).toBe("price 15");
    expect(await world.events("change.resolved")).toMatchObject([{ paths: ["CHANGELOG.md"], by: "rule" }]);
    expect(await world.holds()).toEqual([]);
    expect(await world.cards("conflict")).toEqual([]);
  });
});
