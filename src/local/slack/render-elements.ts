import type {
  ActionsBlockElement,
  ConfirmationDialog,
  InputBlockElement,
  Option,
  OptionGroup,
  SectionBlockAccessory,
  TextObject,
} from "@slack/types";
import { attributes, escapeHtml, safeUrl } from "./html.ts";
import type { Directory } from "./model.ts";
import { renderMrkdwn, renderPlain } from "./render-mrkdwn.ts";

export type InteractiveElement = ActionsBlockElement | InputBlockElement | SectionBlockAccessory;

/** Where an element stands; `label` is its accessible name when it carries none of its own. */
export interface ElementPlace {
  blockId: string;
  directory: Directory;
  label?: string | undefined;
}

/** A text object; plain_text is never read as mrkdwn, and one without text draws nothing. */
export function renderText(text: TextObject | undefined, directory: Directory): string {
  if (typeof text?.text !== "string") return "";
  return text.type === "mrkdwn"
    ? renderMrkdwn(text.text, directory)
    : renderPlain(text.text, text.emoji ?? true);
}

const plainOf = (text: TextObject | undefined): string => text?.text ?? "";

/** One interactive element. The page finds what to send in its data attributes. */
export function renderElement(element: InteractiveElement, place: ElementPlace): string {
  switch (element.type) {
    case "button":
    case "workflow_button":
      return renderButton(element, place);
    case "overflow":
      return renderOverflow(element, place);
    case "static_select":
    case "multi_static_select":
      return select(element, place, optionsHtml(element, place));
    case "external_select":
    case "multi_external_select":
      return select(element, place, "", true);
    case "users_select":
      return select(element, place, named(place.directory.users, [element.initial_user], "@"));
    case "multi_users_select":
      return select(element, place, named(place.directory.users, element.initial_users ?? [], "@"));
    case "channels_select":
      return select(element, place, named(place.directory.channels, [element.initial_channel], "#"));
    case "conversations_select":
      return select(element, place, named(place.directory.channels, [element.initial_conversation], "#"));
    case "multi_channels_select":
      return select(element, place, named(place.directory.channels, element.initial_channels ?? [], "#"));
    case "multi_conversations_select":
      return select(
        element,
        place,
        named(place.directory.channels, element.initial_conversations ?? [], "#"),
      );
    case "checkboxes":
      return choices(element, place, "checkbox");
    case "radio_buttons":
      return choices(element, place, "radio");
    default:
      return renderField(element, place);
  }
}

function renderField(
  element: Exclude<InteractiveElement, { type: "button" | "overflow" | "checkboxes" | "radio_buttons" }>,
  place: ElementPlace,
): string {
  switch (element.type) {
    case "datepicker":
      return field(element, place, { type: "date", value: element.initial_date });
    case "timepicker":
      return field(element, place, { type: "time", value: element.initial_time });
    case "datetimepicker":
      return field(element, place, {
        type: "datetime-local",
        value: localDateTime(element.initial_date_time),
      });
    case "email_text_input":
      return field(element, place, { type: "email", value: element.initial_value });
    case "url_text_input":
      return field(element, place, { type: "url", value: element.initial_value });
    case "number_input":
      return field(element, place, {
        type: "number",
        value: element.initial_value,
        min: element.min_value,
        max: element.max_value,
        step: element.is_decimal_allowed ? "any" : "1",
      });
    case "plain_text_input":
      return element.multiline === true
        ? `<textarea rows="4"${common(element, place)}${lengths(element)}>${escapeHtml(element.initial_value ?? "")}</textarea>`
        : field(element, place, { type: "text", value: element.initial_value }, lengths(element));
    default:
      return `<span class="bk-unknown">[element ${escapeHtml(element.type)}]</span>`;
  }
}

function common(element: InteractiveElement, place: ElementPlace): string {
  const actionId = "action_id" in element ? element.action_id : undefined;
  const placeholder = "placeholder" in element ? plainOf(element.placeholder) : "";
  return attributes({
    class: "bk-field",
    "data-kind": element.type,
    "data-action-id": actionId ?? "",
    "data-block-id": place.blockId,
    "data-confirm": "confirm" in element ? confirmJson(element.confirm) : undefined,
    "aria-label": place.label ?? (placeholder || actionId),
    placeholder: placeholder || undefined,
  });
}

function lengths(element: { min_length?: number; max_length?: number }): string {
  return attributes({ minlength: element.min_length?.toString(), maxlength: element.max_length?.toString() });
}

function field(
  element: InteractiveElement,
  place: ElementPlace,
  extra: Record<string, string | undefined>,
  more = "",
): string {
  return `<input${common(element, place)}${attributes(extra)}${more}>`;
}

