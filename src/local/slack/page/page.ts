import { listenToBlocks } from "./block-actions.ts";
import { act } from "./calls.ts";
import { createComposer } from "./composer.ts";
import { byId, make } from "./dom.ts";
import type { PageChannel, PageMessage, Patch, Snapshot } from "./feed.ts";
import { drawMessages } from "./message-view.ts";
import { createModal } from "./modal.ts";
import { markTouched, patchBlocks } from "./patch.ts";
import { drawRail } from "./rail.ts";
import {
  applyPatch,
  channelByReference,
  firstUnreadTs,
  openChannel,
  type PageState,
  threadMessages,
  topMessages,
} from "./state.ts";
import { setUpTheme } from "./theme.ts";

const meStored = "local-slack-me";
const nearBottomPx = 120;

let state: PageState | null = null;
let feed: EventSource | null = null;
/** Whose snapshot is shown; somebody else acts already when another person was chosen and their snapshot is still on its way. */
let shownTo = "";

const me = (): string => state?.data.me ?? "";
const data = (): Snapshot => {
  if (state === null) throw new Error("the page has no data yet");
  return state.data;
};

const composer = createComposer(byId("composer"), data);
const threadComposer = createComposer(byId("thread-composer"), data);
const modal = createModal(me);

/** Follows the workspace as this person. The browser reconnects by itself and gets a new snapshot. */
function follow(user: string): void {
  if (state !== null) state.data.me = user;
  feed?.close();
  feed = new EventSource(`/events?user=${encodeURIComponent(user)}`);
  feed.onmessage = (event) => take(JSON.parse(String(event.data)) as Snapshot | Patch);
  feed.onerror = () => {
    if (state !== null) state.online = false;
    draw();
  };
}

let drawing = false;

function take(message: Snapshot | Patch): void {
  if (message.kind === "snapshot") {
    startWith(message);
    return;
  }
  if (state === null) return;
  applyPatch(state.data, message);
  // Many changes may come at once; they are drawn together.
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    draw();
  });
}

function startWith(snapshot: Snapshot): void {
  localStorage.setItem(meStored, snapshot.me);
  const before = state;
  const samePerson = shownTo === snapshot.me;
  shownTo = snapshot.me;
  state = {
    data: snapshot,
    channelId: "",
    tab: before?.tab ?? (snapshot.homeTab ? "home" : "messages"),
    threadTs: samePerson ? (before?.threadTs ?? null) : null,
    newFromTs: null,
    dismissed: before?.dismissed ?? new Set(),
    online: true,
  };
  const wanted =
    channelByReference(state, location.hash.slice(2)) ?? samePlace(snapshot, before) ?? snapshot.channels[0];
  if (followPermalink(location.pathname)) return;
  if (wanted !== undefined) openPlace(wanted, state.threadTs);
}

/** The same channel as before, or the app's direct message of the new person. */
function samePlace(snapshot: Snapshot, before: PageState | null): PageChannel | undefined {
  const old = before === null ? undefined : openChannel(before);
  return snapshot.channels.find((one) => (old?.kind === "app" ? one.kind === "app" : one.id === old?.id));
}

function openPlace(channel: PageChannel, threadTs: string | null = null): void {
  if (state === null) return;
  state.channelId = channel.id;
  state.threadTs = threadTs;
  state.newFromTs = firstUnreadTs(state, channel);
  if (!data().messagesTab) state.tab = "home";
  history.replaceState(null, "", `/#/${channel.id}`);
  composer.aim({ channelId: channel.id, channelName: placeName(channel), threadTs: null });
  document.body.classList.remove("show-rail");
  byId("shade").hidden = true;
  draw();
  byId("messages").scrollTop = byId("messages").scrollHeight;
  if (channel.kind === "app") void act("home", { user: me(), tab: tabOf(state) });
  if (matchMedia("(hover: hover)").matches && tabOf(state) === "messages") composer.focus();
}

const placeName = (channel: PageChannel): string =>
  channel.kind === "app" ? channel.name : `#${channel.name}`;

const tabOf = (current: PageState): "home" | "messages" =>
  openChannel(current)?.kind === "app" && current.data.homeTab ? current.tab : "messages";

function draw(): void {
  const channel = state === null ? undefined : openChannel(state);
  if (state === null || channel === undefined) return;
  drawRail(state, (id) => {
    const next = data().channels.find((one) => one.id === id);
    if (next !== undefined) openPlace(next);
  });
  drawTop(state, channel);
  drawPane(state, channel);
  drawThread(state, channel);
  modal.draw(state.data.modals);
  markRead(channel);
}

function drawTop(current: PageState, channel: PageChannel): void {
  byId("title").textContent = placeName(channel);
  byId("topic").textContent = channel.kind === "app" ? current.data.app.description : channel.topic;
  const tab = tabOf(current);
  byId("tabs").hidden = channel.kind !== "app" || !current.data.homeTab;
  byId("tab-home").setAttribute("aria-selected", String(tab === "home"));
  byId("tab-messages").setAttribute("aria-selected", String(tab === "messages"));
  byId("tab-messages").hidden = !current.data.messagesTab;
  byId("home").hidden = tab !== "home";
  byId("pane").hidden = tab !== "messages";
  const home = current.data.home;
  if (home === null)
    byId("home").replaceChildren(
      make("p", { class: "empty" }, `${current.data.app.title} has shown nothing here yet.`),
    );
  else patchBlocks(byId("home"), home);
  const banner = byId("banner");
  banner.hidden = current.online && current.data.connected;
  banner.textContent = current.online
    ? `${current.data.app.title} is not connected: commands and buttons get no answer until it is.`
    : "The workspace cannot be reached. Trying again…";
}

