import { byId, make } from "./dom.ts";

/** Asks before something is done; `json` is the element's confirm dialog as the server wrote it. */
export function askToConfirm(json: string): Promise<boolean> {
  const texts = JSON.parse(json) as {
    title: string;
    text: string;
    confirm: string;
    deny: string;
    style: string;
  };
  const dialog = byId<HTMLDialogElement>("confirm");
  return new Promise((resolve) => {
    const yes = make(
      "button",
      { type: "submit", value: "yes", class: `bk-button ${texts.style}` },
      texts.confirm,
    );
    const no = make("button", { type: "submit", value: "no", class: "bk-button" }, texts.deny);
    dialog.replaceChildren(
      make(
        "form",
        { method: "dialog" },
        make("header", {}, make("h2", { id: "confirm-title" }, texts.title)),
        make("p", {}, texts.text),
        make("footer", {}, no, yes),
      ),
    );
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
    yes.focus();
  });
}