const localDateTime = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().slice(0, 16);

function confirmJson(confirm: ConfirmationDialog | undefined): string | undefined {
  if (confirm === undefined) return undefined;
  return JSON.stringify({
    title: plainOf(confirm.title),
    text: plainOf(confirm.text),
    confirm: plainOf(confirm.confirm) || "Yes",
    deny: plainOf(confirm.deny) || "Cancel",
    style: confirm.style ?? "primary",
  });
}

function renderButton(
  element: Extract<InteractiveElement, { type: "button" | "workflow_button" }>,
  place: ElementPlace,
): string {
  const link = element.type === "button" ? (safeUrl(element.url) ?? undefined) : undefined;
  const data = attributes({
    type: "button",
    class: `bk-button${element.style === undefined ? "" : ` ${element.style === "danger" ? "danger" : "primary"}`}`,
    "data-kind": element.type,
    "data-action-id": element.action_id ?? "",
    "data-block-id": place.blockId,
    "data-value": element.type === "button" ? element.value : undefined,
    "data-url": link,
    "data-confirm": element.type === "button" ? confirmJson(element.confirm) : undefined,
    "aria-label": element.accessibility_label,
  });
  return `<button${data}>${renderPlain(plainOf(element.text), true)}</button>`;
}

function renderOverflow(
  element: Extract<InteractiveElement, { type: "overflow" }>,
  place: ElementPlace,
): string {
  const items = (element.options ?? []).map((option) => {
    const data = attributes({
      type: "button",
      role: "menuitem",
      "data-kind": "overflow",
      "data-action-id": element.action_id ?? "",
      "data-block-id": place.blockId,
      "data-value": option.value,
      "data-url": safeUrl("url" in option ? option.url : undefined) ?? undefined,
      "data-confirm": confirmJson(element.confirm),
    });
    return `<button${data}>${renderText(option.text, place.directory)}</button>`;
  });
  return `<details class="bk-overflow"><summary aria-label="More actions">⋯</summary><div class="menu" role="menu">${items.join("")}</div></details>`;
}

function select(element: InteractiveElement, place: ElementPlace, options: string, disabled = false): string {
  const multiple = element.type.startsWith("multi_");
  const placeholder = "placeholder" in element ? plainOf(element.placeholder) : "";
  const empty = multiple ? "" : `<option value="">${escapeHtml(placeholder || "Choose…")}</option>`;
  return `<select${common(element, place)}${attributes({ multiple, disabled })}>${empty}${options}</select>`;
}

function optionsHtml(
  element: Extract<InteractiveElement, { type: "static_select" | "multi_static_select" }>,
  place: ElementPlace,
): string {
  const initial =
    element.type === "static_select" ? [element.initial_option] : (element.initial_options ?? []);
  const chosen = new Set(initial.map((option) => option?.value));
  const one = (option: Option) =>
    `<option${attributes({ value: option.value ?? "", selected: chosen.has(option.value) })}>${renderText(option.text, place.directory)}</option>`;
  const group = (entry: OptionGroup) =>
    `<optgroup${attributes({ label: plainOf(entry.label) })}>${entry.options.map(one).join("")}</optgroup>`;
  return (element.options ?? []).map(one).join("") + (element.option_groups ?? []).map(group).join("");
}

function named(names: Record<string, string>, initial: (string | undefined)[], prefix: string): string {
  return Object.entries(names)
    .map(
      ([id, name]) =>
        `<option${attributes({ value: id, selected: initial.includes(id) })}>${prefix}${escapeHtml(name)}</option>`,
    )
    .join("");
}

function choices(
  element: Extract<InteractiveElement, { type: "checkboxes" | "radio_buttons" }>,
  place: ElementPlace,
  input: "checkbox" | "radio",
): string {
  const initial = element.type === "checkboxes" ? (element.initial_options ?? []) : [element.initial_option];
  const chosen = new Set(initial.map((option) => option?.value));
  const rows = (element.options ?? []).map((option) => {
    const data = attributes({
      type: input,
      name: `${place.blockId}/${element.action_id ?? ""}`,
      value: option.value ?? "",
      checked: chosen.has(option.value),
    });
    const description =
      option.description === undefined
        ? ""
        : `<small>${renderText(option.description, place.directory)}</small>`;
    return `<label><input${data}><span>${renderText(option.text, place.directory)}${description}</span></label>`;
  });
  return `<div role="group"${common(element, place).replace("bk-field", "bk-choices")}>${rows.join("")}</div>`;
}
