import { describe, expect, it } from "vitest";
import type { ChangedFile } from "../../src/domain/change.ts";
import { type ChangeSources, changeFacts } from "../../src/policy/change-facts.ts";
import { dependenciesIn, newDependencies } from "../../src/policy/dependencies.ts";
import { importsIn } from "../../src/policy/imports.ts";
import { layoutOf } from "../../src/policy/resolve-import.ts";
import { newSecrets } from "../../src/policy/secrets.ts";
import { organisationOf } from "../world/definitions.ts";

const nothing = { tests: [], exit: 0, outputTail: "" };

/** A change of these files: path → text before and after. */
function sources(
  files: { [path: string]: [string | null, string | null] },
  more: Partial<ChangeSources> & { changed?: Partial<ChangedFile>[] } = {},
): ChangeSources {
  const texts = new Map<string, string>();
  const blob = (path: string, text: string | null, side: string) => {
    if (text !== null) texts.set(`${side}:${path}`, text);
    return text === null ? null : `${side}:${path}`;
  };
  const changed = Object.entries(files).map(
    ([path, [before, after]], at): ChangedFile => ({
      path,
      status: before === null ? "added" : after === null ? "deleted" : "modified",
      before: blob(path, before, "before"),
      after: blob(path, after, "after"),
      ...{ added: 2, removed: 1, isBinary: false },
      ...more.changed?.[at],
    }),
  );
  return {
    change: { digest: "d", base: "b", head: "h", tree: "t", files: changed, authorEmails: [] },
    intent: { why: "", deliberateTests: [] },
    texts,
    diff: { text: "", isCut: false },
    codeowners: null,
    layout: layoutOf([], []),
    ...{ before: nothing, after: nothing, conflicts: [], ownerOf: () => undefined },
    organisation: organisationOf("/nowhere"),
    ...{ claimedByOthers: [], recentLandings: {} },
    ...more,
  };
}

