import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import { schedulesOf } from "../../src/loop/schedules.ts";
import { removeLeftBranches, sweep } from "../../src/loop/sweep.ts";
import { tick } from "../../src/loop/tick.ts";
import { watchRemotes } from "../../src/loop/watch-remotes.ts";
import { commandMaker, type LoopWish, loopOf } from "../world/definitions.ts";
import { openBrokenShop } from "../world/shop.ts";
import { answering, openWorld, present, type World } from "../world.ts";

let saved: ReturnType<World["save"]> | undefined;

/** One failing test and a loop that nobody has started. */
async function open(wish: LoopWish = {}): Promise<World> {
  saved ??= openBrokenShop().then(async (shop) => (await openWorld({ shop })).save());
  return openWorld({ from: await saved, loops: [loopOf({ maker: commandMaker, ...wish })] });
}

const stateOf = async (world: World) => present((await world.record.loopStates())[0], "loop state");
const noticesOf = async (world: World) => (await world.cards("notice")).map((card) => card.text);
const hourly = { kind: "cron", pattern: "0 * * * *", timezone: "Europe/Berlin", words: "hourly" } as const;

describe("starting, pausing and stopping", () => {
  it("a loop that nobody started does nothing, whoever ticks it", async () => {
    const world = await open({ cadence: hourly });
    await world.tick();
    await sweep(world.ports);
    await world.drain();
    expect(await world.runs()).toEqual([]);
    expect(await world.events("loop.ticked")).toEqual([]);
  });

  it("a paused loop's runs wait at their next step, and go on when it resumes", async () => {
    const world = await open();
    await world.ask("ada", { kind: "start", loop: "triage" });
    world.maker = async () => void (await world.ask("cy", { kind: "pause", loop: "triage", why: "" }));
    await world.drain();
    const run = await world.run();
    expect(run.outcome).toMatchObject({ kind: "gave-up", reason: "The maker changed nothing." });
    await world.say("ada", { kind: "retry", findingId: run.findingId });
    expect((await world.runs())[1]).toMatchObject({ status: "held" });
    expect(world.prompts).toHaveLength(1);
    const [, card] = await world.cards("run");
    expect(card?.steps).toMatchObject([{ step: "claim", state: "waiting", note: "paused by cy" }]);
    await world.say("cy", { kind: "resume", loop: "triage" });
    expect(world.prompts).toHaveLength(2);
    expect((await world.runs())[1]).toMatchObject({ status: "ended" });
  });

  it("a stopped loop gives its findings back, and takes them up when it starts again", async () => {
    const world = await open();
    await world.ask("ada", { kind: "start", loop: "triage" });
    await world.ask("cy", { kind: "pause", loop: "triage", why: "" });
    await world.drain();
    await world.tick();
    expect(await world.runs()).toEqual([]);
    await world.ask("ada", { kind: "start", loop: "triage" });
    await world.ports.queue.schedule([]);
    world.maker = async () => void (await world.ask("ada", { kind: "stop", loop: "triage" }));
    await world.drain();
    expect(world.prompts).toHaveLength(1);
    expect(await stateOf(world)).toMatchObject({ switch: "stopped", by: "ada" });
    await world.tick();
    expect(await world.runs()).toHaveLength(1);
  });

  it("a pause over everything starts nothing, and says who paused", async () => {
    const world = await open();
    expect(await world.ask("dan", { kind: "pause", loop: "everything", why: "" })).toMatchObject({
      kind: "done",
    });
    const answer = await world.say("ada", { kind: "start", loop: "triage" });
    expect(answer).toMatchObject({ text: expect.stringContaining("Everything is paused by dan") });
    expect(await world.runs()).toEqual([]);
    expect(await world.ask("cy", { kind: "status" })).toMatchObject({
      overview: { stop: { by: "dan", why: "" } },
    });
    await world.say("dan", { kind: "resume", loop: "everything" });
    await world.tick();
    expect(await world.runs()).toHaveLength(1);
  });

  it("refuses who may not, a stranger, and an unknown loop, and keeps it in the trace", async () => {
    const world = await open();
    const table: [string, Command, boolean][] = [
      ["cy", { kind: "start", loop: "triage" }, false],
      ["cy", { kind: "stop", loop: "triage" }, false],
      ["cy", { kind: "pause", loop: "triage", why: "" }, true],
      ["cy", { kind: "resume", loop: "everything" }, true],
      ["cy", { kind: "retry", findingId: "f-0" }, false],
      ["cy", { kind: "ignore", findingId: "f-0" }, false],
      ["cy", { kind: "take", findingId: "f-0" }, false],
      ["ada", { kind: "stop", loop: "triage" }, true],
    ];
    for (const [person, command, may] of table) {
      const answer = await world.ask(person, command);
      expect(answer.kind, `${person} ${command.kind}`).toBe(may ? "done" : "refused");
      if (!may) expect(answer).toMatchObject({ reason: expect.stringContaining("only leads may do that") });
    }
    const unknown = await world.ask("ada", { kind: "start", loop: "triaje" });
    expect(unknown).toMatchObject({ kind: "refused", reason: expect.stringContaining("triage") });
    const { perform } = await import("../../src/loop/perform.ts");
    const stranger = { kind: "stranger", name: "U123" } as const;
    expect(await perform(stranger, { kind: "start", loop: "triage" }, world.ports)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("org.yml does not know you"),
    });
    const refused = await world.events("answer.refused");
    expect(refused.map((one) => one["by"])).toEqual(["cy", "cy", "cy", "cy", "cy", "U123"]);
  });
});

