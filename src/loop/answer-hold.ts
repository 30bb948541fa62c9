import type { Answer } from "../domain/answer.ts";
import type { Change } from "../domain/change.ts";
import { type Conflict, type ConflictAnswer, sideOf } from "../domain/conflict.ts";
import { type Approval, type Hold, mayOverride, needStates, overrideOf } from "../domain/hold.ts";
import type { HoldId, PersonId } from "../domain/ids.ts";
import { mayMeet, type Organisation } from "../domain/organisation.ts";
import { isHolding } from "../domain/severity.ts";
import { conflictRule } from "../policy/undoing.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";
import { isOnlyAuthor } from "./authors.ts";
import { type HoldMessage, holdMessage } from "./hold-card.ts";
import { recordRefusedAnswer } from "./refusal.ts";
import { policiesOf } from "./rule.ts";
import { settleIn, type Unsettled, unsettled } from "./settle-in.ts";

const diffBytesMax = 60_000;
const noteCharactersMax = 2_000;
const conflictsMax = 100;
/** So much of a digest says which change is meant. */
const digestCharactersMin = 8;

export interface AnswerWish {
  person: PersonId;
  holdId: HoldId;
  /** The digest that the answer is about, or its first characters, as the card or the button has it. */
  digest: string;
  answer: Approval["answer"];
  note: string;
}

/**
 * One person's answer to one hold. Whether they may is looked up now; answers that come at once are taken one after the other, and
 * each is told what came of it. The run takes it up from the queue and decides again on fresh facts, so an approval lands only
 * what was on the card.
 */
export async function answerHold(ports: Ports, wish: AnswerWish): Promise<Answer> {
  const hold = await ports.record.hold(wish.holdId);
  if (hold === null)
    return refuse(ports, wish, null, "there is no such question; it may be from another workspace");
  const organisation = ports.definitions.organisation();
  const change = await ports.record.change(hold.runId);
  const why = whyNotAnswer(ports, wish, hold, change);
  if (why !== null) return refuse(ports, wish, hold, why);

  const at = ports.now();
  const answer: Approval = {
    person: wish.person,
    answer: wish.answer,
    note: wish.note.slice(0, noteCharactersMax),
    at,
  };
  const messageOf = await holdMessage(ports, hold.runId);
  const conflicts = await conflictsOnCard(ports, hold);
  const answered = await ports.record.transact(async (tx) => {
    const result = await answerIn(tx, { organisation, hold, messageOf }, answer);
    if (result.kind === "lost" || result.hold.state === "waiting") return result;
    const { person: by, note } = answer;
    for (const { known, settled } of conflicts)
      await settleIn(ports, tx, known, { answer: settled[wish.answer], by, note, at });
    return result;
  });
  if (answered.kind === "lost")
    return refuse(ports, wish, answered.hold, whyTooLate(answered.hold, wish, at));
  return { kind: "done", text: whatItCameTo(organisation, answered.hold, wish.answer) };
}

/** Writes an answer with all that follows from it for the held run. */
export async function answerIn(
  tx: RecordTx,
  known: { organisation: Organisation; hold: Hold; messageOf: HoldMessage | null },
  answer: Approval,
): Promise<Awaited<ReturnType<RecordTx["answerHold"]>>> {
  const { organisation, hold, messageOf } = known;
  const isEnough = (one: Hold) => isApproved(organisation, one);
  const result = await tx.answerHold(hold.id, { digest: hold.digest, answer, isEnough });
  if (result.kind === "lost") return result;
  const { id, state, runId, repository, digest } = result.hold;
  await tx.append({
    type: "hold.answered",
    at: answer.at,
    by: answer.person,
    runId,
    repository,
    data: { hold: id, answer: answer.answer, digest, note: answer.note, state },
  });
  if (messageOf !== null) {
    await tx.say(messageOf(result.hold));
    if (answer.answer === "overridden") await tx.say(loudly(messageOf(result.hold), result.hold, answer));
  }
  if (state !== "waiting") await tx.wake(runId);
  return result;
}