describe("the facts of a change", () => {
  it("touch both paths of a rename, count lines, and tell links, submodules, modes and what nobody can read", async () => {
    const facts = await changeFacts(
      sources(
        {
          "b.js": ["x", "y"],
          link: [null, "target"],
          sub: [null, null],
          run: ["a", "a"],
          "logo.png": [null, null],
        },
        {
          changed: [
            { status: "renamed", from: ".github/a.js" },
            { modes: { before: null, after: "120000" } },
            { after: "0a0a", modes: { before: null, after: "160000" } },
            { modes: { before: null, after: "100755" } },
            { isBinary: true, after: "0b0b" },
          ],
        },
      ),
    );
    expect(facts.touched).toEqual({ "b.js": 3, ".github/a.js": 0, link: 3, sub: 3, run: 3, "logo.png": 3 });
    expect(facts).toMatchObject({
      ...{ isComplete: true, files: 5, lines: 15 },
      ...{
        symlinks: ["link"],
        submodules: ["sub"],
        binaryFiles: ["logo.png"],
        modeChanges: ["link", "run", "sub"],
      },
    });
  });

  it("are not whole when the diff was cut, a path is no text, or there is too much", async () => {
    const complete = async (from: ChangeSources) => (await changeFacts(from)).isComplete;
    expect(await complete(sources({ a: ["1", "2"] }))).toBe(true);
    expect(await complete(sources({ a: ["1", "2"] }, { diff: { text: "", isCut: true } }))).toBe(false);
    expect(await complete(sources({ '"caf\\351.txt"': ["1", "2"] }))).toBe(false);
    expect(await complete(sources({ "a\ud800": ["1", "2"] }))).toBe(false);
    const many = Object.fromEntries(
      Array.from({ length: 10_001 }, (_, at) => [`f${at}`, [null, null] as [null, null]]),
    );
    expect(await complete(sources(many))).toBe(false);
  });

  it("name whom CODEOWNERS names, at the target, and whom of them org.yml knows", async () => {
    const organisation = {
      ...organisationOf("/nowhere"),
      groups: [{ name: "leads", members: ["ada"], github: "acme/leads" }],
    };
    const facts = await changeFacts(
      sources(
        { "a.js": ["1", "2"], "b.md": ["1", "2"] },
        { codeowners: "*.js @Acme/Leads @ghost BEN@example.org", organisation },
      ),
    );
    expect(facts.owners).toEqual(["@Acme/Leads", "@ghost", "BEN@example.org"]);
    expect(facts.knownOwners).toEqual([
      { group: "leads", person: null },
      { group: "Ben", person: "ben" },
    ]);
    expect(facts.unowned).toBe(1);
  });

  it("tell new imports by where they lead, and that a moved file takes all of its along", async () => {
    const layout = layoutOf(
      [
        "apps/web/src/a.tsx",
        "packages/db/package.json",
        "packages/db/src/index.ts",
        "packages/api/index.js",
        "src/x.ts",
      ],
      [
        { path: "packages/db/package.json", text: '{"name":"@acme/db"}' },
        { path: "tsconfig.json", text: '{ // ours\n"compilerOptions":{"paths":{"@/*":["src/*"],}}}' },
      ],
    );
    const before = 'import api from "../../../packages/api/index.js";\n';
    const after = `${before}import type { Db } from "@acme/db";\nexport * from '@/x';\nimport fs from "node:fs";\nconst y = await import(name);\n`;
    const facts = await changeFacts(sources({ "apps/web/src/a.tsx": [before, after] }, { layout }));
    expect(facts.newImports).toEqual([
      { from: "apps/web/src/a.tsx", to: "packages/db/src/index.ts" },
      { from: "apps/web/src/a.tsx", to: "src/x.ts" },
    ]);
    expect(facts.dynamicImports).toEqual(["apps/web/src/a.tsx"]);
    const moved = await changeFacts(
      sources(
        { "apps/web/src/a.tsx": [before, before] },
        { layout, changed: [{ status: "renamed", from: "packages/a.tsx" }] },
      ),
    );
    expect(moved.newImports).toEqual([{ from: "apps/web/src/a.tsx", to: "packages/api/index.js" }]);
  });

  it("tell tests that came, and those that went or weakened without a word; a declared test excuses its own file alone", async () => {
    const test = (id: string) => ({ id, name: id, status: "passed" as const, message: "" });
    const diff = ["a", "b"]
      .map((name) => `diff --git a/test/${name}.test.js b/test/${name}.test.js\n-  expect(x).toBe(1);`)
      .join("\n");
    const facts = await changeFacts(
      sources(
        { "test/a.test.js": ["1", "2"] },
        {
          intent: { why: "", deliberateTests: ["test/a.test.js › adds"] },
          before: { ...nothing, tests: [test("test/a.test.js › adds"), test("gone")] },
          after: { ...nothing, tests: [test("new")] },
          diff: { text: diff, isCut: false },
        },
      ),
    );
    expect(facts).toMatchObject({ testsAdded: 1, testsRemoved: ["gone"], weakenedTests: ["test/b.test.js"] });
  });

  it("tell generated files and languages whose imports are not read", async () => {
    const facts = await changeFacts(
      sources({
        "dist/a.js": ["1", "2"],
        "src/b.ts": ["1", "// Code generated by protoc. DO NOT EDIT.\n"],
        "src/c.rs": ["1", "2"],
        "src/d.ts": ["1", "2"],
      }),
    );
    expect(facts.generatedFiles).toEqual(["dist/a.js", "src/b.ts"]);
    expect(facts.unparsed).toEqual(["src/c.rs"]);
  });
});

describe("secrets", () => {
  const token = `ghp_${"wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"}`;

  it("are found where they stand, and never told", async () => {
    const found = await newSecrets("src/mail.js", "", `const a = 1;\nconst k = "${token}";\n`);
    expect(found).toEqual(["src/mail.js:2 github token"]);
  });

  it("are found although a comment in the file wants the scanner to look away", async () => {
    expect(await newSecrets("a.js", null, `// secretlint-disable\nconst k = "${token}";`)).toHaveLength(1);
  });

  it("that stood there before are not this change's", async () => {
    expect(await newSecrets("a.js", `x = "${token}"`, `// moved\nx = "${token}"`)).toEqual([]);
  });
});

