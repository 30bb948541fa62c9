import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LocalSlack } from "../../../src/local/slack/server.ts";
import {
  type Answer,
  freePort,
  httpApp,
  local,
  messagesOf,
  registerFlow,
  socketApp,
  startWorkspace,
  until,
} from "./workspace-world.ts";

describe.each(["socket", "http"] as const)("an unmodified Bolt app over %s", (mode) => {
  let slack: LocalSlack;
  let stop: () => Promise<unknown>;
  let seen: { values: Answer[]; mentions: Answer[] };

  beforeEach(async () => {
    seen = { values: [], mentions: [] };
    if (mode === "socket") {
      slack = await startWorkspace();
      const { app } = socketApp(slack);
      registerFlow(app, seen);
      await app.start();
      stop = () => app.stop();
      return;
    }
    const port = await freePort();
    slack = await startWorkspace({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
    const app = httpApp(slack);
    registerFlow(app, seen);
    await app.start({ port, host: "127.0.0.1" });
    stop = () => app.stop();
  });

  afterEach(async () => {
    await stop();
    await slack.close();
  });

  const startHold = async (): Promise<string> => {
    expect(
      await local(slack, "command", { user: "alice", channel: "ops", command: "/loom", text: "start" }),
    ).toMatchObject({ ok: true });
    return (await until(async () => (await messagesOf(slack, "ops"))[0])).ts;
  };

  it("turns a slash command into a card and a click into an updated card without buttons", async () => {
    const ts = await startHold();

    const click = await local(slack, "click", { user: "U01", channel: "#ops", ts, action_id: "approve" });

    expect(click.ok).toBe(true);
    const card = await until(async () =>
      (await messagesOf(slack, "ops")).find((one) => !JSON.stringify(one.blocks).includes("button")),
    );
    expect(card).toMatchObject({
      ts,
      text: "hold",
      user: "U01BOT",
      blocks: [{ text: { text: "*Hold* approved" } }],
    });
    expect(card.edited).toBeUndefined();
  });

  it("shows an ephemeral refusal only to the person who may not approve", async () => {
    const ts = await startHold();

    await local(slack, "click", { user: "bob", channel: "ops", ts, action_id: "approve" });

    const refusal = await until(async () =>
      (await messagesOf(slack, "ops")).find((one) => one.ephemeral_for),
    );
    expect(refusal).toMatchObject({ ephemeral_for: "U02", text: "Only platform may approve" });
  });

  it("keeps a modal open on a validation error and closes it when it is accepted", async () => {
    await local(slack, "command", { user: "alice", channel: "ops", command: "/loom", text: "form" });
    const { view_id } = await until(async () => (await local(slack, "state")).views[0]);

    const missing = await local(slack, "submit", { user: "alice", view_id, values: {} });
    const short = await local(slack, "submit", { user: "alice", view_id, values: { text: "no" } });
    const good = await local(slack, "submit", {
      user: "alice",
      view_id,
      values: { why: { text: "too risky" }, where: { env: "staging" } },
    });

    expect(missing).toMatchObject({ ok: false, errors: { why: "Please complete this required field." } });
    expect(short).toMatchObject({ ok: false, errors: { why: "Say more" } });
    expect(good).toMatchObject({ ok: true });
    expect((await local(slack, "state")).views).toEqual([]);
    expect(seen.values.at(-1)).toMatchObject({
      why: { text: { type: "plain_text_input", value: "too risky" } },
      where: { env: { type: "static_select", selected_option: { value: "staging" } } },
    });
  });

  it("publishes an App Home and its button works", async () => {
    await local(slack, "home", { user: "bob" });
    await until(async () => (await local(slack, "state")).homes["U02"]);

    expect(await local(slack, "click", { user: "bob", home: true, action_id: "pause" })).toMatchObject({
      ok: true,
    });

    const home = await until(async () => {
      const view = (await local(slack, "state")).homes["U02"];
      return JSON.stringify(view).includes("Paused") && view;
    });
    expect(home.blocks[0].text.text).toBe("Paused");
  });

  it("delivers a mention and shows the answer in the thread", async () => {
    const said = await local(slack, "say", {
      user: "bob",
      channel: "general",
      text: "@loom are you <b>there</b> & well?",
    });

    const reply = await until(async () =>
      (await messagesOf(slack, "general")).find((one) => one.user === "U01BOT"),
    );

    expect(reply).toMatchObject({ text: "Hello <@U02>", thread_ts: said.ts });
    expect(seen.mentions).toMatchObject([
      {
        type: "app_mention",
        user: "U02",
        channel: "C01",
        text: "<@U01BOT> are you &lt;b&gt;there&lt;/b&gt; &amp; well?",
      },
    ]);
  });
});
