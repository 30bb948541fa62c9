import type { Digest } from "../domain/answer.ts";
import { frozenNow } from "../domain/freeze.ts";
import type { Ports } from "../ports.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** The outcomes since the last digest (at most a week, a day when there was none), and what needs people. */
export async function gatherDigest(ports: Ports): Promise<Digest> {
  const until = ports.now();
  const last = (await ports.record.lastDigestAt()) ?? new Date(until.getTime() - dayMs);
  const since = new Date(Math.max(last.getTime(), until.getTime() - 7 * dayMs));
  const digest = await ports.record.digest(since, until);
  return { ...digest, freezes: frozenNow(ports.definitions.organisation(), digest.freezes, until) };
}

/** Posts the day's digest. A job that is delivered twice within the hour posts once. */
export async function sendDigest(ports: Ports): Promise<void> {
  const last = await ports.record.lastDigestAt();
  const now = ports.now();
  if (last !== null && now.getTime() - last.getTime() < dayMs / 24) return;
  const digest = await gatherDigest(ports);
  await ports.record.transact(async (tx) => {
    await tx.setDigestSent(now);
    await tx.append({
      type: "digest.sent",
      at: now,
      by: "loomstack",
      data: { landed: digest.landed.length, held: digest.held.length },
    });
    await tx.say({
      key: `digest:${now.toISOString().slice(0, 13)}`,
      channel: ports.definitions.organisation().digest.channel,
      card: { kind: "digest", digest },
    });
  });
}
