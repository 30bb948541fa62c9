import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { foreignRequest } from "./browser-guard.ts";
import { callControlApi, type Links } from "./control-api.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { JsonObject } from "./model.ts";
import type { Parts } from "./parts.ts";
import { postToHook } from "./response-url.ts";
import { refuseUpgrade, type SocketMode } from "./socket-mode.ts";
import { servePage } from "./static-page.ts";
import { callWebApi } from "./web-api/call.ts";
import { findUser } from "./workspace.ts";

const bodyBytesMax = 5_000_000;

/** What answers requests; it exists only once the port is known, because addresses name the port. */
export interface Doors {
  parts: Parts;
  feed: LiveFeed;
  links: Links;
  sockets: SocketMode | null;
}

/** One port for everything: Web API, Socket Mode, response URLs, control API, page and its feed. */
export function createDoors(doors: () => Doors): Server {
  const server = createServer((request, response) => {
    answer(doors(), request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { ok: false, error: "internal_error", message: String(error) });
    });
  });
  server.on("upgrade", (request, socket, head) => {
    const { sockets, parts } = doors();
    socket.on("error", () => socket.destroy());
    if (foreignRequest(request) !== null) return refuseUpgrade(socket, "403 Forbidden");
    if (parts.faults.away) return refuseUpgrade(socket, "503 Service Unavailable");
    if (sockets === null || !request.url?.startsWith("/link/")) return refuseUpgrade(socket, "404 Not Found");
    sockets.upgrade(request, socket, head);
  });
  return server;
}

async function answer(doors: Doors, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refusal = foreignRequest(request);
  if (refusal !== null) return sendJson(response, 403, { ok: false, error: "forbidden", message: refusal });
  const url = new URL(request.url ?? "/", doors.parts.baseUrl);
  const [, door = "", rest = ""] = /^\/(api|hooks|local)\/(.+)$/.exec(url.pathname) ?? [];
  if (door === "local") return answerControl(doors, rest, { request, response });
  if (door !== "" && doors.parts.faults.away)
    return sendJson(response, 503, { ok: false, error: "service_unavailable" });
  if (door === "api") return answerApi(doors.parts, rest, { request, response });
  if (door === "hooks") return answerHook(doors.parts, rest, { request, response });
  if (url.pathname === "/events") return openFeed(doors, url.searchParams.get("user") ?? "", response);
  if (request.method !== "GET") return sendJson(response, 405, { ok: false, error: "method_not_allowed" });
  return servePage(url.pathname, response);
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

async function answerApi(parts: Parts, method: string, { request, response }: Exchange): Promise<void> {
  const body = await readBody(request);
  if (body === null) return sendJson(response, 413, { ok: false, error: "request_too_large" });
  const fault = parts.faults.take(method);
  if (fault?.delayMs !== undefined) await wait(fault.delayMs);
  const status = fault?.httpStatus ?? (fault?.retryAfter === undefined ? 200 : 429);
  if (fault !== null && (status !== 200 || fault.error !== undefined)) {
    const headers: Record<string, string> =
      fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
    return sendJson(
      response,
      status,
      { ok: false, error: fault.error ?? (status === 429 ? "ratelimited" : "fault") },
      headers,
    );
  }
  const result = callWebApi(parts, {
    method,
    authorization: request.headers.authorization,
    contentType: request.headers["content-type"] ?? "",
    body,
  });
  if (fault?.answer === "lost") request.socket.destroy();
  else sendJson(response, 200, result, { "x-oauth-scopes": [...parts.manifest.scopes].join(",") });
}

async function answerHook(parts: Parts, id: string, { request, response }: Exchange): Promise<void> {
  const body = await readBody(request);
  const result = postToHook(parts, id, body === null ? null : parseJson(body));
  const gone = result["error"] === "expired_url" || result["error"] === "used_url";
  if (result.ok) response.writeHead(200, { "content-type": "text/plain" }).end("ok");
  else sendJson(response, gone ? 404 : 400, result);
}

async function answerControl(doors: Doors, name: string, { request, response }: Exchange): Promise<void> {
  const body = await readBody(request);
  if (body === null) return sendJson(response, 413, { ok: false, error: "request_too_large" });
  const parsed = body === "" ? {} : parseJson(body);
  const call = { name, httpMethod: request.method ?? "", body: parsed };
  const { status, body: answered } = await callControlApi(doors.parts, call, doors.links);
  sendJson(response, status, { ...answered });
}

function openFeed({ parts, feed }: Doors, reference: string, response: ServerResponse): void {
  const people = [...parts.workspace.users.values()];
  const user = findUser(parts.workspace, reference) ?? people[0];
  if (user === undefined) sendJson(response, 404, { ok: false, error: "user_not_found" });
  else feed.open(response, user.id);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: JsonObject,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
    .end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > bodyBytesMax) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
