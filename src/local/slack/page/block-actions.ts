import { act } from "./calls.ts";
import { askToConfirm } from "./confirm.ts";
import { enteredValue, enteredValues } from "./patch.ts";
import { toast } from "./toast.ts";

/** Sends what a person does with buttons, selects and other elements of blocks to the app. */
export function listenToBlocks(me: () => string): void {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    closeOtherMenus(target);
    const button = target?.closest<HTMLButtonElement>("button[data-kind]") ?? null;
    if (button !== null) void press(button, me());
  });
  document.addEventListener("change", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const owner = target?.closest<HTMLElement>(".bk-field, .bk-choices") ?? null;
    if (owner !== null && dispatches(owner)) void choose(owner, me());
  });
}

/** An element in an input block speaks only when the form is submitted, unless the block says otherwise. */
function dispatches(owner: HTMLElement): boolean {
  const block = owner.closest<HTMLElement>(".bk");
  return block !== null && (!block.classList.contains("bk-input") || block.dataset["dispatch"] === "yes");
}

function closeOtherMenus(target: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.bk-overflow[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}

async function press(button: HTMLButtonElement, user: string): Promise<void> {
  const { kind, value, url, confirm } = button.dataset;
  const menu = button.closest<HTMLDetailsElement>("details.bk-overflow");
  if (menu !== null) menu.open = false;
  const origin = originOf(button);
  if (confirm !== undefined && !(await askToConfirm(confirm))) return;
  if (url !== undefined) window.open(url, "_blank", "noopener");
  const sent = kind === "overflow" ? { selected: value } : { value };
  await send(button, origin, { user, ...sent });
}

async function choose(owner: HTMLElement, user: string): Promise<void> {
  const selected = enteredValue(owner);
  if (selected === "") return;
  const origin = originOf(owner);
  const { confirm } = owner.dataset;
  if (confirm !== undefined && !(await askToConfirm(confirm))) return;
  await send(owner, origin, { user, selected });
}

/** The message, home or view that it stands in: asked for at once, for it may be drawn anew while somebody is asked whether they mean it. */
const originOf = (element: HTMLElement): HTMLElement | null => element.closest<HTMLElement>("[data-origin]");

async function send(
  element: HTMLElement,
  origin: HTMLElement | null,
  sent: { user: string } & Record<string, unknown>,
): Promise<void> {
  if (origin === null || element.getAttribute("aria-busy") === "true") return;
  const { actionId, blockId } = element.dataset;
  setBusy(element, true);
  const body = {
    action_id: actionId,
    block_id: blockId,
    values: enteredValues(origin),
    ...placeOf(origin),
    ...sent,
  };
  const answer = await act("click", body);
  setBusy(element, false);
  // In a channel the workspace itself tells the person, where the message is.
  const told =
    origin.dataset["origin"] === "message" &&
    (answer.error === "operation_timeout" || answer.error === "dispatch_failed");
  if (!answer.ok && !told) toast(answer.message ?? "That did not work");
}

function setBusy(element: HTMLElement, busy: boolean): void {
  element.setAttribute("aria-busy", String(busy));
  if (element instanceof HTMLButtonElement || element instanceof HTMLSelectElement) element.disabled = busy;
}

function placeOf(origin: HTMLElement): Record<string, unknown> {
  const { channel, ts, viewId } = origin.dataset;
  if (origin.dataset["origin"] === "home") return { home: true };
  return origin.dataset["origin"] === "view" ? { view_id: viewId } : { channel, ts };
}
