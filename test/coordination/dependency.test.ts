import { beforeAll, describe, expect, it } from "vitest";
import { openSymbols } from "../../src/adapters/treesitter/open-symbols.ts";
import { contractNotes } from "../../src/coordination/contract-notes.ts";
import { dependencyConflicts } from "../../src/coordination/dependency.ts";
import { type Branches, type Files, openBranches } from "./branches.ts";

const symbols = openSymbols();
let branches: Branches;
beforeAll(async () => {
  branches = await openBranches();
});

async function sides(base: Files, left: Files, right: Files) {
  const root = branches.commit(base);
  const [one, other] = [branches.commit(left, root), branches.commit(right, root)];
  return {
    left: { record: await branches.record(root, one), called: "left" },
    right: { record: await branches.record(root, other), called: "right" },
    from: { symbols, sources: branches.history },
  };
}

async function clashes(base: Files, left: Files, right: Files) {
  const { left: one, right: other, from } = await sides(base, left, right);
  return (await dependencyConflicts(one, other, from)).clashes;
}

const told = async (base: Files, left: Files, right: Files): Promise<string[]> =>
  (await clashes(base, left, right)).map(({ how, name, breaks }) => `${how} ${name} breaks ${breaks}`);

const money = "export function parsePrice(text) {\n  return Number(text);\n}\n";
const cart = 'import { parsePrice } from "./money";\nexport const one = parsePrice("1");\n';
const usesIt = {
  "src/new.ts": 'import { parsePrice } from "./money";\nexport const two = parsePrice("2");\n',
};

describe("a name that one side takes away", () => {
  const base = { "src/money.ts": money, "src/cart.ts": cart };
  const renamed = {
    "src/money.ts": money.replace("parsePrice", "priceOf"),
    "src/cart.ts": cart.replaceAll("parsePrice", "priceOf"),
  };

  it("is missing where the other newly uses it, and the evidence names both places", async () => {
    const found = await clashes(base, renamed, usesIt);
    expect(found).toMatchObject([
      {
        uses: [
          { path: "src/new.ts", isMember: true },
          { name: "parsePrice", argumentCount: 1 },
        ],
        how: "gone",
        name: "parsePrice",
        breaks: "right",
        paths: ["src/money.ts", "src/new.ts"],
        evidence:
          "left removed `parsePrice` (src/money.ts:1); right calls it at src/new.ts:1, src/new.ts:2; after the merge nobody defines it.",
      },
    ]);
  });

  it("is found from either side", async () => {
    expect(await told(base, usesIt, renamed)).toEqual(["gone parsePrice breaks left"]);
  });

  it("is no conflict when the other brings a definition of its own", async () => {
    const own = { "src/new.ts": "function parsePrice(x) { return x; }\nexport const two = parsePrice(2);\n" };
    expect(await told(base, renamed, own)).toEqual([]);
  });

  it("is missing, though another new function has a local of that name", async () => {
    const both = { "src/new.ts": `${usesIt["src/new.ts"]}export const f = (parsePrice) => parsePrice;\n` };
    expect(await told(base, renamed, both)).toEqual(["gone parsePrice breaks right"]);
  });

  it("is no conflict when the other brings it in a file of its own", async () => {
    const own = {
      "src/price.ts": "export const parsePrice = (x) => x;\n",
      "src/new.ts": 'import * as price from "./price";\nexport const two = price.parsePrice(2);\n',
    };
    expect(await told(base, renamed, own)).toEqual([]);
  });

  it("is no conflict where it is a local name, or comes from elsewhere", async () => {
    const local = { "src/new.ts": "export const f = (parsePrice) => parsePrice(2);\n" };
    const foreign = {
      "src/new.ts": 'import { parsePrice } from "money";\nexport const two = parsePrice(2);\n',
    };
    expect(await told(base, renamed, local)).toEqual([]);
    expect(await told(base, renamed, foreign)).toEqual([]);
  });

  it("is no conflict in a comment or a string", async () => {
    const words = { "src/new.ts": '// parsePrice() was here\nexport const s = "parsePrice()";\n' };
    expect(await told(base, renamed, words)).toEqual([]);
  });

  it("is no conflict while the changer still uses the name: then it means something that is not seen", async () => {
    const kept = { ...base, "src/other.ts": "export const three = globalThis.parsePrice(3);\n" };
    const bare = { "src/new.ts": "export const two = parsePrice(2);\n" };
    expect(await told(kept, renamed, bare)).toEqual([]);
  });

  it("is missing from the module that is named, though another defines it", async () => {
    const twice = { ...base, "src/old.ts": "export const parsePrice = (x) => x;\n" };
    expect(await told(twice, renamed, usesIt)).toEqual(["gone parsePrice breaks right"]);
  });

  it("is no conflict when the user's line only moved", async () => {
    const moved = {
      "src/cart.ts": null,
      "src/basket.ts": cart,
    };
    expect(await told(base, { "src/money.ts": money.replace("parsePrice", "priceOf") }, moved)).toEqual([]);
  });
});

