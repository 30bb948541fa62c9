import { any, byType, flag, isObject, plainText, shape, string } from "./block-rules.ts";
import type { JsonObject } from "./model.ts";
import { problemsOfViewBlocks } from "./validate-blocks.ts";

const common = {
  "blocks!": any,
  private_metadata: string(3000, 0),
  callback_id: string(255),
  external_id: string(255),
};

const viewRule = byType({
  modal: shape({
    ...common,
    "title!": plainText(24),
    submit: plainText(24),
    close: plainText(24),
    clear_on_close: flag,
    notify_on_close: flag,
    submit_disabled: flag,
  }),
  home: shape(common),
});

/** Every reason why Slack would refuse this view, in its own words; none means it may be shown. */
export function problemsOfView(raw: unknown, type: "modal" | "home"): string[] {
  const messages: string[] = [];
  const report = (problem: string) => messages.push(problem);
  viewRule(raw, "/view", report);
  if (!isObject(raw)) return messages;
  if (typeof raw["type"] === "string" && raw["type"] !== type) {
    report(`[ERROR] must be of type ${type} here [json-pointer:/view/type]`);
  }
  if (raw["blocks"] !== undefined) messages.push(...problemsOfViewBlocks(raw["blocks"]));
  if (type === "modal" && raw["submit"] === undefined && hasInput(raw)) {
    report(
      "[ERROR] missing required field: submit, because the view has an input block [json-pointer:/view]",
    );
  }
  return messages;
}

function hasInput(view: JsonObject): boolean {
  const blocks: unknown[] = Array.isArray(view["blocks"]) ? view["blocks"] : [];
  return blocks.some((block) => isObject(block) && block["type"] === "input");
}
