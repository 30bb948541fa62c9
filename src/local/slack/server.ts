import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createEventQueue } from "./event-queue.ts";
import { createFaults } from "./faults.ts";
import { createHttpDelivery } from "./http-delivery.ts";
import { createDoors, type Doors } from "./http-server.ts";
import { identityFor } from "./identity.ts";
import { createLiveFeed } from "./live-feed.ts";
import { readManifest } from "./manifest.ts";
import type { UserGroup } from "./model.ts";
import type { Parts } from "./parts.ts";
import { createSocketMode } from "./socket-mode.ts";
import { openJournal } from "./store.ts";
import { createTriggers } from "./triggers.ts";
import { createWorkspace } from "./workspace.ts";

export interface LocalSlackOptions {
  /** 0 takes any free port. */
  port: number;
  manifestPath: string;
  users: { id: string; name: string; realName: string }[];
  channels: { id: string; name: string; topic?: string }[];
  userGroups: UserGroup[];
  /** Keeps messages, views, homes and reads across restarts. */
  statePath?: string;
  /** Without one a secret is made, and kept beside `statePath`. Both tokens follow from it. */
  signingSecret?: string;
  /** Reaches the app by signed HTTP at this address instead of Socket Mode. */
  eventsUrl?: string;
  clock?: () => Date;
}

export interface LocalSlack {
  url: string;
  port: number;
  botToken: string;
  appToken: string;
  signingSecret: string;
  close(): Promise<void>;
}

/**
 * Starts a Slack workspace on 127.0.0.1: Web API under `/api/`, Socket Mode, a page at `/` and the
 * control API under `/local/`. An unmodified Bolt app uses it with `slackApiUrl: url + "/api/"`.
 * Rejects when the manifest or the kept state is wrong, or the port is taken.
 */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const clock = options.clock ?? (() => new Date());
  const manifest = readManifest(options.manifestPath);
  const identity = identityFor(options.signingSecret ?? keptSecret(options.statePath));
  refuseTakenIds(options, identity.botUserId);
  const bot = { id: identity.botUserId, name: manifest.botName, appName: manifest.appName };
  const workspace = createWorkspace({ ...options, bot, clock });
  const journal = options.statePath === undefined ? null : openJournal(options.statePath, workspace);
  if (journal !== null) workspace.listeners.add((change) => journal.append(change));

  const faults = createFaults();
  const sockets =
    options.eventsUrl === undefined
      ? createSocketMode({ appId: identity.appId, faults, onChange: (ready) => connectionChanged(ready) })
      : null;
  const http = { eventsUrl: options.eventsUrl ?? "", signingSecret: identity.signingSecret, clock, faults };
  const transport = sockets ?? createHttpDelivery(http);
  const events = createEventQueue({ workspace, identity, transport });

  let doors: Doors | null = null;
  const server = createDoors(() => {
    if (doors === null) throw new Error("the local Slack workspace is still starting");
    return doors;
  });
  const port = await listen(server, options.port);
  const parts: Parts = {
    workspace,
    manifest,
    identity,
    triggers: createTriggers(clock),
    faults,
    transport,
    events,
    baseUrl: `http://127.0.0.1:${port}`,
    socketTicket: sockets === null ? null : () => sockets.ticket(),
  };
  const feed = createLiveFeed(parts);
  const links = {
    disconnect: (reason: Parameters<NonNullable<typeof sockets>["disconnect"]>[0]) =>
      sockets?.disconnect(reason) ?? 0,
    setAway(away: boolean) {
      faults.away = away;
      if (away) sockets?.cut();
      feed.connectionChanged();
    },
  };
  doors = { parts, feed, links, sockets };
  function connectionChanged(ready: boolean): void {
    if (ready) events.flush();
    doors?.feed.connectionChanged();
  }
  if (sockets === null) events.flush();

  return {
    url: parts.baseUrl,
    port,
    botToken: identity.botToken,
    appToken: identity.appToken,
    signingSecret: identity.signingSecret,
    async close() {
      events.close();
      feed.close();
      await sockets?.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      journal?.close();
    },
  };
}

function keptSecret(statePath: string | undefined): string {
  const fresh = randomBytes(16).toString("hex");
  if (statePath === undefined) return fresh;
  const path = `${statePath}.secret`;
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  writeFileSync(path, fresh, { mode: 0o600 });
  return fresh;
}

function refuseTakenIds({ users }: LocalSlackOptions, botUserId: string): void {
  for (const { id } of users) {
    if (!/^[UW][A-Z0-9]+$/.test(id))
      throw new Error(`starting the local Slack workspace: user id ${id} must look like U01`);
    if (id === botUserId)
      throw new Error(`starting the local Slack workspace: user id ${id} is the app's; choose another`);
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        taken
          ? new Error(
              `starting the local Slack workspace: port ${port} is taken; stop what has it, or name another port (loom dev: LOOM_LOCAL_PORT)`,
            )
          : error,
      );
    });
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
