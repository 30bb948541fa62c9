import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { isObject } from "./block-rules.ts";
import type { Faults } from "./faults.ts";
import type { JsonObject } from "./model.ts";
import { type Answer, ackWithinMs, type Transport } from "./transport.ts";

const goodbyeMs = 300;
const pingEveryMs = 10_000;
const ticketLifeMs = 30_000;
const connectionsMax = 10;
const drainMs = { warning: 10_000, refresh_requested: 1000, link_disabled: 0 };

export type DisconnectReason = keyof typeof drainMs;

interface Connection {
  socket: WebSocket;
  draining: boolean;
  answered: boolean;
  waiting: Map<string, (answer: Answer) => void>;
}

export interface SocketMode extends Transport {
  /** A single-use ticket for one connection. */
  ticket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every connection to go and come back, as Slack does when it recycles one. */
  disconnect(reason: DisconnectReason): number;
  /** Cuts every connection without a word. */
  cut(): void;
  /** Says goodbye to every connection, and cuts those that do not answer soon. */
  close(): Promise<void>;
}

export interface SocketModeSetup {
  appId: string;
  faults: Faults;
  /** Called when a connection can take events, and when the number of connections changes. */
  onChange: (readyForEvents: boolean) => void;
}

/** Socket Mode: each envelope goes to one of the app's connections and waits for its ack. */
export function createSocketMode({ appId, faults, onChange }: SocketModeSetup): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const connections = new Set<Connection>();
  const tickets = new Map<string, NodeJS.Timeout>();
  const pings = setInterval(() => pingAll(connections), pingEveryMs);
  pings.unref();

  const open = (socket: WebSocket) => {
    if (connections.size >= connectionsMax) {
      socket.send(JSON.stringify({ type: "disconnect", reason: "too_many_websockets" }));
      return socket.close();
    }
    const connection: Connection = { socket, draining: false, answered: true, waiting: new Map() };
    connections.add(connection);
    socket.on("pong", () => {
      connection.answered = true;
    });
    socket.on("message", (data) => takeAck(connection, data, faults));
    // A broken connection always closes as well, and closing is what matters here.
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      connections.delete(connection);
      for (const settle of connection.waiting.values()) settle(disconnected);
      onChange(false);
    });
    socket.send(JSON.stringify(hello(appId, connections.size)));
    onChange(true);
  };

  const send = (envelope: JsonObject): Promise<Answer> => {
    const connection = nextConnection(connections);
    return connection === undefined ? Promise.resolve(disconnected) : deliver(connection, envelope);
  };

  return {
    request: (type, payload) => send({ type, accepts_response_payload: true, payload }),
    event: (payload, { number, reason }) =>
      send({
        type: "events_api",
        accepts_response_payload: false,
        retry_attempt: number,
        retry_reason: reason,
        payload,
      }),
    connections: () => [...connections].filter(isReady).length,
    ticket() {
      const ticket = randomUUID();
      const expiry = setTimeout(() => tickets.delete(ticket), ticketLifeMs);
      expiry.unref();
      tickets.set(ticket, expiry);
      return ticket;
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? "/", "ws://local").searchParams.get("ticket") ?? "";
      const expiry = tickets.get(ticket);
      if (expiry === undefined) return refuseUpgrade(socket, "401 Unauthorized");
      clearTimeout(expiry);
      tickets.delete(ticket);
      server.handleUpgrade(request, socket, head, open);
    },
    disconnect(reason) {
      for (const connection of connections) drain(connection, reason);
      return connections.size;
    },
    cut() {
      for (const { socket } of connections) socket.terminate();
    },
    async close() {
      clearInterval(pings);
      for (const expiry of tickets.values()) clearTimeout(expiry);
      await Promise.all([...connections].map(({ socket }) => closePolitely(socket)));
      server.close();
    },
  };
}

const disconnected: Answer = { kind: "unreachable", reason: "the app is not connected", retry: true };

function closePolitely(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => socket.terminate(), goodbyeMs);
    socket.on("close", () => {
      clearTimeout(cut);
      resolve();
    });
    socket.close(1001);
  });
}

export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function hello(appId: string, count: number): JsonObject {
  return {
    type: "hello",
    num_connections: count,
    connection_info: { app_id: appId },
    debug_info: { host: "applink-local", build_number: 1, approximate_connection_time: 18_060 },
  };
}

const isReady = ({ draining, socket }: Connection): boolean => !draining && socket.readyState === socket.OPEN;

/** The connections take turns: the one that was used goes to the end of the line. */
function nextConnection(connections: Set<Connection>): Connection | undefined {
  for (const connection of connections) {
    if (!isReady(connection)) continue;
    connections.delete(connection);
    connections.add(connection);
    return connection;
  }
  return undefined;
}

function deliver(connection: Connection, envelope: JsonObject): Promise<Answer> {
  const envelopeId = randomUUID();
  return new Promise((resolve) => {
    const settle = (answer: Answer) => {
      clearTimeout(deadline);
      connection.waiting.delete(envelopeId);
      resolve(answer);
    };
    const deadline = setTimeout(() => settle({ kind: "timeout" }), ackWithinMs);
    connection.waiting.set(envelopeId, settle);
    connection.socket.send(JSON.stringify({ envelope_id: envelopeId, ...envelope }));
  });
}

function takeAck(connection: Connection, data: RawData, faults: Faults): void {
  const frame = parseFrame(data.toString());
  const settle = connection.waiting.get(String(frame["envelope_id"]));
  // Slack ignores an ack that comes too late or names no envelope.
  if (settle === undefined || faults.takeLostAck()) return;
  settle({ kind: "acked", payload: isObject(frame["payload"]) ? frame["payload"] : {} });
}

function parseFrame(text: string): JsonObject {
  try {
    const frame: unknown = JSON.parse(text);
    return isObject(frame) ? frame : {};
  } catch {
    return {};
  }
}

function drain(connection: Connection, reason: DisconnectReason): void {
  connection.draining = true;
  connection.socket.send(
    JSON.stringify({ type: "disconnect", reason, debug_info: { host: "applink-local" } }),
  );
  const end = setTimeout(() => connection.socket.close(), drainMs[reason]);
  connection.socket.on("close", () => clearTimeout(end));
}

function pingAll(connections: Set<Connection>): void {
  for (const connection of connections) {
    if (!connection.answered) connection.socket.terminate();
    connection.answered = false;
    connection.socket.ping();
  }
}
