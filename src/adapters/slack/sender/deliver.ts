import type { WebClient } from "@slack/web-api";
import type { Organisation } from "../../../domain/organisation.ts";
import type { RecordStore, UnsentMessage } from "../../../ports/record.ts";
import type { Log } from "../../../ports.ts";
import { context, type Rendered, section } from "../blocks/kit.ts";
import { renderCard } from "../blocks/render-card.ts";
import type { ChannelIds } from "./channel-ids.ts";
import { readFailure, type SlackFailure } from "./failure.ts";
import { findPosted, messageMetadata } from "./find-posted.ts";

export interface Address {
  channel: string;
  ts: string;
}

export type Delivery = { kind: "sent"; address: Address } | (SlackFailure & { call: "post" | "update" });

export interface Post {
  client: WebClient;
  botId: string;
  channels: ChannelIds;
  record: Pick<RecordStore, "markPosting" | "markMessageSent">;
  organisation: () => Organisation;
  log: Log;
}

/** Slack has no idea of a message that was deleted, belongs to an earlier installation, or is too old to edit: post it anew. */
const gone = new Set(["message_not_found", "cant_update_message", "edit_window_closed"]);

/** One card that Slack does not take must not hold up its channel. */
const undrawable = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "msg_too_long",
  "msg_blocks_too_long",
]);

/** Posts or updates one message and says so to the record. Never throws. */
export async function deliver(post: Post, unsent: UnsentMessage): Promise<Delivery> {
  const rendered = render(post, unsent);
  const delivery = await send(post, unsent, rendered);
  if (delivery.kind !== "refused" || !undrawable.has(delivery.error)) return delivery;
  post.log("error", `sending ${unsent.message.key}: ${delivery.why}; sending its text alone`);
  return send(post, unsent, withoutLayout(rendered.text));
}

function render(post: Post, { message }: UnsentMessage): Rendered {
  try {
    return renderCard(message.card, post.organisation());
  } catch (error) {
    post.log("error", `drawing the card of ${message.key}: ${String(error)}; this is a bug in LoomStack`);
    return withoutLayout(`News of ${message.key}`);
  }
}

const withoutLayout = (text: string): Rendered => ({
  text,
  blocks: [section(text), context("The rest of this message could not be shown; the log says why.")],
});

async function send(post: Post, unsent: UnsentMessage, rendered: Rendered): Promise<Delivery> {
  if (unsent.posted === undefined) return sendNew(post, unsent, rendered);
  const updated = await attempt("update", () => update(post, unsent, rendered, unsent.posted));
  if (updated.kind !== "refused" || !gone.has(updated.error)) return updated;
  post.log("warn", `updating ${unsent.message.key}: ${updated.error}; posting it anew`);
  // Somebody may have deleted it after an earlier try posted it anew and could not say so.
  const wasPosting = unsent.wasPosting || updated.error === "message_not_found";
  return sendNew(post, { ...unsent, wasPosting }, rendered);
}

async function sendNew(post: Post, unsent: UnsentMessage, rendered: Rendered): Promise<Delivery> {
  const posted = await attempt("post", () => postNew(post, unsent, rendered));
  if (posted.kind !== "refused" || posted.error !== "thread_not_found") return posted;
  const { threadTs: _, ...unthreaded } = unsent;
  return attempt("post", () => postNew(post, unthreaded, rendered));
}

type Refused = Extract<SlackFailure, { kind: "refused" }>;

const refusal = (error: string, why: string): Refused => ({ kind: "refused", error, why });

async function attempt(call: "post" | "update", work: () => Promise<Address | Refused>): Promise<Delivery> {
  try {
    const done = await work();
    return "ts" in done ? { kind: "sent", address: done } : { ...done, call };
  } catch (error) {
    return { ...readFailure(error), call };
  }
}

async function update(
  post: Post,
  { message, version }: UnsentMessage,
  { text, blocks }: Rendered,
  at: Address | undefined,
): Promise<Address | Refused> {
  if (at === undefined) return refusal("message_not_found", "it has no address");
  // An update without blocks would remove them.
  await post.client.chat.update({ channel: at.channel, ts: at.ts, text, blocks });
  await post.record.markMessageSent(message.key, version, at);
  return at;
}

async function postNew(post: Post, unsent: UnsentMessage, rendered: Rendered): Promise<Address | Refused> {
  const { message, version, threadTs } = unsent;
  const channel = await post.channels.idOf(message.channel);
  if (channel === null) return noChannel(message.channel);
  if (unsent.wasPosting) {
    const found = await lookForLost(post, unsent, channel);
    if (found !== null) return update(post, unsent, rendered, { channel, ts: found });
  }
  await post.record.markPosting(message.key);
  const sent = await post.client.chat.postMessage({
    channel,
    text: rendered.text,
    blocks: rendered.blocks,
    metadata: messageMetadata(message.key),
    unfurl_links: false,
    unfurl_media: false,
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
  });
  const address = { channel: sent.channel ?? channel, ts: sent.ts ?? "" };
  await post.record.markMessageSent(message.key, version, address);
  return address;
}

const noChannel = (name: string): Refused =>
  refusal(
    "channel_not_found",
    `there is no public channel #${name.replace(/^#/, "")}: create it, or name another one; for a private one, invite the bot and give its id instead of its name`,
  );

/** After a post with an unknown end. When Slack does not let us look, posting twice is better than not at all. */
async function lookForLost(post: Post, unsent: UnsentMessage, channel: string): Promise<string | null> {
  const { key } = unsent.message;
  try {
    return await findPosted(post.client, post.botId, { key, channel, threadTs: unsent.threadTs });
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind !== "refused") throw error;
    post.log("warn", `looking for ${key} before posting it again: ${failure.why}; it may appear twice`);
    return null;
  }
}
