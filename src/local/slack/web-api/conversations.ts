import { z } from "zod";
import { messageJson } from "../messages.ts";
import type { Channel, JsonObject, Message } from "../model.ts";
import type { Parts } from "../parts.ts";
import { directId, findChannel, messageAt, messagesIn, repliesTo } from "../workspace.ts";
import { type ApiAnswer, formFlag, formNumber, type Method, method, ok, page, refuse } from "./method.ts";

const rangeArgs = {
  channel: z.string(),
  oldest: z.string().optional(),
  latest: z.string().optional(),
  inclusive: formFlag,
  include_all_metadata: formFlag,
  limit: formNumber.int().min(1).max(999).default(100),
  cursor: z.string().optional(),
};

/** `channels:x` for a channel, `im:x` for a direct message. */
const byKind = (right: string) => (args: JsonObject, parts: Parts) =>
  findChannel(parts.workspace, String(args["channel"]))?.directWith === undefined
    ? `channels:${right}`
    : `im:${right}`;

export const conversationMethods: Record<string, Method> = {
  "conversations.open": method({
    token: "bot",
    scope: "im:write",
    args: z.object({ users: z.string().optional(), channel: z.string().optional(), return_im: formFlag }),
    run(args, parts) {
      const reference = args.channel ?? args.users;
      if (reference === undefined) return refuse("users_list_not_supplied");
      if (reference.includes(",")) return refuse("not_enough_users");
      const channel = parts.workspace.channels.get(args.channel ?? directId(reference));
      if (channel === undefined)
        return refuse(args.channel === undefined ? "user_not_found" : "channel_not_found");
      return ok({ channel: args.return_im ? channelJson(parts, channel) : { id: channel.id } });
    },
  }),

  "conversations.list": method({
    token: "bot",
    scope: (args) =>
      String(args["types"] ?? "")
        .split(",")
        .includes("im")
        ? "im:read"
        : "channels:read",
    args: z.object({
      types: z.string().default("public_channel"),
      limit: formNumber.int().min(1).max(1000).default(100),
      cursor: z.string().optional(),
      exclude_archived: formFlag,
    }),
    run(args, parts) {
      const types = args.types.split(",").map((type) => type.trim());
      const wanted = [...parts.workspace.channels.values()].filter((channel) =>
        types.includes(channel.directWith === undefined ? "public_channel" : "im"),
      );
      const found = page(wanted, args.limit, args.cursor);
      if (found === null) return refuse("invalid_cursor");
      const channels = found.items.map((channel) => channelJson(parts, channel));
      return ok({ channels, response_metadata: { next_cursor: found.next } });
    },
  }),

  "conversations.info": method({
    token: "bot",
    scope: byKind("read"),
    args: z.object({ channel: z.string() }),
    run(args, parts) {
      const channel = findChannel(parts.workspace, args.channel);
      return channel === undefined
        ? refuse("channel_not_found")
        : ok({ channel: channelJson(parts, channel) });
    },
  }),

  "conversations.history": method({
    token: "bot",
    scope: byKind("history"),
    args: z.object(rangeArgs),
    run(args, parts) {
      const channel = findChannel(parts.workspace, args.channel);
      if (channel === undefined) return refuse("channel_not_found");
      const isTop = (one: Message) =>
        one.thread_ts === undefined || one.thread_ts === one.ts || one.reply_broadcast === true;
      return listMessages(parts, messagesIn(parts.workspace, channel.id).filter(isTop).reverse(), args);
    },
  }),

  "conversations.replies": method({
    token: "bot",
    scope: byKind("history"),
    args: z.object({ ...rangeArgs, ts: z.string() }),
    run(args, parts) {
      const channel = findChannel(parts.workspace, args.channel);
      if (channel === undefined) return refuse("channel_not_found");
      const asked = messageAt(parts.workspace, channel.id, args.ts);
      const parent =
        asked === undefined
          ? undefined
          : (messageAt(parts.workspace, channel.id, asked.thread_ts ?? asked.ts) ?? asked);
      if (parent === undefined) return refuse("thread_not_found");
      return listMessages(parts, [parent, ...repliesTo(parts.workspace, channel.id, parent.ts)], args);
    },
  }),
};

interface Range {
  oldest?: string | undefined;
  latest?: string | undefined;
  inclusive?: boolean | undefined;
  include_all_metadata?: boolean | undefined;
  limit: number;
  cursor?: string | undefined;
}

function listMessages(parts: Parts, all: Message[], range: Range): ApiAnswer {
  const oldest = Number(range.oldest ?? 0);
  const latest = range.latest === undefined ? Number.POSITIVE_INFINITY : Number(range.latest);
  const inside = (ts: number) =>
    range.inclusive === true ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
  const seen = all.filter((one) => one.ephemeral_for === undefined && inside(Number(one.ts)));
  const found = page(seen, range.limit, range.cursor);
  if (found === null) return refuse("invalid_cursor");
  return ok({
    messages: found.items.map((message) => messageJson(parts, message, range.include_all_metadata === true)),
    has_more: found.next !== "",
    ...(found.next === "" ? {} : { response_metadata: { next_cursor: found.next } }),
  });
}

function channelJson(parts: Parts, channel: Channel): JsonObject {
  if (channel.directWith !== undefined) {
    return {
      id: channel.id,
      is_im: true,
      is_channel: false,
      user: channel.directWith,
      is_user_deleted: false,
    };
  }
  const text = (value: string) => ({ value, creator: "", last_set: 0 });
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_im: false,
    is_private: false,
    is_archived: false,
    is_member: true,
    is_general: false,
    topic: text(channel.topic ?? ""),
    purpose: text(""),
    context_team_id: parts.identity.teamId,
    num_members: parts.workspace.users.size - 1,
  };
}
