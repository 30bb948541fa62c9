import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mechanicalFile } from "../../src/coordination/mechanical.ts";
import { type ConflictedFile, resolveMechanical } from "../../src/coordination/resolve-mechanical.ts";

const file = (path: string, base: string, ours: string, theirs: string): ConflictedFile => ({
  path,
  base,
  ours,
  theirs,
});

const textOf = (one: ConflictedFile): string => {
  const found = resolveMechanical([one], false);
  return found.kind === "resolved" ? (found.files[0]?.text ?? "") : `refused: ${found.because}`;
};

it("a file is mechanical by its name", () => {
  for (const path of ["CHANGELOG.md", "docs/History.md", "NEWS", "00-RELEASENOTES", "changelog/12.fix.rst"])
    expect(mechanicalFile(path), path).toBe("change log");
  for (const path of ["a/yarn.lock", "go.sum", "Gemfile.lock"])
    expect(mechanicalFile(path), path).toBe("lock file");
  for (const path of [
    "package.json",
    "dev-requirements.txt",
    "requirements/base.txt",
    "x.gemspec",
    "pom.xml",
  ])
    expect(mechanicalFile(path), path).toBe("manifest");
  for (const path of ["src/changelog.ts", "history.js", "readme.md"])
    expect(mechanicalFile(path), path).toBeNull();
});

describe("a change log", () => {
  const log = (...entries: string[]) =>
    `# Log\n\n## Unreleased\n\n${entries.map((one) => `- ${one}\n`).join("")}\n## 1.0\n\n- first\n`;

  it("gets both sides' entries, under their heading, the newer on top", () => {
    expect(textOf(file("CHANGELOG.md", log("old"), log("ours", "old"), log("theirs", "old")))).toBe(
      log("theirs", "ours", "old"),
    );
  });

  it("that grows at its end keeps the order in which they came", () => {
    expect(textOf(file("NEWS", log("old"), log("old", "ours"), log("old", "theirs")))).toBe(
      log("old", "ours", "theirs"),
    );
  });

  it("keeps entries apart that stand apart, and entries of several lines whole", () => {
    const entry = (what: string) => `*   ${what}\n\n    *Ada*\n\n`;
    const one = file(
      "CHANGELOG.md",
      entry("old"),
      entry("ours") + entry("old"),
      entry("theirs") + entry("old"),
    );
    expect(textOf(one)).toBe(entry("theirs") + entry("ours") + entry("old"));
  });

  it("gets a heading once that both sides brought", () => {
    const release = "## 1.0\n\n- first\n";
    const section = (what: string) => `## Unreleased\n\n- ${what}\n\n${release}`;
    expect(textOf(file("CHANGELOG.md", release, section("ours"), section("theirs")))).toBe(
      `## Unreleased\n\n- theirs\n\n- ours\n\n${release}`,
    );
  });

  it("is for people when a release, a changed entry, a doubled one, or conflict markers are in it", () => {
    const base = log("old");
    const released = base.replace("## Unreleased\n\n", "## Unreleased\n\n## 1.1\n\n");
    for (const [ours, theirs] of [
      [released, log("theirs", "old")],
      [log("changed"), log("old, and more")],
      [log("same", "old", "x"), log("same", "y", "old")],
      [`<<<<<<< HEAD\n${base}`, log("theirs", "old")],
      [base.replace("- old", "prose that is no entry\n- old"), log("theirs", "old")],
    ] as const)
      expect(textOf(file("CHANGELOG.md", base, ours, theirs))).toMatch(/^refused: /);
  });

  it("loses and doubles no line, whatever entries are added where", () => {
    const entries = fc.uniqueArray(fc.stringMatching(/^[a-z]{4,8}$/), { minLength: 1, maxLength: 8 });
    const places = fc.array(fc.nat(6), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(entries, places, places, (old, mine, others) => {
        const grown = (who: string, at: number[]) =>
          at.reduce((list, place, n) => list.toSpliced(place % (list.length + 1), 0, `${who} ${n}`), old);
        const [ours, theirs] = [grown("ours", mine), grown("theirs", others)];
        const text = textOf(file("CHANGES.md", log(...old), log(...ours), log(...theirs)));
        if (text.startsWith("refused")) return;
        const expected = [...ours, ...theirs.filter((one) => one.startsWith("theirs"))];
        expect(text.split("\n").sort()).toEqual(
          log(...expected)
            .split("\n")
            .sort(),
        );
        const order = (list: string[]) =>
          text.split("\n").flatMap((line) => (list.includes(line.slice(2)) ? line.slice(2) : []));
        expect(order(ours)).toEqual(ours);
        expect(order(theirs)).toEqual(theirs);
      }),
    );
  });
});

