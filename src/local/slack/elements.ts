import { isObject } from "./block-rules.ts";
import type { Block, JsonObject } from "./model.ts";

export interface FoundElement {
  blockId: string;
  element: JsonObject;
  /** The input block around it, when there is one. */
  input: Block | null;
}

/** Every element of these blocks that a person can use. */
export function interactiveElements(blocks: Block[]): FoundElement[] {
  return blocks.flatMap((block) => {
    const inside: unknown[] = [
      block["accessory"],
      block["element"],
      ...(Array.isArray(block["elements"]) ? block["elements"] : []),
    ];
    return inside
      .filter(isObject)
      .filter(
        (element) =>
          element["type"] !== "image" && element["type"] !== "mrkdwn" && element["type"] !== "plain_text",
      )
      .map((element) => ({ blockId: block.block_id, element, input: block.type === "input" ? block : null }));
  });
}

/** What a person put into an element: a text, an option value or id, or several of them. */
export type Entered = string | string[] | null | undefined;

/**
 * The element's state in Slack's form, such as `{type, selected_option: {text, value}}`. Null when an
 * option is named that the element does not have.
 */
export function elementState(element: JsonObject, entered: Entered): JsonObject | null {
  const type = String(element["type"]);
  const many = Array.isArray(entered) ? entered : entered ? [entered] : [];
  const one = many[0] || null;
  const single = singleFields[type];
  if (single !== undefined) return { type, [single]: one };
  const list = listFields[type];
  if (list !== undefined) return { type, [list]: many };
  if (oneOptionTypes.has(type)) return optionState(element, type, one);
  if (manyOptionTypes.has(type)) {
    const options = many.map((value) => findOption(element, value));
    return options.includes(undefined) ? null : { type, selected_options: options };
  }
  if (type === "datetimepicker") return { type, selected_date_time: one === null ? null : secondsOf(one) };
  return { type, value: one };
}

function optionState(element: JsonObject, type: string, value: string | null): JsonObject | null {
  if (value === null) return { type, selected_option: null };
  const option = findOption(element, value);
  return option === undefined ? null : { type, selected_option: option };
}

const oneOptionTypes = new Set(["static_select", "external_select", "radio_buttons", "overflow"]);

const manyOptionTypes = new Set(["checkboxes", "multi_static_select", "multi_external_select"]);

const singleFields: Record<string, string> = {
  users_select: "selected_user",
  channels_select: "selected_channel",
  conversations_select: "selected_conversation",
  datepicker: "selected_date",
  timepicker: "selected_time",
};

const listFields: Record<string, string> = {
  multi_users_select: "selected_users",
  multi_channels_select: "selected_channels",
  multi_conversations_select: "selected_conversations",
};

const secondsOf = (text: string): number =>
  /^\d+$/.test(text) ? Number(text) : Math.floor(new Date(`${text}Z`).getTime() / 1000);

function findOption(element: JsonObject, value: string): JsonObject | undefined {
  const groups: unknown[] = Array.isArray(element["option_groups"]) ? element["option_groups"] : [];
  const lists = [element["options"], ...groups.filter(isObject).map((group) => group["options"])];
  return lists
    .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
    .filter(isObject)
    .find((option) => option["value"] === value);
}

/** What the element holds before anybody touches it. */
export function initialEntry(element: JsonObject): Entered {
  const option = element["initial_option"];
  if (isObject(option)) return String(option["value"]);
  const options = element["initial_options"];
  if (Array.isArray(options)) return options.filter(isObject).map((one) => String(one["value"]));
  for (const [name, value] of Object.entries(element)) {
    if (!name.startsWith("initial_")) continue;
    if (typeof value === "string" || typeof value === "number") return String(value);
    if (Array.isArray(value)) return value.map(String);
  }
  return undefined;
}
