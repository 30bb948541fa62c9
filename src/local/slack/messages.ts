import { deliversEvent } from "./manifest.ts";
import type { Block, JsonObject, Message } from "./model.ts";
import type { Parts } from "./parts.ts";
import { commit, messageAt, nextTs, removeMessage, repliesTo } from "./workspace.ts";

const textMax = 40_000;

export interface Draft {
  channel: string;
  user: string;
  text: string;
  blocks?: Block[] | undefined;
  attachments?: unknown[] | undefined;
  thread_ts?: string | undefined;
  metadata?: JsonObject | undefined;
  ephemeral_for?: string | undefined;
  reply_broadcast?: boolean | undefined;
}

/** Puts a message into its channel and tells the app, where its manifest subscribes to that. */
export function postMessage(parts: Parts, draft: Draft): Message {
  const { workspace } = parts;
  const message: Message = { ...draft, text: draft.text.slice(0, textMax), ts: nextTs(workspace) };
  const thread =
    message.thread_ts === undefined ? undefined : messageAt(workspace, message.channel, message.thread_ts);
  // A reply to a reply belongs to the thread of the first message.
  if (thread?.thread_ts !== undefined) message.thread_ts = thread.thread_ts;
  if (thread !== undefined && thread.thread_ts === undefined && message.ephemeral_for === undefined) {
    commit(workspace, { type: "message", message: { ...thread, thread_ts: thread.ts } });
  }
  commit(workspace, { type: "message", message });
  if (message.ephemeral_for === undefined) {
    tellApp(parts, message.channel, { ...messageJson(parts, message), event_ts: message.ts });
  }
  return message;
}

export interface Rewrite {
  text?: string | undefined;
  blocks?: Block[] | undefined;
  attachments?: unknown[] | undefined;
  metadata?: JsonObject | undefined;
}

/**
 * Replaces a message's content as chat.update does: text without blocks removes the blocks, blocks
 * alone keep the text, and only another text makes it "edited".
 */
export function rewriteMessage(parts: Parts, before: Message, rewrite: Rewrite): Message {
  const text = (rewrite.text ?? before.text).slice(0, textMax);
  const after: Message = {
    ...before,
    text,
    blocks: rewrite.blocks,
    attachments: rewrite.attachments,
    metadata: rewrite.metadata ?? before.metadata,
    edited: text === before.text ? before.edited : { user: before.user, ts: nextTs(parts.workspace) },
  };
  commit(parts.workspace, { type: "message", message: after });
  if (before.ephemeral_for === undefined) {
    tellApp(parts, before.channel, {
      type: "message",
      subtype: "message_changed",
      hidden: true,
      ts: nextTs(parts.workspace),
      message: messageJson(parts, after),
      previous_message: messageJson(parts, before),
    });
  }
  return after;
}

export function deleteMessage(parts: Parts, message: Message): void {
  removeMessage(parts.workspace, message);
  if (message.ephemeral_for !== undefined) return;
  tellApp(parts, message.channel, {
    type: "message",
    subtype: "message_deleted",
    hidden: true,
    ts: nextTs(parts.workspace),
    deleted_ts: message.ts,
    previous_message: messageJson(parts, message),
  });
}

function tellApp(parts: Parts, channelId: string, event: JsonObject): void {
  const direct = parts.workspace.channels.get(channelId)?.directWith !== undefined;
  if (!deliversEvent(parts.manifest, direct ? "message.im" : "message.channels")) return;
  const at = { channel: channelId, channel_type: direct ? "im" : "channel" };
  parts.events.push({ event_ts: event["ts"], ...event, ...at });
}

/** A message in the form that Slack's API and events use. */
export function messageJson(parts: Parts, message: Message, withMetadata = false): JsonObject {
  const { identity, manifest, workspace } = parts;
  const replies = repliesTo(workspace, message.channel, message.ts).filter(
    (one) => one.ephemeral_for === undefined,
  );
  const bot = {
    bot_id: identity.botId,
    app_id: identity.appId,
    bot_profile: {
      id: identity.botId,
      app_id: identity.appId,
      name: manifest.botName,
      team_id: identity.teamId,
    },
  };
  return {
    type: "message",
    ...(message.tombstone ? { subtype: "tombstone" } : {}),
    ...(message.reply_broadcast ? { subtype: "thread_broadcast" } : {}),
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: identity.teamId,
    ...(message.user === identity.botUserId ? bot : {}),
    ...(message.blocks === undefined ? {} : { blocks: message.blocks }),
    ...(message.attachments === undefined ? {} : { attachments: message.attachments }),
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    ...(message.edited === undefined ? {} : { edited: message.edited }),
    ...(withMetadata && message.metadata !== undefined ? { metadata: message.metadata } : {}),
    ...(replies.length === 0
      ? {}
      : {
          reply_count: replies.length,
          reply_users: [...new Set(replies.map((one) => one.user))],
          latest_reply: replies.at(-1)?.ts,
        }),
  };
}
