import type { App } from "@slack/bolt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LocalSlack } from "../../../src/local/slack/server.ts";
import {
  type Answer,
  api,
  form,
  freePort,
  httpApp,
  local,
  messagesOf,
  socketApp,
  startWorkspace,
  until,
} from "./workspace-world.ts";

let slack: LocalSlack;
let app: App;
const callback_id = "remember_decision";

const say = async (user: string, text: string, thread_ts?: string): Promise<string> =>
  (await local(slack, "say", { user, channel: "ops", text, ...(thread_ts ? { thread_ts } : {}) })).ts;
const use = (ts: string, more: object = {}) =>
  local(slack, "shortcut", { user: "alice", channel: "ops", ts, callback_id, ...more });

describe.each(["socket", "http"] as const)("a message shortcut over %s", (mode) => {
  beforeEach(async () => {
    if (mode === "socket") {
      slack = await startWorkspace();
      ({ app } = socketApp(slack));
      return;
    }
    const port = await freePort();
    slack = await startWorkspace({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
    app = httpApp(slack);
    await app.start({ port, host: "127.0.0.1" });
  });

  afterEach(async () => {
    await app.stop();
    await slack.close();
  });

  it("reaches a Bolt app with the message, opens a view and answers beside the message", async () => {
    const seen: Answer[] = [];
    app.shortcut({ callback_id, type: "message_action" }, async ({ ack, shortcut, client, respond }) => {
      await ack();
      seen.push(shortcut);
      await client.views.open({ trigger_id: shortcut.trigger_id, view: form as Answer });
      await respond({ text: "noted", replace_original: true });
    });
    if (mode === "socket") await app.start();
    const parent = await say("bob", "we round & <b>half</b> to even");
    const ts = await say("bob", "because of the law", parent);

    expect(await use(ts)).toMatchObject({ ok: true });

    await until(async () => (await local(slack, "state")).views[0]);
    expect(seen).toMatchObject([
      {
        type: "message_action",
        callback_id,
        user: { id: "U01", name: "alice" },
        team: { id: "T01" },
        channel: { id: "C02", name: "ops" },
        message_ts: ts,
        message: { type: "message", user: "U02", text: "because of the law", ts, thread_ts: parent },
      },
    ]);
    const answer = await until(async () =>
      (await messagesOf(slack, "ops")).find((one) => one.text === "noted"),
    );
    expect(answer).toMatchObject({ ephemeral_for: "U01", thread_ts: parent });
    expect((await messagesOf(slack, "ops")).find((one) => one.ts === ts)?.text).toBe("because of the law");
  });
});

describe("a message shortcut", () => {
  beforeEach(async () => {
    slack = await startWorkspace();
  });

  afterEach(() => slack.close());

  it("that the manifest does not offer, or on a message without a menu, is refused with what there is", async () => {
    const ts = await say("bob", "hm");
    const { message_ts } = await api(slack, "chat.postEphemeral", { channel: "C02", user: "U01", text: "x" });

    expect(await use(ts, { callback_id: "explode" })).toMatchObject({
      error: "no_such_shortcut",
      message: expect.stringContaining("remember_decision"),
    });
    expect(await use(message_ts)).toMatchObject({ message: expect.stringContaining("has no menu") });
    expect(await use(message_ts, { user: "bob" })).toMatchObject({
      message: expect.stringContaining("bob sees no message"),
    });
    expect(await use("1.000001")).toMatchObject({ ok: false, error: "not_found" });
  });

  it("tells the person when no app answers", async () => {
    const ts = await say("bob", "hm");

    expect(await use(ts)).toMatchObject({ ok: false, error: "dispatch_failed" });

    const told = (await messagesOf(slack, "ops")).find((one) => one.ephemeral_for === "U01");
    expect(told?.text).toContain("Remember as a decision failed");
  });

  it("is offered to the page", async () => {
    const response = await fetch(`${slack.url}/events?user=bob`);
    const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    await reader.cancel();

    expect(value).toContain('"shortcuts":[{"name":"Remember as a decision","callbackId":"remember_decision"');
  });
});
