import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sendDigest } from "../../src/loop/digest.ts";
import { tempFolder } from "../adapters/git/world.ts";
import { commandMaker, loopOf } from "../world/definitions.ts";
import { firstFiles, openBrokenShop, openShop, type Shop } from "../world/shop.ts";
import { answering, only, openWorld, type World } from "../world.ts";

const open = (shop: Shop, wish: Parameters<typeof loopOf>[0] = {}) =>
  openWorld({ shop, loops: [loopOf({ maker: commandMaker, ...wish })] });

const findingsOf = async (world: World) => world.record.findings({ limit: 50 });
const titlesOf = async (world: World) => (await findingsOf(world)).map((one) => one.finding.title).sort();

describe("finding", () => {
  it("the same failure seen again is the same finding, also after its test moved in its file", async () => {
    const shop = await openBrokenShop();
    const world = await open(shop);
    await world.start();
    const before = only(await findingsOf(world), "finding");
    await shop.land({ "test/price.txt": "\n\n\nprice: expect src/price.txt has price 10\n" }, "Move it down");
    await world.tick();
    const after = only(await findingsOf(world), "finding");
    expect(after.finding.id).toBe(before.finding.id);
    expect(after.finding.seenAt).toBe(shop.main());
    expect(await world.events("finding.seen")).toHaveLength(1);
  });

  it("an open issue that names a failing test is evidence about it; another is a finding of its own; a closed one is none", async () => {
    const shop = await openBrokenShop({
      ".loom/issues/1.md": "---\ntitle: The price is wrong\ntest: price\n---\nA customer says so.\n",
      ".loom/issues/2.md": '---\ntitle: "Please add a cart"\n---\nSoon.\n',
      ".loom/issues/3.md": "---\ntitle: Done\nstate: closed\n---\n",
      ".loom/issues/4.md": "no front matter\n",
    });
    const world = await open(shop, { maker: { kind: "bisect" } });
    await world.start();
    expect(await titlesOf(world)).toEqual(["Please add a cart", "test/price.txt › price"]);
    const price = (await findingsOf(world)).find((one) => one.finding.test !== undefined);
    expect(price?.finding.evidence.map((one) => [one.source, one.where])).toEqual([
      ["checks", "test/price.txt"],
      ["issues", ".loom/issues/1.md"],
    ]);
    expect(world.logged).toContainEqual(expect.stringContaining(".loom/issues/4.md is no issue"));
    const [item] = await world.record.inbox();
    expect(item?.reason).toBe('bisect needs a failing test, and "Please add a cart" names none.');
  });

  it("what recent commits brought in: whitespace, conflict markers, work in progress; and only since the last tick", async () => {
    const shop = await openShop({ ...firstFiles, "src/old.txt": "old  \n" });
    await shop.land(
      { "src/a.txt": "a  \nb\t\n", "src/b.txt": "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n" },
      "fixup! first",
    );
    const rules = ["conflict-markers", "fixup", "whitespace"] as const;
    const world = await open(shop, { sources: [{ kind: "commits", rules: [...rules] }] });
    await world.start();
    expect(await titlesOf(world)).toEqual([
      expect.stringMatching(/^[0-9a-f]{8} "fixup! first" is on main unfinished$/),
      "src/a.txt has whitespace errors",
      "src/b.txt has conflict markers",
    ]);
    await shop.land({ "src/c.txt": "c  \n" }, "More");
    await world.tick();
    expect(await titlesOf(world)).toHaveLength(4);
  });

  it("an open finding whose test passes again is settled by whoever did it, and one that fails again is reopened", async () => {
    const shop = await openBrokenShop();
    const world = await open(shop, { stop: { findingsPerTickMax: 0 } });
    await world.start();
    await shop.land({ "src/price.txt": "price 10\n" }, "Mend it by hand");
    await world.tick();
    expect(await findingsOf(world)).toMatchObject([{ fate: "landed" }]);
    await shop.land({ "src/price.txt": "price 12\n" }, "And break it");
    await world.tick();
    expect(await findingsOf(world)).toMatchObject([{ fate: "open" }]);
    expect(await world.events("finding.reopened")).toHaveLength(1);
  });

  it("settled by a person: ignored is not raised again, taken is left alone, a running one is not touched", async () => {
    const shop = await openBrokenShop();
    const world = await open(shop);
    await world.start();
    const { findingId } = await world.run();
    expect(await world.say("ada", { kind: "ignore", findingId })).toMatchObject({ kind: "done" });
    expect(await world.record.inbox()).toEqual([]);
    await world.tick();
    expect(await world.runs()).toHaveLength(1);
    expect(await world.cards("inbox")).toMatchObject([{ item: { settled: { how: "ignored", by: "ada" } } }]);
    expect(await world.say("ada", { kind: "retry", findingId })).toMatchObject({ kind: "done" });
    expect(await world.runs()).toHaveLength(2);
    expect(await world.say("ada", { kind: "take", findingId })).toMatchObject({ kind: "done" });
    expect(await findingsOf(world)).toMatchObject([{ fate: "ignored" }]);
    expect(await world.say("ada", { kind: "take", findingId: "f-none" })).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("f-none"),
    });
  });

  it("the digest tells the day once, with what landed, waits, and was given up", async () => {
    const shop = await openBrokenShop({ "test/wish.txt": "wish: expect src/w.txt has 1\n" });
    const world = await open(shop, { maker: { kind: "bisect" } });
    await world.start();
    await world.say("ben", { kind: "approve", ...answering(await world.waiting()) });
    await sendDigest(world.ports);
    await sendDigest(world.ports);
    const digest = only(await world.cards("digest"), "digest").digest;
    expect(digest.landed).toMatchObject([{ sha: shop.main(), approvedBy: ["ben"] }]);
    expect(digest.gaveUp).toMatchObject([{ title: "test/wish.txt › wish" }]);
    expect(digest.inbox).toHaveLength(1);
    expect(digest.held).toEqual([]);
    expect(digest.found).toBe(2);
  });
});

