import type { PersonId } from "../domain/ids.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";

/** Tells everybody, in the channel of the digest, what somebody did to all loops. */
export const announce = (
  ports: Ports,
  tx: RecordTx,
  {
    what,
    tone,
    text,
    by,
  }: { what: "freeze" | "pause"; tone: "warning" | "good"; text: string; by: PersonId },
): Promise<void> =>
  tx.say({
    key: `${what}:${ports.now().toISOString()}`,
    channel: ports.definitions.organisation().digest.channel,
    card: { kind: "notice", tone, text, people: [by] },
  });