function drawPane(current: PageState, channel: PageChannel): void {
  const pane = byId("messages");
  const atBottom = pane.scrollHeight - pane.scrollTop - pane.clientHeight < nearBottomPx;
  const messages = topMessages(current, channel);
  const { shortcuts } = current.data;
  drawMessages(pane, messages, { ...listOptions, shortcuts, newFromTs: current.newFromTs, inThread: false });
  const beginning =
    channel.kind === "app"
      ? `This is where ${channel.name} writes to you alone.`
      : `This is the very beginning of ${placeName(channel)}. Type / to see what you can ask.`;
  if (messages.length === 0) pane.append(make("p", { class: "empty" }, beginning));
  if (atBottom) pane.scrollTop = pane.scrollHeight;
  byId("latest").hidden = pane.scrollHeight - pane.scrollTop - pane.clientHeight < nearBottomPx;
}

const listOptions = {
  me,
  onThread(message: PageMessage) {
    if (state === null) return;
    state.threadTs = message.threadTs ?? message.ts;
    draw();
    byId("thread-messages").scrollTop = byId("thread-messages").scrollHeight;
    threadComposer.focus();
  },
  onDismiss(message: PageMessage) {
    state?.dismissed.add(message.ts);
    draw();
  },
};

function drawThread(current: PageState, channel: PageChannel): void {
  const { threadTs } = current;
  byId("thread").hidden = threadTs === null || tabOf(current) === "home";
  if (threadTs === null) return;
  const list = byId("thread-messages");
  const atBottom = list.scrollHeight - list.scrollTop - list.clientHeight < nearBottomPx;
  byId("thread-channel").textContent = placeName(channel);
  drawMessages(list, threadMessages(current, channel, threadTs), {
    ...listOptions,
    shortcuts: current.data.shortcuts,
    newFromTs: null,
    inThread: true,
  });
  threadComposer.aim({ channelId: channel.id, channelName: placeName(channel), threadTs });
  if (atBottom) list.scrollTop = list.scrollHeight;
}

function markRead(channel: PageChannel): void {
  if (document.visibilityState !== "visible" || channel.unread === 0) return;
  if (state !== null && tabOf(state) === "home") return;
  const last = channel.messages.at(-1);
  channel.unread = 0;
  if (last !== undefined) void act("read", { user: me(), channel: channel.id, ts: last.ts });
}

/** Opens the message that `/archives/CHANNEL/pTS` names. True when it is one. */
function followPermalink(pathname: string): boolean {
  const [, channelId = "", digits = ""] = /^\/archives\/(\w+)\/p(\d+)$/.exec(pathname) ?? [];
  const channel = state === null ? undefined : channelByReference(state, channelId);
  if (channel === undefined) return false;
  const ts = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  const message = channel.messages.find((one) => one.ts === ts);
  const inThread = message !== undefined && message.threadTs !== null && message.threadTs !== ts;
  if (state !== null) state.tab = "messages";
  openPlace(channel, inThread ? (message?.threadTs ?? null) : null);
  const row = document.querySelector(`article[data-ts="${ts}"]`);
  row?.scrollIntoView({ block: "center" });
  row?.classList.add("pointed");
  return true;
}

function closeThread(): void {
  if (state === null || state.threadTs === null) return;
  state.threadTs = null;
  draw();
}

function showTab(tab: "home" | "messages"): void {
  if (state === null) return;
  state.tab = tab;
  draw();
  byId("messages").scrollTop = byId("messages").scrollHeight;
  void act("home", { user: me(), tab });
}

function listen(): void {
  listenToBlocks(me);
  document.addEventListener("input", markTouched);
  document.addEventListener("visibilitychange", draw);
  byId<HTMLSelectElement>("me").addEventListener("change", (event) =>
    follow((event.target as HTMLSelectElement).value),
  );
  byId("thread-close").addEventListener("click", closeThread);
  byId("tab-home").addEventListener("click", () => showTab("home"));
  byId("tab-messages").addEventListener("click", () => showTab("messages"));
  byId("latest").addEventListener("click", () =>
    byId("messages").scrollTo({ top: byId("messages").scrollHeight, behavior: "smooth" }),
  );
  byId("messages").addEventListener("scroll", () => {
    const pane = byId("messages");
    byId("latest").hidden = pane.scrollHeight - pane.scrollTop - pane.clientHeight < nearBottomPx;
  });
  const toggleRail = () => {
    byId("shade").hidden = !document.body.classList.toggle("show-rail");
  };
  byId("menu").addEventListener("click", toggleRail);
  byId("shade").addEventListener("click", toggleRail);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.querySelector("dialog[open]") === null) closeThread();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link !== null && link.origin === location.origin && followPermalink(link.pathname))
      event.preventDefault();
  });
}

setUpTheme();
listen();
follow(new URLSearchParams(location.search).get("user") ?? localStorage.getItem(meStored) ?? "");
