import { type Answer, act } from "./calls.ts";
import { byId, make, safeNodes } from "./dom.ts";
import type { PageModal } from "./feed.ts";
import { enteredValues, patchBlocks } from "./patch.ts";
import { toast } from "./toast.ts";

interface Shown {
  id: string;
  body: HTMLElement;
  title: HTMLElement;
  buttons: HTMLElement;
  form: HTMLFormElement;
}

export interface ModalDialog {
  /** Shows the top of the stack. A view that stays keeps its half-typed fields. */
  draw(modals: PageModal[]): void;
}

export function createModal(me: () => string): ModalDialog {
  const dialog = byId<HTMLDialogElement>("modal");
  let shown: Shown | null = null;

  const close = async () => {
    if (shown === null) return;
    const answer = await act("close", { user: me(), view_id: shown.id, values: enteredValues(shown.body) });
    if (!answer.ok) toast(answer.message ?? "The form could not be closed");
  };

  const submit = async () => {
    if (shown === null || shown.form.getAttribute("aria-busy") === "true") return;
    const { id, body, form } = shown;
    showErrors(body, {});
    form.setAttribute("aria-busy", "true");
    const answer: Answer = await act("submit", { user: me(), view_id: id, values: enteredValues(body) });
    form.setAttribute("aria-busy", "false");
    if (answer.errors !== undefined) showErrors(body, answer.errors);
    else if (!answer.ok) toast(answer.message ?? "The form was not accepted");
  };

  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    void close();
  });

  const open = (view: PageModal): Shown => {
    const title = make("h2", { id: "modal-title" });
    const body = make("div", { class: "scroll", "data-origin": "view", "data-view-id": view.id });
    const buttons = make("footer");
    const header = make(
      "header",
      {},
      title,
      make(
        "button",
        { type: "button", class: "icon", "aria-label": "Close", click: () => void close() },
        "✕",
      ),
    );
    const form = make("form", { novalidate: true }, header, body, buttons);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void submit();
    });
    dialog.replaceChildren(form);
    return { id: view.id, body, title, buttons, form };
  };

  return {
    draw(modals) {
      const view = modals.at(-1);
      if (view === undefined) {
        shown = null;
        if (dialog.open) dialog.close();
        return;
      }
      const fresh = shown?.id !== view.id;
      if (shown === null || fresh) shown = open(view);
      fill(shown, view, close);
      if (!dialog.open) dialog.showModal();
      if (fresh) shown.body.querySelector<HTMLElement>("input, textarea, select")?.focus();
    },
  };
}

function fill(shown: Shown, view: PageModal, close: () => Promise<void>): void {
  shown.title.replaceChildren(safeNodes(view.title));
  patchBlocks(shown.body, view.html);
  const cancel = make(
    "button",
    { type: "button", class: "bk-button", click: () => void close() },
    safeNodes(view.close),
  );
  const accept =
    view.submit === null
      ? []
      : [make("button", { type: "submit", class: "bk-button primary" }, safeNodes(view.submit))];
  shown.buttons.replaceChildren(cancel, ...accept);
}

function showErrors(body: HTMLElement, errors: Record<string, string>): void {
  for (const block of body.querySelectorAll<HTMLElement>(".bk-input")) {
    const error = errors[block.dataset["key"] ?? ""] ?? "";
    block.classList.toggle("invalid", error !== "");
    const place = block.querySelector(".bk-error");
    if (place !== null) place.textContent = error;
  }
  body.querySelector<HTMLElement>(".bk-input.invalid .bk-field")?.focus();
}
