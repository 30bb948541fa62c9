import { randomBytes } from "node:crypto";
import {
  any,
  anyText,
  byType,
  flag,
  isObject,
  list,
  needsOneOf,
  number,
  oneOf,
  plainText,
  type Rule,
  shape,
  string,
} from "./block-rules.ts";
import { accessory, actionsElement, button, image, inputElement } from "./element-rules.ts";
import type { Block, JsonObject } from "./model.ts";

export const blocksPerMessageMax = 50;
export const blocksPerViewMax = 100;
/** Slack refuses a message's blocks near this size even when each block is legal (bolt-js issue 2509). */
export const blockCharactersMax = 13_200;

export type BlocksResult =
  | { kind: "valid"; blocks: Block[] }
  | { kind: "invalid"; error: "invalid_blocks" | "msg_blocks_too_long"; messages: string[] };

const blockId = { block_id: string(255) };

const card = {
  hero_image: any,
  icon: any,
  title: anyText(150),
  subtitle: anyText(150),
  body: anyText(200),
  actions: list(5, button),
};

/** What may stand on every surface. */
const everywhere: Record<string, Rule> = {
  header: shape({ ...blockId, "text!": plainText(150), level: number }),
  divider: shape(blockId),
  section: needsOneOf(
    ["text", "fields"],
    shape({ ...blockId, text: anyText(3000), fields: list(10, anyText(2000)), accessory, expand: flag }),
  ),
  context: shape({
    ...blockId,
    "elements!": list(10, (value, pointer, report) =>
      (isObject(value) && value["type"] === "image" ? image : anyText(2000))(value, pointer, report),
    ),
  }),
  actions: shape({ ...blockId, "elements!": list(25, actionsElement) }),
  input: shape({
    ...blockId,
    "label!": plainText(2000),
    "element!": inputElement,
    hint: plainText(2000),
    optional: flag,
    dispatch_action: flag,
  }),
  image: needsOneOf(
    ["image_url", "slack_file"],
    shape({
      ...blockId,
      image_url: string(3000),
      slack_file: any,
      "alt_text!": string(2000),
      title: plainText(2000),
    }),
  ),
  rich_text: shape({
    ...blockId,
    "elements!": list(
      1000,
      byType({
        rich_text_section: any,
        rich_text_list: any,
        rich_text_quote: any,
        rich_text_preformatted: any,
      }),
    ),
  }),
  video: any,
  alert: shape({
    ...blockId,
    "text!": anyText(3000),
    level: oneOf("default", "info", "warning", "error", "success"),
  }),
};

const inMessages: Record<string, Rule> = {
  ...everywhere,
  markdown: shape({ ...blockId, "text!": string(12_000) }),
  table: shape({
    ...blockId,
    "rows!": list(
      100,
      list(
        20,
        byType({
          raw_text: shape({ "text!": string(3000) }),
          raw_number: shape({ "value!": number, text: string(3000) }),
          rich_text: any,
        }),
      ),
    ),
    column_settings: list(20, any, 0),
  }),
  file: any,
  card: needsOneOf(["hero_image", "title", "body", "actions"], shape({ ...blockId, ...card })),
  carousel: shape({ ...blockId, "elements!": list(10, any) }),
  container: any,
  context_actions: shape({
    ...blockId,
    "elements!": list(5, byType({ feedback_buttons: any, icon_button: any })),
  }),
  data_table: any,
  plan: any,
  task_card: any,
};

/** Checks a message's blocks as Slack does and gives each one its block_id. */
export function validateMessageBlocks(raw: unknown): BlocksResult {
  const messages = problemsOf(raw, "", { rules: inMessages, max: blocksPerMessageMax });
  if (messages.length > 0) return { kind: "invalid", error: "invalid_blocks", messages };
  const size = JSON.stringify(raw).length;
  if (size > blockCharactersMax) {
    const problem = `[ERROR] blocks are ${size} characters of JSON, Slack refuses about ${blockCharactersMax} [json-pointer:/blocks]`;
    return { kind: "invalid", error: "msg_blocks_too_long", messages: [problem] };
  }
  return { kind: "valid", blocks: withBlockIds(raw as JsonObject[]) };
}

/** The problems of a view's blocks; no problem means they may be shown. */
export function problemsOfViewBlocks(raw: unknown): string[] {
  return problemsOf(raw, "/view", { rules: everywhere, max: blocksPerViewMax });
}

export function withBlockIds(blocks: JsonObject[]): Block[] {
  return blocks.map(
    (block) => ({ ...block, block_id: block["block_id"] ?? randomBytes(3).toString("hex") }) as Block,
  );
}

function problemsOf(
  raw: unknown,
  above: string,
  surface: { rules: Record<string, Rule>; max: number },
): string[] {
  const messages: string[] = [];
  const report = (problem: string) => messages.push(problem);
  list(surface.max, byType(surface.rules), 0)(raw, `${above}/blocks`, report);
  if (!Array.isArray(raw)) return messages;
  const tables = raw.filter((block) => isObject(block) && block["type"] === "table");
  if (tables.length > 1) report(`[ERROR] only one table allowed [json-pointer:${above}/blocks]`);
  const seen = new Set<string>();
  for (const [index, block] of raw.entries()) {
    if (!isObject(block)) continue;
    const id = block["block_id"];
    if (typeof id === "string" && seen.has(id)) {
      report(`[ERROR] block_id "${id}" already exists [json-pointer:${above}/blocks/${index}/block_id]`);
    }
    if (typeof id === "string") seen.add(id);
    reportDoubleActions(block, `${above}/blocks/${index}`, report);
  }
  return messages;
}

function reportDoubleActions(block: JsonObject, pointer: string, report: (problem: string) => void): void {
  const seen = new Set<unknown>();
  const elements: unknown[] = Array.isArray(block["elements"]) ? block["elements"] : [];
  for (const [index, element] of elements.entries()) {
    const id = isObject(element) ? element["action_id"] : undefined;
    if (id !== undefined && seen.has(id)) {
      report(
        `[ERROR] action_id "${String(id)}" already exists [json-pointer:${pointer}/elements/${index}/action_id]`,
      );
    }
    seen.add(id);
  }
}
