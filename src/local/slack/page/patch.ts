import { placeChildren, safeNodes } from "./dom.ts";

const sources = new WeakMap<Element, string>();

/**
 * Shows new HTML block by block: a block whose HTML is unchanged keeps its elements, and what somebody
 * has half typed moves over to the new version of its field.
 */
export function patchBlocks(container: Element, html: string): void {
  const before = new Map([...container.children].map((child, index) => [keyOf(child, index), child]));
  const typed = touchedFields(container);
  const focused = fieldKey(document.activeElement);
  const after = [...safeNodes(html).children].map((fresh, index) => {
    const source = fresh.outerHTML;
    const old = before.get(keyOf(fresh, index));
    if (old !== undefined && sources.get(old) === source) return old;
    sources.set(fresh, source);
    restoreFields(fresh, typed);
    return fresh;
  });
  placeChildren(container, after);
  if (focused !== null && fieldKey(document.activeElement) !== focused) focusField(container, focused);
}

const keyOf = (element: Element, index: number): string => element.getAttribute("data-key") ?? `#${index}`;

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export function isField(element: unknown): element is Field {
  return (
    element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement
  );
}

function fieldKey(element: Element | null): string | null {
  if (!isField(element)) return null;
  const owner = element.closest<HTMLElement>("[data-action-id]");
  if (owner === null) return null;
  const choice = element.type === "checkbox" || element.type === "radio" ? `/${element.value}` : "";
  return `${owner.dataset["blockId"]}/${owner.dataset["actionId"]}${choice}`;
}

const fieldsIn = (container: Element): Field[] =>
  [...container.querySelectorAll("input, textarea, select")].filter(isField);

function touchedFields(container: Element): Map<string, Field> {
  const touched = fieldsIn(container).filter((field) => field.dataset["touched"] === "yes");
  return new Map(touched.map((field) => [fieldKey(field) ?? "", field]));
}

function restoreFields(fresh: Element, typed: Map<string, Field>): void {
  for (const field of fieldsIn(fresh)) {
    const old = typed.get(fieldKey(field) ?? "");
    if (old === undefined) continue;
    field.dataset["touched"] = "yes";
    if (field instanceof HTMLInputElement && old instanceof HTMLInputElement) field.checked = old.checked;
    if (field.type !== "checkbox" && field.type !== "radio") field.value = old.value;
  }
}

function focusField(container: Element, key: string): void {
  fieldsIn(container)
    .find((field) => fieldKey(field) === key)
    ?.focus();
}

/** Remembers that a person changed the field, so that a redraw does not take it back. */
export function markTouched(event: Event): void {
  if (isField(event.target)) event.target.dataset["touched"] = "yes";
}

/** What the fields hold, as block_id → action_id → value. */
export function enteredValues(container: Element): Record<string, Record<string, string | string[]>> {
  const values: Record<string, Record<string, string | string[]>> = {};
  for (const owner of container.querySelectorAll<HTMLElement>(".bk-field, .bk-choices")) {
    const { blockId = "", actionId = "" } = owner.dataset;
    values[blockId] = { ...values[blockId], [actionId]: enteredValue(owner) };
  }
  return values;
}

/** What one field or group of choices holds. */
export function enteredValue(owner: HTMLElement): string | string[] {
  if (owner instanceof HTMLSelectElement && owner.multiple)
    return [...owner.selectedOptions].map((option) => option.value);
  if (isField(owner)) return owner.value;
  const chosen = [...owner.querySelectorAll<HTMLInputElement>("input:checked")].map((input) => input.value);
  return owner.dataset["kind"] === "checkboxes" ? chosen : (chosen[0] ?? "");
}
