import { z } from "zod";
import { deleteMessage, messageJson, postMessage, rewriteMessage } from "../messages.ts";
import { findChannel, findUser, messageAt } from "../workspace.ts";
import { contentArgs, readContent } from "./content.ts";
import { formFlag, type Method, method, ok, refuse } from "./method.ts";

const scope = "chat:write";
const threadArgs = { thread_ts: z.string().optional(), reply_broadcast: formFlag };

export const chatMethods: Record<string, Method> = {
  "chat.postMessage": method({
    token: "bot",
    scope,
    args: z.object({ channel: z.string(), ...contentArgs, ...threadArgs }),
    run(args, parts) {
      const channel = findChannel(parts.workspace, args.channel);
      if (channel === undefined) return refuse("channel_not_found");
      const read = readContent(args);
      if (read.kind === "refused") return read.answer;
      if (args.thread_ts && messageAt(parts.workspace, channel.id, args.thread_ts) === undefined) {
        return refuse("thread_not_found");
      }
      const message = postMessage(parts, {
        ...read.content,
        text: read.content.text ?? "",
        channel: channel.id,
        user: parts.identity.botUserId,
        thread_ts: args.thread_ts || undefined,
        reply_broadcast: args.reply_broadcast || undefined,
      });
      return ok({ channel: channel.id, ts: message.ts, message: messageJson(parts, message, true) });
    },
  }),

  "chat.postEphemeral": method({
    token: "bot",
    scope,
    args: z.object({ channel: z.string(), user: z.string(), ...contentArgs, ...threadArgs }),
    run(args, parts) {
      const channel = findChannel(parts.workspace, args.channel);
      if (channel === undefined) return refuse("channel_not_found");
      const user = findUser(parts.workspace, args.user);
      if (user === undefined) return refuse("user_not_in_channel");
      const read = readContent(args);
      if (read.kind === "refused") return read.answer;
      const { ts } = postMessage(parts, {
        ...read.content,
        text: read.content.text ?? "",
        channel: channel.id,
        user: parts.identity.botUserId,
        thread_ts: args.thread_ts || undefined,
        ephemeral_for: user.id,
      });
      return ok({ message_ts: ts });
    },
  }),

  "chat.update": method({
    token: "bot",
    scope,
    args: z.object({ channel: z.string(), ts: z.string(), ...contentArgs }),
    run(args, parts) {
      const channel = findChannel(parts.workspace, args.channel);
      if (channel === undefined) return refuse("channel_not_found");
      const before = messageAt(parts.workspace, channel.id, args.ts);
      if (before === undefined || before.ephemeral_for !== undefined || before.tombstone)
        return refuse("message_not_found");
      if (before.user !== parts.identity.botUserId) return refuse("cant_update_message");
      const read = readContent(args);
      if (read.kind === "refused") return read.answer;
      const after = rewriteMessage(parts, before, read.content);
      return ok({
        channel: channel.id,
        ts: after.ts,
        text: after.text,
        message: messageJson(parts, after, true),
      });
    },
  }),

  "chat.delete": method({
    token: "bot",
    scope,
    args: z.object({ channel: z.string(), ts: z.string() }),
    run(args, parts) {
      const channel = findChannel(parts.workspace, args.channel);
      if (channel === undefined) return refuse("channel_not_found");
      const message = messageAt(parts.workspace, channel.id, args.ts);
      if (message === undefined || message.ephemeral_for !== undefined || message.tombstone)
        return refuse("message_not_found");
      if (message.user !== parts.identity.botUserId) return refuse("cant_delete_message");
      deleteMessage(parts, message);
      return ok({ channel: channel.id, ts: message.ts });
    },
  }),

  "chat.getPermalink": method({
    token: "bot",
    args: z.object({ channel: z.string(), message_ts: z.string() }),
    run(args, parts) {
      const channel = findChannel(parts.workspace, args.channel);
      if (channel === undefined) return refuse("channel_not_found");
      const message = messageAt(parts.workspace, channel.id, args.message_ts);
      if (message === undefined) return refuse("message_not_found");
      const permalink = `${parts.baseUrl}/archives/${channel.id}/p${message.ts.replace(".", "")}`;
      return ok({ channel: channel.id, permalink });
    },
  }),
};
