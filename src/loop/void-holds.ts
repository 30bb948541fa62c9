import type { Hold } from "../domain/hold.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import { holdMessage } from "./hold-card.ts";
import type { OpenRun } from "./open-run.ts";

export const waitingHolds = async (run: OpenRun): Promise<Hold[]> =>
  (await run.ports.record.holds(run.run.id)).filter((one) => one.state === "waiting");

/** These are not asked any more, and their cards say why. Whoever answered one of them this very moment goes first. */
export async function voidHolds(run: OpenRun, holds: Hold[], why: (hold: Hold) => string): Promise<void> {
  if (holds.length > 0) await run.write(await voiding(run, holds, why));
}

/** As `voidHolds`, in the transaction of what voids them. */
export async function voiding(
  run: OpenRun,
  holds: Hold[],
  why: (hold: Hold) => string,
): Promise<(tx: RecordTx) => Promise<void>> {
  const messageOf = holds.length === 0 ? null : await holdMessage(run.ports, run.run.id);
  return async (tx) => {
    for (const hold of holds) {
      const because = why(hold);
      if (!(await tx.turnHold(hold.id, { from: [hold.state], to: "void", because }))) continue;
      await tx.append(run.event("hold.voided", { hold: hold.id, because }));
      if (messageOf !== null) await tx.say(messageOf({ ...hold, state: "void", voidedBecause: because }));
    }
  };
}
