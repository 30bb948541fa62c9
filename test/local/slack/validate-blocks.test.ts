import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LocalSlack } from "../../../src/local/slack/server.ts";
import { type Answer, api, approveCard, startWorkspace } from "./workspace-world.ts";

let slack: LocalSlack;

beforeEach(async () => {
  slack = await startWorkspace();
});

afterEach(() => slack.close());

const section = (text: string, more: object = {}) => ({
  type: "section",
  text: { type: "mrkdwn", text },
  ...more,
});
const post = (args: Record<string, unknown>) => api(slack, "chat.postMessage", { channel: "C02", ...args });

describe("block limits", () => {
  const refused = async (blocks: unknown) => {
    const answer = await post({ text: "x", blocks });
    expect(answer.ok).toBe(false);
    return [answer.error, ...(answer.response_metadata?.messages ?? [])].join(" ");
  };
  const button = (more: object) => ({
    type: "actions",
    elements: [{ type: "button", action_id: "a", text: { type: "plain_text", text: "Go" }, ...more }],
  });

  it.each<[string, unknown, RegExp]>([
    [
      "51 blocks",
      Array.from({ length: 51 }, () => ({ type: "divider" })),
      /invalid_blocks .*no more than 50 items allowed .*\/blocks\]/,
    ],
    [
      "a section over 3000 characters",
      [section("x".repeat(3001))],
      /must be less than 3001 characters \[json-pointer:\/blocks\/0\/text\/text\]/,
    ],
    ["a section without text", [{ type: "section" }], /missing required field/],
    ["an empty text", [section("")], /must be more than 0 characters/],
    ["an unknown block", [{ type: "shiny" }], /unsupported type: shiny/],
    ["an unknown element", [{ type: "actions", elements: [{ type: "knob" }] }], /unsupported type: knob/],
    [
      "a button label over 75",
      [button({ text: { type: "plain_text", text: "x".repeat(76) } })],
      /less than 76/,
    ],
    ["a button value over 2000", [button({ value: "x".repeat(2001) })], /less than 2001/],
    ["a wrong style", [button({ style: "green" })], /must be one of: primary, danger/],
    [
      "mrkdwn in a header",
      [{ type: "header", text: { type: "mrkdwn", text: "x" } }],
      /unsupported type: mrkdwn/,
    ],
    ["an unknown property", [section("x", { colour: "red" })], /invalid additional property: colour/],
    [
      "the same block_id twice",
      [section("x", { block_id: "b" }), section("y", { block_id: "b" })],
      /block_id "b" already exists/,
    ],
    [
      "26 buttons",
      [
        {
          type: "actions",
          elements: Array.from({ length: 26 }, (_, index) => ({
            type: "button",
            action_id: `a${index}`,
            text: { type: "plain_text", text: "x" },
          })),
        },
      ],
      /no more than 25/,
    ],
    [
      "legal blocks that are together too long",
      Array.from({ length: 5 }, () => section("x".repeat(2900))),
      /msg_blocks_too_long/,
    ],
  ])("refuses %s", async (_, blocks, expected) => {
    expect(await refused(blocks)).toMatch(expected);
  });

  it("refuses blocks that are no JSON", async () => {
    expect(await post({ text: "x", blocks: "[oops" })).toMatchObject({ error: "invalid_blocks_format" });
  });

  it("takes a full card and gives every block its id", async () => {
    const { message } = await post({
      text: "x",
      blocks: [section("a"), { type: "divider" }, ...approveCard("waiting")],
    });

    expect(new Set(message.blocks.map((block: Answer) => block.block_id)).size).toBe(4);
  });
});
