import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sideOf } from "../../src/domain/conflict.ts";
import { commandMaker, loopOf } from "../world/definitions.ts";
import { firstFiles, openShop } from "../world/shop.ts";
import { answering, only, openWorld, present, type World } from "../world.ts";

const write = (job: { checkout: { dir: string } }, path: string, text: string) =>
  writeFile(join(job.checkout.dir, path), text).then(() => undefined);
const evenly = async (job: { checkout: { dir: string } }): Promise<undefined> => {
  await write(job, "src/rounding.txt", "half even\n");
  await write(job, "test/rounding.txt", "rounding: expect src/rounding.txt has half even\n");
};

const triage = loopOf({ sources: [{ kind: "checks" }] });
/** It wants something that no test says, so its own check is always green. */
const finance = loopOf({
  name: "finance",
  owner: "ben",
  channel: "quality",
  sources: [{ kind: "issues" }],
  maker: commandMaker,
  check: { argv: ["node", "-e", "process.exit(0)"], borrow: {}, network: false },
});

let saved: Awaited<ReturnType<World["save"]>>;

/**
 * Finance changed the rounding on purpose, which an older test knows nothing of; triage took that back, ben approved it, and it has
 * landed. At night finance finds it gone, and does it again.
 */
beforeAll(async () => {
  const shop = await openShop({
    ...firstFiles,
    "src/rounding.txt": "half up\n",
    "test/rounding.txt": "rounding: expect src/rounding.txt has half up\n",
    "test/invoice.txt": "invoice rounds: expect src/rounding.txt has half up\n",
    ".loom/issues/1.md": "---\ntitle: Halves are rounded to even\n---\nAs the tax office wants it.\n",
  });
  const trailers = "Loom-Run: r-fina000001\nLoom-Loop: finance\nLoom-Intent: Banks round half to even.";
  await shop.land(
    {
      "src/rounding.txt": "half even\n",
      "test/rounding.txt": "rounding: expect src/rounding.txt has half even\n",
    },
    `Land finance: round half to even\n\n${trailers}`,
  );
  const world = await openWorld({ shop, loops: [triage, finance], maker: evenly });
  await world.start();
  await world.say("ben", { kind: "approve", ...answering(await world.waiting()) });
  await world.start("finance");
  saved = await world.save();
}, 180_000);

const openSecondFlip = () => openWorld({ from: saved, loops: [triage, finance], maker: evenly });

const switches = async (world: World) =>
  Object.fromEntries((await world.record.loopStates()).map((one) => [one.loop, one.switch]));
const openOne = async (world: World) =>
  only(await world.record.conflicts({ state: "open", limit: 9 }), "open conflict");
const conflictCards = async (world: World) =>
  (await world.cards("conflict")).filter((card) => card.conflict.kind === "ping-pong");
const settle = (world: World, person: string, conflictId: string, how: "keep-left" | "keep-right") =>
  world.say(person, { kind: "settle", conflictId, how, note: "" });

