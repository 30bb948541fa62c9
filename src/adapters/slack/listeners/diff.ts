import { readHoldValue } from "../blocks/action-ids.ts";
import { diffLoadingModal, diffView, messageModal } from "../blocks/modals.ts";
import { ask, type Door, render, show } from "../door.ts";
import { type ButtonPress, pressedBy } from "./buttons.ts";

/** Opens the modal at once, because its trigger lives three seconds, and fills it when the diff is there. */
export const onDiffButton =
  (door: Door) =>
  async ({ ack, action, body }: ButtonPress): Promise<void> => {
    await ack();
    const user = pressedBy(body);
    await show(door, `showing a diff to ${user.id}`, async () => {
      const opened = await door.client.views.open({
        trigger_id: body.trigger_id,
        view: diffLoadingModal(),
      });
      const answer = await ask(door, user, {
        kind: "show-diff",
        holdId: readHoldValue(action.value ?? "").holdId,
      });
      const view = answer.kind === "diff" ? diffView(answer) : messageModal(render(door, user, answer).text);
      await door.client.views.update({ view_id: opened.view?.id ?? "", view });
    });
  };
