import { expect, test } from "vitest";
import { expandGlobs } from "../../src/coordination/expand-globs.ts";

const files = ["src/a.ts", "src/auth/login.ts", "src/auth/login.test.ts", "README.md"];

test("globs stand for the files that they match, dot files and planned files included", () => {
  expect(expandGlobs(["src/auth/**", "docs/*.md"], files, ["docs/new.md"])).toEqual({
    kind: "expanded",
    paths: ["docs/new.md", "src/auth/login.test.ts", "src/auth/login.ts"],
  });
});

test("two globs that look different share the files they share", () => {
  const left = expandGlobs(["src/*.ts"], files);
  const right = expandGlobs(["src/a*"], files);

  expect(left).toEqual(right);
});

test("a glob that matches nothing is refused by name", () => {
  expect(expandGlobs(["lib/**"], files)).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining('"lib/**"'),
  });
});

test("a glob that matches everything is refused", () => {
  expect(expandGlobs(["**"], files)).toMatchObject({ kind: "refused" });
});
