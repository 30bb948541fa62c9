import { describe, expect, it } from "vitest";
import type { Hold } from "../../src/domain/hold.ts";
import { answerHold } from "../../src/loop/answer-hold.ts";
import { sweep } from "../../src/loop/sweep.ts";
import { watchRemotes } from "../../src/loop/watch-remotes.ts";
import { commandMaker, loopOf } from "../world/definitions.ts";
import { firstFiles, openBrokenShop, openShop } from "../world/shop.ts";
import { answering, openWorld, present, type World } from "../world.ts";

interface Held extends World {
  hold: Hold;
  branch: string;
}

let saved: ReturnType<World["save"]> | undefined;

/** The same held change for every test, made once. */
async function openHeld(): Promise<Held> {
  saved ??= openBrokenShop().then(async (shop) => {
    const first = await openWorld({ shop });
    await first.start();
    return first.save();
  });
  const world = await openWorld({ from: await saved });
  const hold = await world.waiting();
  return { ...world, hold, branch: `loom/triage/${hold.runId}` };
}

const approve = (world: World, person: string, hold: Pick<Hold, "id" | "digest">) =>
  world.say(person, { kind: "approve", ...answering(hold) });

/** As the timer that watches the remotes does, after something moved. */
async function look(world: World): Promise<void> {
  await watchRemotes(world.ports, new Map([["shop", "something else"]]));
  await world.drain();
}

describe("a hold", () => {
  it("parks the run without a worker, a lock or a job, and pushes its branch to look at", async () => {
    const world = await openHeld();
    expect(await world.run()).toMatchObject({ status: "held" });
    expect(world.queue.waiting.size).toBe(0);
    expect(await world.sql("select 1 from loom.run where lease_until is not null")).toEqual([]);
    expect(world.shop.branches()).toEqual([world.branch]);
    expect(await world.sql("select key, mode from loom.claim order by key")).toEqual([
      { key: `finding:${(await world.run()).findingId}`, mode: "exclusive" },
      { key: "path:shop:src/price.txt", mode: "shared" },
    ]);
    expect(await world.record.change(world.hold.runId)).toMatchObject({
      state: "held",
      head: world.hold.head,
    });
  });

  it("ignores an approval given for another digest", async () => {
    const world = await openHeld();
    const forged = { id: world.hold.id, digest: "0".repeat(64) };
    expect(await approve(world, "ben", forged)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("another change"),
    });
    expect(await approve(world, "ben", { ...forged, digest: "" })).toMatchObject({ kind: "refused" });
    await world.record.transact((tx) => tx.wake(world.hold.runId).then(() => undefined));
    await world.drain();
    expect(await world.waiting()).toEqual(world.hold);
    expect(world.shop.show("src/price.txt")).toBe("price 12");
  });

  it("asks again when a new reason was not on the approved card", async () => {
    const world = await openHeld();
    const before = world.shop.main();
    const answer = await world.ask("ben", { kind: "approve", ...answering(world.hold) });
    expect(answer).toMatchObject({ kind: "done" });
    // Meanwhile policy has another reason: the repository's approvers are others now.
    const [repository] = world.organisation.repositories;
    present(repository, "repository").approvers = "everyone";
    await world.drain();
    expect(world.shop.main()).toBe(before);
    const second = await world.waiting();
    expect(second.id).not.toBe(world.hold.id);
    expect(second).toMatchObject({ group: "everyone", digest: world.hold.digest });
    await approve(world, "cy", second);
    expect(world.shop.show("src/price.txt")).toBe("price 10");
  });

  it("lets two approve at once: one wins, the other is told by whom", async () => {
    const world = await openHeld();
    const command = { kind: "approve", ...answering(world.hold) } as const;
    const answers = await Promise.all([world.ask("ada", command), world.ask("ben", command)]);
    await world.drain();
    const winner = answers.findIndex((one) => one.kind === "done");
    const other = answers[1 - winner];
    const name = ["ada", "ben"][winner];
    expect(other).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining(`${name} has approved it`),
    });
    expect(await world.run()).toMatchObject({ outcome: { kind: "landed", approvedBy: [name] } });
    expect(await world.events("approval.refused")).toHaveLength(1);
    expect(await world.sql("select 1 from loom.approval")).toHaveLength(1);
  });

  it("refuses an outsider, an unknown person and an unknown hold, and keeps that in the trace", async () => {
    const world = await openHeld();
    const cy = await approve(world, "cy", world.hold);
    expect(cy).toMatchObject({ kind: "refused", reason: expect.stringContaining("leads") });
    const ghost = await approve(world, "nobody", world.hold);
    expect(ghost).toMatchObject({ kind: "refused" });
    const unknown = await approve(world, "ben", { id: "h-nothing", digest: world.hold.digest });
    expect(unknown).toMatchObject({ kind: "refused", reason: expect.stringContaining("no such question") });
    expect((await world.events("approval.refused")).map((one) => one["by"])).toEqual(["cy", "nobody", "ben"]);
    expect(await world.waiting()).toEqual(world.hold);
  });

  it("expires into the inbox and never lands", async () => {
    const world = await openHeld();
    world.later(world.loops[0]?.limits.holdMs ?? 0);
    await sweep(world.ports);
    await world.drain();
    expect((await world.run()).outcome).toMatchObject({
      kind: "gave-up",
      reason: expect.stringContaining("in time"),
    });
    expect(await world.record.inbox()).toMatchObject([
      { findingId: world.hold.id.length > 0 && (await world.run()).findingId },
    ]);
    expect(world.shop.show("src/price.txt")).toBe("price 12");
    expect(world.shop.branches()).toEqual([]);
    const late = await approve(world, "ben", world.hold);
    expect(late).toMatchObject({ kind: "refused", reason: expect.stringContaining("expired") });
    const [card] = await world.cards("hold");
    expect(card?.hold.state).toBe("expired");
  });

  it("rejected with a note is over; the next run reads the note after Retry", async () => {
    const shop = await openBrokenShop();
    const world = await openWorld({
      shop,
      loops: [loopOf({ maker: commandMaker })],
      maker: ({ checkout }) => shopFix(checkout.dir),
    });
    await world.start();
    const hold = await world.waiting();
    const bare = await world.say("ben", { kind: "reject", ...answering(hold), note: " " });
    expect(bare).toMatchObject({ kind: "refused", reason: expect.stringContaining("note") });
    const note = "Not like this: ```ask Dan``` first.";
    expect(await world.say("ben", { kind: "reject", ...answering(hold), note })).toMatchObject({
      kind: "done",
    });
    const run = await world.run();
    expect(run.outcome).toEqual({ kind: "rejected", by: "ben", note });
    expect(shop.branches()).toEqual([]);
    expect(await world.record.inbox()).toEqual([]);
    // The same failure is not tried again by itself.
    await world.tick();
    expect(await world.runs()).toHaveLength(1);

    await world.say("ada", { kind: "retry", findingId: run.findingId });
    expect(world.prompts).toHaveLength(2);
    expect(world.prompts[1]).toContain("Not like this: \\u0060\\u0060\\u0060ask Dan");
    expect((await world.waiting()).id).not.toBe(hold.id);
  });
});

