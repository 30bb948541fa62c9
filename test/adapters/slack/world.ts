import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Slack, type SlackOptions, startSlack } from "../../../src/adapters/slack/app.ts";
import type { Answer } from "../../../src/domain/answer.ts";
import type { Actor, Command } from "../../../src/domain/command.ts";
import { type LocalSlack, startLocalSlack } from "../../../src/local/slack/server.ts";
import { createMessages, type Messages } from "../../fakes/messages.ts";
import { organisation, overview } from "./samples.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a test reads out of JSON is asserted there.
export type Json = any;

export interface World {
  local: LocalSlack;
  slack: Slack;
  messages: Messages;
  /** What came through the door. */
  asked: { actor: Actor; command: Command }[];
  logged: string[];
  /** What the loop answers; replaced by a test that needs another. */
  answers: (actor: Actor, command: Command) => Promise<Answer> | Answer;
  options: SlackOptions;
  stop(): Promise<void>;
}

export const startLocal = (eventsUrl?: string): Promise<LocalSlack> =>
  startLocalSlack({
    port: 0,
    manifestPath: fileURLToPath(new URL("../../../manifest.yml", import.meta.url)),
    users: [
      { id: "U01", name: "alice", realName: "Alice Adler" },
      { id: "U02", name: "bob", realName: "Bob Okafor" },
      { id: "U09", name: "zoe", realName: "Zoe" },
    ],
    channels: [
      { id: "C02", name: "ops" },
      { id: "C03", name: "shop" },
    ],
    userGroups: [],
    ...(eventsUrl === undefined ? {} : { eventsUrl }),
  });

/** A local workspace, the bot connected to it, and a loop that only remembers what it was asked. */
export async function startWorld(more: Partial<SlackOptions> = {}, eventsUrl?: string): Promise<World> {
  const local = await startLocal(eventsUrl);
  const messages = createMessages();
  const world: Omit<World, "slack" | "options" | "stop"> = {
    local,
    messages,
    asked: [],
    logged: [],
    answers: (_, command) => ({ kind: "done", text: `${command.kind} is done` }),
  };
  const options: SlackOptions = {
    botToken: local.botToken,
    ...(eventsUrl === undefined ? { appToken: local.appToken } : { signingSecret: local.signingSecret }),
    apiUrl: `${local.url}/api/`,
    record: messages.record,
    organisation: () => organisation,
    loopNames: () => ["triage", "tidy"],
    async perform(actor, command) {
      world.asked.push({ actor, command });
      return full.answers(actor, command);
    },
    overview: async () => overview,
    now: () => new Date(),
    log: (level, text) => world.logged.push(`${level} ${text}`),
    socketPingTimeoutMs: 300,
    postGapMs: 10,
    updateGapMs: 10,
    ...more,
  };
  const full: World = Object.assign(world, {
    slack: await startSlack(options),
    options,
    async stop() {
      await full.slack.close(1_000);
      await local.close();
    },
  });
  return full;
}

/** One request to the workspace's control API. */
export async function control({ local }: World, name: string, body?: object): Promise<Json> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return (await fetch(`${local.url}/local/${name}`, init)).json();
}

export const command = (world: World, text: string, user = "alice"): Promise<Json> =>
  control(world, "command", { user, channel: "ops", command: "/loom", text });

/** What is in a channel, as everybody sees it, with what only one person sees marked `ephemeral_for`. */
export async function messagesIn(world: World, channel = "ops"): Promise<Json[]> {
  const state = await control(world, "state");
  return state.channels.find((one: Json) => one.name === channel || one.id === channel).messages;
}

export const textsIn = async (world: World, channel = "ops"): Promise<string[]> =>
  (await messagesIn(world, channel)).map((one) => one.text);

/** Waits until the fact holds and returns it. */
export async function until<T>(
  fact: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  withinMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await fact();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${fact}`);
    await sleep(10);
  }
}

export const messageWith = (world: World, text: string, channel = "ops"): Promise<Json> =>
  until(async () => (await messagesIn(world, channel)).find((one) => JSON.stringify(one).includes(text)));
