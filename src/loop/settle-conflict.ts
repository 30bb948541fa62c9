import type { Answer } from "../domain/answer.ts";
import {
  type ConflictAnswer,
  type ConflictState,
  type ConflictStep,
  conflictSteps,
  keptSide,
  otherOf,
} from "../domain/conflict.ts";
import type { Hold } from "../domain/hold.ts";
import type { PersonId, RunId } from "../domain/ids.ts";
import { isMember } from "../domain/organisation.ts";
import { isHolding } from "../domain/severity.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";
import { answerIn, whyNotAnswer } from "./answer-hold.ts";
import { loopsOf, ownersOf } from "./conflict-message.ts";
import { type HoldMessage, holdMessage } from "./hold-card.ts";
import { recordRefusal } from "./refusal.ts";
import { settleIn, type Unsettled, unsettled } from "./settle-in.ts";
import { takeStep } from "./step-conflict.ts";

interface Wish {
  person: PersonId;
  conflictId: string;
  how: ConflictAnswer | ConflictStep;
  note: string;
}

const noteMax = 1000;
const conflictsMax = 100;

/**
 * One person's answer to one conflict, by whatever door. The repository's approvers and the owners of both loops may. Keeping one side
 * answers the waiting questions about both changes in the same click, as far as this person may answer them.
 */
export async function settleConflict(ports: Ports, wish: Wish): Promise<Answer> {
  const state = await ports.record.conflict(wish.conflictId);
  if (state === null) return refuse(ports, wish, "there is no such conflict; `status` shows their ids");
  const known = await unsettled(ports, state);
  const why = whyNot(ports, wish, known);
  if (why !== null) return refuse(ports, wish, why);
  const { how } = wish;
  const done = isStep(how)
    ? await takeStep(ports, known, {
        step: how,
        by: wish.person,
        note: wish.note.slice(0, noteMax),
        at: ports.now(),
      })
    : await settle(ports, wish, known, how);
  return done ?? refuse(ports, wish, "somebody settled it a moment before");
}

const isStep = (how: Wish["how"]): how is ConflictStep => conflictSteps.some((step) => step === how);

function whyNot(ports: Ports, { person }: Wish, { state, repository }: Unsettled): string | null {
  const organisation = ports.definitions.organisation();
  const approvers = organisation.repositories.find((one) => one.name === repository)?.approvers;
  const isApprover = approvers !== undefined && isMember(organisation, approvers, person);
  const owners = ownersOf(ports, state);
  if (!isApprover && !owners.includes(person)) {
    const names = loopsOf(ports, state).map((loop) => loop.name);
    const of = names.length === 0 ? "" : `, or the owners of ${names.join(" and ")},`;
    return `this is for ${approvers ?? "the repository's approvers"}${of} to settle`;
  }
  if (state.state === "open") return null;
  if (state.state === "over") return "one of the two is gone, so there is nothing left to settle";
  return `${state.answer?.by ?? "somebody"} has settled it already (${state.answer?.answer ?? "?"})`;
}

async function settle(
  ports: Ports,
  wish: Wish,
  known: Unsettled,
  answer: ConflictAnswer,
): Promise<Answer | null> {
  const { state } = known;
  const at = ports.now();
  const said = { answer, by: wish.person, note: wish.note.slice(0, noteMax), at };
  const answers = await holdsAnsweredBy(ports, wish, state, answer);
  const settled = await ports.record.transact(async (tx) => {
    const result = await settleIn(ports, tx, known, said);
    if (result === null) return false;
    for (const one of answers) await answerOne(ports, tx, one, { ...said, state });
    return true;
  });
  if (!settled) return null;
  return { kind: "done", text: `Settled. ${consequence(state, answer, answers)}` };
}

/** A waiting question that this settlement answers, too. */
interface AnsweredHold {
  hold: Hold;
  answer: "approved" | "rejected";
  messageOf: HoldMessage | null;
}

async function holdsAnsweredBy(
  ports: Ports,
  { person }: Wish,
  { conflict }: ConflictState,
  answer: ConflictAnswer,
): Promise<AnsweredHold[]> {
  const kept = keptSide(answer);
  if (kept === null) return [];
  const winner = await waitingOf(ports, conflict[kept].runId);
  const loser = await waitingOf(ports, conflict[otherOf(kept)].runId);
  const isClear = winner !== null && !(await hasOtherConflicts(ports, winner.runId, conflict.id));
  const wanted = [
    ...(isClear ? [{ hold: winner, answer: "approved" as const }] : []),
    ...(loser === null ? [] : [{ hold: loser, answer: "rejected" as const }]),
  ];
  const answered: AnsweredHold[] = [];
  for (const one of wanted) {
    const change = await ports.record.change(one.hold.runId);
    const { id: holdId, digest } = one.hold;
    const wish = { person, holdId, digest, answer: one.answer, note: "settled with the conflict" };
    if (whyNotAnswer(ports, wish, one.hold, change) !== null) continue;
    answered.push({ ...one, messageOf: await holdMessage(ports, one.hold.runId) });
  }
  return answered;
}

async function waitingOf(ports: Ports, runId: RunId | undefined): Promise<Hold | null> {
  if (runId === undefined) return null;
  return (await ports.record.holds(runId)).find((hold) => hold.state === "waiting") ?? null;
}

async function hasOtherConflicts(ports: Ports, runId: RunId, except: string): Promise<boolean> {
  const open = await ports.record.conflicts({ runId, state: "open", limit: conflictsMax });
  return open.some(({ conflict }) => conflict.id !== except && isHolding(conflict));
}

async function answerOne(
  ports: Ports,
  tx: RecordTx,
  { hold, answer, messageOf }: AnsweredHold,
  said: { by: PersonId; note: string; at: Date; state: ConflictState },
): Promise<void> {
  const note = `Settled ${said.state.conflict.id}${said.note === "" ? "" : `: ${said.note}`}`;
  const organisation = ports.definitions.organisation();
  await answerIn(tx, { organisation, hold, messageOf }, { person: said.by, answer, note, at: said.at });
}

function consequence({ conflict }: ConflictState, answer: ConflictAnswer, answers: AnsweredHold[]): string {
  const kept = keptSide(answer);
  if (answer === "order") return "The second is made anew once the first has landed.";
  if (kept === null) return "Both go on as if nothing was between them.";
  const name = conflict[kept].loop ?? "the target branch";
  if (answers.some((one) => one.answer === "approved"))
    return `${name}'s change lands now, if nothing moved meanwhile; the other does not.`;
  const isWaiting = conflict[kept].sha === undefined && conflict[kept].decision === undefined;
  return isWaiting
    ? `${name}'s change goes on to its approval; the other does not land.`
    : `What ${name} did stays.`;
}

async function refuse(ports: Ports, wish: Wish, reason: string): Promise<Answer> {
  await recordRefusal(ports, wish.person, `settle ${wish.conflictId} ${wish.how}`, reason);
  return { kind: "refused", reason: `Not done: ${reason}.` };
}
