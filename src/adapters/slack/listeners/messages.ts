import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from "@slack/bolt";
import { type Door, hear, render, type SlackUser, show } from "../door.ts";
import type { createRecentIds } from "../recent-ids.ts";
import { withoutMention } from "../typed-text.ts";

type Seen = ReturnType<typeof createRecentIds>;

/** A person mentions the bot in a channel or in a thread; slash commands do not work there. */
export const onMention =
  (door: Door, seen: Seen) =>
  async ({ event, body }: SlackEventMiddlewareArgs<"app_mention"> & AllMiddlewareArgs): Promise<void> => {
    if (event.user === undefined || event.bot_id !== undefined || "edited" in event) return;
    if (event.channel.startsWith("D") || !seen.isNew(body.event_id)) return;
    const user = { id: event.user };
    const rendered = await answerTo(door, user, event.text);
    const thread = event.thread_ts === undefined ? {} : { thread_ts: event.thread_ts };
    await show(door, `answering a mention by ${user.id}`, () =>
      door.client.chat.postEphemeral({ channel: event.channel, user: user.id, ...thread, ...rendered }),
    );
  };

/** A person writes to the bot directly. Edits, joins and other bots have a subtype or no user. */
export const onDirectMessage =
  (door: Door, seen: Seen) =>
  async ({ event, body }: SlackEventMiddlewareArgs<"message"> & AllMiddlewareArgs): Promise<void> => {
    if (event.channel_type !== "im" || event.subtype !== undefined) return;
    if (event.bot_id !== undefined || !("user" in event) || !seen.isNew(body.event_id)) return;
    const user = { id: event.user };
    const rendered = await answerTo(door, user, event.text ?? "");
    const thread = event.thread_ts === undefined ? {} : { thread_ts: event.thread_ts };
    await show(door, `answering a direct message of ${user.id}`, () =>
      door.client.chat.postMessage({
        channel: event.channel,
        ...thread,
        ...rendered,
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
  };

async function answerTo(door: Door, user: SlackUser, text: string) {
  const answer = await hear(door, user, withoutMention(text, door.bot.userId));
  return render(door, user, answer);
}
