import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs } from "@slack/bolt";
import { type Door, hear, render, show } from "../door.ts";

/** `/loom …`: acknowledged at once, answered for the asking person only. */
export const onSlashCommand =
  (door: Door) =>
  async ({ ack, command, respond }: SlackCommandMiddlewareArgs & AllMiddlewareArgs): Promise<void> => {
    // Slack waits three seconds for this, and the record may be slower.
    await ack();
    const user = { id: command.user_id, name: command.user_name };
    const answer = await hear(door, user, command.text);
    await show(door, `answering ${command.command} of ${user.id}`, () =>
      respond({ response_type: "ephemeral", ...render(door, user, answer) }),
    );
  };
