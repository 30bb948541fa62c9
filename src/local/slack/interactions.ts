import {
  type Entered,
  elementState,
  type FoundElement,
  initialEntry,
  interactiveElements,
} from "./elements.ts";
import { slackbotId } from "./identity.ts";
import { deliversEvent } from "./manifest.ts";
import { messageJson, postMessage } from "./messages.ts";
import type { Channel, JsonObject, Message, User, View } from "./model.ts";
import type { Parts } from "./parts.ts";
import { type ActionOrigin, actionPayload, commandPayload, shortcutPayload } from "./payloads.ts";
import { reply } from "./response-url.ts";
import type { Answer } from "./transport.ts";
import { commandText, messageText } from "./typed-text.ts";

/** What came of something a person did. `message` says it in words for that person. */
export type Outcome =
  | { ok: true; ack?: JsonObject; ts?: string }
  | { ok: false; error: string; message: string; errors?: Record<string, string> };

/** A person types a slash command. Waits for the app's ack. */
export async function runCommand(
  parts: Parts,
  typed: { user: User; channel: Channel; command: string; text: string },
): Promise<Outcome> {
  const { user, channel } = typed;
  const offered = parts.manifest.commands.find((one) => one.command === typed.command);
  if (offered === undefined) {
    const message = `${typed.command} is not a valid command. The app offers: ${parts.manifest.commands.map((one) => one.command).join(", ") || "none"}.`;
    tellUser(parts, { user, channel, text: message });
    return { ok: false, error: "unknown_command", message };
  }
  const text = commandText(typed.text.trim(), parts.workspace, offered.shouldEscape);
  const answer = await parts.transport.request("slash_commands", commandPayload(parts, { ...typed, text }));
  if (answer.kind !== "acked") {
    const failure = failureOf(typed.command, answer);
    tellUser(parts, { user, channel, text: failure.message });
    return failure;
  }
  return acked(parts, answer.payload, { user: user.id, channel: channel.id });
}

export interface Use {
  user: User;
  origin: ActionOrigin;
  actionId: string;
  blockId?: string | undefined;
  /** For a button: tells buttons with the same action_id apart. For others: what was chosen. */
  entered?: Entered;
  /** What the other inputs around it hold, by action_id or by block_id and action_id. */
  values?: JsonObject | undefined;
}

/** A person uses a button, select or other element of a message, the App Home or a modal. */
export async function interact(parts: Parts, use: Use): Promise<Outcome> {
  const { user, origin } = use;
  const blocks = origin.kind === "view" ? origin.view.blocks : (origin.message.blocks ?? []);
  const elements = interactiveElements(blocks);
  const found = chooseElement(elements, use);
  if (found === undefined) {
    const offered = elements.map(({ element }) => String(element["action_id"])).join(", ") || "none";
    return refused("no_such_action", `there is no action ${use.actionId} here; it offers: ${offered}`);
  }
  if (!parts.manifest.interactivity) {
    return refused("interactivity_not_enabled", "the manifest does not enable settings.interactivity");
  }
  const state =
    found.element["type"] === "button" ? { type: "button" } : elementState(found.element, use.entered);
  if (state === null)
    return refused("no_such_option", `${use.actionId} has no option ${String(use.entered)}`);
  const values = valuesOf(elements, {
    ...use.values,
    ...(found.element["type"] === "button" ? {} : { [use.actionId]: use.entered ?? null }),
  });
  const answer = await parts.transport.request(
    "interactive",
    actionPayload(parts, origin, { user, found, state, values }),
  );
  if (answer.kind !== "acked") {
    const failure = failureOf(use.actionId, answer);
    if (origin.kind === "message") tellUser(parts, { user, channel: origin.channel, text: failure.message });
    return failure;
  }
  if (origin.kind === "view") return { ok: true, ack: answer.payload };
  return acked(parts, answer.payload, {
    user: user.id,
    channel: origin.channel.id,
    messageTs: origin.message.ts,
  });
}

/** A person chooses a shortcut of a message's menu. */
export async function runShortcut(
  parts: Parts,
  used: { user: User; channel: Channel; message: Message; callbackId: string },
): Promise<Outcome> {
  const { user, channel } = used;
  const { shortcuts, interactivity } = parts.manifest;
  const offered = shortcuts.find((one) => one.callbackId === used.callbackId);
  if (offered === undefined) {
    const names = shortcuts.map((one) => one.callbackId).join(", ") || "none";
    return refused("no_such_shortcut", `there is no message shortcut ${used.callbackId}; offered: ${names}`);
  }
  if (!interactivity)
    return refused("interactivity_not_enabled", "the manifest does not enable settings.interactivity");
  const answer = await parts.transport.request("interactive", shortcutPayload(parts, used));
  if (answer.kind === "acked") return { ok: true, ack: answer.payload };
  const failure = failureOf(offered.name, answer);
  tellUser(parts, { user, channel, text: failure.message });
  return failure;
}

