import { z } from "zod";
import { stateOf } from "./control-state.ts";
import { interact, type Outcome, openHome, runCommand, runShortcut, say } from "./interactions.ts";
import type { Channel, JsonObject, Message, User, View } from "./model.ts";
import type { Parts } from "./parts.ts";
import type { ActionOrigin } from "./payloads.ts";
import type { DisconnectReason } from "./socket-mode.ts";
import { closeView, submitView } from "./submissions.ts";
import { findModal } from "./views.ts";
import { commit, directId, findChannel, findUser, messageAt } from "./workspace.ts";

export interface ControlAnswer {
  status: number;
  body: JsonObject | Outcome;
}

/** What the control API may do to the connections with the app. */
export interface Links {
  disconnect(reason: DisconnectReason): number;
  setAway(away: boolean): void;
}

/** A request that names something which is not there; the text says what is. */
class WrongReference extends Error {}

type Run = (parts: Parts, body: unknown, links: Links) => Promise<JsonObject | Outcome>;

function route<S extends z.ZodType>(
  schema: S,
  run: (
    parts: Parts,
    body: z.output<S>,
    links: Links,
  ) => Promise<JsonObject | Outcome> | JsonObject | Outcome,
): Run {
  return async (parts, body, links) => run(parts, schema.parse(body), links);
}

const user = z.string().min(1);
const values = z.record(z.string(), z.unknown());
const entered = z.union([z.string(), z.array(z.string())]);

