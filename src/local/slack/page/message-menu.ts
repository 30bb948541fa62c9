import { act } from "./calls.ts";
import { make } from "./dom.ts";
import type { PageMessage, PageShortcut } from "./feed.ts";
import { toast } from "./toast.ts";

/** The workspace itself answers these where the message is. */
const saidInChannel = new Set(["operation_timeout", "dispatch_failed"]);

/** The "⋯" of a message: what the app's manifest offers to do with it. Null when that is nothing. */
export function messageMenu(
  message: PageMessage,
  shortcuts: PageShortcut[],
  me: () => string,
): HTMLElement | null {
  if (shortcuts.length === 0) return null;
  const menu = make("details", { class: "bk-overflow hover-action" });
  const items = shortcuts.map(({ name, description, callbackId }) =>
    make(
      "button",
      {
        type: "button",
        role: "menuitem",
        title: description,
        click: () => {
          menu.open = false;
          void use(message, callbackId, me());
        },
      },
      name,
    ),
  );
  menu.append(
    make("summary", { "aria-label": "More actions", title: "More actions" }, "⋯"),
    make("div", { class: "menu", role: "menu" }, ...items),
  );
  return menu;
}

async function use({ channel, ts }: PageMessage, callbackId: string, user: string): Promise<void> {
  const answer = await act("shortcut", { user, channel, ts, callback_id: callbackId });
  if (answer.ok || saidInChannel.has(answer.error ?? "")) return;
  toast(answer.message ?? "That did not work");
}
