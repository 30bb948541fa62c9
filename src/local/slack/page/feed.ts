// What the workspace tells the page, over server-sent events. Every `html` in it was made safe by the server.

export interface PageMessage {
  channel: string;
  ts: string;
  threadTs: string | null;
  broadcast: boolean;
  author: { id: string; name: string; title: string; kind: "person" | "app" | "workspace" };
  html: string;
  edited: boolean;
  ephemeral: boolean;
  tombstone: boolean;
  replies: number;
  lastReplyTs: string | null;
}

/** `title`, `submit` and `close` are safe HTML too: they may hold emoji. */
export interface PageModal {
  id: string;
  hash: string;
  title: string;
  submit: string | null;
  close: string;
  html: string;
}

export interface PageChannel {
  id: string;
  name: string;
  topic: string;
  kind: "channel" | "app";
  unread: number;
  messages: PageMessage[];
}

export interface PageCommand {
  command: string;
  description: string;
  usageHint: string;
}

/** An entry of the menu on every message. */
export interface PageShortcut {
  name: string;
  callbackId: string;
  description: string;
}

export interface Snapshot {
  kind: "snapshot";
  me: string;
  people: { id: string; name: string; realName: string }[];
  app: { id: string; name: string; title: string; description: string };
  commands: PageCommand[];
  shortcuts: PageShortcut[];
  homeTab: boolean;
  messagesTab: boolean;
  channels: PageChannel[];
  modals: PageModal[];
  home: string | null;
  connected: boolean;
}

export type Patch =
  | { kind: "message"; message: PageMessage }
  | { kind: "removed"; channel: string; ts: string }
  | { kind: "unread"; channel: string; count: number }
  | { kind: "modals"; modals: PageModal[] }
  | { kind: "home"; home: string | null }
  | { kind: "app"; connected: boolean };