describe("what stops a loop", () => {
  it("its goal, when the command is green on the target", async () => {
    const world = await open({ stop: { goal: ["node", "--version"] } });
    await world.start();
    expect(await stateOf(world)).toMatchObject({
      switch: "stopped",
      why: 'its goal is reached: "node --version" is green',
    });
    expect(await world.runs()).toEqual([]);
    expect(await noticesOf(world)).toContainEqual(
      expect.stringContaining("triage has stopped: its goal is reached"),
    );
  });

  it("not a goal that is not green yet", async () => {
    const world = await open({ stop: { goal: ["node", "check.mjs"] } });
    await world.start();
    expect(await stateOf(world)).toMatchObject({ switch: "running" });
    expect(await world.runs()).toHaveLength(1);
  });

  it("its last day", async () => {
    const world = await open({ stop: { until: new Date("2026-03-02T12:00:00Z") } });
    await world.start();
    expect(await world.runs()).toHaveLength(1);
    world.later(3 * 60 * 60 * 1000);
    await world.tick();
    expect(await stateOf(world)).toMatchObject({
      switch: "stopped",
      why: expect.stringContaining("its last day"),
    });
  });

  it("the day's budget: no run starts that it does not hold, and the next day it does", async () => {
    const world = await open({ stop: { budgetUsdPerDay: 0.5 }, limits: { costUsdMax: 1 } });
    await world.start();
    expect((await world.run()).outcome).toMatchObject({
      kind: "stopped",
      reason: expect.stringContaining("today's budget of 0.5 USD"),
    });
    expect(world.prompts).toEqual([]);
    expect(await world.record.findings({ limit: 9 })).toMatchObject([{ fate: "open", attempts: 0 }]);
    present(world.loops[0], "loop").stop.budgetUsdPerDay = 5;
    await world.tick();
    expect(world.prompts).toHaveLength(1);
  });

  it("the findings of one tick: the others wait for the next", async () => {
    const world = await open({ stop: { findingsPerTickMax: 1 } });
    await world.shop.land({ "test/more.txt": "a: expect src/x.txt has 1\nb: expect src/x.txt has 2\n" });
    await world.start();
    expect(await world.runs()).toHaveLength(1);
    await world.tick();
    expect(await world.runs()).toHaveLength(2);
  });
});

