import type { EventQueue } from "./event-queue.ts";
import type { Faults } from "./faults.ts";
import type { Identity } from "./identity.ts";
import type { Manifest } from "./manifest.ts";
import type { Transport } from "./transport.ts";
import type { Triggers } from "./triggers.ts";
import type { Workspace } from "./workspace.ts";

/** The running workspace, as its doors (Web API, control API, response URLs) see it. */
export interface Parts {
  workspace: Workspace;
  manifest: Manifest;
  identity: Identity;
  triggers: Triggers;
  faults: Faults;
  transport: Transport;
  events: EventQueue;
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  baseUrl: string;
  /** A new ticket for a Socket Mode connection; null when the app is reached by HTTP. */
  socketTicket: (() => string) | null;
}
