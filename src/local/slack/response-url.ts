import { randomBytes } from "node:crypto";
import { z } from "zod";
import { deleteMessage, postMessage, rewriteMessage } from "./messages.ts";
import type { Hook, Message } from "./model.ts";
import type { Parts } from "./parts.ts";
import { type Content, contentArgs, readContent } from "./web-api/content.ts";
import { type ApiAnswer, ok, refuse } from "./web-api/method.ts";
import { commit, messageAt } from "./workspace.ts";

const lifeMs = 30 * 60_000;
const usesMax = 5;

/** A new response_url for one interaction. */
export function createHook(
  parts: Parts,
  origin: Pick<Hook, "user" | "channel" | "messageTs" | "threadTs">,
): string {
  const id = randomBytes(12).toString("hex");
  const expiresAtMs = parts.workspace.clock().getTime() + lifeMs;
  commit(parts.workspace, { type: "hook", hook: { ...origin, id, expiresAtMs, uses: 0 } });
  return `${parts.baseUrl}/hooks/${id}`;
}

const replySchema = z.looseObject({
  ...contentArgs,
  response_type: z.enum(["ephemeral", "in_channel"]).default("ephemeral"),
  replace_original: z.union([z.boolean(), z.stringbool()]).default(false),
  delete_original: z.union([z.boolean(), z.stringbool()]).default(false),
  thread_ts: z.string().optional(),
});

/** One post to a response_url: at most five within thirty minutes. */
export function postToHook(parts: Parts, id: string, body: unknown): ApiAnswer {
  const hook = parts.workspace.hooks.get(id);
  if (hook === undefined || hook.expiresAtMs < parts.workspace.clock().getTime())
    return refuse("expired_url");
  if (hook.uses >= usesMax) return refuse("used_url");
  const answer = reply(parts, hook, body);
  if (answer.ok) commit(parts.workspace, { type: "hook", hook: { ...hook, uses: hook.uses + 1 } });
  return answer;
}

/** What the app answers to an interaction, in its ack or by the response_url. */
export function reply(
  parts: Parts,
  hook: Omit<Hook, "id" | "expiresAtMs" | "uses">,
  body: unknown,
): ApiAnswer {
  const parsed = replySchema.safeParse(body);
  if (!parsed.success)
    return refuse(
      "invalid_payload",
      parsed.error.issues.map((issue) => issue.message),
    );
  const original =
    hook.messageTs === undefined ? undefined : messageAt(parts.workspace, hook.channel, hook.messageTs);
  if (parsed.data.delete_original) {
    if (original !== undefined) deleteMessage(parts, original);
    return ok();
  }
  const read = readContent(parsed.data);
  if (read.kind === "refused") return read.answer;
  if (parsed.data.replace_original && original !== undefined) {
    rewriteMessage(parts, original, read.content);
    return ok();
  }
  const ephemeralFor = parsed.data.response_type === "ephemeral" ? hook.user : undefined;
  say(parts, hook, { ...read.content, ephemeralFor, threadTs: parsed.data.thread_ts ?? hook.threadTs });
  return ok();
}

function say(
  parts: Parts,
  hook: Pick<Hook, "channel">,
  content: Content & { ephemeralFor: string | undefined; threadTs: string | undefined },
): Message {
  return postMessage(parts, {
    channel: hook.channel,
    user: parts.identity.botUserId,
    text: content.text ?? "",
    blocks: content.blocks,
    attachments: content.attachments,
    metadata: content.metadata,
    ephemeral_for: content.ephemeralFor,
    thread_ts: content.threadTs,
  });
}
