import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readYaml } from "../../src/config/yaml-file.ts";

const problemsOf = (text: string) => {
  const read = readYaml("loop.yml", text);
  return read.kind === "refused" ? read.problems : [];
};

describe("what is not plain YAML is explained with its line", () => {
  test.each([
    ["a: 1\n\tb: 2", "loop.yml:2: a tab indents this line; YAML wants spaces"],
    ["a: 1\nb: 2\na: 3", 'loop.yml:3: "a" stands here for the second time; keep one'],
    ["a: 1\n---\nb: 2", "loop.yml:2: a second document begins here (---); one file holds one"],
    ["a: 1\nb: @daily", "loop.yml:2: a value that begins with @ wants quotes"],
    ["cadence: */15 * * * *", 'loop.yml:1: a value that begins with * wants quotes, e.g. "*/15 * * * *"'],
    ["a: &x [1]\nb: *x", "loop.yml:1: anchors (&name) are not allowed here"],
    ["a: one: two", 'loop.yml:1: a second ": " on one line; a text with a colon in it wants quotes'],
    ['a: 1\nb: "x', "loop.yml:2: not YAML here: Missing closing"],
    ["a: !thing x", "loop.yml:1: not YAML here: Unresolved tag: !thing"],
    ["? {a: 1}\n: 2", "loop.yml:1: a key must be a word"],
    ["__proto__: { polluted: true }", "loop.yml:1: a key must be a word"],
    ["a: [1,", "loop.yml:1: not YAML here"],
  ])("%j", (text, problem) => {
    expect(problemsOf(text)[0]).toEqual(expect.stringContaining(problem));
  });

  test("one slip is told once, and slips on other lines as well", () => {
    expect(problemsOf("cadence: */15 * * * *\n\tx: 1\nb: @c")).toHaveLength(3);
  });
});

test("an alias bomb is refused before it grows", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let n = 1; n < 12; n += 1)
    lines.push(
      `a${n}: &a${n} [${Array(9)
        .fill(`*a${n - 1}`)
        .join(", ")}]`,
    );

  expect(problemsOf(lines.join("\n"))[0]).toContain("anchors (&name) are not allowed");
});

test.each([
  ["brackets", "[".repeat(200_000)],
  ["braces", "{a: ".repeat(60_000)],
  ["dashes", `${"- ".repeat(100_000)}x`],
  ["question marks", `${"? ".repeat(100_000)}x`],
])("%s nested too deep are refused before the parser sees them", (_, text) => {
  expect(problemsOf(text)).toEqual(["loop.yml:1: this is nested more than 64 levels deep"]);
});

test("a path has the line of its key, or of the nearest thing that is there", () => {
  const read = readYaml("loop.yml", "a: 1\nb:\n  c: { d: 2 }\n  e:\n    - x\n    - y\n");
  if (read.kind === "refused") throw new Error(read.problems.join());

  expect(
    [["a"], ["b", "c", "d"], ["b", "e", 1], ["b", "missing"], ["missing"], []].map((path) =>
      read.file.lineOf(path),
    ),
  ).toEqual([1, 3, 6, 2, 1, 1]);
});

test("ends on any text", () => {
  const part = fc.constantFrom(
    "a: ",
    "- ",
    "\n",
    "  ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    "*",
    "&x ",
    "'",
    '"',
    "|",
    ">",
    "#",
    "!",
    "?",
    "x",
    ":",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const read = readYaml("loop.yml", parts.join(""));
      if (read.kind === "refused")
        for (const problem of read.problems) expect(problem).toMatch(/^loop\.yml:\d+: [^\n]+$/);
    }),
    { numRuns: 500 },
  );
});
