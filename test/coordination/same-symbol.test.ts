import { beforeAll, describe, expect, it } from "vitest";
import { openSymbols } from "../../src/adapters/treesitter/open-symbols.ts";
import { sameSymbols } from "../../src/coordination/same-symbol.ts";
import { type Branches, openBranches } from "./branches.ts";

const symbols = openSymbols();
let branches: Branches;
beforeAll(async () => {
  branches = await openBranches();
});

async function shared(path: string, [base, left, right]: [string, string, string], leftPath = path) {
  const root = branches.commit({ [path]: base });
  const moved = leftPath === path ? { [path]: left } : { [path]: null, [leftPath]: left };
  const [one, other] = [branches.commit(moved, root), branches.commit({ [path]: right }, root)];
  const from = { symbols, sources: branches.history };
  return sameSymbols(await branches.record(root, one), await branches.record(root, other), from);
}

const body = Array.from({ length: 12 }, (_, at) => `    step(${at});`).join("\n");
const base = `class Cart {\n  total() {\n${body}\n  }\n  clear() {\n${body}\n  }\n}\ntest("adds", () => {\n${body}\n});\n`;
const edit = (text: string, from: string, step: number) => {
  const at = text.indexOf(`step(${step})`, text.indexOf(from));
  return `${text.slice(0, at)}changed(${step})${text.slice(at + `step(${step})`.length)}`;
};

describe("the same symbol", () => {
  it("is told when both change the same method in places that git merges", async () => {
    expect(await shared("cart.js", [base, edit(base, "total", 1), edit(base, "total", 10)])).toEqual([
      { symbol: "Cart.total", path: "cart.js" },
    ]);
  });

  it("is told of a test by its title", async () => {
    expect(await shared("cart.js", [base, edit(base, "adds", 1), edit(base, "adds", 10)])).toEqual([
      { symbol: "adds", path: "cart.js" },
    ]);
  });

  it("is none when each changes a method of its own", async () => {
    expect(await shared("cart.js", [base, edit(base, "total", 1), edit(base, "clear", 10)])).toEqual([]);
  });

  it("follows a file that one side renames", async () => {
    expect(
      await shared("cart.js", [base, edit(base, "total", 1), edit(base, "total", 10)], "basket.js"),
    ).toEqual([{ symbol: "Cart.total", path: "basket.js" }]);
  });

  it("is none in a file without a grammar", async () => {
    expect(await shared("notes.txt", ["a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n"])).toEqual([]);
  });
});
