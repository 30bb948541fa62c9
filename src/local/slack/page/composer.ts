import { type Answer, act } from "./calls.ts";
import { createCompletionList } from "./completion-list.ts";
import { make } from "./dom.ts";
import type { Snapshot } from "./feed.ts";
import { toast } from "./toast.ts";

const heightPxMax = 220;

interface Place {
  channelId: string;
  channelName: string;
  threadTs: string | null;
}

export interface Composer {
  /** Where what is typed goes; the half-typed text of the former place is kept for it. */
  aim(place: Place): void;
  focus(): void;
}

/** The box for messages and slash commands. It is never redrawn, so what is half typed stays. */
export function createComposer(box: HTMLElement, data: () => Snapshot): Composer {
  let place: Place = { channelId: "", channelName: "", threadTs: null };
  const drafts = new Map<string, string>();
  const listId = `${box.id}-list`;
  const input = make("textarea", { rows: "1", "aria-autocomplete": "list", "aria-controls": listId });
  const hint = make("span", { class: "hint" });
  const send = make("button", { type: "submit", class: "send", "aria-label": "Send" }, "➤");
  const list = createCompletionList(input, listId, () => refresh());
  const form = make("form", {}, list.element, input, make("div", { class: "under" }, hint, send));
  box.replaceChildren(form);

  const refresh = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, heightPxMax)}px`;
    send.disabled = input.value.trim() === "";
    hint.textContent = hintFor(input.value, data(), place.threadTs !== null);
    list.refresh(data(), place.threadTs !== null);
  };

  const submit = async () => {
    const text = input.value.trim();
    const at = place;
    if (text === "") return;
    input.value = "";
    refresh();
    const answer = await sendTyped(text, at, data());
    if (answer.ok || saidInChannel.has(answer.error ?? "")) return;
    toast(answer.message ?? "The message was not sent");
    // What was refused goes back into the box, unless something new was typed meanwhile.
    if (input.value !== "" || keyOf(at) !== keyOf(place)) return;
    input.value = text;
    refresh();
    list.hide();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  input.addEventListener("input", refresh);
  input.addEventListener("click", refresh);
  input.addEventListener("blur", list.hide);
  input.addEventListener("keydown", (event) => {
    if (list.takesKey(event) || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void submit();
  });

  return {
    aim(next) {
      if (keyOf(next) === keyOf(place)) return;
      drafts.set(keyOf(place), input.value);
      place = next;
      input.value = drafts.get(keyOf(next)) ?? "";
      const label = next.threadTs === null ? `Message ${next.channelName}` : "Reply in thread";
      input.placeholder = label;
      input.setAttribute("aria-label", label);
      refresh();
      list.hide();
    },
    focus: () => input.focus(),
  };
}

const keyOf = (place: Place): string => `${place.channelId}/${place.threadTs ?? ""}`;

/** The workspace itself answers these in the channel, where only the person sees it. */
const saidInChannel = new Set(["unknown_command", "operation_timeout", "dispatch_failed"]);

/** What may be typed here: the usage of the command that is being typed, else the way to begin. */
function hintFor(text: string, data: Snapshot, inThread: boolean): string {
  if (inThread) return `Mention @${data.app.name} to talk to the app`;
  const command = data.commands.find((one) => text.startsWith(`${one.command} `));
  return command === undefined
    ? "Type / for commands, @ to mention"
    : `${command.command} ${command.usageHint}`;
}

async function sendTyped(text: string, at: Place, data: Snapshot): Promise<Answer> {
  const to = { user: data.me, channel: at.channelId };
  if (!text.startsWith("/")) {
    return act("say", { ...to, text, ...(at.threadTs === null ? {} : { thread_ts: at.threadTs }) });
  }
  if (at.threadTs !== null) {
    const message = `Slash commands do not work in threads. Write to @${data.app.name} instead.`;
    return { ok: false, error: "not_in_thread", message };
  }
  const [, command = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  return act("command", { ...to, command, text: rest });
}
