import type { ServerResponse } from "node:http";
import type { Patch, Snapshot } from "./page/feed.ts";
import { connectionPatch, patchesFor, snapshotFor } from "./page-feed.ts";
import type { Parts } from "./parts.ts";

const heartbeatMs = 15_000;
/** A page that does not read is cut; its browser reconnects and gets a new snapshot. */
const unsentBytesMax = 8_000_000;

export interface LiveFeed {
  /** Answers with the person's snapshot, then with every change they may see. */
  open(response: ServerResponse, userId: string): void;
  connectionChanged(): void;
  close(): void;
}

export function createLiveFeed(parts: Parts): LiveFeed {
  const pages = new Map<ServerResponse, string>();
  const write = (response: ServerResponse, data: Snapshot | Patch) => {
    if (response.writableLength > unsentBytesMax) response.destroy();
    else response.write(`data: ${JSON.stringify(data)}\n\n`);
  };
  const heartbeat = setInterval(() => {
    for (const response of pages.keys()) response.write(": still here\n\n");
  }, heartbeatMs);
  heartbeat.unref();
  parts.workspace.listeners.add((change) => {
    for (const [response, userId] of pages) {
      for (const patch of patchesFor(parts, userId, change)) write(response, patch);
    }
  });
  return {
    open(response, userId) {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      pages.set(response, userId);
      response.on("close", () => pages.delete(response));
      write(response, snapshotFor(parts, userId));
    },
    connectionChanged() {
      for (const response of pages.keys()) write(response, connectionPatch(parts));
    },
    close() {
      clearInterval(heartbeat);
      for (const response of pages.keys()) response.end();
    },
  };
}
