import { type Claim, holderName } from "../domain/claim.ts";
import type { EventType } from "../domain/event.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";

const lapsedMax = 50;
/** So many that wait are let go on at once: one of them may get in the others' way again. */
const unblockedMax = 10;

/** A claim that lapsed is told to its former holder, loudly: what it was doing under it counts no more. */
export async function tellLapsed(ports: Ports): Promise<void> {
  await ports.record.transact(async (tx) => {
    for (const claim of await tx.takeLapsed(lapsedMax)) {
      const because =
        claim.releaseAskedBy === undefined
          ? "it was not renewed in time"
          : `${claim.releaseAskedBy} asked for it`;
      const text = `${holderName(claim.holder)} lost its claim on ${claim.key}: ${because}. It cannot land under it.`;
      await tellHolder(ports, tx, claim, { type: "claim.lapsed", by: "loomstack", text });
    }
  });
}

/**
 * Wakes runs that wait for claims which nobody else has any more, however those ended: given back, lapsed, or with a run whose end
 * came between the refusal and the parking.
 */
export async function wakeUnblocked(ports: Ports): Promise<void> {
  const { record } = ports;
  if ((await record.isPaused()) !== null) return;
  const paused = (await record.loopStates()).filter((one) => one.switch === "paused").map((one) => one.loop);
  for (const run of await record.unblockedRuns({ except: paused, limit: unblockedMax })) {
    await record.transact((tx) => tx.wake(run));
  }
}

/** One event and one message in the holder's channel, with its owner mentioned; once for each epoch of a claim. */
export async function tellHolder(
  ports: Ports,
  tx: RecordTx,
  claim: Claim,
  notice: { type: EventType; by: string; text: string },
): Promise<void> {
  const { holder } = claim;
  const loop = ports.definitions.loops().find((one) => holder.kind === "run" && one.name === holder.loop);
  const who = holder.kind === "run" ? { runId: holder.runId, loop: holder.loop } : {};
  const { type, by, text } = notice;
  await tx.append({
    type,
    at: ports.now(),
    by,
    ...who,
    data: { key: claim.key, holder: holderName(holder) },
  });
  const owner = holder.kind === "guest" ? holder.person : loop?.owner;
  await tx.say({
    key: `${type}:${claim.key}:${claim.epoch}`,
    channel: loop?.channel ?? ports.definitions.organisation().digest.channel,
    card: { kind: "notice", tone: "warning", text, people: owner === undefined ? [] : [owner] },
  });
}