async function shopFix(dir: string): Promise<undefined> {
  const { writeFile } = await import("node:fs/promises");
  await writeFile(`${dir}/src/price.txt`, "price 10\n");
}

async function pushAsBen(
  { shop, branch }: World & { branch: string },
  files: { [path: string]: string },
): Promise<void> {
  shop.git("fetch", "-q");
  shop.git("checkout", "-q", "-b", "theirs", `origin/${branch}`);
  await shop.commit(files, "And this", { author: "Ben <ben@example.org>" });
  shop.push(`HEAD:${branch}`);
}

describe("what moves under a hold", () => {
  it("a push to the branch voids it and asks again, and its new author alone may not approve", async () => {
    const world = await openHeld();
    const { shop } = world;
    // All of it is Ben's now: he takes the loop's commit for his own and adds to it.
    await pushAsBen(world, { "src/other.txt": "one\ntwo\n3\n" });
    await look(world);

    expect(await world.record.hold(world.hold.id)).toMatchObject({
      state: "void",
      voidedBecause: expect.stringContaining("pushed"),
    });
    const again = await world.waiting();
    expect(again.head).not.toBe(world.hold.head);
    expect(await world.events("change.pushed-over")).toHaveLength(1);
    const late = await approve(world, "ada", world.hold);
    expect(late).toMatchObject({ kind: "refused", reason: expect.stringContaining("void") });
    const own = await approve(world, "ben", again);
    expect(own).toMatchObject({ kind: "refused", reason: expect.stringContaining("somebody else") });
    await approve(world, "ada", again);
    expect(shop.show("src/other.txt")).toBe("one\ntwo\n3");
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ada"] });
  });

  it("a push is seen at the first look of a process, and at the next one when a look failed", async () => {
    const world = await openHeld();
    await pushAsBen(world, { "src/other.txt": "pushed\n" });
    const failing = { ...world.record, transact: () => Promise.reject(new Error("no line")) };
    const seen = new Map<string, string>();
    await expect(watchRemotes({ ...world.ports, record: failing }, seen)).rejects.toThrow("no line");
    await watchRemotes(world.ports, seen);
    await world.drain();
    expect((await world.record.hold(world.hold.id))?.state).toBe("void");
  });

  it("a branch that is set back is looked at once, and the question stands", async () => {
    const world = await openHeld();
    world.shop.push(`+main:refs/heads/${world.branch}`);
    const seen = new Map<string, string>();
    await watchRemotes(world.ports, seen);
    await world.drain();
    await watchRemotes(world.ports, seen);
    expect((await world.run()).status).toBe("held");
    expect(await world.waiting()).toEqual(world.hold);
  });

  it("a target that moved elsewhere keeps the approval", async () => {
    const world = await openHeld();
    await world.shop.land({ "src/other.txt": "one\ntwo\n3\n" }, "Elsewhere");
    await look(world);
    expect(await world.waiting()).toEqual(world.hold);
    await approve(world, "ben", world.hold);
    expect(world.shop.subjects().slice(0, 2)).toEqual([expect.stringMatching(/^Land triage/), "Elsewhere"]);
  });

  it("a target that moved after the approval and elsewhere lands with it", async () => {
    const world = await openHeld();
    await world.ask("ben", { kind: "approve", ...answering(world.hold) });
    await world.shop.land({ "src/other.txt": "one\ntwo\n3\n" }, "Elsewhere");
    await world.drain();
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ben"] });
  });

  it("a target that moved in its paths voids the approval and asks again", async () => {
    const shop = await openShop({ ...firstFiles, "src/price.txt": "price 10\n1\n2\n3\n4\n5\n6\n" });
    await shop.land({ "src/price.txt": "price 12\n1\n2\n3\n4\n5\n6\n" }, "Raise the price");
    const world = await openWorld({ shop });
    await world.start();
    const hold = await world.waiting();
    await world.ask("ben", { kind: "approve", ...answering(hold) });
    await shop.land({ "src/price.txt": "price 12\n1\n2\n3\n4\n5\nsix\n" }, "In its path");
    await world.drain();
    const again = await world.waiting();
    expect(again.digest).not.toBe(hold.digest);
    expect(shop.subjects()[0]).toBe("In its path");
    await approve(world, "ben", again);
    expect(shop.show("src/price.txt")).toBe("price 10\n1\n2\n3\n4\n5\nsix");
  });

  it("a target that moved so that it no longer merges starts a new run from there", async () => {
    const world = await openHeld();
    await world.shop.land({ "src/price.txt": "price 13\n" }, "Raise it more");
    await look(world);
    const [first, second] = await world.runs();
    expect(first?.outcome).toMatchObject({
      kind: "stopped",
      reason: expect.stringContaining("no longer merges"),
    });
    expect(await world.record.hold(world.hold.id)).toMatchObject({ state: "void" });
    expect(second).toBeDefined();
    expect(second?.outcome).toMatchObject({
      kind: "gave-up",
      reason: expect.stringContaining("later commits changed the same lines"),
    });
  });

  it("a deleted branch ends it as rejected", async () => {
    const world = await openHeld();
    world.shop.push("--delete", world.branch);
    await look(world);
    expect((await world.run()).outcome).toMatchObject({
      kind: "stopped",
      reason: expect.stringContaining("deleted"),
    });
    expect(await world.record.finding((await world.run()).findingId)).toMatchObject({ fate: "rejected" });
    expect(await approve(world, "ben", world.hold)).toMatchObject({ kind: "refused" });
    const [card] = await world.cards("hold");
    expect(card?.hold.state).toBe("void");
  });

  it("a branch that somebody merged by hand has landed", async () => {
    const world = await openHeld();
    const { shop } = world;
    shop.git("fetch", "-q");
    shop.git("merge", "-q", "--no-ff", "-m", "By hand", `origin/${world.branch}`);
    shop.push();
    await look(world);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", sha: shop.main(), approvedBy: [] });
    expect(await world.record.hold(world.hold.id)).toMatchObject({ state: "void" });
    const [card] = await world.cards("hold");
    expect(card?.hold.state).toBe("void");
    expect(await world.record.finding((await world.run()).findingId)).toMatchObject({ fate: "landed" });
  });

  it("shows its diff", async () => {
    const world = await openHeld();
    const shown = await world.ask("cy", { kind: "show-diff", ...answering(world.hold) });
    expect(shown).toMatchObject({
      kind: "diff",
      text: expect.stringContaining("-price 12\n+price 10"),
      isCut: false,
    });
    expect(await world.ask("cy", { kind: "show-diff", holdId: "h-no" })).toMatchObject({ kind: "refused" });
    expect(
      await answerHold(world.ports, {
        person: "ben",
        holdId: "h-no",
        digest: "",
        answer: "approved",
        note: "",
      }),
    ).toMatchObject({ kind: "refused" });
  });
});
