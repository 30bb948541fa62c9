// The words of the local workspace. Field names inside messages, views and payloads are Slack's own.

export type JsonObject = { [key: string]: unknown };

/** A Block Kit block that passed validation and has its block_id. */
export type Block = { type: string; block_id: string; [key: string]: unknown };

export interface User {
  id: string;
  name: string;
  realName: string;
}

export interface Channel {
  id: string;
  name: string;
  topic?: string | undefined;
  /** Set for the direct message between this user and the app. */
  directWith?: string | undefined;
}

export interface UserGroup {
  id: string;
  handle: string;
  name: string;
  users: string[];
}

export interface Message {
  channel: string;
  ts: string;
  user: string;
  text: string;
  blocks?: Block[] | undefined;
  attachments?: unknown[] | undefined;
  thread_ts?: string | undefined;
  metadata?: JsonObject | undefined;
  edited?: { user: string; ts: string } | undefined;
  /** Only this user sees it; it is not kept across restarts, as in Slack. */
  ephemeral_for?: string | undefined;
  /** A thread reply that is shown in the channel too. */
  reply_broadcast?: boolean | undefined;
  /** What is left of a deleted message that has replies. */
  tombstone?: boolean | undefined;
}

export interface View {
  id: string;
  team_id: string;
  type: "modal" | "home";
  blocks: Block[];
  private_metadata: string;
  callback_id: string;
  external_id: string;
  state: { values: JsonObject };
  hash: string;
  title?: JsonObject | undefined;
  submit?: JsonObject | undefined;
  close?: JsonObject | undefined;
  clear_on_close: boolean;
  notify_on_close: boolean;
  root_view_id: string;
  previous_view_id: string | null;
  app_id: string;
  bot_id: string;
}

/** Where a `response_url` leads. Five posts within thirty minutes, as in Slack. */
export interface Hook {
  id: string;
  user: string;
  channel: string;
  /** The message the interaction came from, for replace_original and delete_original. */
  messageTs?: string | undefined;
  threadTs?: string | undefined;
  expiresAtMs: number;
  uses: number;
}

/** An event the app has not acknowledged yet. */
export interface PendingEvent {
  eventId: string;
  payload: JsonObject;
  timesSent: number;
}

/** Everything that can happen to the workspace. The journal on disk is a list of these. */
export type Change =
  | { type: "message"; message: Message }
  | { type: "removed"; channel: string; ts: string }
  | { type: "modals"; user: string; stack: View[] }
  | { type: "home"; user: string; view: View }
  | { type: "read"; user: string; channel: string; ts: string }
  | { type: "hook"; hook: Hook }
  | { type: "event"; event: PendingEvent }
  | { type: "event_done"; eventId: string }
  | { type: "clock"; lastMicros: number };

/** What names and ids a text may mention. */
export interface Directory {
  users: Record<string, string>;
  channels: Record<string, string>;
  userGroups: Record<string, string>;
}
