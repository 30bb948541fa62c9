import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startSlack } from "../../../../src/adapters/slack/app.ts";
import * as sample from "../samples.ts";
import { control, messagesIn, messageWith, startWorld, textsIn, until, type World } from "../world.ts";

let world: World;

beforeEach(async () => {
  world = await startWorld();
});

afterEach(() => world.stop());

const allSent = () => until(() => world.messages.unsent().length === 0, 30_000);

describe("the record's messages", () => {
  it("are posted once and then updated in place", async () => {
    world.messages.say({ key: "run:1", channel: "ops", card: sample.runCard });
    const { ts } = await messageWith(world, "running 28 tests");

    const outcome = { kind: "landed" as const, sha: "4".repeat(40), approvedBy: ["alice"] };
    world.messages.say({ key: "run:1", channel: "ops", card: { ...sample.runCard, outcome } });

    expect((await messageWith(world, "Landed as")).ts).toBe(ts);
    expect(await messagesIn(world)).toHaveLength(1);
  });

  it("skip the versions that nobody needs to see", async () => {
    world.messages.notice("n:1", "version 0");
    await messageWith(world, "version 0");
    for (let version = 1; version <= 50; version += 1) world.messages.notice("n:1", `version ${version}`);

    await messageWith(world, "version 50");
    await allSent();
    expect(world.messages.told.filter((one) => one.startsWith("sent n:1")).length).toBeLessThan(20);
  });

  it("answer in the thread of the message that they belong to", async () => {
    world.messages.say({ key: "run:1", channel: "ops", card: sample.runCard });
    world.messages.say({ key: "hold:1", channel: "ops", threadOf: "run:1", card: sample.holdCard });

    const answer = await messageWith(world, "hold_approve");
    expect(answer.thread_ts).toBe((await messagesIn(world))[0].ts);
  });

  it("keep a channel's order when Slack limits the rate", async () => {
    await control(world, "fault", { method: "chat.postMessage", retryAfter: 1, times: 1 });
    for (const number of [1, 2, 3, 4]) world.messages.notice(`n:${number}`, `number ${number}`);
    world.messages.notice("other", "elsewhere", "shop");

    await allSent();

    expect(await textsIn(world)).toEqual(["number 1", "number 2", "number 3", "number 4"]);
    expect(await textsIn(world, "shop")).toEqual(["elsewhere"]);
  });

  it("wait while Slack is away, and all arrive in order", async () => {
    await control(world, "fault", { away: true });
    for (const number of [1, 2, 3]) world.messages.notice(`n:${number}`, `number ${number}`);
    await until(() => world.logged.some((line) => line.includes("keeping it, and trying again")));

    await control(world, "fault", { away: false });

    await allSent();
    expect(await textsIn(world)).toEqual(["number 1", "number 2", "number 3"]);
  });

  it("are posted once although the answer to the post was lost", async () => {
    await control(world, "fault", { method: "chat.postMessage", answer: "lost" });
    world.messages.notice("n:1", "once");

    await allSent();

    expect(await textsIn(world)).toEqual(["once"]);
  });

  it("are posted once although the process died between the post and its note", async () => {
    await world.slack.close(1_000);
    const dying = { ...world.messages.record };
    dying.markMessageSent = () => new Promise(() => {});
    const first = await startSlack({ ...world.options, record: dying });
    world.messages.notice("n:1", "once");
    await messageWith(world, "once");
    await first.close(50);

    world.messages.releaseAll();
    world.messages.notice("n:1", "once, newer");
    world.slack = await startSlack(world.options);

    await messageWith(world, "once, newer");
    await allSent();
    expect(await messagesIn(world)).toHaveLength(1);
  });

  it("are posted anew when somebody deleted the old one", async () => {
    world.messages.notice("n:1", "old");
    const { ts } = await messageWith(world, "old");
    await fetch(`${world.local.url}/api/chat.delete`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.local.botToken}` },
      body: new URLSearchParams({ channel: "C02", ts }),
    });

    world.messages.notice("n:1", "new");

    await allSent();
    expect(await textsIn(world)).toEqual(["new"]);
  });

  it("for a channel that does not exist are kept, with the remedy in the log", async () => {
    world.messages.notice("n:1", "lost", "nowhere");
    world.messages.notice("n:2", "found");

    await until(() => world.messages.row("n:1")?.error);

    expect(world.messages.row("n:1")?.error).toContain("there is no public channel #nowhere: create it");
    expect(world.logged.join("\n")).toContain("there is no public channel #nowhere");
    await messageWith(world, "found");
  });

  it("that Slack does not take are sent without their layout, and hold up nobody", async () => {
    await control(world, "fault", { method: "chat.postMessage", error: "invalid_blocks" });
    world.messages.say({ key: "hold:1", channel: "ops", card: sample.holdCard });
    world.messages.notice("n:2", "next");

    await messageWith(world, "next");

    expect((await messagesIn(world))[0].text).toContain("Approve landing on shop/main?");
    expect(world.logged.join("\n")).toContain("this is a bug in LoomStack's message layout");
  });

  it("that are on their way arrive before the bot closes", async () => {
    await control(world, "fault", { method: "chat.postMessage", delayMs: 300 });
    world.messages.notice("n:1", "last words");
    await until(() => world.messages.told.includes("posting n:1"));

    await world.slack.close(2_000);

    expect(world.messages.unsent()).toEqual([]);
    world.slack = await startSlack(world.options);
  });
});
