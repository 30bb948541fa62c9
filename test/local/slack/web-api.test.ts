import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LocalSlack } from "../../../src/local/slack/server.ts";
import {
  type Answer,
  api,
  approveCard,
  form,
  local,
  manifestPath,
  messagesOf,
  startWorkspace,
} from "./workspace-world.ts";

let slack: LocalSlack;

beforeEach(async () => {
  slack = await startWorkspace();
});

afterEach(() => slack.close());

const post = (args: Record<string, unknown>) => api(slack, "chat.postMessage", { channel: "C02", ...args });

describe("tokens and scopes", () => {
  it("refuses swapped, unknown and missing tokens", async () => {
    expect(await api(slack, "chat.postMessage", {}, slack.appToken)).toMatchObject({
      error: "not_allowed_token_type",
    });
    expect(await api(slack, "apps.connections.open", {}, slack.botToken)).toMatchObject({
      error: "not_allowed_token_type",
    });
    expect(await api(slack, "auth.test", {}, "xoxb-other")).toMatchObject({ error: "invalid_auth" });
    expect(await (await fetch(`${slack.url}/api/auth.test`, { method: "POST" })).json()).toMatchObject({
      error: "not_authed",
    });
    expect(await api(slack, "chat.fly")).toEqual({ ok: false, error: "unknown_method" });
  });

  it("refuses what the manifest does not grant, and names the scope", async () => {
    const folder = mkdtempSync(join(tmpdir(), "local-slack-"));
    const poor = join(folder, "manifest.yml");
    writeFileSync(
      poor,
      readFileSync(manifestPath, "utf8")
        .replace("      - usergroups:read\n", "")
        .replace("      - app_mention\n", ""),
    );
    const other = await startWorkspace({ manifestPath: poor });

    const answer = await api(other, "usergroups.users.list", { usergroup: "S01" });
    const said = await local(other, "say", { user: "bob", channel: "ops", text: "@loom hi" });

    expect(answer).toMatchObject({ ok: false, error: "missing_scope", needed: "usergroups:read" });
    expect(answer.provided).toContain("chat:write");
    expect(said.text).toBe("<@U01BOT> hi");
    expect((await local(other, "state")).pendingEvents).toEqual([]);
    await other.close();
    rmSync(folder, { recursive: true });
  });

  it("answers users, groups and channels as the caller set them up", async () => {
    expect(await api(slack, "usergroups.users.list", { usergroup: "S01" })).toEqual({
      ok: true,
      users: ["U01"],
    });
    expect(await api(slack, "usergroups.users.list", { usergroup: "S99" })).toMatchObject({
      error: "no_such_subteam",
    });
    expect((await api(slack, "users.info", { user: "U02" })).user).toMatchObject({
      name: "bob",
      real_name: "Bob Brown",
    });
    expect((await api(slack, "conversations.list")).channels.map((one: Answer) => one.name)).toEqual([
      "general",
      "ops",
    ]);
    expect(await api(slack, "conversations.open", { users: "U02" })).toMatchObject({
      channel: { id: "D02" },
    });
  });
});

