import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCommand } from "../../src/domain/parse-command.ts";
import { decideLimits } from "../../src/domain/parse-decide.ts";

const answerTo = (text: string) => {
  const parsed = parseCommand(`decide ${text}`, { loops: ["triage"] });
  return parsed.kind === "command" ? parsed.command : parsed.message;
};
const decided = (statement: string, more: object = {}) => ({
  kind: "decide",
  statement,
  reason: "",
  paths: [],
  ...more,
});

describe("a decision is understood", () => {
  test.each([
    ["Round half to even", decided("Round half to even")],
    [
      "Round half to even in prices because finance said so paths: src/pricing.js, test/pricing.test.js",
      decided("Round half to even in prices", {
        reason: "finance said so",
        paths: ["src/pricing.js", "test/pricing.test.js"],
      }),
    ],
    [
      "“We round because of the law” because “audits, because it is May” supersedes d-1A2B3C4D.",
      decided("We round because of the law", {
        reason: "audits, because it is May",
        supersedes: "d-1a2b3c4d",
      }),
    ],
    [
      'supersede nothing paths: `src/my cart.js` ./src/prices/ and "test/**" because it’s so',
      decided("supersede nothing", {
        reason: "it’s so",
        paths: ["src/my cart.js", "src/prices/", "test/**"],
      }),
    ],
    ['"Net" means net of tax Because: finance', decided('"Net" means net of tax', { reason: "finance" })],
    ["“never closed because x", decided("never closed", { reason: "x" })],
    [
      "it supersedes what we did, with paths and all",
      decided("it supersedes what we did, with paths and all"),
    ],
    [
      "see <https://example.com/a?b&amp;c|the page> by <@U02|bob>: a &lt; b in <https://example.com>",
      decided("see the page by @bob: a < b in https://example.com"),
    ],
    ["use Map<string, number> here", decided("use Map<string, number> here")],
    ["two\nlines\u0000 because\n\nof\tus", decided("two lines", { reason: "of us" })],
    [
      "keep it repository: docs because it is the law paths: a.md",
      decided("keep it", { reason: "it is the law", repository: "docs", paths: ["a.md"] }),
    ],
    ["our repository is small", decided("our repository is small")],
    ["x because so paths: a.js, a.js", decided("x", { reason: "so", paths: ["a.js"] })],
  ])("%s", (text, command) => {
    expect(answerTo(text)).toEqual(command);
  });

  test("on a line with a mention or /loom in front", () => {
    expect(parseCommand("<@U01BOT> decide keep it", { loops: [] })).toEqual({
      kind: "command",
      command: decided("keep it"),
    });
    expect(parseCommand("/loom Decide keep `it`", { loops: [] })).toMatchObject({
      command: decided("keep `it`"),
    });
  });
});

describe("a decision that is not understood says what is wrong with it", () => {
  test.each([
    ["", "`decide` needs a statement first"],
    ["because so", "`decide` needs a statement first"],
    ["“” because so", "`decide` needs a statement first"],
    ["x because", "Nothing stands after `because`"],
    ["x paths: because so", "Nothing stands after `paths:`"],
    ["x paths: a paths: b", "`paths` stands there twice"],
    ["x because y paths: a because z", "`because` stands there twice"],
    ["x supersedes l-1a2b3c4d", "`supersedes` takes one decision"],
    ["x supersedes d-1a2b3c4d and more", "`supersedes` takes one decision"],
    ["x paths: ../a.js", 'The path "../a.js" leaves the repository with ..'],
    ["x paths: /etc/passwd", "is absolute"],
    ["x paths: src\\a.js", "has a backslash"],
    ["x paths: **", "leave the paths out"],
    ["x paths: src/[a", "opens a bracket that it does not close"],
    [`x paths: ${Array.from({ length: 21 }, (_, n) => `a${n}.js`).join(" ")}`, "at most 20 paths, not 21"],
    ["s".repeat(501), "The statement has 501 characters; 500 are enough"],
    [`x because ${"r".repeat(1001)}`, "The reason has 1001 characters; 1000 are enough"],
    ["s".repeat(100_000), "a decision is a sentence or two"],
  ])("%s", (text, words) => {
    expect(answerTo(text)).toEqual(expect.stringContaining(words));
  });
});

const pieces = fc.constantFrom(
  ...[
    "because",
    "paths:",
    "supersedes",
    "d-1a2b3c4d",
    '"',
    "“",
    "”",
    "'",
    "`",
    "a.js,",
    "../b",
    "**",
    "word",
    "<@U1|x>",
  ],
);

test("whatever is typed, what comes out is within the limits, and quick", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(pieces, fc.string({ unit: "binary", maxLength: 80 })), { maxLength: 60 }),
      (words) => {
        const command = answerTo(words.join(" "));
        if (typeof command === "string" || command.kind !== "decide") return;
        expect(command.statement.length).toBeGreaterThan(0);
        expect(command.statement.length).toBeLessThanOrEqual(decideLimits.statementMax);
        expect(command.reason.length).toBeLessThanOrEqual(decideLimits.reasonMax);
        expect(command.paths.length).toBeLessThanOrEqual(decideLimits.pathsMax);
        for (const path of command.paths) expect(path).not.toMatch(/^\/|(?:^|\/)\.\.(?:\/|$)/);
        expect(command.supersedes ?? "d-0").toMatch(/^d-[0-9a-z]+$/);
      },
    ),
    { numRuns: 500 },
  );
  const before = performance.now();
  answerTo('" because '.repeat(800));
  answerTo(`${'"'.repeat(7_900)} because x`);
  expect(performance.now() - before).toBeLessThan(1_000);
});