describe("a manifest", () => {
  const json = (dependencies: { [name: string]: string }) =>
    `${JSON.stringify({ name: "shop", dependencies }, null, 2)}\n`;
  const base = { left: "1.0.0", right: "^2.0.0" };

  it("gets both sides' keys, in order, and the higher of two raised versions", () => {
    const ours = { axe: "1.0.0", left: "1.1.0", right: "^2.0.0" };
    const theirs = { bee: "1.0.0", left: "1.10.0", right: "^2.0.0" };
    expect(textOf(file("package.json", json(base), json(ours), json(theirs)))).toBe(
      json({ axe: "1.0.0", bee: "1.0.0", left: "1.10.0", right: "^2.0.0" }),
    );
    expect(
      textOf(file("package.json", json(base), json({ ...base, x: "1.0.0" }), json({ ...base, y: "1.0.0" }))),
    ).toBe(json({ ...base, x: "1.0.0", y: "1.0.0" }));
  });

  it("is for people when one lowers, both set a new key, the ways of writing differ, or one removes what the other raises", () => {
    const without: { [name: string]: string } = { right: "^2.0.0" };
    const pairs: [typeof without, typeof without][] = [
      [
        { ...base, left: "1.1.0" },
        { ...base, left: "0.9.0" },
      ],
      [
        { ...base, z: "1.0.0" },
        { ...base, z: "2.0.0" },
      ],
      [
        { ...base, left: "1.1.0" },
        { ...base, left: "^1.2.0" },
      ],
      [
        { ...base, left: "1.1.0" },
        { ...base, left: "1.2.0-beta.1" },
      ],
      [without, { ...base, left: "1.2.0" }],
    ];
    for (const [ours, theirs] of pairs)
      expect(textOf(file("package.json", json(base), json(ours), json(theirs)))).toMatch(/^refused: /);
  });

  it("is for people when it does not parse, or would say one thing twice", () => {
    const broken = json(base).replace("{", "");
    expect(textOf(file("package.json", json(base), broken, json({ ...base, left: "1.2.0" })))).toMatch(
      /^refused/,
    );
    const far = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`dep${n}`, "1.0.0"]));
    const ours = json(far)
      .replace('    "dep0"', '    "new": "1.0.0",\n    "dep0"')
      .replace('"dep11": "1.0.0"', '"dep11": "1.1.0"');
    const theirs = json(far)
      .replace('    "dep9"', '    "new": "1.0.0",\n    "dep9"')
      .replace('"dep11": "1.0.0"', '"dep11": "1.2.0"');
    expect(textOf(file("package.json", json(far), ours, theirs))).toMatch(/^refused/);
  });

  it("may be requirements, a Gemfile, go.mod or TOML", () => {
    for (const [path, text, raised] of [
      ["requirements.txt", (v: string) => `flask==2.0.0\nrequests==${v}\n`, "requests==2.3.0"],
      ["Gemfile", (v: string) => `source "https://x"\n\ngem "rack", "${v}"\n`, 'gem "rack", "2.3.0"'],
      [
        "go.mod",
        (v: string) => `module x\n\nrequire (\n\tgithub.com/a/b v${v}\n)\n`,
        "github.com/a/b v2.3.0",
      ],
      [
        "Cargo.toml",
        (v: string) => `[package]\nname = "x"\n\n[dependencies]\nserde = "${v}"\n`,
        'serde = "2.3.0"',
      ],
    ] as const)
      expect(textOf(file(path, text("2.1.0"), text("2.2.0"), text("2.3.0"))), path).toContain(raised);
  });
});

it("a lock file is made anew by its command, or is for people; and all files are resolved, or none", () => {
  const lock = file("package-lock.json", "a", "b", "c");
  const log = file("CHANGELOG.md", "- a\n", "- b\n- a\n", "- c\n- a\n");
  expect(resolveMechanical([lock, log], true)).toEqual({
    kind: "resolved",
    files: [{ path: "CHANGELOG.md", text: "- c\n- b\n- a\n" }],
    regenerate: ["package-lock.json"],
  });
  expect(resolveMechanical([log, lock], false)).toMatchObject({ kind: "refused", path: "package-lock.json" });
  expect(resolveMechanical([{ ...log, theirs: null }], true)).toMatchObject({ kind: "refused" });
  expect(resolveMechanical([file("src/a.ts", "a", "b", "c")], true)).toMatchObject({ kind: "refused" });
});