describe("a name that is gone from where it is used", () => {
  const lines = (...all: string[]) => `${all.join("\n")}\n`;
  const filler = Array.from({ length: 12 }, (_, at) => `pass_${at} = ${at}`);

  it("an import that nobody needed any more", async () => {
    const base = lines("import os", "import re", ...filler, "def f():", "    return 1");
    const left = base.replace("import os\n", "");
    const right = base.replace("    return 1", "    return os.getcwd()");
    expect(await told({ "a.py": base }, { "a.py": left }, { "a.py": right })).toEqual([
      "gone os breaks right",
    ]);
  });

  it("a parameter that got another name", async () => {
    const base = lines("def f(text):", "    a = 1", ...filler.map((one) => `    ${one}`), "    return a");
    const left = base.replace("def f(text)", "def f(words)");
    const right = base.replace("    return a", "    return a + len(text)");
    expect(await told({ "a.py": base }, { "a.py": left }, { "a.py": right })).toEqual([
      "gone text breaks right",
    ]);
  });

  it("a file that was moved", async () => {
    const base = { "src/money.ts": money, "src/cart.ts": cart };
    const left = {
      "src/money.ts": null,
      "src/price/money.ts": money,
      "src/cart.ts": cart.replace("./", "./price/"),
    };
    const [found] = await clashes(base, left, usesIt);
    expect(found?.evidence).toContain("moved to src/price/money.ts");
  });
});

describe("a header that is gone", () => {
  it("is told of an include that is the only new line in its place", async () => {
    const base = { "store.h": "int has(int id);\n", "log.c": '#include "a.h"\n#include "z.h"\nint one;\n' };
    const left = {
      "store.h": null,
      "odb.h": "int odb_has(int id);\nint odb_put(int id);\nint odb_get(int id);\n",
    };
    const right = { "log.c": base["log.c"].replace('#include "z.h"', '#include "store.h"\n#include "z.h"') };
    const [found] = await clashes(base, left, right);
    expect(found?.evidence).toBe(
      "left deleted store.h; right imports it at log.c:2; after the merge it is not there.",
    );
  });
});

