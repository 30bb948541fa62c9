import { beforeAll, describe, expect, it } from "vitest";
import { openSymbols } from "../../src/adapters/treesitter/open-symbols.ts";
import { type DependencyCase, replayDependency, summaryOf } from "../../src/replay/dependency.ts";
import { type Branches, openBranches } from "../coordination/branches.ts";

const symbols = openSymbols();
let branches: Branches;
beforeAll(async () => {
  branches = await openBranches();
});

async function replayed(...cases: DependencyCase[]) {
  let now = 0;
  const clock = () => {
    now += 5;
    return now;
  };
  const rows = [];
  for await (const row of replayDependency(cases, { history: branches.history, symbols, clock }))
    rows.push(row);
  return rows;
}

const merge = "0".repeat(40);
const price = "def price_of(item):\n    return item\n\n\ndef tax_of(item):\n    return 1\n";

describe("replaying merges", () => {
  it("flags the one after which new code has lost what it uses, and tells why", async () => {
    const base = branches.commit({ "price.py": price });
    const left = branches.commit({ "price.py": price.replace("price_of", "cost_of") }, base);
    const right = branches.commit({ "cart.py": "from price import price_of\nprint(price_of(1))\n" }, base);
    const fine = branches.commit({ "cart.py": "from price import tax_of\nprint(tax_of(1))\n" }, base);
    const rows = await replayed({ merge, base, left, right }, { merge, base, left, right: fine });
    expect(rows).toEqual([
      {
        merge,
        flagged: true,
        evidence: [
          "left removed `price_of` (price.py:1); right calls it at cart.py:1, cart.py:2; after the merge nobody defines it.",
        ],
        weaker: [],
        ms: 5,
      },
      { merge, flagged: false, evidence: [], weaker: [], ms: 5 },
    ]);
    expect(summaryOf(rows)).toEqual({ cases: 2, flagged: 1, msP50: 5, msP99: 5, msMax: 5 });
  });

  it("shows what is only likely, and does not flag it", async () => {
    const base = branches.commit({
      "a.py": "def add(a, b):\n    return a\n",
      "b.py": "def add(a, b):\n    return b\n",
    });
    const left = branches.commit({ "a.py": "def add(a, b, c):\n    return a\n" }, base);
    const right = branches.commit({ "c.py": "import a\nprint(a.add(1, 2))\n" }, base);
    const [row] = await replayed({ merge, base, left, right });
    expect(row?.flagged).toBe(false);
    expect(row?.evidence.join()).toMatch(/^weak: left changed `add`/);
  });

  it("judges what merged beside a textual conflict, and says so", async () => {
    const base = branches.commit({ "price.py": price, "notes.txt": "one\n" });
    const left = branches.commit(
      { "price.py": price.replace("price_of", "cost_of"), "notes.txt": "two\n" },
      base,
    );
    const uses = "from price import price_of\nprint(price_of(1))\n";
    const right = branches.commit({ "cart.py": uses, "notes.txt": "three\n" }, base);
    const [row] = await replayed({ merge, base, left, right });
    expect(row?.flagged).toBe(true);
    expect(row?.weaker.join()).toContain("the texts conflict too (notes.txt)");
  });

  it("takes no line for new that both sides have from a third change, and one of them has adapted since", async () => {
    const root = branches.commit({ "price.py": price });
    const uses = "from price import price_of\nprint(price_of(1))\n";
    const shared = branches.commit({ "cart.py": uses }, root);
    const adapted = {
      "price.py": price.replace("price_of", "cost_of"),
      "cart.py": uses.replaceAll("price_of", "cost_of"),
    };
    const left = branches.commit(adapted, shared);
    const right = branches.commit({ "notes.txt": "one\n" }, shared);
    const [row] = await replayed({ merge, base: root, left, right });
    expect(row).toMatchObject({ flagged: false, evidence: [], weaker: [] });
  });

  it("reads a call to its end in the merged tree, whatever its first line says", async () => {
    const c = { "a.h": "int add(int a, int b);\n" };
    const root = branches.commit(c);
    const shared = branches.commit({ "b.c": "int two(void)\n{\n\treturn add(3,\n\t\t4);\n}\n" }, root);
    const adapted = {
      "a.h": "int add(int a, int b, int c);\n",
      "b.c": "int two(void)\n{\n\treturn add(3,\n\t\t4, 5);\n}\n",
    };
    const left = branches.commit(adapted, shared);
    const right = branches.commit({ "notes.txt": "one\n" }, shared);
    expect(await replayed({ merge, base: root, left, right })).toMatchObject([{ flagged: false }]);
  });

  it("goes on behind a commit that is not there, and says what it could not look at", async () => {
    const base = branches.commit({ "price.py": price });
    const left = branches.commit({ "price.py": price.replace("price_of", "cost_of") }, base);
    const right = branches.commit({ "cart.py": "from price import price_of\n" }, base);
    const rows = await replayed({ merge, base, left, right: "1".repeat(40) }, { merge, base, left, right });
    expect(rows.map(({ flagged }) => flagged)).toEqual([false, true]);
    expect(rows[0]?.weaker.length).toBeGreaterThan(0);
  });

  it("has nothing to say of no merges", () => {
    expect(summaryOf([])).toEqual({ cases: 0, flagged: 0, msP50: 0, msP99: 0, msMax: 0 });
  });
});
