import type { HoldCard } from "../domain/card.ts";
import { type Approval, type Hold, needStates, needWords, overrideOf } from "../domain/hold.ts";
import type { ChangeDigest, PersonId } from "../domain/ids.ts";
import type { Outcome, Ruling } from "../domain/ruling.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import { holdDigest } from "../trace/fingerprint.ts";
import type { Compared } from "./compare.ts";
import { type End, gaveUp, parked } from "./end.ts";
import { makeHoldCard } from "./hold-card.ts";
import type { Merged } from "./merge-with-target.ts";
import { newHold } from "./new-hold.ts";
import type { OpenRun } from "./open-run.ts";
import { voidHolds } from "./void-holds.ts";

export interface Question {
  merged: Merged;
  ruling: Extract<Ruling, { kind: "allow" | "hold" }>;
  compared: Compared;
  /** The hold whose answers the ruling counts. */
  asked: Hold | null;
  /** The checker's remarks, for the card. */
  remarks: string[];
}

/** It may land, and on whose word. With `override`, a hold that is not met was overridden. */
export interface Go {
  kind: "go";
  approvedBy: PersonId[];
  override?: Approval;
}

/**
 * Parks the change for people, or reads their answers. A hold is bound to the change, to the exact effect that landing it has and to
 * the policies: another head, a target that moved in its paths, or an edited rule voids it and asks again, and so does a reason
 * that was not on its card. One rejection ends the run, whatever policy says of it later.
 */
export async function hold(run: OpenRun, question: Question): Promise<Go | End> {
  const { ruling, asked } = question;
  const holds = await run.ports.record.holds(run.run.id);
  const refused = holds.findLast((one) => one.state === "rejected");
  if (refused !== undefined) return rejected(run, refused);
  const others = holds.filter(
    (one) => one.id !== asked?.id && (one.state === "waiting" || one.state === "approved"),
  );
  await voidHolds(run, others, (one) => whyVoid(one, question, run.ports.now()));
  if (ruling.kind === "allow") return allowed(run, question, ruling);
  switch (asked?.state) {
    case "waiting":
      return wait(run, question, asked);
    case "approved": {
      const override = overrideOf(run.ports.definitions.organisation(), asked);
      if (override === undefined) return reopen(run, question, asked);
      run.mark("hold", "done", `overridden by ${override.person}`);
      return { kind: "go", approvedBy: [override.person], override };
    }
    case "expired":
      run.mark("hold", "stopped", "nobody answered");
      return gaveUp(`${needWords(asked.needs)} did not answer in time; it did not land.`, []);
    default:
      return ask(run, question, ruling);
  }
}

async function allowed(
  run: OpenRun,
  question: Question,
  ruling: Extract<Outcome, { kind: "allow" }>,
): Promise<Go | End> {
  const { asked } = question;
  // An answer may have settled the very conflict that it was asked about: then no rule holds the change any more.
  const answered = asked?.state === "approved" ? needStates(run.ports.definitions.organisation(), asked) : [];
  const discharging = [...ruling.discharged, ...answered].flatMap((one) => one.by);
  const approvedBy = [...new Set(discharging)];
  if (asked?.state === "waiting") {
    // Whoever approved has come into the group since. An answer that came this very moment goes first: the run looks again.
    const turned = await run.write(async (tx) => {
      if (!(await tx.turnHold(asked.id, { from: ["waiting"], to: "approved" }))) return false;
      await tx.say(cardMessage(run, question, { ...asked, state: "approved" }));
      return true;
    });
    if (!turned) return parked;
  }
  if (approvedBy.length > 0) run.mark("hold", "done", `approved by ${approvedBy.join(", ")}`);
  return { kind: "go", approvedBy };
}

async function wait(run: OpenRun, question: Question, asked: Hold): Promise<End> {
  run.mark("hold", "waiting", `for ${asked.group}`);
  await run.write(async (tx) => {
    await tx.say(cardMessage(run, question, asked));
    await tx.park(run.run.id);
  });
  return parked;
}

/** It was approved, and is not any more: somebody left the group. What the others said still counts, for the question is the same. */
async function reopen(run: OpenRun, question: Question, asked: Hold): Promise<End> {
  const because = "somebody who approved it is not in the group any more";
  run.mark("hold", "waiting", `for ${asked.group}`);
  await run.write(async (tx) => {
    if (await tx.turnHold(asked.id, { from: ["approved"], to: "waiting" })) {
      await tx.append(run.event("hold.reopened", { hold: asked.id, because }));
      await tx.say(cardMessage(run, question, { ...asked, state: "waiting" }));
    }
    await tx.park(run.run.id);
  });
  return parked;
}

async function ask(
  run: OpenRun,
  question: Question,
  ruling: Extract<Ruling, { kind: "hold" }>,
): Promise<End> {
  const { change } = question.merged;
  // People look at the branch before they answer. Pushed before the question is asked; pushing it again changes nothing.
  const proposed = await run.ports.code.propose(run.repository, change.branch, change.head);
  if (proposed.kind === "moved")
    throw new Error(
      `proposing ${change.branch}: somebody pushed ${proposed.to.slice(0, 8)} to it; the run is tried again`,
    );

  const digest = digestOf(question);
  const fresh = newHold(run, { ruling, change, digest, environment: null });
  const { group } = fresh;
  run.mark("hold", "waiting", `for ${group}`);
  await run.write(async (tx) => {
    await tx.putHold(fresh);
    await tx.setChangeState(run.run.id, "held");
    await tx.setFate(run.run.findingId, "held", { runId: run.run.id });
    const { policyDigest, head } = fresh;
    await tx.append(run.event("hold.asked", { hold: fresh.id, digest, group, head, policyDigest }));
    await tx.say(cardMessage(run, question, fresh));
    await tx.park(run.run.id);
  });
  return parked;
}

const digestOf = ({ merged }: Question): ChangeDigest => holdDigest(merged.change.digest, merged.effect);

function whyVoid(hold: Hold, question: Question, now: Date): string {
  const { merged, ruling } = question;
  if (hold.head !== merged.change.head)
    return `somebody pushed ${merged.change.head.slice(0, 8)} to ${merged.change.branch}`;
  if (hold.digest !== digestOf(question)) return "the target moved in the paths of this change";
  if (hold.policyDigest !== ruling.policyDigest) return "the policies changed since it was asked";
  if (hold.state === "approved" && now >= hold.expiresAt) return "the approval ran out before it could land";
  return ruling.kind === "allow" ? "policy lets it land now" : "there is a new reason to hold it";
}

function rejected(run: OpenRun, hold: Hold): End {
  const answer = hold.approvals.findLast((one) => one.answer === "rejected");
  const by = answer?.person ?? "somebody";
  run.mark("hold", "stopped", `rejected by ${by}`);
  const outcome = { kind: "rejected", by, note: answer?.note ?? "" } as const;
  return { kind: "ended", outcome, fate: "rejected", isFailure: false, again: false };
}

function cardMessage(run: OpenRun, question: Question, hold: Hold): Parameters<RecordTx["say"]>[0] {
  const card: HoldCard = makeHoldCard(run.ports.definitions.organisation(), {
    hold,
    finding: run.finding,
    change: question.merged.change,
    conflicts: question.compared.conflicts,
    weaker: question.compared.weaker,
    verdict: question.remarks.join(" "),
  });
  return { key: `hold:${hold.id}`, channel: run.loop.channel, card };
}