function chooseElement(elements: FoundElement[], use: Use): FoundElement | undefined {
  const named = elements.filter(
    ({ element, blockId }) => element["action_id"] === use.actionId && (use.blockId ?? blockId) === blockId,
  );
  return (
    named.find(({ element }) => element["type"] === "button" && element["value"] === use.entered) ?? named[0]
  );
}

/** The state.values of a surface: what was entered, else what each element starts with. */
export function valuesOf(elements: FoundElement[], entered: JsonObject): JsonObject {
  const values: Record<string, JsonObject> = {};
  for (const { element, blockId } of elements) {
    if (element["type"] === "button" || element["type"] === "overflow") continue;
    const actionId = String(element["action_id"]);
    const given = enteredFor(entered, blockId, actionId);
    const state = elementState(element, given === undefined ? initialEntry(element) : given);
    values[blockId] = { ...values[blockId], [actionId]: state ?? { type: element["type"], value: null } };
  }
  return values;
}

function enteredFor(entered: JsonObject, blockId: string, actionId: string): Entered {
  const inBlock = entered[blockId];
  if (
    typeof inBlock === "object" &&
    inBlock !== null &&
    !Array.isArray(inBlock) &&
    Object.hasOwn(inBlock, actionId)
  ) {
    return (inBlock as JsonObject)[actionId] as Entered;
  }
  const direct = entered[actionId];
  return typeof direct === "object" && direct !== null && !Array.isArray(direct)
    ? undefined
    : (direct as Entered);
}

/** A person writes a message, or a reply in a thread. */
export function say(
  parts: Parts,
  typed: { user: User; channel: Channel; text: string; threadTs?: string | undefined },
): Message {
  const { user, channel } = typed;
  const text = messageText(typed.text, parts.workspace);
  const message = postMessage(parts, { channel: channel.id, user: user.id, text, thread_ts: typed.threadTs });
  const mentioned = text.includes(`<@${parts.identity.botUserId}>`) && channel.directWith === undefined;
  if (mentioned && deliversEvent(parts.manifest, "app_mention")) {
    const { subtype: _, ...plain } = messageJson(parts, message);
    parts.events.push({ ...plain, type: "app_mention", channel: channel.id, event_ts: message.ts });
  }
  return message;
}

/** A person opens the app's Home or Messages tab. */
export function openHome(parts: Parts, user: User, tab: "home" | "messages", channel: Channel): void {
  if (!deliversEvent(parts.manifest, "app_home_opened")) return;
  const view: View | undefined = parts.workspace.homes.get(user.id);
  parts.events.push({
    type: "app_home_opened",
    user: user.id,
    channel: channel.id,
    tab,
    event_ts: `${parts.workspace.clock().getTime() / 1000}`,
    ...(view === undefined || tab === "messages" ? {} : { view }),
  });
}

function acked(
  parts: Parts,
  payload: JsonObject,
  hook: { user: string; channel: string; messageTs?: string },
): Outcome {
  if (payload["text"] === undefined && payload["blocks"] === undefined) return { ok: true, ack: payload };
  const answer = reply(parts, hook, payload);
  if (answer.ok) return { ok: true, ack: payload };
  return refused(
    String(answer["error"]),
    `Slack refuses the app's ack: ${String(answer["error"])} ${JSON.stringify(answer["errors"] ?? "")}`,
  );
}

const refused = (error: string, message: string): Outcome & { ok: false } => ({ ok: false, error, message });

export function failureOf(what: string, answer: Exclude<Answer, { kind: "acked" }>): Outcome & { ok: false } {
  if (answer.kind === "timeout") {
    return refused(
      "operation_timeout",
      `${what} failed: the app did not answer within 3 seconds (operation_timeout)`,
    );
  }
  return refused("dispatch_failed", `${what} failed: ${answer.reason} (dispatch_failed)`);
}

/** What the workspace itself tells one person, as Slackbot does. */
function tellUser(parts: Parts, to: { user: User; channel: Channel; text: string }): void {
  postMessage(parts, { channel: to.channel.id, user: slackbotId, text: to.text, ephemeral_for: to.user.id });
}
