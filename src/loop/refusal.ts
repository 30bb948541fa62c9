import type { PersonId } from "../domain/ids.ts";
import type { Ports } from "../ports.ts";

/** Keeps that somebody asked for what they may not have, or too late. */
export const recordRefusal = (
  ports: Ports,
  by: PersonId | string,
  asked: string,
  reason: string,
): Promise<void> =>
  ports.record.transact((tx) =>
    tx.append({ type: "answer.refused", at: ports.now(), by, data: { asked, reason } }),
  );
