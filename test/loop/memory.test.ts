import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandMaker, loopOf } from "../world/definitions.ts";
import { firstFiles, openShop } from "../world/shop.ts";
import { answering, only, openWorld, present, type World } from "../world.ts";

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
      ...answering(await world.waiting()),
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
    await world.say("ben", { kind: "approve", ...answering(await world.waiting()) });

    const active = await world.record.entries({ kind: "decision", state: "active", limit: 10 });
    expect(active.map((one) => [one.author, one.source.kind])).toEqual([["triage", "change"]]);
    const ended = await world.record.entries({ kind: "decision", state: "superseded", limit: 10 });
    expect(ended.map((one) => [one.author, one.supersededBy]).sort()).toEqual([
      ["ben", active[0]?.id],
      ["tidy", active[0]?.id],
    ]);
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

  it("a person's decision is about the repository that is named, or that has its paths, or the only one", async () => {
    const shop = await openShop();
    const docs = await openShop({ "pages/a.md": "a\n", "src/price.txt": "price 1\n" });
    const world = await openWorld({ shop, loops: [loopOf()] });
    const decide = (more: object) =>
      world.ask("ada", { kind: "decide", statement: "Keep it.", reason: "", paths: [], ...more });
    expect(await decide({})).toMatchObject({ text: expect.stringContaining("for all of shop") });
    expect(await decide({ repository: "docs" })).toMatchObject({ kind: "refused" });

    world.organisation.repositories.push({
      name: "docs",
      remote: docs.remote,
      target: "main",
      approvers: "leads",
    });
    const of = async (statement: string, more: object) => {
      expect(await decide({ statement, ...more })).toMatchObject({ kind: "done" });
      const entries = await world.record.entries({ limit: 9 });
      return entries.find((entry) => entry.statement === statement)?.scope.repository;
    };
    expect(await of("Plain words.", { repository: "docs" })).toBe("docs");
    expect(await of("Short pages.", { paths: ["pages/"] })).toBe("docs");
    expect(await of("Fast tests.", { paths: ["test/**"] })).toBe("shop");
    for (const paths of [[], ["src/price.txt"], ["nowhere.txt"]])
      expect(await decide({ paths })).toMatchObject({
        kind: "refused",
        reason: expect.stringContaining("add `repository: shop` (shop, docs)"),
      });
  });

  it("a rejected change is not proposed again, and a new failure of the same test is raised as new", async () => {
    const shop = await openShop();
    await shop.land({ "src/price.txt": "price 12\n" }, "Raise the price");
    const world = await openWorld({
      shop,
      loops: [loopOf({ maker: commandMaker })],
      maker: async ({ checkout }) => {
        const wanted = / has (.*)$/m.exec(await readFile(join(checkout.dir, "test/price.txt"), "utf8"))?.[1];
        await writeFile(join(checkout.dir, "src/price.txt"), `${wanted}\n`);
        return undefined;
      },
    });
    await world.start();
    const rejected = await finding(world);
    const note = "Sales raised it on purpose.";
    await world.say("ben", { kind: "reject", ...answering(await world.waiting()), note });

    await world.tick();
    await shop.land({ "src/stock.txt": "stock 4\n" }, "Count again");
    await world.tick();
    expect(await world.runs()).toHaveLength(1);
    expect(await world.record.finding(rejected.id)).toMatchObject({
      fate: "rejected",
      notes: [{ text: note }],
    });

    // The test says something else now: that is another problem, whose maker reads what was said of the first.
    await shop.land(
      { "test/price.txt": "price: expect src/price.txt has price 11\n" },
      "Expect another price",
    );
    await world.tick();
    const { finding: other } = only(
      await world.record.findings({ fate: "held", limit: 9 }),
      "finding that is asked about",
    );
    expect(other).toMatchObject({ test: rejected.test });
    expect(other.id).not.toBe(rejected.id);
    expect(await world.events("finding.seen")).toHaveLength(2);
    expect(world.prompts.at(-1)).toContain(note);
    expect(world.prompts[0]).not.toContain(note);

    // Asked to try the first again, its maker has the note, too.
    await shop.land(
      { "test/price.txt": "price: expect src/price.txt has price 10\n" },
      "Expect the old price",
    );
    const before = world.prompts.length;
    await world.say("ada", { kind: "retry", findingId: rejected.id });
    // The other change is in conflict with it, and may be made anew on top of the target meanwhile.
    expect(world.prompts[before]).toContain(note);
    expect(world.prompts[before]).toContain("what was tried or refused before must not come again");
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
    await world.say("ben", { kind: "reject", ...answering(await world.waiting()), note: "No." });

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
