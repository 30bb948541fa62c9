import fc from "fast-check";
import picomatch from "picomatch";
import { describe, expect, it } from "vitest";
import { withBuiltIn } from "../../src/domain/zones.ts";
import { edgesOf, touchedZones, zoneMap } from "../../src/policy/zone-map.ts";

const zonesOf = zoneMap(withBuiltIn([{ name: "ledger", globs: ["services/ledger/**", "**/*.ledger"] }]));

describe("zones", () => {
  it("hold a path in all that match, in any case; and in `unzoned` when none does", () => {
    expect(zonesOf("services/ledger/test/a.test.ts")).toEqual(["tests", "ledger"]);
    expect(zonesOf("Services/LEDGER/a.ts")).toEqual(["ledger"]);
    expect(zonesOf("services/ledger")).toEqual(["ledger"]);
    expect(zonesOf("services/ledgers/a.ts")).toEqual(["unzoned"]);
    expect(zonesOf("a/.hidden/b.ledger")).toEqual(["ledger"]);
  });

  it("hold what is below them whatever its name: line breaks, brackets, dots, quotation marks, other alphabets", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((one) => !one.includes("/") && one !== "." && one !== "..");
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        expect(zonesOf(`services/ledger/${names.join("/")}`)).toContain("ledger");
        expect(zonesOf(`.github/${names.join("/")}`)).toContain("controls");
      }),
    );
    expect(zonesOf(".github/a\nb")).toEqual(["controls"]);
  });

  it("of a change are those of every path in it, whatever the order", () => {
    const touched = { "services/ledger/z": 1, "services/ledger/a": 2, "src/a": 4, __proto__: 9 };
    const zones = touchedZones(Object.fromEntries([["__proto__", 8], ...Object.entries(touched)]), zonesOf);
    expect(zones.get("ledger")).toEqual({ lines: 3, paths: ["services/ledger/a", "services/ledger/z"] });
    expect(zones.get("unzoned")).toEqual({ lines: 12, paths: ["__proto__", "src/a"] });
  });

  it("make edges of imports, each zone of the one end with each of the other", () => {
    const imports = [
      { from: "services/ledger/test/a", to: "src/b" },
      { from: "src/c", to: "src/d" },
    ];
    expect(edgesOf(imports, zonesOf)).toEqual(["ledger->unzoned", "tests->unzoned"]);
  });
});

describe("a glob", () => {
  const globs = [
    "a/**",
    "**/b.md",
    "**/*.{go,py}",
    "x/*/y?.ts",
    "**/.env.*",
    "src/[ab]/**",
    "É/**",
    "*.txt",
    "a/b/",
    "k/**",
  ];

  it("matches as picomatch does, although most paths are told by their ends", () => {
    const part = fc.constantFrom(
      "a",
      "b",
      "x",
      "src",
      ".env",
      "é",
      "K",
      "\u212a",
      "b.md",
      "c.go",
      "y1.ts",
      "q.txt",
      ".env.x",
    );
    const paths = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
    fc.assert(
      fc.property(paths, fc.constantFrom(...globs), (path, glob) => {
        const isIn = zoneMap([{ name: "z", globs: [glob] }])(path).includes("z");
        expect(isIn).toBe(picomatch(glob, { dot: true, flags: "is", noextglob: true, nonegate: true })(path));
      }),
      { numRuns: 2_000 },
    );
  });
});