const routes: Record<string, Run> = {
  command: route(
    z.object({
      user,
      channel: z.string(),
      command: z.string().regex(/^\//, "begins with /"),
      text: z.string().default(""),
    }),
    (parts, body) => {
      const at = place(parts, body);
      return runCommand(parts, { ...at, command: body.command, text: body.text });
    },
  ),

  say: route(
    z.object({
      user,
      channel: z.string(),
      text: z.string().min(1).max(40_000),
      thread_ts: z.string().optional(),
    }),
    (parts, body) => {
      const at = place(parts, body);
      if (
        body.thread_ts !== undefined &&
        messageAt(parts.workspace, at.channel.id, body.thread_ts) === undefined
      ) {
        throw new WrongReference(`channel ${body.channel} has no message with thread_ts ${body.thread_ts}`);
      }
      const message = say(parts, { ...at, text: body.text, threadTs: body.thread_ts });
      return { ok: true, ts: message.ts, channel: message.channel, text: message.text };
    },
  ),

  click: route(
    z.object({
      user,
      channel: z.string().optional(),
      ts: z.string().optional(),
      home: z.boolean().optional(),
      view_id: z.string().optional(),
      action_id: z.string(),
      block_id: z.string().optional(),
      value: z.string().optional(),
      selected: entered.nullable().optional(),
      values: values.optional(),
    }),
    (parts, body) => {
      const person = personOf(parts, body.user);
      return interact(parts, {
        user: person,
        origin: originOf(parts, person, body),
        actionId: body.action_id,
        blockId: body.block_id,
        entered: body.selected ?? body.value,
        values: body.values,
      });
    },
  ),

  shortcut: route(
    z.object({ user, channel: z.string(), ts: z.string(), callback_id: z.string() }),
    (parts, body) => {
      const at = place(parts, body);
      const message = messageFor(parts, at, body.ts);
      // Slack has no menu on what only one person sees, nor on what was deleted.
      if (message.ephemeral_for !== undefined || message.tombstone === true)
        throw new WrongReference(`message ${body.ts} in ${body.channel} has no menu of shortcuts`);
      return runShortcut(parts, { ...at, message, callbackId: body.callback_id });
    },
  ),

  submit: route(z.object({ user, view_id: z.string(), values: values.default({}) }), (parts, body) => {
    const person = personOf(parts, body.user);
    return submitView(parts, person, modalOf(parts, person, body.view_id), body.values);
  }),

  close: route(z.object({ user, view_id: z.string(), values: values.default({}) }), (parts, body) => {
    const person = personOf(parts, body.user);
    return closeView(parts, person, modalOf(parts, person, body.view_id), body.values);
  }),

  home: route(z.object({ user, tab: z.enum(["home", "messages"]).default("home") }), (parts, body) => {
    const person = personOf(parts, body.user);
    if (body.tab === "home" && !parts.manifest.homeTab) {
      throw new WrongReference("the manifest does not enable features.app_home.home_tab_enabled");
    }
    const channel = parts.workspace.channels.get(directId(person.id));
    if (channel !== undefined) openHome(parts, person, body.tab, channel);
    return { ok: true };
  }),

  read: route(z.object({ user, channel: z.string(), ts: z.string() }), (parts, body) => {
    const { user: person, channel } = place(parts, body);
    const before = parts.workspace.reads.get(person.id)?.get(channel.id) ?? "";
    if (body.ts > before)
      commit(parts.workspace, { type: "read", user: person.id, channel: channel.id, ts: body.ts });
    return { ok: true };
  }),

  fault: route(
    z.union([
      z.strictObject({ away: z.boolean() }),
      z.strictObject({ clear: z.literal(true) }),
      z.strictObject({ acks: z.literal("lose"), times: z.number().int().min(1).default(1) }),
      z.strictObject({
        method: z.string().optional(),
        error: z.string().optional(),
        httpStatus: z.number().int().min(200).max(599).optional(),
        retryAfter: z.number().int().min(0).optional(),
        answer: z.literal("lost").optional(),
        delayMs: z.number().int().min(0).max(60_000).optional(),
        times: z.number().int().min(1).default(1),
      }),
    ]),
    (parts, body, links) => {
      if ("away" in body) links.setAway(body.away);
      else if ("clear" in body) parts.faults.clear();
      else if ("acks" in body) parts.faults.loseAcks(body.times);
      else parts.faults.add(body);
      return { ok: true };
    },
  ),

  disconnect: route(
    z.object({
      reason: z.enum(["warning", "refresh_requested", "link_disabled"]).default("refresh_requested"),
    }),
    (_, body, links) => ({ ok: true, connections: links.disconnect(body.reason) }),
  ),

  redeliver: route(z.object({ event_id: z.string().optional() }), async (parts, body) => {
    const eventId = await parts.events.redeliver(body.event_id);
    if (eventId === null)
      throw new WrongReference("there is no event to redeliver yet; say something to the app first");
    return { ok: true, event_id: eventId };
  }),
};

const refusedClicks = new Set(["no_such_action", "no_such_option", "no_such_shortcut"]);

/** Answers one request to `/local/<name>`; a wrong one is 400 with what was expected. */
export async function callControlApi(
  parts: Parts,
  request: { name: string; httpMethod: string; body: unknown },
  links: Links,
): Promise<ControlAnswer> {
  if (request.httpMethod === "GET" && request.name === "state") return { status: 200, body: stateOf(parts) };
  const run = Object.hasOwn(routes, request.name) ? routes[request.name] : undefined;
  if (run === undefined || request.httpMethod !== "POST") {
    const offered = ["GET /local/state", ...Object.keys(routes).map((name) => `POST /local/${name}`)].join(
      ", ",
    );
    return {
      status: 404,
      body: { ok: false, error: "unknown_route", message: `expected one of: ${offered}` },
    };
  }
  try {
    const body = await run(parts, request.body, links);
    return { status: "error" in body && refusedClicks.has(String(body.error)) ? 400 : 200, body };
  } catch (error) {
    if (error instanceof z.ZodError) return wrong("invalid_request", z.prettifyError(error));
    if (error instanceof WrongReference) return wrong("not_found", error.message);
    throw error;
  }
}

const wrong = (error: string, message: string): ControlAnswer => ({
  status: 400,
  body: { ok: false, error, message },
});

function personOf(parts: Parts, reference: string): User {
  const found = findUser(parts.workspace, reference);
  if (found !== undefined) return found;
  const names = [...parts.workspace.users.values()].map(({ name }) => name).join(", ");
  throw new WrongReference(`there is no user ${reference}; expected an id or one of: ${names}`);
}

function place(parts: Parts, body: { user: string; channel: string }): { user: User; channel: Channel } {
  const person = personOf(parts, body.user);
  const channel = findChannel(parts.workspace, body.channel);
  if (channel === undefined) {
    const names = [...parts.workspace.channels.values()].map((one) => one.name || one.id).join(", ");
    throw new WrongReference(`there is no channel ${body.channel}; expected an id or one of: ${names}`);
  }
  if (channel.directWith !== undefined && channel.directWith !== person.id) {
    throw new WrongReference(`${channel.id} is the direct message of another user than ${person.name}`);
  }
  return { user: person, channel };
}

function modalOf(parts: Parts, person: User, viewId: string): View {
  const found = findModal(parts, { id: viewId });
  if (found !== null && found.user === person.id) return found.view;
  const open = (parts.workspace.modals.get(person.id) ?? []).map((view) => view.id).join(", ") || "none";
  throw new WrongReference(`${person.name} has no open view ${viewId}; open: ${open}`);
}

interface ClickBody {
  user: string;
  channel?: string | undefined;
  ts?: string | undefined;
  home?: boolean | undefined;
  view_id?: string | undefined;
}

function originOf(parts: Parts, person: User, body: ClickBody): ActionOrigin {
  if (body.home === true) {
    const view = parts.workspace.homes.get(person.id);
    if (view === undefined) throw new WrongReference(`the app has published no App Home for ${person.name}`);
    return { kind: "view", view };
  }
  if (body.view_id !== undefined) return { kind: "view", view: modalOf(parts, person, body.view_id) };
  if (body.channel === undefined || body.ts === undefined) {
    throw new WrongReference("expected channel and ts of a message, or home: true, or view_id");
  }
  const at = place(parts, { user: body.user, channel: body.channel });
  return { kind: "message", channel: at.channel, message: messageFor(parts, at, body.ts) };
}

function messageFor(parts: Parts, at: { user: User; channel: Channel }, ts: string): Message {
  const message = messageAt(parts.workspace, at.channel.id, ts);
  const visible =
    message !== undefined && (message.ephemeral_for === undefined || message.ephemeral_for === at.user.id);
  if (visible) return message;
  throw new WrongReference(`${at.user.name} sees no message ${ts} in ${at.channel.name || at.channel.id}`);
}
