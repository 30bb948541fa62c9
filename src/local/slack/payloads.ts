import type { FoundElement } from "./elements.ts";
import { messageJson } from "./messages.ts";
import type { Channel, JsonObject, Message, User, View } from "./model.ts";
import type { Parts } from "./parts.ts";
import { createHook } from "./response-url.ts";

/** What every interaction carries. The token is the deprecated verification token; nobody may trust it. */
function base(parts: Parts, user: User, viewId?: string): JsonObject {
  const { teamId, teamDomain, appId } = parts.identity;
  return {
    token: "local",
    team: { id: teamId, domain: teamDomain },
    user: { id: user.id, username: user.name, name: user.name, team_id: teamId },
    api_app_id: appId,
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: parts.triggers.issue(user.id, viewId),
  };
}

const channelName = (channel: Channel): string =>
  channel.directWith === undefined ? channel.name : "directmessage";

export function commandPayload(
  parts: Parts,
  from: { user: User; channel: Channel; command: string; text: string },
): JsonObject {
  const { teamId, teamDomain, appId } = parts.identity;
  const { user, channel, command, text } = from;
  return {
    token: "local",
    team_id: teamId,
    team_domain: teamDomain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: appId,
    is_enterprise_install: "false",
    response_url: createHook(parts, { user: user.id, channel: channel.id }),
    trigger_id: parts.triggers.issue(user.id),
  };
}

export type ActionOrigin =
  | { kind: "message"; channel: Channel; message: Message }
  | { kind: "view"; view: View };

export interface Action {
  user: User;
  found: FoundElement;
  state: JsonObject;
  values: JsonObject;
}

export function actionPayload(parts: Parts, origin: ActionOrigin, action: Action): JsonObject {
  const { user, found, state, values } = action;
  const { element, blockId } = found;
  const actions = [
    {
      ...state,
      action_id: element["action_id"],
      block_id: blockId,
      ...(element["type"] === "button" ? buttonFields(element) : {}),
      action_ts: `${parts.workspace.clock().getTime() / 1000}`,
    },
  ];
  if (origin.kind === "view") {
    const view = { ...origin.view, state: { values } };
    return {
      type: "block_actions",
      ...base(parts, user, origin.view.type === "modal" ? origin.view.id : undefined),
      container: { type: "view", view_id: view.id },
      view,
      actions,
    };
  }
  const { channel, message } = origin;
  const threadTs = message.thread_ts === message.ts ? undefined : message.thread_ts;
  return {
    type: "block_actions",
    ...base(parts, user),
    container: {
      type: "message",
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: message.ephemeral_for !== undefined,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    },
    channel: { id: channel.id, name: channelName(channel) },
    message: messageJson(parts, message, true),
    state: { values },
    response_url: createHook(parts, { user: user.id, channel: channel.id, messageTs: message.ts, threadTs }),
    actions,
  };
}

/** A shortcut used on a message. Its response_url answers beside the message, which may be somebody else's, and never replaces it. */
export function shortcutPayload(
  parts: Parts,
  from: { user: User; channel: Channel; message: Message; callbackId: string },
): JsonObject {
  const { user, channel, message, callbackId } = from;
  const threadTs = message.thread_ts === message.ts ? undefined : message.thread_ts;
  return {
    type: "message_action",
    ...base(parts, user),
    callback_id: callbackId,
    action_ts: `${parts.workspace.clock().getTime() / 1000}`,
    channel: { id: channel.id, name: channelName(channel) },
    message_ts: message.ts,
    message: messageJson(parts, message, true),
    response_url: createHook(parts, { user: user.id, channel: channel.id, threadTs }),
  };
}

function buttonFields(element: JsonObject): JsonObject {
  const { text, value, style } = element;
  return {
    type: "button",
    text,
    ...(value === undefined ? {} : { value }),
    ...(style === undefined ? {} : { style }),
  };
}

export function viewPayload(
  parts: Parts,
  type: "view_submission" | "view_closed",
  from: { user: User; view: View; values: JsonObject },
): JsonObject {
  const view = { ...from.view, state: { values: from.values } };
  const extra = type === "view_submission" ? { response_urls: [] } : { is_cleared: false };
  return { type, ...base(parts, from.user, from.view.id), view, ...extra };
}
