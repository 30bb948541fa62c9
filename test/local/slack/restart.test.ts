import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { api, local, messagesOf, startWorkspace } from "./workspace-world.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-slack-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

it("keeps messages, threads, homes, reads and tokens over a restart, and never gives a ts twice", async () => {
  const statePath = join(folder, "slack.jsonl");
  const frozen = () => new Date(1_795_000_000_000);
  const first = await startWorkspace({ statePath, clock: frozen });
  const { ts } = await api(first, "chat.postMessage", {
    channel: "C02",
    text: "kept",
    metadata: { event_type: "run", event_payload: { run: "r1" } },
  });
  await api(first, "chat.postMessage", { channel: "C02", text: "reply", thread_ts: ts });
  await api(first, "chat.postEphemeral", { channel: "C02", user: "U01", text: "for now" });
  await api(first, "views.publish", {
    user_id: "U01",
    view: { type: "home", blocks: [{ type: "divider" }] },
  });
  await local(first, "read", { user: "alice", channel: "ops", ts });
  await first.close();

  const second = await startWorkspace({ statePath, clock: frozen });
  const state = await local(second, "state");
  const later = await api(second, "chat.postMessage", { channel: "C02", text: "later" });

  expect(second.botToken).toBe(first.botToken);
  expect(state.channels[1].messages).toMatchObject([
    { ts, text: "kept", metadata: { event_payload: { run: "r1" } } },
    { text: "reply", thread_ts: ts },
  ]);
  expect(state.homes["U01"].blocks).toMatchObject([{ type: "divider" }]);
  expect(state.unread).toMatchObject({ U01: {}, U02: { C02: 1 } });
  expect(Number(later.ts)).toBeGreaterThan(Number(ts) + 0.000002);
  await second.close();
});

it("ignores a last line cut short by a kill", async () => {
  const statePath = join(folder, "slack.jsonl");
  const running = await startWorkspace({ statePath });
  await api(running, "chat.postMessage", { channel: "C02", text: "one" });
  // What a kill leaves behind is the file as it is now, with perhaps half a line.
  const killed = join(folder, "killed.jsonl");
  copyFileSync(statePath, killed);
  appendFileSync(killed, '{"type":"message","message":{"chan');

  const after = await startWorkspace({ statePath: killed });
  await api(after, "chat.postMessage", { channel: "C02", text: "two" });
  await after.close();
  const again = await startWorkspace({ statePath: killed });

  expect((await messagesOf(again, "ops")).map((one) => one.text)).toEqual(["one", "two"]);
  await running.close();
  await again.close();
});

it("refuses a damaged line in the middle, naming file and line", async () => {
  const statePath = join(folder, "slack.jsonl");
  appendFileSync(statePath, '{"type":"clock","lastMicros":1}\nrubbish\n{"type":"clock","lastMicros":2}\n');

  await expect(startWorkspace({ statePath })).rejects.toThrow(
    `${statePath} line 2 is not one of its records; remove that line`,
  );
});
