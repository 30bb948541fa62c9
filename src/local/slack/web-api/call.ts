import { isObject } from "../block-rules.ts";
import type { JsonObject } from "../model.ts";
import type { Parts } from "../parts.ts";
import { appMethods } from "./app.ts";
import { chatMethods } from "./chat.ts";
import { conversationMethods } from "./conversations.ts";
import { type ApiAnswer, type Method, refuse } from "./method.ts";
import { peopleMethods } from "./people.ts";
import { viewMethods } from "./views.ts";

const methods = new Map<string, Method>(
  Object.entries({ ...appMethods, ...chatMethods, ...viewMethods, ...peopleMethods, ...conversationMethods }),
);

// A text that merely looks like JSON must stay text, so only these fields are parsed.
const jsonFields = ["blocks", "view", "metadata", "attachments", "chunks", "prompts"];

export interface Request {
  method: string;
  authorization: string | undefined;
  contentType: string;
  body: string;
}

/** Answers one Web API call: token, then scope, then arguments, as Slack checks them. */
export function callWebApi(parts: Parts, request: Request): ApiAnswer {
  const method = methods.get(request.method);
  if (method === undefined) return refuse("unknown_method");
  const read = readArguments(request);
  if (read.kind === "unreadable") return refuse(read.error);
  const refusedToken = checkToken(parts, method, tokenOf(request, read.args));
  if (refusedToken !== null) return refusedToken;
  const scope = typeof method.scope === "function" ? method.scope(read.args, parts) : method.scope;
  if (scope !== undefined && !parts.manifest.scopes.has(scope)) {
    return { ...refuse("missing_scope"), needed: scope, provided: [...parts.manifest.scopes].join(",") };
  }
  return method.run(read.args, parts);
}

function tokenOf(request: Request, args: JsonObject): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(request.authorization ?? "")?.[1];
  return bearer ?? (typeof args["token"] === "string" ? args["token"] : undefined);
}

function checkToken(parts: Parts, method: Method, token: string | undefined): ApiAnswer | null {
  if (method.token === "any") return null;
  if (token === undefined) return refuse("not_authed");
  const { botToken, appToken } = parts.identity;
  if (token !== botToken && token !== appToken) return refuse("invalid_auth");
  return token === (method.token === "bot" ? botToken : appToken) ? null : refuse("not_allowed_token_type");
}

type Arguments = { kind: "read"; args: JsonObject } | { kind: "unreadable"; error: string };

function readArguments({ contentType, body }: Request): Arguments {
  if (contentType.startsWith("application/json")) {
    const parsed = parseJson(body === "" ? "{}" : body);
    return isObject(parsed)
      ? { kind: "read", args: parsed }
      : { kind: "unreadable", error: "json_not_object" };
  }
  if (contentType.startsWith("multipart/")) return { kind: "unreadable", error: "invalid_post_type" };
  const args: JsonObject = Object.fromEntries(new URLSearchParams(body));
  for (const field of jsonFields) {
    if (typeof args[field] !== "string") continue;
    const parsed = parseJson(args[field]);
    if (parsed === undefined)
      return { kind: "unreadable", error: field === "blocks" ? "invalid_blocks_format" : "invalid_json" };
    args[field] = parsed;
  }
  return { kind: "read", args };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