describe("the story of two loops that take each other back", () => {
  it("the first undo was one question: who approved it has settled the conflict", async () => {
    const world = await openSecondFlip();

    const [first] = await world.record.conflicts({ state: "decided", limit: 9 });
    expect(first).toMatchObject({
      conflict: { kind: "undo", left: { loop: "triage" }, right: { loop: "finance" } },
      answer: { answer: "keep-left", by: "ben" },
    });
    expect(world.shop.show("src/rounding.txt")).toBe("half up");
  });

  it("the second flip is stopped: both loops pause, and one card shows both intents to both owners", async () => {
    const world = await openSecondFlip();

    const { conflict } = await openOne(world);
    expect(conflict).toMatchObject({
      kind: "ping-pong",
      severity: "stop",
      left: { loop: "finance", title: "Fix: Halves are rounded to even" },
      right: { loop: "triage", intent: expect.stringContaining("Takes back") },
    });
    expect(conflict.evidence.join(" ")).toContain("Banks round half to even.");
    expect(await switches(world)).toEqual({ triage: "paused", finance: "paused" });
    const said = [...(await world.messages()).values()].filter(
      ({ card }) => card.kind === "conflict" && card.conflict.id === conflict.id,
    );
    expect(said.map((one) => one.channel).sort()).toEqual(["loops", "quality"]);
    for (const card of await conflictCards(world))
      expect(card).toMatchObject({ state: "open", people: ["ada", "ben"] });
    expect(await world.waiting()).toMatchObject({ reasons: [{ rule: "conflict-undo" }, {}] });
    await world.tick("finance");
    await world.tick("triage");
    expect(await world.runs()).toHaveLength(2);
  });

  it("one click for what landed ends the other run, and neither loop tries again", async () => {
    const world = await openSecondFlip();
    const { conflict } = await openOne(world);
    const before = world.shop.main();
    expect(
      await world.ask("cy", { kind: "settle", conflictId: conflict.id, how: "keep-right", note: "" }),
    ).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("this is for leads, or the owners of triage and finance"),
    });

    expect(await settle(world, "ben", conflict.id, "keep-right")).toMatchObject({ kind: "done" });

    const run = present(
      (await world.runs()).find((one) => one.loop === "finance"),
      "finance's run",
    );
    expect(run.outcome).toMatchObject({ kind: "rejected", by: "ben" });
    expect((await world.record.finding(run.findingId))?.fate).toBe("rejected");
    expect(await switches(world)).toEqual({ triage: "running", finance: "running" });
    for (const card of await conflictCards(world))
      expect(card).toMatchObject({ state: "decided", answer: { answer: "keep-right", by: "ben" } });
    const decisions = await world.record.entries({ kind: "decision", state: "active", limit: 9 });
    expect(decisions.find((one) => one.source.ref === conflict.id)).toMatchObject({ author: "ben" });
    expect(await settle(world, "ada", conflict.id, "keep-left")).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("ben has settled it already"),
    });

    await world.tick("finance");
    await world.tick("triage");
    expect(await world.runs()).toHaveLength(2);
    const messages = (await world.messages()).size;
    await world.say("ben", { kind: "retry", findingId: run.findingId });
    const again = only((await world.runs()).slice(2), "third run");
    expect(again.outcome).toMatchObject({ kind: "rejected", by: "ben" });
    expect(await world.record.conflicts({ state: "open", limit: 9 })).toEqual([]);
    expect((await world.holds()).filter((one) => one.state === "waiting")).toEqual([]);
    // Only the new run's own card.
    expect((await world.messages()).size).toBe(messages + 1);
    expect(world.shop.main()).toBe(before);
    expect(world.thrown).toEqual([]);
  });

  it("one click for the new change lands it, and triage leaves it alone from now on", async () => {
    const world = await openSecondFlip();
    const { conflict } = await openOne(world);

    expect(await settle(world, "ada", conflict.id, "keep-left")).toMatchObject({
      kind: "done",
      text: expect.stringContaining("finance's change lands now"),
    });

    expect(world.shop.show("src/rounding.txt")).toBe("half even");
    const landed = present(
      (await world.runs()).find((one) => one.loop === "finance"),
      "finance's run",
    );
    expect(landed.outcome).toMatchObject({ kind: "landed", approvedBy: ["ada"] });
    expect(sideOf(conflict, landed.id)).toBe("left");
    const hold = only(
      (await world.cards("hold")).filter((card) => card.loop === "finance"),
      "finance's hold",
    );
    expect(hold).toMatchObject({ hold: { state: "approved" }, landed: world.shop.main() });
    // Its test fails again, and what broke it is meant so.
    await world.tick("triage");
    const item = (await world.record.inbox()).find((one) => one.loop === "triage");
    expect(item?.reason).toContain("which is meant so");
    expect(await world.record.conflicts({ state: "open", limit: 9 })).toEqual([]);
    expect(await switches(world)).toEqual({ triage: "running", finance: "running" });
    expect(await world.record.verifyChain()).toMatchObject({ kind: "whole" });
  });

  it("a change may take back a landed one when it cites the decision that supersedes it", async () => {
    const world = await openSecondFlip();
    const { conflict } = await openOne(world);
    await settle(world, "ben", conflict.id, "keep-right");
    const undone = present(
      (await world.record.entries({ kind: "decision", state: "active", limit: 9 })).find(
        (one) => one.source.kind === "change" && one.author === "triage",
      ),
      "triage's intent",
    );
    await world.say("ada", {
      kind: "decide",
      statement: "From 2027 on, halves go to even.",
      reason: "",
      paths: ["docs/"],
      supersedes: undone.id,
    });
    const decided = present(
      (await world.record.entries({ kind: "decision", state: "active", limit: 9 })).find(
        (one) => one.author === "ada" && one.source.kind === "message",
      ),
      "ada's decision",
    );
    world.maker = async (job) => {
      await evenly(job);
      await write(job, ".loom/STATE.md", `## Learned\n\n- cites ${decided.id}: it is 2027\n`);
    };
    const run = present(
      (await world.runs()).find((one) => one.loop === "finance"),
      "finance's run",
    );
    await world.say("ben", { kind: "retry", findingId: run.findingId });

    expect(await world.waiting()).toMatchObject({ reasons: [{ rule: "every-change" }] });
  });
});
