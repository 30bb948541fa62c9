import { randomUUID } from "node:crypto";

export const triggerLifeMs = 3000;
const triggersMax = 1000;

export type TriggerUse =
  | { kind: "valid"; user: string; viewId: string | undefined }
  | { kind: "refused"; error: "invalid_trigger_id" | "expired_trigger_id" | "exchanged_trigger_id" };

export interface Triggers {
  /** A new trigger_id for what this person just did; `viewId` when it happened inside a modal. */
  issue(user: string, viewId?: string): string;
  /** Each id opens one view, within three seconds. */
  use(id: string): TriggerUse;
}

export function createTriggers(clock: () => Date): Triggers {
  const issued = new Map<
    string,
    { user: string; viewId: string | undefined; issuedAtMs: number; used: boolean }
  >();
  return {
    issue(user, viewId) {
      const id = `${clock().getTime()}.${randomUUID()}`;
      issued.set(id, { user, viewId, issuedAtMs: clock().getTime(), used: false });
      for (const oldest of issued.keys()) {
        if (issued.size <= triggersMax) break;
        issued.delete(oldest);
      }
      return id;
    },
    use(id) {
      const trigger = issued.get(id);
      if (trigger === undefined) return { kind: "refused", error: "invalid_trigger_id" };
      if (trigger.used) return { kind: "refused", error: "exchanged_trigger_id" };
      if (clock().getTime() - trigger.issuedAtMs > triggerLifeMs)
        return { kind: "refused", error: "expired_trigger_id" };
      trigger.used = true;
      return { kind: "valid", user: trigger.user, viewId: trigger.viewId };
    },
  };
}
