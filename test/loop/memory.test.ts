import { describe, expect, it } from "vitest";
import { loopOf } from "../world/definitions.ts";
import { firstFiles, openShop } from "../world/shop.ts";
import { openWorld, present, type World } from "../world.ts";

/** A shop in which tidy changed the rounding on purpose, which an older test knows nothing of; triage has asked to take it back. */
async function openHeldUndo(): Promise<World> {
  const shop = await openShop({
    ...firstFiles,
    "src/rounding.txt": "half up\n",
    "test/rounding.txt": "rounding: expect src/rounding.txt has half up\n",
    "test/invoice.txt": "invoice rounds: expect src/rounding.txt has half up\n",
  });
  const trailers = "Loom-Run: r-tidy000001\nLoom-Loop: tidy\nLoom-Intent: Banks round half to even.";
  await shop.land(
    {
      "src/rounding.txt": "half even\n",
      "test/rounding.txt": "rounding: expect src/rounding.txt has half even\n",
    },
    `Land tidy: round half to even\n\n${trailers}`,
  );
  const world = await openWorld({
    shop,
    loops: [loopOf(), loopOf({ name: "tidy", owner: "ben", channel: "quality" })],
  });
  await world.start();
  return world;
}

const finding = async (world: World) =>
  present((await world.record.findings({ limit: 1 }))[0], "the finding").finding;

describe("memory", () => {
  it("a rejected undo is a decision, which the next run reads before it makes anything, and cites", async () => {
    const world = await openHeldUndo();
    await world.say("ben", {
      kind: "reject",
      holdId: (await world.waiting()).id,
      note: "Finance wants it so.",
    });

    const { id } = await finding(world);
    await world.say("ada", { kind: "retry", findingId: id });

    const decisions = await world.record.entries({ kind: "decision", state: "active", limit: 10 });
    const kept = present(
      decisions.find((one) => one.author === "ben"),
      "ben's decision",
    );
    expect(kept).toMatchObject({
      statement: "Keep: Banks round half to even.",
      reason: "Finance wants it so.",
    });
    const [item] = await world.record.inbox();
    expect(item?.reason).toContain("Banks round half to even.");
    expect(await world.holds()).toHaveLength(1);
    const recalled = (await world.events("memory.recalled")).at(-1);
    expect(JSON.stringify(recalled)).toContain(kept.id);
  });

  it("an approved undo ends the decision that it went against", async () => {
    const world = await openHeldUndo();
    await world.say("ben", { kind: "approve", holdId: (await world.waiting()).id });

    const active = await world.record.entries({ kind: "decision", state: "active", limit: 10 });
    expect(active.map((one) => [one.author, one.source.kind])).toEqual([["triage", "change"]]);
    const ended = await world.record.entries({ kind: "decision", state: "superseded", limit: 10 });
    expect(ended).toMatchObject([{ statement: "Banks round half to even.", supersededBy: active[0]?.id }]);
  });

  it("a person's decision stops bisect at its paths, until another supersedes it", async () => {
    const shop = await openShop();
    await shop.land({ "src/price.txt": "price 12\n" }, "Raise the price");
    const world = await openWorld({ shop, loops: [loopOf()] });
    const decided = { statement: "The price is 12 from now on.", reason: "", paths: ["src/price.txt"] };
    await world.say("ada", { kind: "decide", ...decided });
    await world.start();

    const [entry] = await world.record.entries({ kind: "decision", limit: 1 });
    expect((await world.record.inbox())[0]?.reason).toContain(
      `${entry?.id}, "The price is 12 from now on." (ada)`,
    );

    await world.say("ada", {
      kind: "decide",
      ...decided,
      statement: "No, 10.",
      supersedes: entry?.id ?? "",
      paths: ["docs/"],
    });
    await world.say("ada", { kind: "retry", findingId: (await finding(world)).id });
    expect((await world.waiting()).reasons).toMatchObject([{ rule: "every-change" }]);
  });

  it("a finding that people turned down so often is theirs", async () => {
    const shop = await openShop();
    await shop.land({ "src/price.txt": "price 12\n" }, "Raise the price");
    const loop = loopOf();
    const world = await openWorld({
      shop,
      loops: [{ ...loop, limits: { ...loop.limits, reviewRoundsMax: 1 } }],
    });
    await world.start();
    await world.say("ben", { kind: "reject", holdId: (await world.waiting()).id, note: "No." });

    const answer = await world.ask("ada", { kind: "retry", findingId: (await finding(world)).id });

    expect(answer).toMatchObject({ kind: "refused", reason: expect.stringContaining("review_rounds is 1") });
  });

  it("who, state and release answer about what is held", async () => {
    const world = await openHeldUndo();

    const who = await world.ask("ada", { kind: "who", about: "src/rounding.txt" });
    expect(who).toMatchObject({
      doing: { runs: [{ loop: "triage", status: "held" }], claims: [{ key: "path:shop:src/rounding.txt" }] },
    });
    expect(await world.ask("ada", { kind: "who", about: "nowhere" })).toMatchObject({
      doing: { runs: [], claims: [] },
    });
    expect(await world.ask("ada", { kind: "state", loop: "triage" })).toMatchObject({
      text: expect.stringContaining("Banks round half to even."),
    });
    expect(await world.ask("ben", { kind: "release", what: "src/rounding.txt" })).toMatchObject({
      kind: "done",
    });
    expect(await world.ask("ben", { kind: "release", what: "nowhere" })).toMatchObject({ kind: "refused" });
    expect(await world.events("claim.asked")).toHaveLength(1);
  });
});