describe("what ticks a loop", () => {
  it("schedules every loop with times, running or not, and the digest", async () => {
    const world = await open({ cadence: hourly });
    world.loops.push(loopOf({ name: "manual" }));
    world.organisation.digest.cadence = { ...hourly, words: "daily" };
    expect(schedulesOf(world.ports).map((one) => [one.id, one.job.kind, one.pattern])).toEqual([
      ["tick-triage", "tick", "0 * * * *"],
      ["digest", "digest", "0 * * * *"],
    ]);
  });

  it("a tick that was missed while nobody was up runs once, late", async () => {
    const world = await open({ cadence: hourly });
    await world.start();
    world.later(5 * 60 * 60 * 1000 + 60_000);
    await sweep(world.ports);
    await sweep(world.ports);
    await world.drain();
    await sweep(world.ports);
    await world.drain();
    const ticks = await world.events("loop.ticked");
    expect(ticks.map((one) => one["why"])).toEqual(["started by ada", "missed"]);
  });

  it("a tick that takes long is not taken for a missed one; one that could not look is tried again", async () => {
    const world = await open({ cadence: hourly });
    await world.start();
    world.later(60 * 60 * 1000 + 60_000);
    const { fetch } = world.ports.code;
    let looks = 0;
    world.ports.code.fetch = async (repository) => {
      looks += 1;
      if (looks > 1) return fetch(repository);
      await sweep(world.ports);
      throw new Error("no line");
    };
    await expect(tick("triage", "hourly", world.ports, new AbortController().signal)).rejects.toThrow(
      "no line",
    );
    expect(world.queue.waiting.size).toBe(0);
    await sweep(world.ports);
    await world.drain();
    const ticks = await world.events("loop.ticked");
    expect(ticks.map((one) => one["why"])).toEqual(["started by ada", "missed"]);
  });

  it("a push to the target, for loops that asked for it", async () => {
    const world = await open({ on: ["push"] });
    world.loops.push(loopOf({ name: "other" }));
    await world.start();
    const seen = new Map<string, string>();
    await watchRemotes(world.ports, seen);
    await watchRemotes(world.ports, seen);
    await world.shop.land({ "src/log.txt": "1\n" });
    await watchRemotes(world.ports, seen);
    await watchRemotes(world.ports, seen);
    await world.drain();
    expect((await world.events("loop.ticked")).map((one) => one["why"])).toEqual(["started by ada", "push"]);
  });

  it("branches of ended runs whose process died before it withdrew them, and no others", async () => {
    const world = await open({ maker: { kind: "bisect" } });
    await world.start();
    const { branch, head } = present(await world.record.change((await world.run()).id), "the change");
    await removeLeftBranches(world.ports);
    expect(world.shop.branches()).toEqual([branch]);
    await world.say("ben", { kind: "reject", ...answering(await world.waiting()), note: "No." });
    expect(world.shop.branches()).toEqual([]);

    world.shop.git("fetch", "-q", join(world.home, "mirrors", "shop.git"), head);
    const other = branch.replace(/r-.*/, "r-unknown000");
    world.shop.push(`${head}:refs/heads/${branch}`, `${head}:refs/heads/${other}`);
    await removeLeftBranches(world.ports);
    expect(world.shop.branches()).toEqual([other]);
  });

  it("says once a day that it could not look, however often it is ticked", async () => {
    const world = await open();
    present(world.organisation.repositories[0], "repository").target = "trunk";
    await world.start();
    expect(await noticesOf(world)).toEqual([
      expect.stringMatching(
        /^triage could not look at shop: fetching shop: there is no branch trunk; .*branches: main/,
      ),
    ]);
    expect(world.thrown.length).toBeGreaterThan(1);
    present(world.organisation.repositories[0], "repository").target = "main";
    await world.tick();
    expect(await world.runs()).toHaveLength(1);
  });
});
