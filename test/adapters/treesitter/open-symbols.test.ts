import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSymbols } from "../../../src/adapters/treesitter/open-symbols.ts";

const symbols = openSymbols();

describe("reading symbols", () => {
  it("answers nothing for a file without a grammar", async () => {
    expect(await symbols.read("notes.txt", "hello")).toBeNull();
    expect(await symbols.read("Makefile", "all:")).toBeNull();
  });

  it("answers nothing for a file that is too large", async () => {
    expect(await symbols.read("big.js", "f();\n".repeat(1_000_000))).toBeNull();
  });

  it("survives what nests deeper than anybody writes", async () => {
    const deep = await symbols.read("deep.js", `x = ${"[".repeat(20_000)}${"]".repeat(20_000)};`);
    expect(deep === null || deep.path === "deep.js").toBe(true);
    expect((await symbols.read("next.js", "function f() {}"))?.definitions).toHaveLength(1);
  });

  it("reads references from the wished lines only, and all definitions", async () => {
    const text = "function f() {}\na();\nb();\nc();\n";
    const found = await symbols.read("a.js", text, { references: [{ first: 3, last: 3 }] });
    expect(found?.references.map(({ name, line }) => `${name}:${line}`)).toEqual(["b:3"]);
    expect(found?.definitions.map(({ name }) => name)).toEqual(["f"]);
  });

  it("takes no name from comments and strings", async () => {
    const found = await symbols.read("a.py", '# gone()\nx = "gone()"\n"""gone"""\n');
    expect(found?.references).toEqual([]);
  });

  it("tells where a local name can be meant", async () => {
    const found = await symbols.read(
      "a.ts",
      "const top = 1;\nfunction f(one: number) {\n  const two = one;\n}\n",
    );
    expect(found?.definitions.map(({ name, within }) => [name, within])).toEqual([
      ["top", null],
      ["f", null],
      ["one", { first: 2, last: 4 }],
      ["two", { first: 2, last: 4 }],
    ]);
  });

  it("takes a header for C++ only when it looks like it", async () => {
    expect((await symbols.read("a.h", "struct client *new(int class);\n"))?.isBroken).toBe(false);
    expect((await symbols.read("b.h", "class Foo { public: int x; };\n"))?.definitions[0]?.kind).toBe(
      "class",
    );
  });

  it("never throws, whatever stands in a file", async () => {
    const path = fc.constantFrom("a.ts", "a.py", "a.go", "a.java", "a.rs", "a.c", "a.cpp", "a.rb", "a.jsx");
    const piece = fc.constantFrom(
      "(",
      ")",
      "{",
      "}",
      "def ",
      "fn ",
      "class ",
      "=>",
      "\n",
      '"',
      "/*",
      "x",
      "é😀",
      "\0",
    );
    const text = fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(path, text, async (name, content) => {
        const found = await symbols.read(name, content);
        const lines = content.split("\n").length;
        for (const one of found?.definitions ?? []) {
          expect(one.line).toBeLessThanOrEqual(one.lastLine);
          expect(one.lastLine).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: 150 },
    );
  });
});
