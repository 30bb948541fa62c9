import { make, placeChildren } from "./dom.ts";
import type { PageMessage, PageShortcut } from "./feed.ts";
import { messageMenu } from "./message-menu.ts";
import { patchBlocks } from "./patch.ts";

const groupWithinSeconds = 300;

export interface MessageListOptions {
  newFromTs: string | null;
  inThread: boolean;
  shortcuts: PageShortcut[];
  me: () => string;
  onThread: (message: PageMessage) => void;
  onDismiss: (message: PageMessage) => void;
}

interface Shown {
  row: HTMLElement;
  signature: string;
  meta: HTMLElement;
  content: HTMLElement;
  foot: HTMLElement;
  gutter: HTMLElement;
}

const shownIn = new WeakMap<Element, Map<string, Shown>>();

/** Draws the messages into the container, keeping every row that is still true. */
export function drawMessages(container: Element, messages: PageMessage[], options: MessageListOptions): void {
  const shown = shownIn.get(container) ?? new Map<string, Shown>();
  shownIn.set(container, shown);
  const children: Node[] = [];
  let previous: PageMessage | null = null;
  for (const message of messages) {
    if (previous === null || dayOf(previous) !== dayOf(message))
      children.push(divider(container, dayOf(message)));
    const isNew = options.newFromTs === message.ts;
    if (isNew) children.push(divider(container, "New", "new"));
    const follows = previous !== null && !isNew && continues(previous, message);
    children.push(drawRow(shown, message, follows, options));
    previous = message;
  }
  const kept = new Set(messages.map((message) => rowKey(message)));
  for (const key of [...shown.keys()]) if (!kept.has(key)) shown.delete(key);
  placeChildren(container, children);
}

const rowKey = (message: PageMessage): string => `${message.channel}/${message.ts}`;

const dividers = new WeakMap<Element, Map<string, HTMLElement>>();

function divider(container: Element, label: string, kind = "day"): HTMLElement {
  const known = dividers.get(container) ?? new Map<string, HTMLElement>();
  dividers.set(container, known);
  const found =
    known.get(label) ?? make("div", { class: `divider ${kind}`, role: "separator" }, make("span", {}, label));
  known.set(label, found);
  return found;
}

function continues(before: PageMessage, message: PageMessage): boolean {
  return (
    before.author.id === message.author.id &&
    before.ephemeral === message.ephemeral &&
    !before.tombstone &&
    dayOf(before) === dayOf(message) &&
    Number(message.ts) - Number(before.ts) < groupWithinSeconds &&
    message.author.kind === "person"
  );
}

function drawRow(
  shown: Map<string, Shown>,
  message: PageMessage,
  follows: boolean,
  options: MessageListOptions,
): HTMLElement {
  const signature = JSON.stringify([message, follows]);
  const row = shown.get(rowKey(message)) ?? emptyRow(message);
  shown.set(rowKey(message), row);
  if (row.signature === signature) return row.row;
  row.signature = signature;
  row.row.className = `message ${message.author.kind}${follows ? " follows" : ""}${message.ephemeral ? " ephemeral" : ""}${message.tombstone ? " tombstone" : ""}`;
  row.gutter.replaceChildren(follows ? timeOf(message) : avatar(message.author));
  row.meta.replaceChildren(...(follows ? [] : metaOf(message)));
  patchBlocks(row.content, message.html);
  markEdited(row.content, message.edited);
  row.foot.replaceChildren(...footOf(message, options));
  return row.row;
}

function emptyRow(message: PageMessage): Shown {
  const meta = make("div", { class: "meta" });
  const content = make("div", { class: "content" });
  const foot = make("div", { class: "foot" });
  const gutter = make("div", { class: "gutter" });
  const row = make(
    "article",
    { "data-origin": "message", "data-channel": message.channel, "data-ts": message.ts },
    gutter,
    make("div", { class: "body" }, meta, content, foot),
  );
  return { row, signature: "", meta, content, foot, gutter };
}

function markEdited(content: Element, edited: boolean): void {
  content.classList.toggle("edited", edited);
}

function metaOf(message: PageMessage): Node[] {
  const badge = message.author.kind === "app" ? make("span", { class: "badge" }, "APP") : null;
  const only = message.ephemeral ? make("span", { class: "only" }, "Only visible to you") : null;
  const parts = [make("strong", {}, message.author.title), badge, timeOf(message), only];
  return parts.filter((part) => part !== null);
}

function timeOf(message: PageMessage): HTMLElement {
  const at = new Date(Number(message.ts) * 1000);
  const clock = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return make("time", { datetime: at.toISOString(), title: at.toLocaleString() }, clock);
}

function dayOf(message: PageMessage): string {
  const at = new Date(Number(message.ts) * 1000);
  if (at.toDateString() === new Date().toDateString()) return "Today";
  return at.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}

function footOf(message: PageMessage, options: MessageListOptions): Node[] {
  if (message.ephemeral) {
    return [
      make(
        "button",
        { type: "button", class: "link", click: () => options.onDismiss(message) },
        "Dismiss message",
      ),
    ];
  }
  if (message.tombstone) return [];
  const hasReplies = !options.inThread && message.replies > 0;
  const reply = options.inThread || hasReplies ? null : replyButton(message, options);
  const menu = messageMenu(message, options.shortcuts, options.me);
  const actions =
    reply === null && menu === null ? [] : [make("div", { class: "hover-actions" }, reply, menu)];
  return hasReplies ? [repliesButton(message, options), ...actions] : actions;
}

const replyButton = (message: PageMessage, options: MessageListOptions): HTMLElement =>
  make(
    "button",
    {
      type: "button",
      class: "hover-action",
      "aria-label": "Reply in thread",
      title: "Reply in thread",
      click: () => options.onThread(message),
    },
    "↳ Reply",
  );

function repliesButton(message: PageMessage, options: MessageListOptions): HTMLElement {
  const count = message.replies === 1 ? "1 reply" : `${message.replies} replies`;
  const last = message.lastReplyTs === null ? "" : `Last reply ${clockOf(message.lastReplyTs)}`;
  return make(
    "button",
    { type: "button", class: "replies", click: () => options.onThread(message) },
    make("b", {}, count),
    make("span", {}, last),
  );
}

const clockOf = (ts: string): string =>
  new Date(Number(ts) * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** The picture of an author: the app's mark, or initials on a colour of their own. */
export function avatar(author: { id: string; title: string; kind: string }): HTMLElement {
  if (author.kind === "app") return make("img", { class: "avatar", src: "/logo.svg", alt: "" });
  const initials = author.title
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
  const hue = [...author.id].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0) % 7;
  return make(
    "span",
    { class: `avatar hue-${author.kind === "workspace" ? "none" : hue}`, "aria-hidden": "true" },
    initials,
  );
}
