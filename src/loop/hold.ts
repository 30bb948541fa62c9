import type { HoldCard } from "../domain/card.ts";
import type { Conflict } from "../domain/conflict.ts";
import { coversChange, type Hold } from "../domain/hold.ts";
import type { ChangeDigest, PersonId } from "../domain/ids.ts";
import type { Ruling } from "../domain/ruling.ts";
import type { RecordTx } from "../ports.ts";
import { holdDigest } from "../trace/fingerprint.ts";
import { type End, gaveUp, parked } from "./end.ts";
import { makeHoldCard } from "./hold-card.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";

interface Question {
  merged: Merged;
  ruling: Extract<Ruling, { kind: "allow" | "hold" }>;
  conflicts: Conflict[];
  /** The checker's remarks, for the card. */
  remarks: string[];
}

type Go = { kind: "go"; approvedBy: PersonId[] };

/**
 * Parks the change for people, or reads their answer. A hold is bound to the change and to the exact effect that landing it has:
 * another head, or a target that moved in its paths, voids it and asks again, and so does a reason that was not on its card.
 */
export async function hold(run: OpenRun, question: Question): Promise<Go | End> {
  const { merged, ruling } = question;
  const digest = holdDigest(merged.change.digest, merged.effect);
  const holds = await run.ports.record.holds(run.run.id);
  const covering =
    ruling.kind === "hold" ? holds.findLast((one) => coversChange(one, digest, ruling.reasons)) : undefined;
  await voidOthers(
    run,
    question,
    holds.filter((one) => one.state === "waiting" && one !== covering),
  );
  if (ruling.kind === "allow") return { kind: "go", approvedBy: [] };

  switch (covering?.state) {
    case "waiting":
      run.mark("hold", "waiting", `for ${covering.group}`);
      await run.write(async (tx) => {
        await tx.say(await cardMessage(run, question, covering));
        await tx.park(run.run.id);
      });
      return parked;
    case "approved":
      run.mark("hold", "done", `approved by ${covering.answer?.person ?? "?"}`);
      return { kind: "go", approvedBy: covering.answer === undefined ? [] : [covering.answer.person] };
    case "rejected":
      return rejected(run, covering);
    case "expired":
      run.mark("hold", "stopped", "nobody answered");
      return gaveUp(`Nobody in ${covering.group} answered in time; it did not land.`, []);
    case "void":
    case undefined:
      return ask(run, question, ruling, digest);
  }
}

async function ask(
  run: OpenRun,
  question: Question,
  ruling: Extract<Ruling, { kind: "hold" }>,
  digest: ChangeDigest,
): Promise<End> {
  const { change } = question.merged;
  // People look at the branch before they answer. Pushed before the question is asked; pushing it again changes nothing.
  const proposed = await run.ports.code.propose(run.repository, change.branch, change.head);
  if (proposed.kind === "moved")
    throw new Error(
      `proposing ${change.branch}: somebody pushed ${proposed.to.slice(0, 8)} to it; the run is tried again`,
    );

  const askedAt = run.ports.now();
  const fresh: Hold = {
    id: run.ports.newId("h"),
    runId: run.run.id,
    repository: run.repository.name,
    digest,
    base: change.base,
    head: change.head,
    tree: change.tree,
    group: ruling.group,
    reasons: ruling.reasons,
    state: "waiting",
    askedAt,
    expiresAt: new Date(askedAt.getTime() + run.loop.limits.holdMs),
  };
  run.mark("hold", "waiting", `for ${ruling.group}`);
  await run.write(async (tx) => {
    await tx.putHold(fresh);
    await tx.setChangeState(run.run.id, "held");
    await tx.setFate(run.run.findingId, "held", { runId: run.run.id });
    await tx.append(
      run.event("hold.asked", { hold: fresh.id, digest, group: fresh.group, head: fresh.head }),
    );
    await tx.say(await cardMessage(run, question, fresh));
    await tx.park(run.run.id);
  });
  return parked;
}

async function voidOthers(run: OpenRun, question: Question, holds: Hold[]): Promise<void> {
  if (holds.length === 0) return;
  await run.write(async (tx) => {
    for (const one of holds) {
      const because = whyVoid(one, question);
      if (!(await tx.endHold(one.id, "void", because))) continue;
      await tx.append(run.event("hold.voided", { hold: one.id, because }));
      await tx.say(await cardMessage(run, question, { ...one, state: "void", voidedBecause: because }));
    }
  });
}

function whyVoid(hold: Hold, { merged, ruling }: Question): string {
  if (hold.head !== merged.change.head)
    return `somebody pushed ${merged.change.head.slice(0, 8)} to ${merged.change.branch}`;
  if (hold.digest !== holdDigest(merged.change.digest, merged.effect))
    return "the target moved in the paths of this change";
  return ruling.kind === "allow" ? "policy lets it land now" : "there is a new reason to hold it";
}

function rejected(run: OpenRun, hold: Hold): End {
  const by = hold.answer?.person ?? "somebody";
  run.mark("hold", "stopped", `rejected by ${by}`);
  const outcome = { kind: "rejected", by, note: hold.answer?.note ?? "" } as const;
  return { kind: "ended", outcome, fate: "rejected", isFailure: false, again: false };
}

async function cardMessage(
  run: OpenRun,
  question: Question,
  hold: Hold,
): Promise<Parameters<RecordTx["say"]>[0]> {
  const card: HoldCard = makeHoldCard(run.ports.definitions.organisation(), {
    hold,
    finding: run.finding,
    change: question.merged.change,
    conflicts: question.conflicts,
    verdict: question.remarks.join(" "),
  });
  return { key: `hold:${hold.id}`, channel: run.loop.channel, card };
}
