import { describe, expect, it } from "vitest";
import { loopOf } from "../world/definitions.ts";
import { firstFiles, openBrokenShop, openShop, type Shop } from "../world/shop.ts";
import { answering, only, openWorld, present, type World } from "../world.ts";

const lines = (...all: string[]) => `${all.join("\n")}\n`;

/** The held card of the one run of a started loop. */
async function held(shop: Shop, wish: Parameters<typeof loopOf>[0] = {}) {
  const world = await openWorld({ shop, loops: [loopOf(wish)] });
  await world.start();
  const card = only(await world.cards("hold"), `hold; ${JSON.stringify((await world.run()).outcome)}`);
  return { world, card, change: present(await world.record.change(card.hold.runId), "change") };
}

async function gaveUp(shop: Shop, wish: Parameters<typeof loopOf>[0] = {}) {
  const world = await openWorld({ shop, loops: [loopOf(wish)] });
  await world.start();
  const item = only(await world.record.inbox(), "inbox item");
  expect(shop.branches()).toEqual([]);
  return { world, ...item };
}

const failuresOf = async (world: World) => (await world.record.loopStates())[0]?.failuresInRow;

describe("bisect", () => {
  it("finds the culprit among many commits and takes back that one alone", async () => {
    const shop = await openShop();
    for (let at = 0; at < 9; at += 1) await shop.commit({ "src/log.txt": `day ${at}\n` }, `Day ${at}`);
    const bug = await shop.commit(
      { "src/price.txt": "price 12\n", "src/new.txt": "new\n" },
      "Raise the price",
    );
    for (let at = 9; at < 14; at += 1) await shop.commit({ "src/log.txt": `day ${at}\n` }, `Day ${at}`);
    shop.push();
    const { world, card, change } = await held(shop);
    expect(change.intent).toMatchObject({ undoes: bug, deliberateTests: [] });
    expect(card.files.map((file) => [file.path, file.status])).toEqual([
      ["src/new.txt", "deleted"],
      ["src/price.txt", "modified"],
    ]);
    expect(card.verdict).toContain("1 test passes, 1 more than before");
    // Ten commits at most are asked, and never twice.
    const reports = await world.sql("select 1 from loom.report");
    expect(reports.length).toBeLessThanOrEqual(11);
  });

  it("takes back a whole merge that broke the test, by its first parent", async () => {
    const shop = await openShop();
    shop.git("checkout", "-q", "-b", "side");
    await shop.commit({ "src/side.txt": "one\n" }, "Side one");
    await shop.commit({ "src/price.txt": "price 12\n" }, "Side two");
    shop.git("checkout", "-q", "main");
    await shop.commit({ "src/log.txt": "main\n" }, "On main");
    shop.git("merge", "-q", "--no-ff", "-m", "Merge side", "side");
    await shop.land({ "src/log.txt": "later\n" }, "Later");
    const { card } = await held(shop);
    expect(card.title).toBe('Revert "Merge side"');
    expect(card.files.map((file) => file.path)).toEqual(["src/price.txt", "src/side.txt"]);
  });

  it("steps over commits at which the check command does not run", async () => {
    const shop = await openShop();
    await shop.commit({ "src/broken.txt": "syntax error\n" }, "Break the build");
    await shop.commit({ "src/log.txt": "1\n" }, "Still broken");
    await shop.commit({ "src/broken.txt": null }, "Mend the build");
    await shop.commit({ "src/price.txt": "price 12\n" }, "Raise the price");
    await shop.commit({ "src/broken.txt": "again\n" }, "Break it again");
    await shop.land({ "src/broken.txt": null }, "Mend it again");
    const { card } = await held(shop);
    expect(card.title).toBe('Revert "Raise the price"');
  });

  it("gives up where the build was broken while the test broke", async () => {
    const shop = await openShop();
    await shop.commit({ "src/broken.txt": "syntax error\n" }, "Break the build");
    await shop.commit({ "src/price.txt": "price 12\n" }, "Raise the price");
    await shop.land({ "src/broken.txt": null }, "Mend the build");
    const { reason, world } = await gaveUp(shop);
    expect(reason).toBe(
      '"test/price.txt › price" broke somewhere in 3 commits at which the check command does not run.',
    );
    // Not the loop's fault.
    expect(await failuresOf(world)).toBe(0);
  });

  it("gives up on a test that fails by chance", async () => {
    const shop = await openShop();
    await shop.land({ "src/chance.txt": `${shop.root}/count\n` }, "Roll a die");
    const { reason, world } = await gaveUp(shop);
    expect(reason).toBe(
      '"test/chance.txt › chance" failed before and passes now on the same commit: it fails by chance.',
    );
    expect(world.thrown).toEqual([]);
  });

  it("gives up on a test that never passed, naming the commit since which it fails", async () => {
    const shop = await openShop();
    await shop.commit({ "src/log.txt": "1\n" }, "A day");
    const wish = await shop.commit({ "test/wish.txt": "wish: expect src/wish.txt has true\n" }, "Wish");
    await shop.land({ "src/log.txt": "2\n" }, "Another day");
    const { reason } = await gaveUp(shop);
    expect(reason).toBe(
      `"test/wish.txt › wish" has never passed in 4 commits, so there is nothing to go back to. It fails since ${wish.slice(0, 8)} "Wish".`,
    );
  });

  it("gives up on the only commit of a repository", async () => {
    const shop = await openShop({ ...firstFiles, "src/price.txt": "price 12\n" });
    const { reason } = await gaveUp(shop);
    expect(reason).toContain("has never passed in its one commit");
    expect(reason).toContain('"first"');
  });

  it("finds a culprit that came after its test was written", async () => {
    const shop = await openShop();
    for (let at = 0; at < 5; at += 1) await shop.commit({ "src/log.txt": `${at}\n` }, `Day ${at}`);
    await shop.commit(
      { "src/tax.txt": "tax 7\n", "test/tax.txt": "tax: expect src/tax.txt has tax 7\n" },
      "Tax",
    );
    await shop.commit({ "src/tax.txt": "tax 9\n" }, "More tax");
    await shop.land({ "src/log.txt": "6\n" }, "Day 6");
    const { card } = await held(shop);
    expect(card.title).toBe('Revert "More tax"');
  });

  it("keeps the test that the culprit brought, and takes back only what broke the other", async () => {
    const shop = await openShop({
      ...firstFiles,
      "src/list.txt": lines("a", "b", "c", "d", "e", "f", "g", "h"),
    });
    await shop.land(
      {
        "src/price.txt": "price 12\n",
        "src/list.txt": lines("A", "b", "c", "d", "e", "f", "g", "H"),
        "src/tax.txt": "tax 7\n",
        "test/tax.txt": "tax: expect src/tax.txt has tax 7\n",
      },
      "Tax, and more",
    );
    const { world, card, change } = await held(shop);
    expect(card.files.map((file) => file.path)).toEqual(["src/price.txt"]);
    expect(change.intent.why).toMatch(/\(1 of its \d parts\)/);
    await world.say("ben", { kind: "approve", ...answering(card.hold) });
    expect(shop.show("test/tax.txt")).toContain("tax:");
    expect(shop.show("src/price.txt")).toBe("price 10");
    expect(shop.show("src/list.txt")).toBe("A\nb\nc\nd\ne\nf\ng\nH");
  });

  it("takes back the part that still can be when a later commit changed the rest", async () => {
    const shop = await openShop({ ...firstFiles, "src/list.txt": lines("a", "b") });
    await shop.commit({ "src/price.txt": "price 12\n", "src/list.txt": lines("A", "b") }, "Raise and list");
    await shop.land({ "src/list.txt": lines("AA", "b") }, "List more");
    const { card } = await held(shop);
    expect(card.files.map((file) => file.path)).toEqual(["src/price.txt"]);
  });

  it("gives up clearly when later commits changed the same lines", async () => {
    const shop = await openBrokenShop();
    await shop.land({ "src/price.txt": "price 13\n" }, "Raise it more");
    const { reason, tried } = await gaveUp(shop);
    expect(reason).toBe(
      `${shop.bug.slice(0, 8)} "Raise the price" broke "test/price.txt › price", but taking it back does not help: later commits changed the same lines of src/price.txt`,
    );
    expect(tried.join("\n")).toContain(`first bad commit, of 4 asked: ${shop.bug.slice(0, 8)}`);
  });

  it("works with a command that has no report, by its exit status", async () => {
    const shop = await openBrokenShop();
    const check = { argv: ["node", "check.mjs", "--quiet"], borrow: {}, network: false };
    const { world, card } = await held(shop, { check });
    expect(card.title).toBe('Revert "Raise the price"');
    expect(card.verdict).toBe("The check command is green.");
    expect((await world.record.findings({ limit: 9 })).map((one) => one.finding.title)).toEqual([
      '"node check.mjs --quiet" ends with 1',
    ]);
  });

  it("says so when the check command does not run on the target itself", async () => {
    const shop = await openShop();
    const check = { argv: ["no-such-program"], borrow: {}, network: false };
    const { reason, title } = await gaveUp(shop, { check });
    expect(title).toBe('"no-such-program" does not run');
    expect(reason).toContain("The check command does not run: check command:");
  });

  it("takes back a culprit that renamed a file with odd characters in its name", async () => {
    const shop = await openShop({ ...firstFiles, 'src/-a "b"\n c.txt': lines("1", "2", "3", "4", "5") });
    await shop.land(
      {
        'src/-a "b"\n c.txt': null,
        "src/ü d.txt": lines("1", "2", "3", "4", "5"),
        "src/price.txt": "price 12\n",
      },
      "Rename things and raise the price",
    );
    const { card } = await held(shop);
    expect(card.files.map((file) => [file.from, file.path])).toContainEqual([
      "src/ü d.txt",
      'src/-a "b"\n c.txt',
    ]);
  });

  it("works in a sandbox with a real test runner", async () => {
    const shop = await openShop({
      "package.json": '{ "type": "module", "scripts": { "test": "node --test" } }',
      "src/price.js": "export const price = () => 10;\n",
      "test/price.test.js":
        'import assert from "node:assert";\nimport { test } from "node:test";\nimport { price } from "../src/price.js";\ntest("price", () => assert.equal(price(), 10));\n',
    });
    await shop.land({ "src/price.js": "export const price = () => 12;\n" }, "Raise the price");
    const world = await openWorld({
      shop,
      sandbox: "auto",
      loops: [loopOf({ check: { argv: ["npm", "test"], borrow: {}, network: false } })],
    });
    await world.start();
    const card = only(await world.cards("hold"), "hold");
    expect(card.title).toBe('Revert "Raise the price"');
    expect(card.verdict).toContain("1 test passes");
  });
});