describe("messages", () => {
  it("accepts a channel by id, by name and a user id, and refuses others", async () => {
    expect(await post({ text: "a" })).toMatchObject({ ok: true, channel: "C02" });
    expect(await post({ channel: "#general", text: "b" })).toMatchObject({ channel: "C01" });
    expect(await post({ channel: "U02", text: "c" })).toMatchObject({ channel: "D02" });
    expect(await post({ channel: "nowhere", text: "d" })).toEqual({ ok: false, error: "channel_not_found" });
    expect(await post({ text: "" })).toMatchObject({ error: "no_text" });
  });

  it("keeps a text that looks like JSON as text", async () => {
    expect((await post({ text: '{"a":1}' })).message.text).toBe('{"a":1}');
  });

  it("marks a message edited only when its text changes, and drops blocks that an update leaves out", async () => {
    const { ts } = await post({ text: "hold", blocks: approveCard("waiting") });

    const same = await api(slack, "chat.update", { channel: "C02", ts, blocks: approveCard("approved") });
    const other = await api(slack, "chat.update", { channel: "C02", ts, text: "gone" });

    expect(same.message).toMatchObject({ text: "hold", blocks: [{ block_id: "what" }] });
    expect(same.message.edited).toBeUndefined();
    expect(other.message.blocks).toBeUndefined();
    expect(other.message.edited).toMatchObject({ user: "U01BOT" });
  });

  it("refuses to update or delete what is not there or not the app's own", async () => {
    const { ts } = await local(slack, "say", { user: "bob", channel: "ops", text: "mine" });

    expect(await api(slack, "chat.update", { channel: "C02", ts, text: "x" })).toMatchObject({
      error: "cant_update_message",
    });
    expect(await api(slack, "chat.delete", { channel: "C02", ts })).toMatchObject({
      error: "cant_delete_message",
    });
    expect(await api(slack, "chat.update", { channel: "C02", ts: "1.1", text: "x" })).toMatchObject({
      error: "message_not_found",
    });
  });

  it("finds a message in history by its metadata, newest first, page by page", async () => {
    for (const run of ["r1", "r2", "r3"]) {
      await post({ text: run, metadata: { event_type: "run", event_payload: { run } } });
    }

    const first = await api(slack, "conversations.history", {
      channel: "C02",
      limit: 2,
      include_all_metadata: true,
    });
    const second = await api(slack, "conversations.history", {
      channel: "C02",
      limit: 2,
      cursor: first.response_metadata.next_cursor,
    });

    expect(first.messages.map((one: Answer) => one.metadata.event_payload.run)).toEqual(["r3", "r2"]);
    expect(second.messages).toMatchObject([{ text: "r1" }]);
    expect(second.messages[0].metadata).toBeUndefined();
    expect(second.has_more).toBe(false);
  });

  it("keeps thread replies out of the history and lists them under their parent", async () => {
    const { ts } = await post({ text: "parent" });
    const reply = await post({ text: "reply", thread_ts: ts });
    await post({ text: "reply to the reply", thread_ts: reply.ts });

    const history = await api(slack, "conversations.history", { channel: "C02" });
    const thread = await api(slack, "conversations.replies", { channel: "C02", ts });

    expect(history.messages).toMatchObject([{ text: "parent", reply_count: 2 }]);
    expect(thread.messages.map((one: Answer) => one.text)).toEqual(["parent", "reply", "reply to the reply"]);
    expect(await post({ text: "x", thread_ts: "1.1" })).toMatchObject({ error: "thread_not_found" });
  });

  it("leaves a tombstone for a deleted message that has replies", async () => {
    const { ts } = await post({ text: "parent" });
    await post({ text: "reply", thread_ts: ts });

    await api(slack, "chat.delete", { channel: "C02", ts });

    expect(await messagesOf(slack, "ops")).toMatchObject([{ tombstone: true }, { text: "reply" }]);
  });
});

describe("views", () => {
  it("refuses a view that Slack would refuse, saying where", async () => {
    const wrong = { ...form, title: { type: "plain_text", text: "x".repeat(25) }, submit: undefined };

    const answer = await api(slack, "views.open", { trigger_id: "t", view: wrong });

    expect(answer.error).toBe("invalid_arguments");
    expect(answer.response_metadata.messages.join()).toMatch(/less than 25 .*\/view\/title\/text.*submit/);
  });

  it("refuses an unknown trigger", async () => {
    expect(await api(slack, "views.open", { trigger_id: "1.2", view: form })).toEqual({
      ok: false,
      error: "invalid_trigger_id",
    });
  });

  it("publishes no App Home when the manifest has no home tab", async () => {
    const folder = mkdtempSync(join(tmpdir(), "local-slack-"));
    const poor = join(folder, "manifest.yml");
    writeFileSync(
      poor,
      readFileSync(manifestPath, "utf8").replace("home_tab_enabled: true", "home_tab_enabled: false"),
    );
    const other = await startWorkspace({ manifestPath: poor });

    expect(await api(other, "views.publish", { user_id: "U01", view: { type: "home", blocks: [] } })).toEqual(
      { ok: false, error: "not_enabled" },
    );
    expect(await local(other, "home", { user: "alice" })).toMatchObject({
      ok: false,
      message: expect.stringContaining("home_tab_enabled"),
    });
    await other.close();
    rmSync(folder, { recursive: true });
  });
});

describe("faults", () => {
  it("answers 429 with Retry-After as often as asked, then works again", async () => {
    await local(slack, "fault", { method: "chat.postMessage", retryAfter: 7, times: 1 });
    const call = () =>
      fetch(`${slack.url}/api/chat.postMessage`, {
        method: "POST",
        headers: { authorization: `Bearer ${slack.botToken}` },
        body: new URLSearchParams({ channel: "C02", text: "x" }),
      });

    const limited = await call();
    const passed = await call();

    expect([limited.status, limited.headers.get("retry-after"), await limited.json()]).toEqual([
      429,
      "7",
      { ok: false, error: "ratelimited" },
    ]);
    expect(passed.status).toBe(200);
  });

  it("takes the message but loses the answer, when asked to", async () => {
    await local(slack, "fault", { method: "chat.postMessage", answer: "lost" });

    await expect(post({ text: "once" })).rejects.toThrow();

    expect(await messagesOf(slack, "ops")).toMatchObject([{ text: "once" }]);
  });

  it("answers 503 to the app, but not to the page, while Slack is away", async () => {
    await local(slack, "fault", { away: true });
    const away = await fetch(`${slack.url}/api/auth.test`, { method: "POST" });
    await local(slack, "fault", { away: false });

    expect(away.status).toBe(503);
    expect(await api(slack, "auth.test")).toMatchObject({ ok: true, user_id: "U01BOT", bot_id: "B01" });
  });
});