interface OnCard {
  known: Unsettled;
  /** What each answer to the hold says to the conflict. */
  settled: { [answer in Approval["answer"]]: ConflictAnswer };
}

/** An answer to a held change answers the conflicts that hold it: approved, its side is kept; rejected, the other one. */
async function conflictsOnCard(ports: Ports, { runId, reasons }: Hold): Promise<OnCard[]> {
  // What was found after the card was written is asked about again, on a new one.
  const isOn = ({ kind }: Conflict) => reasons.some((one) => one.rule === conflictRule(kind));
  const open = await ports.record.conflicts({ runId, state: "open", limit: conflictsMax });
  const holding = open.filter(
    ({ conflict }) => isHolding(conflict) && sideOf(conflict, runId) !== null && isOn(conflict),
  );
  return Promise.all(
    holding.map(async (state) => ({
      known: await unsettled(ports, state),
      settled:
        sideOf(state.conflict, runId) === "left"
          ? ({ approved: "keep-left", overridden: "keep-left", rejected: "keep-right" } as const)
          : ({ approved: "keep-right", overridden: "keep-right", rejected: "keep-left" } as const),
    })),
  );
}

/** Why this person's answer does not count; null when it does. */
export function whyNotAnswer(
  ports: Ports,
  wish: AnswerWish,
  hold: Hold,
  change: Change | null,
): string | null {
  const organisation = ports.definitions.organisation();
  return (
    whyNotThis(ports, wish, hold) ??
    whyNotThey(organisation, wish, hold) ??
    whyNotOwn(organisation, wish, change)
  );
}

const isApproved = (organisation: Organisation, hold: Hold): boolean =>
  overrideOf(organisation, hold) !== undefined ||
  // Holds that are older than policies name no needs; they are asked again.
  (hold.needs.length > 0 && needStates(organisation, hold).every((one) => one.isMet));

/** Whether the answer is about this hold as it is now. A policy that changed meanwhile asks again. */
function whyNotThis(ports: Ports, wish: AnswerWish, hold: Hold): string | null {
  const given = wish.digest.toLowerCase();
  if (given.length < digestCharactersMin || !hold.digest.startsWith(given))
    return "the answer is about another change than the one that is asked about; look at the newest message about it";
  if (hold.state !== "waiting" || ports.now() >= hold.expiresAt) return whyTooLate(hold, wish, ports.now());
  return policiesOf(ports).digest === hold.policyDigest
    ? null
    : "the policies changed since it was asked; it is asked again under the new ones";
}

function whyNotThey(organisation: Organisation, wish: AnswerWish, hold: Hold): string | null {
  if (wish.answer === "overridden") {
    if (organisation.breakGlass === null)
      return "org.yml names no `break_glass` group, so nobody overrides a hold";
    if (!mayOverride(organisation, wish.person)) return `only ${organisation.breakGlass} overrides a hold`;
    return wish.note.trim() === "" ? "an override needs a reason: write `because …`" : null;
  }
  if (!hold.needs.some((need) => mayMeet(organisation, need, wish.person)))
    return `this is for ${hold.group} to answer`;
  if (wish.answer === "rejected" && wish.note.trim() === "")
    return "a rejection needs a note, so that the next run knows why";
  return null;
}

const whyNotOwn = (organisation: Organisation, wish: AnswerWish, change: Change | null): string | null =>
  wish.answer !== "rejected" && isOnlyAuthor(organisation, change?.authorEmails ?? [], wish.person)
    ? "you wrote part of it and nobody else did; somebody else must approve it"
    : null;

