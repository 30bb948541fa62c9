import { slackbotId } from "./identity.ts";
import type {
  Change,
  Channel,
  Directory,
  Hook,
  Message,
  PendingEvent,
  User,
  UserGroup,
  View,
} from "./model.ts";

export const messagesPerChannelMax = 5000;
const ephemeralsPerChannelMax = 200;
const hooksMax = 2000;

/** All that the workspace knows. Changed only by `commit`, so the journal, the page and the memory agree. */
export interface Workspace {
  users: Map<string, User>;
  channels: Map<string, Channel>;
  userGroups: UserGroup[];
  /** channel → ts → message; insertion order is ts order because ts only grows. */
  messages: Map<string, Map<string, Message>>;
  modals: Map<string, View[]>;
  homes: Map<string, View>;
  /** user → channel → the last ts that user saw. */
  reads: Map<string, Map<string, string>>;
  hooks: Map<string, Hook>;
  pendingEvents: Map<string, PendingEvent>;
  lastMicros: number;
  clock: () => Date;
  listeners: Set<(change: Change) => void>;
}

export interface WorkspaceSetup {
  users: User[];
  channels: Channel[];
  userGroups: UserGroup[];
  bot: { id: string; name: string; appName: string };
  clock: () => Date;
}

/** An empty workspace with one direct message between the app and each person. */
export function createWorkspace(setup: WorkspaceSetup): Workspace {
  const people = setup.users.map((user) => [user.id, user] as const);
  const direct = setup.users.map(
    (user): Channel => ({ id: directId(user.id), name: "", directWith: user.id }),
  );
  const bot: User = { id: setup.bot.id, name: setup.bot.name, realName: setup.bot.appName };
  const slackbot: User = { id: slackbotId, name: "slackbot", realName: "Slackbot" };
  return {
    users: new Map([...people, [bot.id, bot], [slackbot.id, slackbot]]),
    channels: new Map([...setup.channels, ...direct].map((channel) => [channel.id, channel])),
    userGroups: setup.userGroups,
    messages: new Map(),
    modals: new Map(),
    homes: new Map(),
    reads: new Map(),
    hooks: new Map(),
    pendingEvents: new Map(),
    lastMicros: 0,
    clock: setup.clock,
    listeners: new Set(),
  };
}

export const directId = (userId: string): string => `D${userId.slice(1)}`;

/** Makes one change and tells every listener (journal, page). */
export function commit(workspace: Workspace, change: Change): void {
  applyChange(workspace, change);
  for (const listener of workspace.listeners) listener(change);
}

/** Makes one change silently: the way back from the journal. */
export function applyChange(workspace: Workspace, change: Change): void {
  switch (change.type) {
    case "message":
      keepMessage(workspace, change.message);
      return;
    case "removed":
      workspace.messages.get(change.channel)?.delete(change.ts);
      return;
    case "modals":
      if (change.stack.length === 0) workspace.modals.delete(change.user);
      else workspace.modals.set(change.user, change.stack);
      return;
    case "home":
      workspace.homes.set(change.user, change.view);
      return;
    case "read":
      nested(workspace.reads, change.user).set(change.channel, change.ts);
      return;
    case "hook":
      workspace.hooks.set(change.hook.id, change.hook);
      dropOldest(workspace.hooks, hooksMax);
      return;
    case "event":
      workspace.pendingEvents.set(change.event.eventId, change.event);
      return;
    case "event_done":
      workspace.pendingEvents.delete(change.eventId);
      return;
    case "clock":
      workspace.lastMicros = Math.max(workspace.lastMicros, change.lastMicros);
  }
}

function keepMessage(workspace: Workspace, message: Message): void {
  const kept = nested(workspace.messages, message.channel);
  kept.set(message.ts, message);
  workspace.lastMicros = Math.max(workspace.lastMicros, microsOf(message.ts));
  dropOldest(kept, messagesPerChannelMax);
  if (message.ephemeral_for === undefined) return;
  const ephemeral = [...kept.values()].filter((one) => one.ephemeral_for !== undefined);
  for (const old of ephemeral.slice(0, -ephemeralsPerChannelMax)) kept.delete(old.ts);
}

