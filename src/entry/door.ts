import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import type { Answer } from "../domain/answer.ts";
import type { Actor } from "../domain/command.ts";
import { parseCommand } from "../domain/parse-command.ts";
import { perform } from "../loop/perform.ts";
import type { Ports } from "../ports.ts";

const bodyBytesMax = 64_000;
const doorFile = (home: string) => join(home, "door.json");
const doorShape = z.object({ port: z.int(), token: z.string(), pid: z.int() });
const requestShape = z.object({ person: z.string().max(100), words: z.string().max(10_000) });

/**
 * The command line's door into the running process: loopback only, with a token that only this user can read. Answers are
 * JSON. Also answers `GET /health`, without the token.
 */
export async function openDoor(home: string, ports: Ports): Promise<{ close(): Promise<void> }> {
  const token = randomBytes(24).toString("base64url");
  const server = createServer((request, response) => {
    serve(request, response, token, ports).catch((error: unknown) => {
      ports.log("error", `command line: ${error instanceof Error ? error.message : String(error)}`);
      reply(response, 500, { kind: "refused", reason: "It did not work; the log says why." });
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const draft = `${doorFile(home)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ port, token, pid: process.pid }), { mode: 0o600 });
  renameSync(draft, doorFile(home));
  return {
    async close() {
      if (readDoor(home)?.pid === process.pid) rmSync(doorFile(home), { force: true });
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  ports: Ports,
): Promise<void> {
  if (request.method === "GET" && request.url === "/health") {
    await ports.record.isPaused();
    return reply(response, 200, { kind: "done", text: "up" });
  }
  if (!isSame(request.headers.authorization ?? "", `Bearer ${token}`))
    return reply(response, 401, { kind: "refused", reason: "Wrong token." });
  if (request.method === "GET")
    return serveRulings(new URL(request.url ?? "/", "http://door"), response, ports);
  const parsed = requestShape.safeParse(await readBody(request));
  if (!parsed.success)
    return reply(response, 400, { kind: "refused", reason: "The body is {person, words}." });
  reply(response, 200, await answerWords(ports, parsed.data.person, parsed.data.words));
}

const rulingsQuery = z.union([
  z.strictObject({ id: z.string() }),
  z.strictObject({ since: z.iso.datetime(), limit: z.coerce.number().int().max(10_000) }),
  z.strictObject({ policies: z.string() }),
]);

/** Kept rulings and the policies that made them, for `loom policy` while this process has the record. */
async function serveRulings(url: URL, response: ServerResponse, { record }: Ports): Promise<void> {
  const query = rulingsQuery.safeParse(Object.fromEntries(url.searchParams));
  if (url.pathname !== "/rulings" || !query.success)
    return reply(response, 404, { kind: "refused", reason: "There is nothing to read here." });
  const asked = query.data;
  if ("id" in asked) return replyWith(response, await record.ruling(asked.id));
  if ("policies" in asked) return replyWith(response, await record.policies(asked.policies));
  replyWith(response, await record.rulings({ since: new Date(asked.since), limit: asked.limit }));
}

/** What every text door does: words to a command, a command to an answer. */
export async function answerWords(ports: Ports, person: string, words: string): Promise<Answer> {
  const read = parseCommand(words, { loops: ports.definitions.loops().map((loop) => loop.name) });
  if (read.kind === "unclear") return { kind: "refused", reason: read.message };
  const isKnown = ports.definitions.organisation().people.some((one) => one.id === person);
  const actor: Actor = isKnown
    ? { kind: "person", person }
    : { kind: "stranger", name: person || "the command line" };
  return perform(actor, read.command, ports);
}

/** Asks the process that has this home; null when none answers. */
export async function askDoor(
  home: string,
  path: "/command" | "/health",
  body: { person: string; words: string },
): Promise<Answer | null> {
  const door = readDoor(home);
  if (door === null) return null;
  try {
    const response = await fetch(`http://127.0.0.1:${door.port}${path}`, {
      method: path === "/health" ? "GET" : "POST",
      headers: { authorization: `Bearer ${door.token}`, "content-type": "application/json" },
      ...(path === "/health" ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    return (await response.json()) as Answer;
  } catch (error) {
    // The file outlives a process that was killed; nobody listens there then.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Reads kept rulings from the process that has this home, as JSON; undefined when none answers. */
export async function readFromDoor(home: string, query: { [name: string]: string }): Promise<unknown> {
  const door = readDoor(home);
  if (door === null) return undefined;
  try {
    const response = await fetch(`http://127.0.0.1:${door.port}/rulings?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${door.token}` },
      signal: AbortSignal.timeout(60_000),
    });
    if (!response.ok) throw new Error(`reading rulings: the running process answers ${response.status}`);
    return await response.json();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function readDoor(home: string): z.infer<typeof doorShape> | null {
  try {
    return doorShape.parse(JSON.parse(readFileSync(doorFile(home), "utf8")));
  } catch {
    // Absent, or half-written by a process that died: either way nobody is to be asked.
    return null;
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bodyBytesMax) return null;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    return null;
  }
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function reply(response: ServerResponse, status: number, answer: Answer): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
}

function replyWith(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}
