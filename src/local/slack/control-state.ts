import type { JsonObject, Message } from "./model.ts";
import type { Parts } from "./parts.ts";
import { channelsOf, messagesIn, unreadCount } from "./workspace.ts";

/** The whole workspace as plain data, for scripts and tests. */
export function stateOf(parts: Parts): JsonObject {
  const { workspace, identity, manifest } = parts;
  const people = [...workspace.users.values()];
  return {
    app: {
      name: manifest.appName,
      user: identity.botUserId,
      connected: parts.transport.connections() > 0 && !parts.faults.away,
    },
    users: people.map(({ id, name, realName }) => ({
      id,
      name,
      realName,
      is_bot: id === identity.botUserId,
    })),
    userGroups: workspace.userGroups,
    channels: [...workspace.channels.values()].map((channel) => ({
      id: channel.id,
      name: channel.name,
      topic: channel.topic ?? "",
      ...(channel.directWith === undefined ? {} : { is_im: true, user: channel.directWith }),
      messages: messagesIn(workspace, channel.id).map(messageState),
    })),
    views: [...workspace.modals].flatMap(([user, stack]) =>
      stack.map((view, index) => ({ user, view_id: view.id, top: index === stack.length - 1, view })),
    ),
    homes: Object.fromEntries(workspace.homes),
    unread: Object.fromEntries(people.map(({ id }) => [id, unreadOf(parts, id)])),
    pendingEvents: [...workspace.pendingEvents.values()].map(({ eventId, timesSent }) => ({
      eventId,
      timesSent,
    })),
  };
}

function messageState(message: Message): JsonObject {
  const { channel: _, ...fields } = message;
  return fields;
}

function unreadOf(parts: Parts, userId: string): Record<string, number> {
  const counts = channelsOf(parts.workspace, userId).map(
    (channel) => [channel.id, unreadCount(parts.workspace, userId, channel.id)] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
