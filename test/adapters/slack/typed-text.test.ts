import { describe, expect, it } from "vitest";
import { typedText, withoutMention } from "../../../src/adapters/slack/typed-text.ts";

describe("what a person typed", () => {
  it.each([
    ["why &lt;b&gt; &amp;amp;", "why <b> &amp;"],
    ["ask <@U01|alice> in <#C02|ops>", "ask @alice in #ops"],
    ["<@U01>", "@U01"],
    ["trace <https://example.com/c/4f2c1aa|4f2c1aa>", "trace 4f2c1aa"],
    ["why <https://example.com>", "why https://example.com"],
  ])("%s is %s", (sent, typed) => {
    expect(typedText(sent, () => undefined)).toBe(typed);
  });

  it("is without the mention of the bot, and keeps those of others", () => {
    expect(withoutMention("<@U01BOT> pause <@U02>", "U01BOT")).toBe("pause <@U02>");
    expect(withoutMention("please <@U01BOT|loom> status", "U01BOT")).toBe("please   status");
  });
});