describe("dependencies", () => {
  it.each([
    [
      "package.json",
      '{"dependencies":{"a":"^1"},"devDependencies":{"b":"git+https://x/y.git"},"scripts":{"c":"d"}}',
      ["npm:a", "npm:b@git+https://x/y.git"],
    ],
    [
      "web/package-lock.json",
      '{"packages":{"":{},"node_modules/a":{"resolved":"https://registry.npmjs.org/a.tgz"},"node_modules/a/node_modules/@s/b":{"resolved":"https://evil/b.tgz"}}}',
      ["npm:@s/b@https://evil/b.tgz", "npm:a"],
    ],
    [
      "requirements-dev.txt",
      "# x\nRequests==2\nflask[async]>=1 ; python_version>'3'\n-e git+https://x/y\n",
      ["pypi:-e git+https://x/y", "pypi:flask", "pypi:requests"],
    ],
    [
      "pyproject.toml",
      '[project]\ndependencies = [\n  "httpx>=1",\n  "rich",\n]\n[tool.poetry.dependencies]\npython = "^3"\nDjango = "^5"\n[tool.x]\ny = 1\n',
      ["pypi:django", "pypi:httpx", "pypi:python", "pypi:rich"],
    ],
    [
      "Cargo.toml",
      '[package]\nname = "x"\n[dependencies]\nserde = "1"\n[dependencies.tokio]\nversion = "1"\n[dev-dependencies]\ninsta = "1"\n',
      ["crate:insta", "crate:serde", "crate:tokio"],
    ],
    [
      "go.mod",
      "module example.com/x\nrequire github.com/a/b v1.2.3\nrequire (\n\tgolang.org/x/mod v0.1.0 // indirect\n)\n",
      ["go:github.com/a/b", "go:golang.org/x/mod"],
    ],
    ["Gemfile", "source 'https://x'\ngem 'rails', '~> 7'\n", ["gem:rails"]],
    ["composer.json", '{"require":{"a/b":"1"}}', ["composer:a/b"]],
    ["yarn.lock", '"@s/a@^1", "@s/a@^2":\n  version "1"\nb@^1:\n  version "1"\n', ["npm:@s/a", "npm:b"]],
    ["pnpm-lock.yaml", "packages:\n  '@s/a@1.0.0':\n    x: 1\n  b@2.0.0:\n", ["npm:@s/a", "npm:b"]],
  ])("of %s", (path, text, expected) => {
    expect(dependenciesIn(path, text)).toEqual(expected);
  });

  it("are new when they were not there before; a manifest that cannot be read is one, too", () => {
    const manifest = (deps: object) => JSON.stringify({ dependencies: deps });
    expect(newDependencies("package.json", manifest({ a: "1" }), manifest({ a: "2" }))).toEqual([]);
    expect(newDependencies("package.json", manifest({ a: "1" }), manifest({ a: "npm:evil@1" }))).toEqual([
      "npm:a@npm:evil@1",
    ]);
    expect(newDependencies("package.json", manifest({}), "{ oops")).toEqual(["unreadable:package.json"]);
    expect(newDependencies("package.json", manifest({ a: "1" }), null)).toEqual([]);
    expect(newDependencies("src/a.js", null, "x")).toEqual([]);
  });
});

describe("imports", () => {
  it.each([
    [
      "js",
      `import a from './a.js'; import "./b"; export { c } from "c"; require('d'); import(\`./e\`); jest.mock("./f"); new URL('./g', import.meta.url); type T = import("h").T;`,
      ["c", "./a.js", "./b", "./e", "./f", "./g", "d", "h"],
    ],
    [
      "python",
      "import os, a.b as c\nfrom . import x\nfrom ..p.q import (y,\n  z)\n",
      [".", "..p.q", "..p.q.y", "..p.q.z", ".x", "a.b", "os"],
    ],
    [
      "go",
      'import "fmt"\nimport (\n\tx "example.com/a"\n\t"example.com/b"\n)',
      ["example.com/a", "example.com/b", "fmt"],
    ],
    ["java", "import static a.b.C.d;\nimport e.f.*;\n", ["a.b.C.d", "e.f"]],
  ] as const)("of %s", (language, text, expected) => {
    expect([...new Set(importsIn(language, text).specifiers)].sort()).toEqual([...expected].sort());
  });

  it("that are computed are told apart from literals", () => {
    for (const text of ["import(name)", ["require(`./$", "{x}`)"].join(""), "await import ( path.join(a) )"])
      expect([text, importsIn("js", text).isDynamic]).toEqual([text, true]);
    for (const text of ["import('./a')", "require(`./a`)", "import.meta.url", "import()"])
      expect([text, importsIn("js", text).isDynamic]).toEqual([text, false]);
  });
});
