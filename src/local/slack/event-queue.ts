import { randomBytes } from "node:crypto";
import type { Identity } from "./identity.ts";
import type { JsonObject, PendingEvent } from "./model.ts";
import type { Answer, Transport } from "./transport.ts";
import { commit, type Workspace } from "./workspace.ts";

/** Slack tries again at once, after a minute and after five, then gives the event up. */
const retryAfterMs = [0, 60_000, 300_000];

export interface EventQueue {
  /** Delivers the event until it is acknowledged or the retries are used up. */
  push(event: JsonObject): void;
  /** Sends what waits; called when a connection is there again. */
  flush(): void;
  /** Sends one event again although it may have been acknowledged; null when there is none. */
  redeliver(eventId: string | undefined): Promise<string | null>;
  close(): void;
}

export interface EventQueueSetup {
  workspace: Workspace;
  identity: Identity;
  transport: Transport;
}

export function createEventQueue({ workspace, identity, transport }: EventQueueSetup): EventQueue {
  const timers = new Map<string, NodeJS.Timeout>();
  const inFlight = new Set<string>();
  let last: PendingEvent | undefined;
  let closed = false;

  const done = (eventId: string) => commit(workspace, { type: "event_done", eventId });

  const attempt = async (eventId: string): Promise<void> => {
    const event = workspace.pendingEvents.get(eventId);
    if (event === undefined || inFlight.has(eventId) || closed) return;
    clearTimeout(timers.get(eventId));
    if (transport.connections() === 0) return;
    inFlight.add(eventId);
    const sent = { ...event, timesSent: event.timesSent + 1 };
    commit(workspace, { type: "event", event: sent });
    last = sent;
    const answer = await transport.event(event.payload, attemptOf(event));
    inFlight.delete(eventId);
    if (!closed) settle(event, answer);
  };

  const settle = ({ eventId, timesSent }: PendingEvent, answer: Answer): void => {
    // Without a connection the event simply waits for the next one; that is no failed attempt.
    if (answer.kind === "unreachable" && transport.connections() === 0) return;
    const waitMs = retryAfterMs[timesSent];
    const refused = answer.kind === "unreachable" && !answer.retry;
    if (answer.kind === "acked" || refused || waitMs === undefined) {
      done(eventId);
      return;
    }
    const timer = setTimeout(() => void attempt(eventId), waitMs);
    timer.unref();
    timers.set(eventId, timer);
  };

  return {
    push(body) {
      const event = { eventId: `Ev${randomBytes(5).toString("hex").toUpperCase()}`, timesSent: 0 };
      const payload = envelopeOf(event.eventId, body, { workspace, identity });
      commit(workspace, { type: "event", event: { ...event, payload } });
      void attempt(event.eventId);
    },
    flush() {
      for (const eventId of workspace.pendingEvents.keys()) void attempt(eventId);
    },
    async redeliver(eventId) {
      const event =
        eventId === undefined ? last : (workspace.pendingEvents.get(eventId) ?? byId(last, eventId));
      if (event === undefined) return null;
      clearTimeout(timers.get(event.eventId));
      const sent = { ...event, timesSent: event.timesSent + 1 };
      last = sent;
      const answer = await transport.event(event.payload, attemptOf(event));
      if (answer.kind === "acked") done(event.eventId);
      return event.eventId;
    },
    close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

const byId = (event: PendingEvent | undefined, eventId: string): PendingEvent | undefined =>
  event?.eventId === eventId ? event : undefined;

const attemptOf = (event: PendingEvent) => ({
  number: event.timesSent,
  reason: event.timesSent === 0 ? "" : "timeout",
});

function envelopeOf(
  eventId: string,
  event: JsonObject,
  at: { workspace: Workspace; identity: Identity },
): JsonObject {
  const { teamId, appId, botUserId } = at.identity;
  return {
    type: "event_callback",
    token: "local",
    team_id: teamId,
    api_app_id: appId,
    event_id: eventId,
    event_time: Math.floor(at.workspace.clock().getTime() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: teamId,
        user_id: botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event,
  };
}