describe("repositories", () => {
  const troubleOf = async (world: World) => only(await world.cards("notice"), "notice").text;

  it("without commits: says so with a remedy, and works once there is one", async () => {
    const shop = await openShop({}, true);
    const world = await open(shop);
    await world.start();
    expect(await troubleOf(world)).toContain("has no commits yet; push a first one to main");
    await shop.land({ ...firstFiles, "src/price.txt": "price 12\n" }, "first");
    await world.tick();
    expect(await titlesOf(world)).toEqual(["test/price.txt › price"]);
  });

  it("that are not there", async () => {
    const shop = await openShop();
    const world = await open(shop);
    for (const repository of world.organisation.repositories) repository.remote = `${shop.root}/gone.git`;
    await world.start();
    expect(await troubleOf(world)).toContain("correct `remote` in policies/org.yml or create it");
  });

  it("without tests: there is nothing to find", async () => {
    const shop = await openShop({ "check.mjs": firstFiles["check.mjs"] ?? "" });
    const world = await open(shop);
    await world.start();
    expect(await findingsOf(world)).toEqual([]);
    expect(await world.cards("notice")).toEqual([]);
  });

  it("with a test command that never ends: the command is the finding, and nothing of it is left", async () => {
    const shop = await openShop();
    const script = `require("node:fs").writeFileSync(${JSON.stringify(join(shop.root, "pid"))}, String(process.pid)); setInterval(() => {}, 1000)`;
    const world = await open(shop, {
      check: { argv: ["node", "-e", script], borrow: {}, network: false },
      limits: { checkMs: 700 },
    });
    await world.start();
    const finding = only(await findingsOf(world), "finding").finding;
    expect(finding.rule).toBe("check-could-not-run");
    expect(finding.evidence[0]?.detail).toContain("did not end within 700 ms");
    const { readFileSync } = await import("node:fs");
    const pid = Number(readFileSync(join(shop.root, "pid"), "utf8"));
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it("at paths and with branches that have odd names", async () => {
    const plain = await openBrokenShop();
    const parent = join(tempFolder(), `-a "b" 'c' ü $HOME`);
    mkdirSync(parent);
    const target = "release/ü'x";
    plain.git("push", "-q", "origin", `HEAD:refs/heads/${target}`);
    plain.git("clone", "-q", "--bare", plain.remote, join(parent, "shop.git"));
    const world = await open(plain, { maker: { kind: "bisect" } });
    for (const repository of world.organisation.repositories)
      Object.assign(repository, { remote: join(parent, "shop.git"), target });
    await world.start();
    await world.say("ben", { kind: "approve", ...answering(await world.waiting()) });
    const run = await world.run();
    expect(run.outcome).toMatchObject({ kind: "landed" });
    expect(plain.git("ls-remote", join(parent, "shop.git"), `refs/heads/${target}`)).toContain(
      run.outcome?.kind === "landed" ? run.outcome.sha : "?",
    );
  });

  it("tells two changes in flight that cannot both land, and both owners", async () => {
    const shop = await openBrokenShop({ "test/two.txt": "two: expect src/price.txt has price 10\n" });
    const loops = [
      loopOf(),
      loopOf({ name: "second", owner: "ben", channel: "second", maker: commandMaker }),
    ];
    const world = await openWorld({ shop, loops });
    await world.start();
    // The second loop works on findings of its own, in the same lines, and mends them in another way.
    await shop.land({ ".loom/issues/1.md": "---\ntitle: Say the currency\n---\n" });
    loops[1] = loopOf({
      ...loops[1],
      sources: [{ kind: "issues" }],
      claims: { paths: [], mode: "shared", resources: [] },
    });
    world.maker = async ({ checkout }) => {
      const { writeFile } = await import("node:fs/promises");
      await writeFile(join(checkout.dir, "src/price.txt"), "price 12\nEUR\n");
    };
    await world.start("second");
    const conflicts = await world.cards("conflict");
    expect(conflicts.length).toBeGreaterThan(0);
    expect(conflicts[0]?.conflict).toMatchObject({ kind: "textual", paths: ["src/price.txt"] });
    expect(conflicts[0]?.people.toSorted()).toEqual(["ada", "ben"]);
    const channels = [...(await world.messages()).values()].filter((one) => one.card.kind === "conflict");
    expect(new Set(channels.map((one) => one.channel))).toEqual(new Set(["loops", "second"]));
  });
});
