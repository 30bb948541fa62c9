import type { Answer } from "../domain/answer.ts";
import type { Freeze } from "../domain/freeze.ts";
import type { PersonId } from "../domain/ids.ts";
import { readMoment, sayMoment } from "../domain/moment-words.ts";
import { nearest } from "../domain/nearest.ts";
import type { Ports } from "../ports.ts";
import { announce } from "./announce.ts";

/** Nothing lands or deploys in a zone, or anywhere, until a moment. What waits for its end goes on then by itself. */
export async function freeze(
  ports: Ports,
  by: PersonId,
  wish: { zone: string | null; until: string; why: string },
): Promise<Answer> {
  const { timezone, zones } = ports.definitions.organisation();
  const names = zones.map((one) => one.name);
  if (wish.zone !== null && !names.includes(wish.zone)) {
    const meant = nearest(wish.zone, names);
    const hint = meant === undefined ? `there are ${names.join(", ")}` : `did you mean ${meant}?`;
    return { kind: "refused", reason: `There is no zone "${wish.zone}" in org.yml; ${hint}` };
  }
  const at = ports.now();
  const read = readMoment(wish.until, at, timezone);
  if (read.kind === "problem") return { kind: "refused", reason: read.problem };
  const begun: Freeze = { zone: wish.zone, by, why: wish.why, at, until: read.at };
  const until = sayMoment(read.at, timezone);
  await ports.record.transact(async (tx) => {
    await tx.putFreeze(begun);
    const data = { zone: wish.zone, until: read.at.toISOString(), why: wish.why };
    await tx.append({ type: "freeze.begun", at, by, data });
    const because = wish.why === "" ? "" : ` because ${wish.why}`;
    await announce(ports, tx, {
      what: "freeze",
      tone: "warning",
      text: `${placeOf(wish.zone)} is frozen until ${until}${because}. Nothing lands or deploys there before.`,
      by,
    });
  });
  return {
    kind: "done",
    text: `${placeOf(wish.zone)} is frozen until ${until}. "unfreeze${wish.zone === null ? "" : ` ${wish.zone}`}" ends it before.`,
  };
}

/** Ends a freeze before its time; what waited looks again at once. The organisation's own freezes end in its file. */
export async function unfreeze(ports: Ports, by: PersonId, zone: string | null): Promise<Answer> {
  const runs = (await ports.record.liveRuns()).filter((run) => run.status === "held");
  const at = ports.now();
  const lifted = await ports.record.transact(async (tx) => {
    const found = await tx.liftFreeze(zone);
    if (found === null || found.until <= at) return null;
    await tx.append({ type: "freeze.lifted", at, by, data: { zone, begunBy: found.by } });
    for (const run of runs) await tx.wake(run.id);
    await announce(ports, tx, {
      what: "freeze",
      tone: "good",
      text: `${placeOf(zone)} is not frozen any more.`,
      by,
    });
    return found;
  });
  if (lifted !== null) return { kind: "done", text: `${placeOf(zone)} is not frozen any more.` };
  const standing = ports.definitions
    .organisation()
    .freezes.some((one) => one.zone === zone && one.from <= at && at < one.until);
  return {
    kind: "refused",
    reason: standing
      ? `${placeOf(zone)} is frozen by org.yml; end it there.`
      : `${placeOf(zone)} is not frozen; "status" shows what is.`,
  };
}

const placeOf = (zone: string | null): string => (zone === null ? "Everything" : `The zone ${zone}`);
