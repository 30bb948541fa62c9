import { setTimeout as sleep } from "node:timers/promises";
import type { SlackViewMiddlewareArgs, ViewSubmitAction } from "@slack/bolt";
import type { Answer } from "../../../domain/answer.ts";
import type { Command } from "../../../domain/command.ts";
import { ask, type Door, render, type SlackUser, show } from "../door.ts";

/** Slack shows an error when a modal is not answered within three seconds. */
const answerMs = 2_300;
const errorMax = 500;

type Ack = SlackViewMiddlewareArgs<ViewSubmitAction>["ack"];

export interface Submission {
  ack: Ack;
  user: SlackUser;
  command: () => Promise<Command> | Command;
  /** The input at which a refusal is shown. */
  blockId: string;
  /** Where the modal was opened; the home tab has none. */
  channel: string | undefined;
  /** Whether what was done is said too, because no message shows it by itself. */
  tellsDone: boolean;
}

export const inputError = (blockId: string, text: string) => ({
  response_action: "errors" as const,
  errors: { [blockId]: text.slice(0, errorMax) },
});

/** Does what a modal asked for. A refusal is shown at the input; an answer that comes too late for that comes as a message. */
export async function answerModal(door: Door, submission: Submission): Promise<void> {
  const { ack, user, blockId, channel } = submission;
  const performed = (async () => ask(door, user, await submission.command()))();
  const answer = await Promise.race([performed, sleep(answerMs, null, { ref: false })]);
  if (answer?.kind === "refused") return ack(inputError(blockId, answer.reason));
  await ack();
  if (answer === null || submission.tellsDone) await tell(door, user, channel, await performed);
}

/** The modal is closed already; where the bot is not in the channel, the answer goes to the person directly. */
async function tell(door: Door, user: SlackUser, channel: string | undefined, answer: Answer): Promise<void> {
  const rendered = render(door, user, answer);
  const direct = () =>
    show(door, `answering a form of ${user.id}`, () =>
      door.client.chat.postMessage({ channel: user.id, ...rendered }),
    );
  if (channel === undefined) return direct();
  try {
    await door.client.chat.postEphemeral({ channel, user: user.id, ...rendered });
  } catch (error) {
    door.log("warn", `answering a form of ${user.id} in ${channel}: ${String(error)}; telling them directly`);
    await direct();
  }
}
