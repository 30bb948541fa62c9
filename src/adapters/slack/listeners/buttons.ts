import type { AllMiddlewareArgs, BlockAction, ButtonAction, SlackActionMiddlewareArgs } from "@slack/bolt";
import type { Answer } from "../../../domain/answer.ts";
import type { Command } from "../../../domain/command.ts";
import { actionIds, readHoldValue } from "../blocks/action-ids.ts";
import { ask, type Door, render, type SlackUser, show } from "../door.ts";
import type { HomeTabs } from "../home-tabs.ts";

export type ButtonPress = SlackActionMiddlewareArgs<BlockAction<ButtonAction>> & AllMiddlewareArgs;

export const pressedBy = (body: BlockAction): SlackUser => ({
  id: body.user.id,
  name: body.user.username ?? body.user.name,
});

const settling =
  (how: Extract<Command, { kind: "settle" }>["how"]) =>
  (conflictId: string): Command => ({ kind: "settle", conflictId, how, note: "" });

/** Buttons that are a command by themselves. The value says what is meant; whether it may be done is decided behind the door. */
export const commandOfButton: Record<string, (value: string) => Command> = {
  [actionIds.holdApprove]: (value) => ({ kind: "approve", ...readHoldValue(value) }),
  [actionIds.inboxRetry]: (findingId) => ({ kind: "retry", findingId }),
  [actionIds.inboxIgnore]: (findingId) => ({ kind: "ignore", findingId }),
  [actionIds.inboxTake]: (findingId) => ({ kind: "take", findingId }),
  [actionIds.conflictKeepLeft]: settling("keep-left"),
  [actionIds.conflictKeepRight]: settling("keep-right"),
  [actionIds.conflictOrder]: settling("order"),
  [actionIds.conflictBothFine]: settling("both-fine"),
  [actionIds.conflictPauseBoth]: settling("pause-both"),
  [actionIds.conflictAsk]: settling("ask"),
  [actionIds.claimRelease]: (key) => ({ kind: "release", what: key }),
  [actionIds.homePause]: () => ({ kind: "pause", loop: "everything", why: "" }),
  [actionIds.homeResume]: () => ({ kind: "resume", loop: "everything" }),
};

export const onCommandButton =
  (door: Door, homes: HomeTabs) =>
  async (press: ButtonPress): Promise<void> => {
    await press.ack();
    const { action, body } = press;
    const command = commandOfButton[action.action_id]?.(action.value ?? "");
    if (command === undefined) return;
    const user = pressedBy(body);
    const answer = await ask(door, user, command);
    await answerPress(door, homes, press, answer);
  };

export const onHomeRefresh =
  (homes: HomeTabs) =>
  async ({ ack, body }: ButtonPress): Promise<void> => {
    await ack();
    await homes.show(pressedBy(body));
  };

/**
 * Tells the one who pressed. On a message that is kept true its new state is the answer, so only a refusal is said (the second
 * of two clicks learns who was first); a list that was shown once (as claims always are), and the home tab, say what was done.
 */
async function answerPress(
  door: Door,
  homes: HomeTabs,
  { action, body, respond }: ButtonPress,
  answer: Answer,
): Promise<void> {
  const user = pressedBy(body);
  const rendered = render(door, user, answer);
  if (body.container["type"] === "view") return homes.show(user, rendered.text);
  const isKeptTrue = body.container["is_ephemeral"] !== true && action.action_id !== actionIds.claimRelease;
  if (answer.kind === "done" && isKeptTrue) return;
  await show(door, `answering a button of ${user.id}`, () =>
    respond({ response_type: "ephemeral", replace_original: false, ...rendered }),
  );
}
