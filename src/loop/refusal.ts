import type { TraceEvent } from "../domain/event.ts";
import type { PersonId } from "../domain/ids.ts";
import type { Ports } from "../ports.ts";

/** Keeps that somebody asked for what they may not have, or too late. */
export const recordRefusal = (
  ports: Ports,
  by: PersonId | string,
  asked: string,
  reason: string,
): Promise<void> => append(ports, { type: "answer.refused", by, data: { asked, reason } });

/** Keeps that an answer to a hold was not taken: from somebody who may not, forged, replayed or too late. */
export const recordRefusedAnswer = (ports: Ports, refused: Omit<TraceEvent, "type" | "at">): Promise<void> =>
  append(ports, { type: "approval.refused", ...refused });

const append = (ports: Ports, event: Omit<TraceEvent, "at">): Promise<void> =>
  ports.record.transact((tx) => tx.append({ ...event, at: ports.now() }));