function nested<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = map.get(key) ?? new Map<string, V>();
  map.set(key, found);
  return found;
}

function dropOldest<V>(map: Map<string, V>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}

const microsOf = (ts: string): number => Number(ts.replace(".", ""));

/** The next message id: seconds.micros, greater than every one before it even if the clock went back. */
export function nextTs(workspace: Workspace): string {
  const micros = Math.max(workspace.clock().getTime() * 1000, workspace.lastMicros + 1);
  workspace.lastMicros = micros;
  const seconds = Math.floor(micros / 1_000_000);
  return `${seconds}.${String(micros % 1_000_000).padStart(6, "0")}`;
}

export function messagesIn(workspace: Workspace, channel: string): Message[] {
  return [...(workspace.messages.get(channel)?.values() ?? [])];
}

export function messageAt(workspace: Workspace, channel: string, ts: string): Message | undefined {
  return workspace.messages.get(channel)?.get(ts);
}

export function repliesTo(workspace: Workspace, channel: string, threadTs: string): Message[] {
  return messagesIn(workspace, channel).filter((one) => one.thread_ts === threadTs && one.ts !== threadTs);
}

/** Deletes a message; one that has replies leaves a tombstone, so that its thread stays reachable. */
export function removeMessage(workspace: Workspace, message: Message): void {
  const { channel, ts } = message;
  const replies = repliesTo(workspace, channel, ts).filter((one) => one.ephemeral_for === undefined);
  if (replies.length === 0) {
    commit(workspace, { type: "removed", channel, ts });
    return;
  }
  const text = "This message was deleted.";
  commit(workspace, {
    type: "message",
    message: { channel, ts, user: slackbotId, text, thread_ts: ts, tombstone: true },
  });
}

/** A channel by id, `#name` or name; a user's id or name leads to the direct message with the app. */
export function findChannel(workspace: Workspace, reference: string): Channel | undefined {
  const byId = workspace.channels.get(reference);
  if (byId !== undefined) return byId;
  const name = reference.replace(/^#/, "");
  for (const channel of workspace.channels.values()) {
    if (channel.directWith === undefined && channel.name === name) return channel;
  }
  const user = findUser(workspace, reference);
  return user === undefined ? undefined : workspace.channels.get(directId(user.id));
}

export function findUser(workspace: Workspace, reference: string): User | undefined {
  const name = reference.replace(/^@/, "");
  return workspace.users.get(reference) ?? [...workspace.users.values()].find((user) => user.name === name);
}

export function directoryOf(workspace: Workspace): Directory {
  const named = [...workspace.channels.values()].filter((channel) => channel.directWith === undefined);
  return {
    users: Object.fromEntries([...workspace.users.values()].map((user) => [user.id, user.name])),
    channels: Object.fromEntries(named.map((channel) => [channel.id, channel.name])),
    userGroups: Object.fromEntries(workspace.userGroups.map((group) => [group.id, `@${group.handle}`])),
  };
}

/** Channels this person can open: all of the public ones and their own direct message. */
export function channelsOf(workspace: Workspace, userId: string): Channel[] {
  return [...workspace.channels.values()].filter(
    (channel) => channel.directWith === undefined || channel.directWith === userId,
  );
}

/** How many messages of others in the channel this person has not seen. Thread replies count only when broadcast. */
export function unreadCount(workspace: Workspace, userId: string, channel: string): number {
  const readTs = workspace.reads.get(userId)?.get(channel) ?? "";
  return messagesIn(workspace, channel).filter(
    (one) =>
      one.ts > readTs &&
      one.user !== userId &&
      (one.ephemeral_for === undefined || one.ephemeral_for === userId) &&
      (one.thread_ts === undefined || one.thread_ts === one.ts || one.reply_broadcast === true),
  ).length;
}
