import type { PageChannel, PageMessage, Patch, Snapshot } from "./feed.ts";

/** What the page shows, and where the person is. */
export interface PageState {
  data: Snapshot;
  channelId: string;
  tab: "home" | "messages";
  threadTs: string | null;
  /** The first message that was unread when the channel was opened. */
  newFromTs: string | null;
  /** Ephemeral messages that the person dismissed. */
  dismissed: Set<string>;
  online: boolean;
}

export function openChannel(state: PageState): PageChannel | undefined {
  return state.data.channels.find((channel) => channel.id === state.channelId);
}

export function channelByReference(state: PageState, reference: string): PageChannel | undefined {
  return state.data.channels.find((channel) => channel.id === reference || channel.name === reference);
}

/** Takes one change from the feed into the data. */
export function applyPatch(data: Snapshot, patch: Patch): void {
  switch (patch.kind) {
    case "message": {
      const channel = data.channels.find((one) => one.id === patch.message.channel);
      if (channel === undefined) return;
      const at = channel.messages.findIndex((one) => one.ts === patch.message.ts);
      if (at !== -1) channel.messages[at] = patch.message;
      else channel.messages.push(patch.message);
      return;
    }
    case "removed": {
      const channel = data.channels.find((one) => one.id === patch.channel);
      if (channel !== undefined) channel.messages = channel.messages.filter((one) => one.ts !== patch.ts);
      return;
    }
    case "unread": {
      const channel = data.channels.find((one) => one.id === patch.channel);
      if (channel !== undefined) channel.unread = patch.count;
      return;
    }
    case "modals":
      data.modals = patch.modals;
      return;
    case "home":
      data.home = patch.home;
      return;
    case "app":
      data.connected = patch.connected;
  }
}

const isReply = (message: PageMessage): boolean =>
  message.threadTs !== null && message.threadTs !== message.ts;

/** The messages of the channel itself: no thread replies, except those sent to the channel too. */
export function topMessages(state: PageState, channel: PageChannel): PageMessage[] {
  return channel.messages.filter((one) => (!isReply(one) || one.broadcast) && !state.dismissed.has(one.ts));
}

export function threadMessages(state: PageState, channel: PageChannel, threadTs: string): PageMessage[] {
  return channel.messages.filter(
    (one) => (one.ts === threadTs || one.threadTs === threadTs) && !state.dismissed.has(one.ts),
  );
}

/** Where the unread messages begin, as the channel is opened. */
export function firstUnreadTs(state: PageState, channel: PageChannel): string | null {
  if (channel.unread === 0) return null;
  const others = topMessages(state, channel).filter((one) => one.author.id !== state.data.me);
  return others.at(-channel.unread)?.ts ?? null;
}
