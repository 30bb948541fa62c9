import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sweep } from "../../src/loop/sweep.ts";
import type { Ports } from "../../src/ports.ts";
import { openBrokenShop } from "../world/shop.ts";
import { answering, openWorld, type World } from "../world.ts";

let saved: ReturnType<World["save"]> | undefined;

/** A change that waits for an answer, the same for every test. */
async function openHeld(): Promise<World> {
  saved ??= openBrokenShop().then(async (shop) => {
    const first = await openWorld({ shop });
    await first.start();
    return first.save();
  });
  return openWorld({ from: await saved });
}

const approve = async (world: World) =>
  world.ask("ben", { kind: "approve", ...answering(await world.waiting()) });

/** Ports whose `land` does something first. */
const meanwhile = (ports: Ports, first: () => Promise<unknown>): Ports => {
  let isDone = false;
  return {
    ...ports,
    code: {
      ...ports.code,
      async land(...given) {
        if (!isDone) await first();
        isDone = true;
        return ports.code.land(...given);
      },
    },
  };
};

describe("landing", () => {
  it("checks again and lands when the target moves between check and push", async () => {
    const world = await openHeld();
    await approve(world);
    const by = meanwhile(world.ports, () =>
      world.shop.land({ "src/other.txt": "one\n2\nthree\n" }, "Meanwhile"),
    );
    await world.drain(by);
    expect(world.shop.subjects()).toEqual([
      expect.stringMatching(/^Land triage: Revert/),
      "Meanwhile",
      "Count again",
      "Raise the price",
      "first",
    ]);
    // Once for the question, once for the target as it had become.
    expect(await world.events("verdict.given")).toHaveLength(2);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", sha: world.shop.main() });
  });

  it("refuses a change that the moved target breaks", async () => {
    const world = await openHeld();
    await approve(world);
    const files = { "src/other.txt": "x\n", "test/other.txt": "both: expect src/price.txt has price 12\n" };
    await world.drain(
      meanwhile(world.ports, () => world.shop.land(files, "Meanwhile, a test of the new price")),
    );
    expect((await world.run()).outcome).toMatchObject({
      kind: "gave-up",
      reason: "The checker refused the change: It breaks test/other.txt › both.",
    });
    expect(world.shop.subjects()[0]).toBe("Meanwhile, a test of the new price");
    expect(world.shop.branches()).toEqual([]);
  });

  it("puts a refusal of the remote's hook into the inbox, with its words", async () => {
    const world = await openHeld();
    const hook = join(world.shop.remote, "hooks", "update");
    writeFileSync(
      hook,
      '#!/bin/sh\n[ "$1" = refs/heads/main ] || exit 0\necho "main is frozen until Monday" >&2\nexit 1\n',
    );
    chmodSync(hook, 0o755);
    await approve(world);
    await world.drain();
    expect(await world.record.inbox()).toMatchObject([
      { reason: expect.stringContaining("main is frozen until Monday") },
    ]);
    expect((await world.record.loopStates())[0]).toMatchObject({ failuresInRow: 1 });
    expect(world.shop.subjects()[0]).toBe("Count again");
    expect(world.thrown).toEqual([]);
  });

  it("waits while everything is paused between approval and push, and lands after", async () => {
    const world = await openHeld();
    await world.ask("cy", { kind: "pause", loop: "everything", why: "" });
    await approve(world);
    await world.drain();
    expect(await world.run()).toMatchObject({ status: "held" });
    expect(world.shop.subjects()[0]).toBe("Count again");
    await world.say("cy", { kind: "resume", loop: "everything" });
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ben"] });
  });

  it("stops at the push when a person paused the loop in the middle of the pass", async () => {
    const world = await openHeld();
    await approve(world);
    const { mergeCommit } = world.ports.code;
    const by: Ports = {
      ...world.ports,
      code: {
        ...world.ports.code,
        async mergeCommit(...given) {
          await world.ask("cy", { kind: "pause", loop: "triage", why: "" });
          return mergeCommit(...given);
        },
      },
    };
    await world.drain(by);
    expect(await world.run()).toMatchObject({ status: "held" });
    expect(world.shop.subjects()[0]).toBe("Count again");
    await world.say("cy", { kind: "resume", loop: "triage" });
    expect((await world.run()).outcome).toMatchObject({ kind: "landed" });
  });

  it("lands a held change that was approved after its loop was stopped", async () => {
    const world = await openHeld();
    await world.say("ada", { kind: "stop", loop: "triage" });
    expect(await world.run()).toMatchObject({ status: "held" });
    await approve(world);
    await world.drain();
    expect((await world.run()).outcome).toMatchObject({ kind: "landed" });
  });

  it("acts no more when another worker took the run over", async () => {
    const world = await openHeld();
    await approve(world);
    const by = meanwhile(world.ports, async () => {
      await world.lapse();
      await sweep(world.ports);
      await world.drain({ ...world.ports, worker: "worker-2" });
    });
    await world.drain(by);
    expect(world.shop.subjects().filter((subject) => subject.startsWith("Land triage"))).toHaveLength(1);
    expect(await world.events("change.landed")).toHaveLength(1);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed" });
  });

  it("gives up on a target that cannot be reached after five passes, and says why", async () => {
    const world = await openHeld();
    await approve(world);
    const by: Ports = {
      ...world.ports,
      code: {
        ...world.ports.code,
        land: async () => {
          throw new Error("landing: push did not get through: the line is dead");
        },
      },
    };
    for (let pass = 0; pass < 5; pass += 1) {
      await world.lapse();
      await world.drain(by);
    }
    expect(await world.record.inbox()).toMatchObject([
      { reason: "It failed 5 times: landing: push did not get through: the line is dead" },
    ]);
    expect(await world.events("run.failed")).toHaveLength(4);
    expect(await world.sql("select 1 from loom.claim")).toEqual([]);
  });

  it("tells the loops that watch for landings, and not the one that landed", async () => {
    const world = await openHeld();
    const [triage] = world.loops;
    if (triage === undefined) throw new Error("no loop");
    world.loops.push(
      { ...triage, name: "watcher", on: ["landed"] },
      { ...triage, name: "elsewhere", on: [] },
    );
    triage.on = ["landed"];
    const ticked: string[] = [];
    await approve(world);
    const add = world.queue.add;
    world.queue.add = async (jobId, hint) => {
      if (hint.kind === "tick") ticked.push(`${hint.loop} ${hint.why}`);
      await add(jobId, hint);
    };
    await world.drain();
    expect(ticked).toEqual(["watcher landed"]);
  });

  it("traces what landed by commit, its beginning, the change's head and the run; an unknown one says where it looked", async () => {
    const world = await openHeld();
    const hold = await world.waiting();
    await approve(world);
    await world.drain();
    const run = await world.run();
    const sha = world.shop.main();
    for (const what of [sha, sha.slice(0, 7), hold.head, run.id]) {
      const answer = await world.ask("cy", { kind: "trace", what });
      expect(answer, what).toMatchObject({
        trace: { kind: "traced", runId: run.id, sha, approvedBy: ["ben"] },
      });
    }
    const story = await world.ask("cy", { kind: "why", what: run.findingId });
    expect(story).toMatchObject({
      kind: "why",
      story: { run: { id: run.id }, holds: [{ state: "approved" }] },
    });
    expect(await world.ask("cy", { kind: "why", what: run.id })).toMatchObject({ kind: "why" });
    expect(await world.ask("cy", { kind: "why", what: "r-none" })).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining('"r-none"'),
    });
    const first = world.shop.git("rev-list", "--max-parents=0", "HEAD");
    const unknown = await world.ask("cy", { kind: "trace", what: first });
    expect(unknown).toMatchObject({
      trace: { kind: "unknown", searched: [expect.any(String), expect.stringContaining("shop/main")] },
    });
    expect(await world.ask("cy", { kind: "trace", what: "no commit" })).toMatchObject({
      trace: { kind: "unknown" },
    });

    const stranger = await openWorld({ shop: world.shop });
    const claimed = await stranger.ask("cy", { kind: "trace", what: sha });
    expect(claimed).toMatchObject({
      trace: {
        kind: "traced",
        evidence: expect.stringContaining("not proven"),
        runId: run.id,
        approvedBy: ["ben"],
      },
    });
  });
});
