import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from "@slack/bolt";
import { z } from "zod";
import { noteInput, readHoldValue } from "../blocks/action-ids.ts";
import { noteModal } from "../blocks/modals.ts";
import { type Door, show } from "../door.ts";
import { answerModal, inputError } from "./answer-modal.ts";
import type { ButtonPress } from "./buttons.ts";

/** Our own words, but they went through the client: read as anything from outside. */
const metadataShape = z.object({
  holdId: z.string().min(1).max(100),
  digest: z.string().max(64),
  channel: z.string().optional(),
  ts: z.string().optional(),
});

/** Asks for the note first. The trigger lives three seconds, so nothing slow may come before. */
export const onRejectButton =
  (door: Door) =>
  async ({ ack, action, body }: ButtonPress): Promise<void> => {
    await ack();
    const metadata = JSON.stringify({
      ...readHoldValue(action.value ?? ""),
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
    if (problem !== null || metadata === null) return ack(inputError(noteInput.blockId, problem ?? ""));
    await answerModal(door, {
      ack,
      user: { id: body.user.id, name: body.user.name },
      command: () => ({ kind: "reject", holdId: metadata.holdId, digest: metadata.digest, note }),
      blockId: noteInput.blockId,
      channel: metadata.channel,
      // The hold's own message shows it.
      tellsDone: false,
    });
  };

function problemWith(note: string, isKnown: boolean): string | null {
  if (!isKnown) return "This form is from another version of LoomStack. Close it and press Reject again.";
  if (note === "") return "Say what is wrong, so that the next run does better.";
  return note.length > noteInput.charactersMax ? `At most ${noteInput.charactersMax} characters.` : null;
}

function readMetadata(text: string): z.output<typeof metadataShape> | null {
  try {
    return metadataShape.parse(JSON.parse(text));
  } catch {
    // Not ours, or of another version: the caller says so to the person.
    return null;
  }
}
