import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from "../../../src/local/slack/server.ts";

export const manifestPath = fileURLToPath(new URL("../../../manifest.yml", import.meta.url));

export const people = {
  users: [
    { id: "U01", name: "alice", realName: "Alice Adams" },
    { id: "U02", name: "bob", realName: "Bob Brown" },
  ],
  channels: [
    { id: "C01", name: "general", topic: "Everything" },
    { id: "C02", name: "ops" },
  ],
  userGroups: [{ id: "S01", handle: "platform", name: "Platform", users: ["U01"] }],
};

export const startWorkspace = (options: Partial<LocalSlackOptions> = {}): Promise<LocalSlack> =>
  startLocalSlack({ port: 0, manifestPath, ...people, ...options });

/** A real Bolt app on Socket Mode. A short ping timeout keeps its reconnect gap short. */
export function socketApp(slack: LocalSlack): { app: App; receiver: SocketModeReceiver } {
  const clientOptions = { slackApiUrl: `${slack.url}/api/`, retryConfig: { retries: 0 } };
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    clientPingTimeout: 300,
    logLevel: LogLevel.ERROR,
    installerOptions: {
      clientOptions: {
        slackApiUrl: `${slack.url}/api/`,
        retryConfig: { retries: 100, minTimeout: 50, maxTimeout: 100 },
      },
    },
  });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions,
    convoStore: false,
    logLevel: LogLevel.ERROR,
  });
  return { app, receiver };
}

/** A real Bolt app on signed HTTP. */
export function httpApp(slack: LocalSlack): App {
  const clientOptions = { slackApiUrl: `${slack.url}/api/`, retryConfig: { retries: 0 } };
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR });
  return new App({
    token: slack.botToken,
    receiver,
    clientOptions,
    convoStore: false,
    logLevel: LogLevel.ERROR,
  });
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

// biome-ignore lint/suspicious/noExplicitAny: what a test reads out of JSON is asserted there.
export type Answer = any;

/** One request to the control API. */
export async function local(slack: LocalSlack, name: string, body?: object): Promise<Answer> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return (await fetch(`${slack.url}/local/${name}`, init)).json();
}

/** One call to the Web API, as a form, with the bot's token. */
export async function api(
  slack: LocalSlack,
  method: string,
  args: Record<string, unknown> = {},
  token = slack.botToken,
): Promise<Answer> {
  const form = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const response = await fetch(`${slack.url}/api/${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(Object.fromEntries(form)),
  });
  return response.json();
}

/** The messages of a channel, by its name or id. */
export async function messagesOf(slack: LocalSlack, channel: string): Promise<Answer[]> {
  const state = await local(slack, "state");
  return state.channels.find((one: Answer) => one.name === channel || one.id === channel).messages;
}

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
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const approveCard = (state: string) => [
  { type: "section", block_id: "what", text: { type: "mrkdwn", text: `*Hold* ${state}` } },
  ...(state === "waiting"
    ? [
        {
          type: "actions",
          block_id: "gate",
          elements: [
            {
              type: "button",
              action_id: "approve",
              style: "primary",
              value: "g1",
              text: { type: "plain_text", text: "Approve" },
            },
            {
              type: "button",
              action_id: "reject",
              style: "danger",
              value: "g1",
              text: { type: "plain_text", text: "Reject" },
            },
          ],
        },
      ]
    : []),
];

export const form = {
  type: "modal",
  callback_id: "reason",
  title: { type: "plain_text", text: "Reject" },
  submit: { type: "plain_text", text: "Send" },
  blocks: [
    {
      type: "input",
      block_id: "why",
      label: { type: "plain_text", text: "Why?" },
      element: { type: "plain_text_input", action_id: "text", multiline: true },
    },
    {
      type: "input",
      block_id: "where",
      optional: true,
      label: { type: "plain_text", text: "Where?" },
      element: {
        type: "static_select",
        action_id: "env",
        options: [{ text: { type: "plain_text", text: "Staging" }, value: "staging" }],
      },
    },
  ],
} as const;

/** The bot that the flow tests talk to: a card that only alice may approve, a form, a home, a mention. */
export function registerFlow(app: App, seen: { values: unknown[]; mentions: Answer[] }): void {
  app.command("/loom", async ({ ack, client, command, body }) => {
    await ack();
    if (command.text === "form")
      await client.views.open({ trigger_id: body.trigger_id, view: form as Answer });
    else
      await client.chat.postMessage({
        channel: command.channel_id,
        text: "hold",
        blocks: approveCard("waiting") as Answer,
      });
  });
  app.action("approve", async ({ ack, body, client, respond }) => {
    await ack();
    if (body.user.id !== "U01") {
      await respond({
        text: "Only platform may approve",
        response_type: "ephemeral",
        replace_original: false,
      });
      return;
    }
    const { channel, message } = body as Answer;
    await client.chat.update({
      channel: channel.id,
      ts: message.ts,
      text: "hold",
      blocks: approveCard("approved") as Answer,
    });
  });
  app.view("reason", async ({ ack, view }) => {
    const text = view.state.values["why"]?.["text"]?.value ?? "";
    if (text.length < 5) await ack({ response_action: "errors", errors: { why: "Say more" } });
    else await ack();
    seen.values.push(view.state.values);
  });
  app.event("app_home_opened", async ({ event, client }) => {
    const blocks = [
      {
        type: "actions",
        elements: [{ type: "button", action_id: "pause", text: { type: "plain_text", text: "Pause" } }],
      },
    ];
    await client.views.publish({ user_id: event.user, view: { type: "home", blocks: blocks as Answer } });
  });
  app.action("pause", async ({ ack, body, client }) => {
    await ack();
    const blocks = [{ type: "section", text: { type: "mrkdwn", text: "Paused" } }];
    await client.views.publish({ user_id: body.user.id, view: { type: "home", blocks: blocks as Answer } });
  });
  app.event("app_mention", async ({ event, say }) => {
    seen.mentions.push(event);
    await say({ text: `Hello <@${event.user}>`, thread_ts: event.ts });
  });
}
