import type { App } from "@slack/bolt";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LocalSlack } from "../../../src/local/slack/server.ts";
import {
  type Answer,
  api,
  approveCard,
  form,
  local,
  messagesOf,
  socketApp,
  startWorkspace,
  until,
} from "./workspace-world.ts";

let slack: LocalSlack;
let app: App;

beforeEach(async () => {
  slack = await startWorkspace();
  ({ app } = socketApp(slack));
});

afterEach(async () => {
  await app.stop();
  await slack.close();
});

const command = () => local(slack, "command", { user: "alice", channel: "ops", command: "/loom", text: "x" });
const views = async () => (await local(slack, "state")).views;

it("replaces and deletes an ephemeral by its response_url", async () => {
  app.command("/loom", async ({ ack, respond }) => {
    await ack();
    await respond({ text: "choose", blocks: approveCard("waiting") as Answer });
  });
  app.action("approve", async ({ ack, respond }) => {
    await ack();
    await respond({ replace_original: true, text: "sure?", blocks: approveCard("waiting") as Answer });
  });
  app.action("reject", async ({ ack, respond }) => {
    await ack();
    await respond({ delete_original: true });
  });
  await app.start();
  await command();
  const { ts } = await until(async () => (await messagesOf(slack, "ops"))[0]);

  await local(slack, "click", { user: "alice", channel: "ops", ts, action_id: "approve" });
  const replaced = await until(async () =>
    (await messagesOf(slack, "ops")).find((one) => one.text === "sure?"),
  );
  await local(slack, "click", { user: "alice", channel: "ops", ts, action_id: "reject" });

  expect(replaced).toMatchObject({ ts, ephemeral_for: "U01" });
  await until(async () => (await messagesOf(slack, "ops")).length === 0);
});

it("takes five posts to a response_url and refuses the sixth and wrong blocks", async () => {
  const failures: unknown[] = [];
  app.command("/loom", async ({ ack, respond }) => {
    await ack();
    await respond({ text: "bad", blocks: [{ type: "shiny" }] as Answer }).catch((error: unknown) =>
      failures.push(error),
    );
    for (const text of ["1", "2", "3", "4", "5", "6"]) {
      await respond({ text, response_type: "in_channel" }).catch((error: unknown) => failures.push(error));
    }
  });
  await app.start();

  await command();
  await until(() => failures.length === 2);

  expect((await messagesOf(slack, "ops")).map((one) => one.text)).toEqual(["1", "2", "3", "4", "5"]);
});

it("follows response_action push, update and clear, and opens three views at most", async () => {
  const answers: Answer[] = [
    { response_action: "push", view: { ...form, callback_id: "reason" } },
    { response_action: "update", view: { ...form, title: { type: "plain_text", text: "Second" } } },
    { response_action: "push", view: form },
    { response_action: "push", view: form },
    { response_action: "clear" },
  ];
  app.command("/loom", async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: form as Answer });
  });
  app.view("reason", ({ ack }) => ack(answers.shift()));
  await app.start();
  await command();
  await until(async () => (await views()).length === 1);
  const submit = async () => {
    const top = (await views()).find((one: Answer) => one.top);
    return local(slack, "submit", { user: "alice", view_id: top.view_id, values: { text: "because" } });
  };

  await submit();
  const [root, pushed] = await views();
  await submit();
  const updated = (await views())[1];
  await submit();
  const tooMany = await submit();
  const open = (await views()).length;
  await submit();

  expect(pushed.view).toMatchObject({ root_view_id: root.view_id, previous_view_id: root.view_id });
  expect(updated).toMatchObject({ view_id: pushed.view_id, view: { title: { text: "Second" } } });
  expect(tooMany).toMatchObject({ ok: false, message: expect.stringContaining("at most 3 views") });
  expect(open).toBe(3);
  expect(await views()).toEqual([]);
});

it("tells the app that a view was closed, when it asked to hear of it", async () => {
  const closed: string[] = [];
  app.command("/loom", async ({ ack, body, client }) => {
    await ack();
    await client.views.open({
      trigger_id: body.trigger_id,
      view: { ...form, notify_on_close: true } as Answer,
    });
  });
  app.view({ callback_id: "reason", type: "view_closed" }, async ({ ack, view }) => {
    await ack();
    closed.push(view.id);
  });
  await app.start();
  await command();
  const { view_id } = await until(async () => (await views())[0]);

  expect(await local(slack, "close", { user: "alice", view_id })).toEqual({ ok: true });

  expect(closed).toEqual([view_id]);
  expect(await views()).toEqual([]);
});

it("sends what a select or an overflow menu holds", async () => {
  const seen: Answer[] = [];
  app.action(/.*/, async ({ ack, action }) => {
    await ack();
    seen.push(action);
  });
  await app.start();
  const option = (value: string) => ({ text: { type: "plain_text", text: value }, value });
  const elements = [
    { type: "static_select", action_id: "snooze", options: [option("1h"), option("1d")] },
    { type: "overflow", action_id: "more", options: [option("trace")] },
    { type: "users_select", action_id: "who" },
  ];
  const { ts } = await api(slack, "chat.postMessage", {
    channel: "C02",
    text: "x",
    blocks: [{ type: "actions", block_id: "a", elements }],
  });
  const click = (action_id: string, selected: string) =>
    local(slack, "click", { user: "alice", channel: "ops", ts, action_id, selected });

  await click("snooze", "1d");
  await click("more", "trace");
  await click("who", "U02");
  const wrong = await click("snooze", "never");

  expect(seen).toMatchObject([
    { type: "static_select", block_id: "a", selected_option: { value: "1d" } },
    { type: "overflow", selected_option: { value: "trace" } },
    { type: "users_select", selected_user: "U02" },
  ]);
  expect(wrong).toMatchObject({ ok: false, error: "no_such_option" });
});
