import { byId } from "./dom.ts";

const stored = "local-slack-theme";

/** Light or dark as the system says, until the person picks one. */
export function setUpTheme(): void {
  const root = document.documentElement;
  const dark = () =>
    root.dataset["theme"] === "dark" ||
    (root.dataset["theme"] === undefined && matchMedia("(prefers-color-scheme: dark)").matches);
  const kept = localStorage.getItem(stored);
  if (kept === "light" || kept === "dark") root.dataset["theme"] = kept;
  byId("theme").addEventListener("click", () => {
    const next = dark() ? "light" : "dark";
    root.dataset["theme"] = next;
    localStorage.setItem(stored, next);
  });
}
