import type { Answer } from "../domain/answer.ts";
import type { ConflictState, ConflictStep } from "../domain/conflict.ts";
import type { PersonId } from "../domain/ids.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";
import { conflictKey, conflictMessages, loopsOf } from "./conflict-message.ts";
import { pauseFor, runningOf } from "./pause-for.ts";
import type { Unsettled } from "./settle-in.ts";

/** What a person does with a conflict that stays open: lets both loops wait, or asks the approvers. Null when it is not open any more. */
export async function takeStep(
  ports: Ports,
  { state, repository }: Unsettled,
  step: ConflictState["steps"][number],
): Promise<Answer | null> {
  const { id } = state.conflict;
  const running = await runningOf(ports.record);
  const loops = loopsOf(ports, state).flatMap((loop) => (running.has(loop.name) ? [loop.name] : []));
  const approvers = approversOf(ports, repository);
  const isTaken = await ports.record.transact(async (tx) => {
    const now = await tx.stepConflict(id, step);
    if (now === null) return false;
    const { at, by, note } = step;
    const data = { conflict: id, step: step.step, note };
    await tx.append({ type: "conflict.stepped", at, by, repository, data });
    if (step.step === "pause-both") await pauseFor(ports, tx, { conflict: state.conflict, loops, by });
    for (const message of conflictMessages(ports, now)) {
      await tx.say(message);
      if (step.step === "ask") await askThem(ports, tx, { id, channel: message.channel, step, approvers });
    }
    return true;
  });
  return isTaken ? { kind: "done", text: wordsFor(step.step, loops, approvers.name) } : null;
}

interface Approvers {
  name: string;
  members: PersonId[];
}

function approversOf(ports: Ports, repository: string): Approvers {
  const { repositories, groups } = ports.definitions.organisation();
  const name = repositories.find((one) => one.name === repository)?.approvers ?? "the approvers";
  return { name, members: groups.find((one) => one.name === name)?.members ?? [] };
}

/** In the thread of the conflict's card, once for each person who asks. */
async function askThem(
  ports: Ports,
  tx: RecordTx,
  about: { id: string; channel: string; step: ConflictState["steps"][number]; approvers: Approvers },
): Promise<void> {
  const { id, channel, step, approvers } = about;
  const who =
    ports.definitions.organisation().people.find((person) => person.id === step.by)?.name ?? step.by;
  await tx.say({
    key: `asked:${id}:${channel}:${step.by}`,
    channel,
    threadOf: conflictKey(id, channel),
    card: {
      kind: "notice",
      tone: "warning",
      text: `${who} asks ${approvers.name} to settle this conflict.${step.note === "" ? "" : ` ${step.note}`}`,
      people: approvers.members.filter((one) => one !== step.by),
    },
  });
}

function wordsFor(step: ConflictStep, loops: string[], approvers: string): string {
  if (step === "ask") return `${approvers} are asked; the conflict stays open.`;
  if (loops.length === 0) return "Neither loop was running; the conflict stays open.";
  return `${loops.join(" and ")} ${loops.length === 1 ? "is" : "are"} paused until the conflict is settled.`;
}
