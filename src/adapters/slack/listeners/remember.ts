import type {
  AllMiddlewareArgs,
  MessageShortcut,
  SlackShortcutMiddlewareArgs,
  SlackViewMiddlewareArgs,
  ViewSubmitAction,
} from "@slack/bolt";
import { z } from "zod";
import { readPaths } from "../../../domain/parse-decide.ts";
import { decisionInputs } from "../blocks/action-ids.ts";
import { decisionModal } from "../blocks/modals.ts";
import { type Door, nameOf, show } from "../door.ts";
import { typedText } from "../typed-text.ts";
import { answerModal, inputError } from "./answer-modal.ts";

/** Our own words, but they went through the client: read as anything from outside. */
const metadataShape = z.object({ channel: z.string().min(1).max(100), ts: z.string().regex(/^\d+\.\d+$/) });

/** "Remember as a decision" in a message's menu: opens the form at once, for its trigger lives three seconds. */
export const onRememberShortcut =
  (door: Door) =>
  async ({
    ack,
    shortcut,
  }: SlackShortcutMiddlewareArgs<MessageShortcut> & AllMiddlewareArgs): Promise<void> => {
    await ack();
    const { channel, message, message_ts: ts, trigger_id, user } = shortcut;
    const metadata = JSON.stringify({ channel: channel.id, ts });
    const statement = typedText(message.text ?? "", nameOf(door)).replace(/\s+/g, " ");
    await show(door, `asking ${user.id} for a decision`, () =>
      door.client.views.open({ trigger_id, view: decisionModal(metadata, statement) }),
    );
  };

/** The form is there: a decision whose source is the message. What is wrong with it is said at its input. */
export const onDecision =
  (door: Door) =>
  async ({ ack, body, view }: SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs) => {
    const entered = (name: keyof typeof decisionInputs): string => {
      const { blockId, actionId } = decisionInputs[name];
      return view.state.values[blockId]?.[actionId]?.value?.trim() ?? "";
    };
    const statement = entered("statement");
    const metadata = readMetadata(view.private_metadata);
    const paths = readPaths(entered("paths"));
    if (metadata === null)
      return ack(
        inputError(
          decisionInputs.statement.blockId,
          "This form is from another version of LoomStack. Close it and choose the message's menu again.",
        ),
      );
    if (statement === "")
      return ack(inputError(decisionInputs.statement.blockId, "Say what is decided, in a sentence or two."));
    if (paths.kind === "problem") return ack(inputError(decisionInputs.paths.blockId, paths.problem));
    await answerModal(door, {
      ack,
      user: { id: body.user.id, name: body.user.name },
      command: async () => ({
        kind: "decide",
        statement,
        reason: entered("reason"),
        paths: paths.paths,
        source: await permalinkOf(door, metadata),
      }),
      blockId: decisionInputs.statement.blockId,
      channel: metadata.channel,
      tellsDone: true,
    });
  };

/** The bot cannot ask for links in channels that it is not in, but their form is known. */
async function permalinkOf(door: Door, { channel, ts }: z.output<typeof metadataShape>): Promise<string> {
  try {
    const { permalink } = await door.client.chat.getPermalink({ channel, message_ts: ts });
    if (permalink !== undefined) return permalink;
  } catch (error) {
    door.log("info", `asking Slack for the link to ${channel}/${ts}: ${String(error)}; using its usual form`);
  }
  return `${door.bot.teamUrl ?? "slack:/"}archives/${channel}/p${ts.replace(".", "")}`;
}

function readMetadata(text: string): z.output<typeof metadataShape> | null {
  try {
    return metadataShape.parse(JSON.parse(text));
  } catch {
    // Not ours, or of another version: the caller says so to the person.
    return null;
  }
}
