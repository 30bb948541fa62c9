import type { Answer } from "../domain/answer.ts";
import type { Change } from "../domain/change.ts";
import type { Approval, Hold } from "../domain/hold.ts";
import type { HoldId, PersonId } from "../domain/ids.ts";
import { isMember, type Organisation } from "../domain/organisation.ts";
import type { Ports } from "../ports.ts";
import { holdMessage } from "./hold-card.ts";
import { recordRefusal } from "./refusal.ts";

const diffBytesMax = 60_000;

interface Wish {
  person: PersonId;
  holdId: HoldId;
  answer: Approval["answer"];
  note: string;
}

/**
 * One person's answer to one hold. Whether they may is looked up now; of two at once one wins and the other is told by whom.
 * The run takes it up from the queue and decides again on fresh facts, so an approval lands only what was on the card.
 */
export async function answerHold(ports: Ports, wish: Wish): Promise<Answer> {
  const hold = await ports.record.hold(wish.holdId);
  if (hold === null)
    return refuse(ports, wish, "there is no such question; it may be from another workspace");
  const change = await ports.record.change(hold.runId);
  const why = whyNot(ports.definitions.organisation(), wish, hold, change);
  if (why !== null) return refuse(ports, wish, why);

  const approval: Approval = {
    person: wish.person,
    answer: wish.answer,
    note: wish.note.slice(0, 2000),
    at: ports.now(),
  };
  const messageOf = await holdMessage(ports, hold.runId);
  const answered = await ports.record.transact(async (tx) => {
    const result = await tx.answerHold(hold.id, hold.digest, approval);
    if (result.kind === "lost") return result;
    await tx.append({
      type: "hold.answered",
      at: approval.at,
      by: wish.person,
      runId: hold.runId,
      repository: hold.repository,
      data: { hold: hold.id, answer: wish.answer, digest: hold.digest, note: approval.note },
    });
    if (messageOf !== null) await tx.say(messageOf(result.hold));
    await tx.wake(hold.runId);
    return result;
  });
  if (answered.kind === "lost") return refuse(ports, wish, whyTooLate(answered.hold));
  return {
    kind: "done",
    text:
      wish.answer === "approved"
        ? "Approved. It lands now, if nothing moved meanwhile."
        : "Rejected. The next run on this finding reads your note.",
  };
}

function whyNot(organisation: Organisation, wish: Wish, hold: Hold, change: Change | null): string | null {
  if (hold.state !== "waiting") return whyTooLate(hold);
  if (!isMember(organisation, hold.group, wish.person)) return `this is for ${hold.group} to answer`;
  const emails = organisation.people.find((person) => person.id === wish.person)?.emails ?? [];
  const authors = change?.authorEmails ?? [];
  const isOwnWork =
    authors.length > 0 &&
    authors.every((author) => author === organisation.commitEmail || emails.includes(author));
  const hasOwnCommits = authors.some((author) => emails.includes(author));
  if (wish.answer === "approved" && isOwnWork && hasOwnCommits)
    return "you wrote part of it and nobody else did; somebody else must approve it";
  if (wish.answer === "rejected" && wish.note.trim() === "")
    return "a rejection needs a note, so that the next run knows why";
  return null;
}

function whyTooLate(hold: Hold | null): string {
  switch (hold?.state) {
    case "approved":
    case "rejected":
      return `${hold.answer?.person ?? "somebody"} has ${hold.state} it already`;
    case "expired":
      return "it has expired and is in the inbox; retry it there";
    case "void":
      return `it is void (${hold.voidedBecause ?? "the change moved"}); look for the newer question`;
    default:
      return "it is not waiting for an answer";
  }
}

async function refuse(ports: Ports, wish: Wish, reason: string): Promise<Answer> {
  await recordRefusal(ports, wish.person, `${wish.answer} ${wish.holdId}`, reason);
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