describe("a call that no definition takes", () => {
  const base = {
    "a.c": "int add(int a, int b)\n{\n  return a + b;\n}\nint one(void)\n{\n  return add(1, 2);\n}\n",
  };
  const left = { "a.c": base["a.c"].replace("int b)", "int b, int c)").replace("(1, 2)", "(1, 2, 3)") };
  const right = { "b.c": "int two(void)\n{\n  return add(3, 4);\n}\n" };

  it("is told with both counts", async () => {
    const [found] = await clashes(base, left, right);
    expect(found).toMatchObject({ how: "arity", breaks: "right" });
    expect(found?.evidence).toBe(
      "left changed `add` from 2 parameters to 3 parameters (a.c:1); right calls it at b.c:3; with 2 arguments; after the merge nothing takes that.",
    );
  });

  it("is found when the parameter stands on a line of its own", async () => {
    const long = { "a.c": base["a.c"].replace("int a, int b", "int a,\n        int b") };
    const longer = {
      "a.c": left["a.c"].replace("int a, int b, int c", "int a,\n        int b,\n        int c"),
    };
    expect(await told(long, longer, right)).toEqual(["arity add breaks right"]);
  });

  it("is no conflict when another definition of the name takes it", async () => {
    const overloaded = { ...base, "c.c": "static int add(int a, int b) { return a; }\n" };
    expect(await told(overloaded, left, right)).toEqual(["weak add breaks right"]);
  });

  it("is no conflict when the new parameter may be left out", async () => {
    const python = { "a.py": "def add(a, b):\n    return a\n" };
    const optional = { "a.py": "def add(a, b, c=None):\n    return a\n" };
    const calls = { "b.py": "from a import add\nprint(add(1, 2))\n" };
    expect(await told(python, optional, calls)).toEqual([]);
  });

  it("is only weak when the changer calls the name like this, too", async () => {
    const kept = { ...base, "d.c": "int four(void) { return vec.add(1, 2) + add(1, 2); }\n" };
    expect(await told(kept, left, right)).toEqual(["weak add breaks right"]);
  });
});

describe("an implementation of a contract that changed", () => {
  it("is told of a new method beside those that were all changed", async () => {
    const method = (name: string, more = "") => `class ${name} {\n  int run(int a${more}) { return a; }\n}\n`;
    const base = { "A.java": method("A"), "B.java": method("B") };
    const left = { "A.java": method("A", ", int b"), "B.java": method("B", ", int b") };
    const [found] = await clashes(base, left, { "C.java": method("C") });
    expect(found).toMatchObject({ how: "arity", name: "run", breaks: "right" });
    expect(found?.evidence).toContain("right implements it at C.java:2");
  });

  it("is told of a function of C that a changed field points to", async () => {
    const ops = (more: string) => `struct ops {\n\tint (*begin)(int fd${more});\n};\n`;
    const right = {
      "b.c":
        "static int b_begin(int fd UNUSED)\n{\n\treturn 0;\n}\nstruct ops b = {\n\t.begin = b_begin,\n};\n",
    };
    expect(await told({ "ops.h": ops("") }, { "ops.h": ops(", int flags") }, right)).toEqual([
      "arity begin breaks right",
    ]);
  });
});

describe("contract notes", () => {
  it("tell a live run whose calls another change makes misfit", async () => {
    const { left, right, from } = await sides(
      { "src/price.py": "def price_of(item, tax):\n    return item\n" },
      { "src/price.py": "def price_of(item, tax, currency):\n    return item\n" },
      { "src/cart.py": "from price import price_of\ntotal = price_of(1, 2)\n" },
    );
    expect(await contractNotes({ ...left, called: "loop tidy, run r12" }, right.record, from)).toEqual([
      "`price_of` now takes 3 parameters instead of 2 parameters (loop tidy, run r12, src/price.py:1): adapt your calls at src/cart.py:1, src/cart.py:2.",
    ]);
  });
});

describe("what cannot be read", () => {
  it("is said, and the rest is judged", async () => {
    const { left, right, from } = await sides(
      { "src/money.ts": money, "big.js": "x();\n" },
      {
        "src/money.ts": money.replace("parsePrice", "priceOf"),
        "big.js": `x("${"y".repeat(3_000_000)}");\n`,
      },
      usesIt,
    );
    const answer = await dependencyConflicts(left, right, from);
    expect(answer.clashes.map(({ name }) => name)).toEqual(["parsePrice"]);
    expect(answer.weaker.join(" ")).toContain("big.js");
  });
});
