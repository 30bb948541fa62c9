import type { WebClient } from "@slack/web-api";

const pageSize = 200;
const pagesMax = 3;

/** Marks our messages in Slack with their key, so that one whose post has an unknown end can be found again. */
export const messageMetadata = (key: string) => ({
  event_type: "loom_message",
  event_payload: { key },
});

interface Seen {
  ts?: string;
  bot_id?: string;
  metadata?: { event_type?: string; event_payload?: unknown };
}

/** Looks among the newest messages of a channel, or of a thread, for our message with this key. Throws Slack's errors. */
export async function findPosted(
  client: WebClient,
  botId: string,
  wanted: { key: string; channel: string; threadTs?: string | undefined },
): Promise<string | null> {
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const query = {
      channel: wanted.channel,
      limit: pageSize,
      include_all_metadata: true,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const answer =
      wanted.threadTs === undefined
        ? await client.conversations.history(query)
        : await client.conversations.replies({ ...query, ts: wanted.threadTs });
    const messages: Seen[] = answer.messages ?? [];
    const found = messages.find((message) => isOurs(message, botId, wanted.key));
    if (found?.ts !== undefined) return found.ts;
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return null;
  }
  return null;
}

function isOurs({ bot_id, metadata }: Seen, botId: string, key: string): boolean {
  const payload = metadata?.event_payload;
  return (
    bot_id === botId &&
    metadata?.event_type === "loom_message" &&
    typeof payload === "object" &&
    payload !== null &&
    "key" in payload &&
    payload.key === key
  );
}
