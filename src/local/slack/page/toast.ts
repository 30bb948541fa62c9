import { byId, make } from "./dom.ts";

const shownMs = 6000;
const toastsMax = 3;

/** A short notice that goes away by itself. */
export function toast(text: string, kind: "error" | "note" = "error"): void {
  const box = byId("toasts");
  const notice = make("div", { class: `toast ${kind}` }, text);
  box.append(notice);
  while (box.children.length > toastsMax) box.firstElementChild?.remove();
  setTimeout(() => notice.remove(), shownMs);
}
