import { isObject } from "./block-rules.ts";
import { interactiveElements } from "./elements.ts";
import { failureOf, type Outcome, valuesOf } from "./interactions.ts";
import type { JsonObject, User, View } from "./model.ts";
import type { Parts } from "./parts.ts";
import { viewPayload } from "./payloads.ts";
import { buildView, modalsOf, pushModal, replaceModal, setModals } from "./views.ts";

/** A person submits an open modal. Checks what Slack's own dialog checks, then asks the app. */
export async function submitView(
  parts: Parts,
  user: User,
  view: View,
  entered: JsonObject,
): Promise<Outcome> {
  const elements = interactiveElements(view.blocks);
  const values = valuesOf(elements, entered);
  const errors = missingInputs(view, values);
  if (Object.keys(errors).length > 0) return invalid(errors);
  const answer = await parts.transport.request(
    "interactive",
    viewPayload(parts, "view_submission", { user, view, values }),
  );
  if (answer.kind !== "acked") return failureOf(view.callback_id || "the form", answer);
  return takeResponse(parts, user, view, answer.payload);
}

const invalid = (errors: Record<string, string>): Outcome => ({
  ok: false,
  error: "invalid_input",
  message: Object.values(errors).join(" "),
  errors,
});

function takeResponse(parts: Parts, user: User, view: View, response: JsonObject): Outcome {
  switch (response["response_action"]) {
    case undefined:
      setModals(
        parts,
        user.id,
        modalsOf(parts, user.id).filter((one) => one.id !== view.id),
      );
      return { ok: true, ack: response };
    case "clear":
      setModals(parts, user.id, []);
      return { ok: true, ack: response };
    case "errors":
      return takeErrors(view, response["errors"]);
    case "update":
    case "push":
      return showNext(parts, user, view, response);
    default:
      return badResponse(
        `response_action must be errors, clear, update or push, not ${String(response["response_action"])}`,
      );
  }
}

function takeErrors(view: View, raw: unknown): Outcome {
  if (!isObject(raw) || Object.keys(raw).length === 0)
    return badResponse("response_action errors needs errors by block_id");
  const inputs = new Set(
    view.blocks.filter((block) => block.type === "input").map((block) => block.block_id),
  );
  const unknown = Object.keys(raw).find((blockId) => !inputs.has(blockId));
  if (unknown !== undefined)
    return badResponse(`errors name the block_id ${unknown}, which is no input block of the view`);
  return invalid(Object.fromEntries(Object.entries(raw).map(([blockId, text]) => [blockId, String(text)])));
}

function showNext(parts: Parts, user: User, view: View, response: JsonObject): Outcome {
  const update = response["response_action"] === "update";
  const built = buildView(parts, response["view"], { type: "modal", over: update ? view : undefined });
  if (built.kind === "refused") return badResponse(built.messages.join("; "));
  if (update) replaceModal(parts, user.id, built.view);
  else if (pushModal(parts, user.id, built.view) === null)
    return badResponse("at most 3 views may be open (push_limit_reached)");
  return { ok: true, ack: response };
}

const badResponse = (why: string): Outcome => ({
  ok: false,
  error: "invalid_response",
  message: `We had some trouble connecting: the app's answer was refused, ${why}`,
});

/** The required inputs without a value and the texts outside their limits, as Slack's dialog reports them. */
function missingInputs(view: View, values: JsonObject): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { element, blockId, input } of interactiveElements(view.blocks)) {
    if (input === null) continue;
    const inBlock = values[blockId];
    const state = isObject(inBlock) ? inBlock[String(element["action_id"])] : undefined;
    const problem = inputProblem(element, isObject(state) ? state : {}, input["optional"] === true);
    if (problem !== null) errors[blockId] = problem;
  }
  return errors;
}

function inputProblem(element: JsonObject, state: JsonObject, optional: boolean): string | null {
  const entered = Object.entries(state).find(([name]) => name !== "type")?.[1];
  const empty = entered === null || entered === undefined || (Array.isArray(entered) && entered.length === 0);
  if (empty) return optional ? null : "Please complete this required field.";
  if (typeof entered !== "string") return null;
  const min = element["min_length"];
  const max = element["max_length"];
  if (typeof min === "number" && entered.length < min) return `Please enter at least ${min} characters.`;
  if (typeof max === "number" && entered.length > max) return `Please enter at most ${max} characters.`;
  return null;
}

/** A person closes an open modal without submitting it; the app hears of it when it asked to. */
export async function closeView(parts: Parts, user: User, view: View, entered: JsonObject): Promise<Outcome> {
  const stack = modalsOf(parts, user.id);
  const at = stack.findIndex((one) => one.id === view.id);
  setModals(parts, user.id, view.clear_on_close ? [] : stack.slice(0, at));
  if (!view.notify_on_close) return { ok: true };
  const values = valuesOf(interactiveElements(view.blocks), entered);
  const answer = await parts.transport.request(
    "interactive",
    viewPayload(parts, "view_closed", { user, view, values }),
  );
  return answer.kind === "acked" ? { ok: true } : failureOf("closing the form", answer);
}
