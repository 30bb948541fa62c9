import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LocalSlack } from "../../../src/local/slack/server.ts";
import { type Answer, api, approveCard, local, startWorkspace } from "./workspace-world.ts";

let slack: LocalSlack;

beforeEach(async () => {
  slack = await startWorkspace();
});

afterEach(() => slack.close());

function statusWith(
  headers: Record<string, string>,
  path = "/local/say",
  method = "POST",
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${slack.url}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    sent.end(method === "POST" ? JSON.stringify({ user: "bob", channel: "ops", text: "hi" }) : undefined);
  });
}

describe("wrong requests", () => {
  it("says what was expected", async () => {
    const response = await fetch(`${slack.url}/local/say`, {
      method: "POST",
      body: JSON.stringify({ user: "bob", text: 5 }),
    });

    expect(response.status).toBe(400);
    expect(((await response.json()) as Answer).message).toMatch(/expected string[\s\S]*channel/);
    expect(await local(slack, "say", { user: "eve", channel: "ops", text: "x" })).toMatchObject({
      ok: false,
      message: expect.stringContaining("alice, bob"),
    });
    expect(await local(slack, "say", { user: "bob", channel: "off", text: "x" })).toMatchObject({
      message: expect.stringContaining("general, ops"),
    });
    expect(await local(slack, "dance", {})).toMatchObject({
      message: expect.stringContaining("POST /local/click"),
    });
  });

  it("refuses a click on an action that the message does not have, or that its ephemeral reader alone sees", async () => {
    const { ts } = await api(slack, "chat.postMessage", {
      channel: "C02",
      text: "hold",
      blocks: approveCard("waiting"),
    });
    const { message_ts } = await api(slack, "chat.postEphemeral", {
      channel: "C02",
      user: "U01",
      text: "x",
      blocks: approveCard("waiting"),
    });

    const response = await fetch(`${slack.url}/local/click`, {
      method: "POST",
      body: JSON.stringify({ user: "bob", channel: "ops", ts, action_id: "explode" }),
    });

    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: "no_such_action", message: expect.stringContaining("approve, reject") },
    ]);
    expect(
      await local(slack, "click", { user: "bob", channel: "ops", ts: message_ts, action_id: "approve" }),
    ).toMatchObject({ error: "not_found" });
  });

  it("keeps a direct message between its person and the app", async () => {
    expect(await local(slack, "say", { user: "bob", channel: "D01", text: "x" })).toMatchObject({
      ok: false,
      message: expect.stringContaining("another user"),
    });
    expect(await local(slack, "say", { user: "bob", channel: "D02", text: "x" })).toMatchObject({ ok: true });
  });
});

describe("requests from a browser", () => {
  it("refuses foreign hosts and origins, and takes its own", async () => {
    expect(await statusWith({ host: "evil.example" })).toBe(403);
    expect(await statusWith({ origin: "http://evil.example" })).toBe(403);
    expect(await statusWith({ origin: "null" })).toBe(403);
    expect(await statusWith({ origin: "http://localhost:1" })).toBe(403);
    expect(await statusWith({ host: "evil.example" }, "/local/state", "GET")).toBe(403);
    expect(await statusWith({ origin: slack.url })).toBe(200);
    expect(
      await statusWith({ host: `localhost:${slack.port}`, origin: `http://localhost:${slack.port}` }),
    ).toBe(200);
  });

  it("serves the page with a policy that runs no foreign script, and no file outside it", async () => {
    const page = await fetch(`${slack.url}/archives/C01/p1795000000000000`);

    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    expect(await page.text()).toContain('<script type="module" src="/page.js">');
    expect((await fetch(`${slack.url}/..%2fserver.ts`)).status).toBe(404);
    expect((await fetch(`${slack.url}/page.ts`)).status).toBe(404);
  });
});

it("feeds the page a snapshot and then every change that its person may see", async () => {
  const response = await fetch(`${slack.url}/events?user=bob`);
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? "";
  await api(slack, "chat.postEphemeral", { channel: "C02", user: "U01", text: "for alice" });
  await api(slack, "chat.postMessage", { channel: "C02", text: "for *all*" });

  while (!text.includes("for <b>all</b>")) text += (await reader.read()).value ?? "";
  await reader.cancel();

  expect(text).toContain('"kind":"snapshot","me":"U02"');
  expect(text).not.toContain("for alice");
});
