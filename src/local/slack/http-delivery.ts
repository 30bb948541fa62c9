import { createHmac } from "node:crypto";
import { isObject } from "./block-rules.ts";
import type { Faults } from "./faults.ts";
import type { JsonObject } from "./model.ts";
import { type Answer, ackWithinMs, type Transport } from "./transport.ts";

export interface HttpDeliverySetup {
  eventsUrl: string;
  signingSecret: string;
  clock: () => Date;
  faults: Faults;
}

/** Signed HTTP delivery to the app's request URL, for an app that runs without Socket Mode. */
export function createHttpDelivery(setup: HttpDeliverySetup): Transport {
  return {
    request(type, payload) {
      const form = type === "slash_commands" ? commandForm(payload) : { payload: JSON.stringify(payload) };
      const body = new URLSearchParams(form).toString();
      return post(setup, body, { "content-type": "application/x-www-form-urlencoded" });
    },
    event(payload, { number, reason }) {
      const retry: Record<string, string> =
        number === 0 ? {} : { "x-slack-retry-num": String(number), "x-slack-retry-reason": `http_${reason}` };
      return post(setup, JSON.stringify(payload), { "content-type": "application/json", ...retry });
    },
    connections: () => 1,
  };
}

const commandForm = (payload: JsonObject): Record<string, string> =>
  Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]));

async function post(
  setup: HttpDeliverySetup,
  body: string,
  headers: Record<string, string>,
): Promise<Answer> {
  const timestamp = String(Math.floor(setup.clock().getTime() / 1000));
  const digest = createHmac("sha256", setup.signingSecret).update(`v0:${timestamp}:${body}`).digest("hex");
  let response: Response;
  let text: string;
  try {
    response = await fetch(setup.eventsUrl, {
      method: "POST",
      headers: { ...headers, "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${digest}` },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(ackWithinMs),
    });
    text = await response.text();
  } catch (error) {
    if (error instanceof Error && error.name === "TimeoutError") return { kind: "timeout" };
    return { kind: "unreachable", reason: `${setup.eventsUrl} cannot be reached`, retry: true };
  }
  if (setup.faults.takeLostAck()) return { kind: "timeout" };
  if (response.ok) return { kind: "acked", payload: answerPayload(text) };
  const retry = response.headers.get("x-slack-no-retry") !== "1";
  return { kind: "unreachable", reason: `${setup.eventsUrl} answered ${response.status}`, retry };
}

/** A JSON body is the answer itself; any other text is a message, as for Slack. */
function answerPayload(text: string): JsonObject {
  if (text === "") return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : { text };
  } catch {
    return { text };
  }
}