function whyTooLate(hold: Hold | null, wish: AnswerWish, now: Date): string {
  const last = hold?.approvals.at(-1)?.person ?? "somebody";
  switch (hold?.state) {
    case "approved":
    case "rejected":
      return `${last} has ${hold.state} it already`;
    case "expired":
      return "it has expired and is in the inbox; retry it there";
    case "void":
      return `it is void (${hold.voidedBecause ?? "the change moved"}); look for the newer question`;
    case "waiting":
      if (now >= hold.expiresAt) return "it has expired this moment; retry it in the inbox";
      return hold.approvals.some((one) => one.person === wish.person)
        ? "you have answered it already; it still needs others"
        : "it is not waiting for an answer";
    default:
      return "it is not waiting for an answer";
  }
}

function whatItCameTo(organisation: Organisation, hold: Hold, answer: Approval["answer"]): string {
  const goes = hold.environment === null ? "lands" : `is deployed to ${hold.environment}`;
  if (answer === "rejected")
    return hold.environment === null
      ? "Rejected. The next run on this finding reads your note."
      : `Rejected. It stays landed, and is not deployed to ${hold.environment}.`;
  if (answer === "overridden")
    return `Overridden, and said in the channel. It ${goes} now, if policy does not deny it.`;
  if (hold.state === "approved") return `Approved. It ${goes} now, if nothing moved meanwhile.`;
  const missing = needStates(organisation, hold)
    .filter((one) => !one.isMet)
    .map(({ need, by }) => `${need.count - by.length} of ${need.group}`);
  return `Your approval counts. It still needs ${missing.join(" and ")}.`;
}

/** An override is told in a message of its own, to all who would have been asked. */
function loudly(
  message: ReturnType<NonNullable<Awaited<ReturnType<typeof holdMessage>>>>,
  hold: Hold,
  answer: Approval,
) {
  const people = message.card.kind === "hold" ? message.card.people : [];
  const title = message.card.kind === "hold" ? message.card.title : hold.runId;
  return {
    key: `override:${hold.id}`,
    channel: message.channel,
    card: {
      kind: "notice" as const,
      tone: "warning" as const,
      text: `${answer.person} overrides the hold on "${title}" without ${hold.group}: ${answer.note}`,
      people: [...new Set([answer.person, ...people])],
    },
  };
}

/** The break-glass group's word on the hold of a run that waits. */
export async function overrideHold(
  ports: Ports,
  person: PersonId,
  { what, why }: { what: string; why: string },
): Promise<Answer> {
  const hold = what.startsWith("h-")
    ? await ports.record.hold(what)
    : (await ports.record.holds(what)).findLast((one) => one.state === "waiting");
  const wish = {
    person,
    holdId: hold?.id ?? what,
    digest: hold?.digest ?? "",
    answer: "overridden",
    note: why,
  } as const;
  if (hold === undefined || hold === null)
    return refuse(ports, wish, null, "no hold of it waits; a denial or a wait cannot be overridden");
  return answerHold(ports, wish);
}

async function refuse(ports: Ports, wish: AnswerWish, hold: Hold | null, reason: string): Promise<Answer> {
  await recordRefusedAnswer(ports, {
    by: wish.person,
    ...(hold === null ? {} : { runId: hold.runId, repository: hold.repository }),
    data: {
      hold: wish.holdId.slice(0, 100),
      answer: wish.answer,
      digest: wish.digest.slice(0, 64),
      reason,
    },
  });
  return { kind: "refused", reason: `Not done: ${reason}.` };
}

/** The held change as git shows it, cut for a chat. */
export async function showDiff(ports: Ports, holdId: HoldId): Promise<Answer> {
  const hold = await ports.record.hold(holdId);
  const change = hold === null ? null : await ports.record.change(hold.runId);
  if (hold === null || change === null) return { kind: "refused", reason: "There is no such held change." };
  const repository = ports.definitions
    .organisation()
    .repositories.find((one) => one.name === hold.repository);
  // The change may have been made on another machine; its branch is on the remote.
  if (repository !== undefined) await ports.code.fetch(repository);
  const { text, isCut } = await ports.code.diff(hold.repository, hold.base, hold.head, diffBytesMax);
  return { kind: "diff", title: `${change.branch} at ${hold.head.slice(0, 8)}`, text, isCut };
}
