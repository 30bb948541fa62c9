import type { JsonObject } from "./model.ts";

/** The app has this long to acknowledge what it was sent. */
export const ackWithinMs = 3000;

export type Answer =
  | { kind: "acked"; payload: JsonObject }
  | { kind: "timeout" }
  /** Nothing was delivered: no connection, or the endpoint refused. */
  | { kind: "unreachable"; reason: string; retry: boolean };

export interface EventAttempt {
  number: number;
  reason: string;
}

/** A way to reach the app: Socket Mode, or signed HTTP. */
export interface Transport {
  request(type: "slash_commands" | "interactive", payload: JsonObject): Promise<Answer>;
  event(payload: JsonObject, attempt: EventAttempt): Promise<Answer>;
  connections(): number;
}
