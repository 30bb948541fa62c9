import { isObject } from "./block-rules.ts";
import { slackbotId } from "./identity.ts";
import type { Change, Channel, Message, View } from "./model.ts";
import type { PageMessage, PageModal, Patch, Snapshot } from "./page/feed.ts";
import type { Parts } from "./parts.ts";
import { renderBlocks } from "./render-blocks.ts";
import { renderMrkdwn, renderPlain } from "./render-mrkdwn.ts";
import { channelsOf, directoryOf, messageAt, messagesIn, repliesTo, unreadCount } from "./workspace.ts";

/** How many messages of a channel the page gets at once. */
const pageMessagesMax = 300;

/** All that the page shows one person. */
export function snapshotFor(parts: Parts, userId: string): Snapshot {
  const { workspace, manifest, identity } = parts;
  const people = [...workspace.users.values()].filter(
    (user) => user.id !== slackbotId && user.id !== identity.botUserId,
  );
  return {
    kind: "snapshot",
    me: userId,
    people: people.map(({ id, name, realName }) => ({ id, name, realName })),
    app: {
      id: identity.botUserId,
      name: manifest.botName,
      title: manifest.appName,
      description: manifest.description,
    },
    commands: manifest.commands.map(({ command, description, usageHint }) => ({
      command,
      description,
      usageHint,
    })),
    shortcuts: manifest.interactivity ? manifest.shortcuts : [],
    homeTab: manifest.homeTab,
    messagesTab: manifest.messagesTab,
    channels: channelsOf(workspace, userId).map((channel) => channelFor(parts, userId, channel)),
    modals: modalsFor(parts, userId),
    home: homeFor(parts, userId),
    connected: isConnected(parts),
  };
}

function channelFor(parts: Parts, userId: string, channel: Channel): Snapshot["channels"][number] {
  const visible = messagesIn(parts.workspace, channel.id).filter((one) => isVisible(one, userId));
  return {
    id: channel.id,
    name: channel.directWith === undefined ? channel.name : parts.manifest.botName,
    topic: channel.topic ?? "",
    kind: channel.directWith === undefined ? "channel" : "app",
    unread: unreadCount(parts.workspace, userId, channel.id),
    messages: visible.slice(-pageMessagesMax).map((message) => pageMessage(parts, message)),
  };
}

const isVisible = (message: Message, userId: string): boolean =>
  message.ephemeral_for === undefined || message.ephemeral_for === userId;

const isConnected = (parts: Parts): boolean => !parts.faults.away && parts.transport.connections() > 0;

/** What one change means for one person's page. */
export function patchesFor(parts: Parts, userId: string, change: Change): Patch[] {
  switch (change.type) {
    case "message":
      return messagePatches(parts, userId, change.message);
    case "removed":
      if (!canOpen(parts, userId, change.channel)) return [];
      return [
        { kind: "removed", channel: change.channel, ts: change.ts },
        unreadPatch(parts, userId, change.channel),
      ];
    case "read":
      return change.user === userId ? [unreadPatch(parts, userId, change.channel)] : [];
    case "modals":
      return change.user === userId ? [{ kind: "modals", modals: modalsFor(parts, userId) }] : [];
    case "home":
      return change.user === userId ? [{ kind: "home", home: homeFor(parts, userId) }] : [];
    case "hook":
    case "event":
    case "event_done":
    case "clock":
      return [];
  }
}

function messagePatches(parts: Parts, userId: string, message: Message): Patch[] {
  if (!isVisible(message, userId) || !canOpen(parts, userId, message.channel)) return [];
  const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts;
  // A reply changes the count under the first message of its thread as well.
  const first = isReply ? messageAt(parts.workspace, message.channel, message.thread_ts ?? "") : undefined;
  const messages = first === undefined ? [message] : [message, first];
  return [
    ...messages.map((one): Patch => ({ kind: "message", message: pageMessage(parts, one) })),
    unreadPatch(parts, userId, message.channel),
  ];
}

export const connectionPatch = (parts: Parts): Patch => ({ kind: "app", connected: isConnected(parts) });

function canOpen(parts: Parts, userId: string, channelId: string): boolean {
  const channel = parts.workspace.channels.get(channelId);
  return channel !== undefined && (channel.directWith === undefined || channel.directWith === userId);
}

const unreadPatch = (parts: Parts, userId: string, channel: string): Patch => ({
  kind: "unread",
  channel,
  count: unreadCount(parts.workspace, userId, channel),
});

function pageMessage(parts: Parts, message: Message): PageMessage {
  const { workspace, identity } = parts;
  const author = workspace.users.get(message.user);
  const replies = repliesTo(workspace, message.channel, message.ts);
  return {
    channel: message.channel,
    ts: message.ts,
    threadTs: message.thread_ts ?? null,
    broadcast: message.reply_broadcast === true,
    author: {
      id: message.user,
      name: author?.name ?? message.user,
      title: author?.realName ?? message.user,
      kind:
        message.user === identity.botUserId ? "app" : message.user === slackbotId ? "workspace" : "person",
    },
    html: contentHtml(parts, message),
    edited: message.edited !== undefined,
    ephemeral: message.ephemeral_for !== undefined,
    tombstone: message.tombstone === true,
    replies: replies.filter((one) => one.ephemeral_for === undefined).length,
    lastReplyTs: replies.at(-1)?.ts ?? null,
  };
}

function contentHtml(parts: Parts, message: Message): string {
  const directory = directoryOf(parts.workspace);
  const main =
    message.blocks === undefined
      ? `<div class="text">${renderMrkdwn(message.text, directory)}</div>`
      : renderBlocks(message.blocks, directory);
  const attached = (message.attachments ?? []).filter(isObject).map((attachment) => {
    const blocks = Array.isArray(attachment["blocks"]) ? renderBlocks(attachment["blocks"], directory) : "";
    const text = typeof attachment["text"] === "string" ? renderMrkdwn(attachment["text"], directory) : "";
    return `<div class="attachment">${blocks}${text}</div>`;
  });
  return main + attached.join("");
}

function modalsFor(parts: Parts, userId: string): PageModal[] {
  const directory = directoryOf(parts.workspace);
  return (parts.workspace.modals.get(userId) ?? []).map((view) => ({
    id: view.id,
    hash: view.hash,
    title: plainOf(view.title),
    submit: view.submit === undefined ? null : plainOf(view.submit),
    close: plainOf(view.close) || "Cancel",
    html: renderBlocks(view.blocks, directory),
  }));
}

const plainOf = (text: View["title"]): string =>
  typeof text?.["text"] === "string" ? renderPlain(text["text"]) : "";

function homeFor(parts: Parts, userId: string): string | null {
  const view = parts.workspace.homes.get(userId);
  return view === undefined ? null : renderBlocks(view.blocks, directoryOf(parts.workspace));
}
