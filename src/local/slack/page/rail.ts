import { byId, make } from "./dom.ts";
import type { PageChannel } from "./feed.ts";
import { avatar } from "./message-view.ts";
import type { PageState } from "./state.ts";

let drawn = "";

/** The list of channels and the app, with unread marks, and who the person is. */
export function drawRail(state: PageState, open: (channelId: string) => void): void {
  const { data } = state;
  const signature = JSON.stringify([
    data.channels.map(({ id, name, unread }) => [id, name, unread]),
    [data.me, data.connected, state.channelId],
  ]);
  // A redraw takes the focus and a half-made click away, so it is done only for a change.
  if (signature === drawn) return;
  drawn = signature;
  const item = (channel: PageChannel) => railItem(state, channel, () => open(channel.id));
  byId("channels").replaceChildren(...data.channels.filter(({ kind }) => kind === "channel").map(item));
  byId("apps").replaceChildren(...data.channels.filter(({ kind }) => kind === "app").map(item));
  byId("app-state").textContent = `${data.app.title} is ${data.connected ? "" : "not "}connected`;
  drawMe(state);
  drawUnread(data.channels, state.channelId);
}

function railItem(state: PageState, channel: PageChannel, open: () => void): HTMLElement {
  const current = channel.id === state.channelId;
  const unread = channel.unread > 0 && !current;
  const button = make(
    "button",
    { type: "button", class: `${current ? "current" : ""} ${unread ? "unread" : ""}`, click: open },
    ...(channel.kind === "app" ? appMarks(channel, state.data.connected) : channelMarks(channel)),
  );
  if (unread) {
    const label = `${channel.unread} unread`;
    button.append(make("span", { class: "count", "aria-label": label }, String(channel.unread)));
  }
  if (current) button.setAttribute("aria-current", "page");
  return make("li", {}, button);
}

const channelMarks = (channel: PageChannel): HTMLElement[] => [
  make("span", { class: "sign" }, "#"),
  make("span", { class: "name" }, channel.name),
];

const appMarks = (channel: PageChannel, connected: boolean): HTMLElement[] => [
  make("img", { src: "/logo.svg", alt: "", class: "mini" }),
  make("span", { class: "name" }, channel.name),
  make("span", {
    class: `presence${connected ? " on" : ""}`,
    title: connected ? "connected" : "not connected",
  }),
];

function drawMe({ data }: PageState): void {
  const select = byId<HTMLSelectElement>("me");
  const options = data.people.map(({ id, realName }) => make("option", { value: id }, realName));
  if (select.options.length !== options.length) select.replaceChildren(...options);
  select.value = data.me;
  const person = data.people.find(({ id }) => id === data.me);
  byId("me-avatar").replaceWith(
    withId(avatar({ id: data.me, title: person?.realName ?? "?", kind: "person" }), "me-avatar"),
  );
}

function withId(element: HTMLElement, id: string): HTMLElement {
  element.id = id;
  return element;
}

function drawUnread(channels: PageChannel[], currentId: string): void {
  const elsewhere = channels
    .filter(({ id }) => id !== currentId)
    .reduce((sum, { unread }) => sum + unread, 0);
  byId("menu-unread").hidden = elsewhere === 0;
  const current = channels.find(({ id }) => id === currentId);
  const name =
    current === undefined ? "Local workspace" : `${current.kind === "channel" ? "#" : ""}${current.name}`;
  document.title = `${elsewhere > 0 ? `(${elsewhere}) ` : ""}${name} · Local workspace`;
}
