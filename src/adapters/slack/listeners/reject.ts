import { setTimeout as sleep } from "node:timers/promises";
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from "@slack/bolt";
import { z } from "zod";
import type { Answer } from "../../../domain/answer.ts";
import { noteInput } from "../blocks/action-ids.ts";
import { noteModal } from "../blocks/modals.ts";
import { ask, type Door, render, type SlackUser, show } from "../door.ts";
import type { ButtonPress } from "./buttons.ts";

/** Slack shows an error when a modal is not answered within three seconds. */
const answerMs = 2_300;

/** Our own words, but they went through the client: read as anything from outside. */
const metadataShape = z.object({
  holdId: z.string().min(1).max(100),
  channel: z.string().optional(),
  ts: z.string().optional(),
});

/** Asks for the note first. The trigger lives three seconds, so nothing slow may come before. */
export const onRejectButton =
  (door: Door) =>
  async ({ ack, action, body }: ButtonPress): Promise<void> => {
    await ack();
    const metadata = JSON.stringify({
      holdId: action.value ?? "",
      channel: body.channel?.id,
      ts: body.message?.ts,
    });
    await show(door, `asking ${body.user.id} for a note`, () =>
      door.client.views.open({ trigger_id: body.trigger_id, view: noteModal(metadata) }),
    );
  };

/** The note is there. A refusal is shown at the input; a slow answer comes as a message instead. */
export const onRejectNote =
  (door: Door) =>
  async ({ ack, body, view }: SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs) => {
    const note = view.state.values[noteInput.blockId]?.[noteInput.actionId]?.value?.trim() ?? "";
    const metadata = readMetadata(view.private_metadata);
    const problem = problemWith(note, metadata !== null);
    if (problem !== null || metadata === null) return ack(inputError(problem ?? ""));
    const user: SlackUser = { id: body.user.id, name: body.user.name };
    const performed = ask(door, user, { kind: "reject", holdId: metadata.holdId, note });
    const answer = await Promise.race([performed, sleep(answerMs, null, { ref: false })]);
    if (answer?.kind === "refused") return ack(inputError(answer.reason));
    await ack();
    if (answer === null) await tellLater(door, user, metadata.channel, await performed);
  };

function problemWith(note: string, isKnown: boolean): string | null {
  if (!isKnown) return "This form is from another version of LoomStack. Close it and press Reject again.";
  if (note === "") return "Say what is wrong, so that the next run does better.";
  return note.length > noteInput.charactersMax ? `At most ${noteInput.charactersMax} characters.` : null;
}

const inputError = (text: string) => ({
  response_action: "errors" as const,
  errors: { [noteInput.blockId]: text.slice(0, 500) },
});

function readMetadata(text: string): z.output<typeof metadataShape> | null {
  try {
    return metadataShape.parse(JSON.parse(text));
  } catch {
    // Not ours, or of another version: the caller says so to the person.
    return null;
  }
}

/** The modal is closed already; without a channel (the home tab) the answer goes to the person directly. */
async function tellLater(
  door: Door,
  user: SlackUser,
  channel: string | undefined,
  answer: Answer,
): Promise<void> {
  const rendered = render(door, user, answer);
  await show(door, `answering a rejection by ${user.id}`, () =>
    channel === undefined
      ? door.client.chat.postMessage({ channel: user.id, ...rendered })
      : door.client.chat.postEphemeral({ channel, user: user.id, ...rendered }),
  );
}
