import { describe, expect, it } from "vitest";
import type { TestReport, TestStatus } from "../../src/domain/test-report.ts";
import { integrityProblems } from "../../src/policy/test-integrity.ts";

const report = (tests: { [id: string]: TestStatus }): TestReport => ({
  tests: Object.entries(tests).map(([id, status]) => ({ id, name: id, status, message: "" })),
  exit: 0,
  outputTail: "",
});

const problems = (
  before: TestReport,
  after: TestReport,
  more: { diff?: string; deliberateTests?: string[] } = {},
) =>
  integrityProblems({
    before,
    after,
    diff: more.diff ?? "",
    intent: { why: "", deliberateTests: more.deliberateTests ?? [] },
  });

const diffOf = (header: string, ...lines: string[]) =>
  [header, "--- a/x", "+++ b/x", "@@ -1 +1 @@", ...lines].join("\n");

describe("test integrity", () => {
  it("names every test that is removed or skipped", () => {
    const before = report({ a: "passed", b: "failed", c: "skipped", d: "passed" });
    const after = report({ b: "skipped", d: "failed" });
    expect(problems(before, after)).toEqual(['It removes the test "a".', 'It skips the test "b".']);
  });

  it("lets an intent declare the tests that it means to change", () => {
    const before = report({ a: "passed", b: "passed" });
    expect(problems(before, report({}), { deliberateTests: ["a"] })).toEqual(['It removes the test "b".']);
  });

  it("says nothing where there is no report, or nothing changed", () => {
    expect(problems(report({}), report({}))).toEqual([]);
    expect(problems(report({ a: "failed" }), report({ a: "passed" }))).toEqual([]);
  });

  it("counts assertions that go and come, in test files alone", () => {
    const weaker = diffOf(
      "diff --git a/test/a.test.ts b/test/a.test.ts",
      "-  expect(a).toBe(1);",
      "-  expect(b).toBe(2);",
      "+  expect(a).toBe(1);",
    );
    expect(problems(report({}), report({}), { diff: weaker })).toEqual([
      "It takes 1 more assertion out of test/a.test.ts than it puts in.",
    ]);
    const same = diffOf(
      "diff --git a/test/a.test.ts b/test/a.test.ts",
      "-  assert.equal(a, 1);",
      "+  assert.equal(a, 2);",
    );
    expect(problems(report({}), report({}), { diff: same })).toEqual([]);
    const source = diffOf("diff --git a/src/a.ts b/src/a.ts", "-  assert(a);");
    expect(problems(report({}), report({}), { diff: source })).toEqual([]);
  });

  it("does not take the lines of a file with an odd name for those of the file before it", () => {
    const source = diffOf("diff --git a/src/a.ts b/src/a.ts", "-x");
    const odd = diffOf(
      'diff --git "a/test/\\303\\274 \\"x\\".test.ts" "b/test/\\303\\274 \\"x\\".test.ts"',
      "-  expect(a).toBe(1);",
    );
    expect(problems(report({}), report({}), { diff: `${source}\n${odd}` })).toEqual([
      expect.stringMatching(/^It takes 1 more assertion out of test\//),
    ]);
    const test = diffOf("diff --git a/test/a.test.ts b/test/a.test.ts", "+x");
    const oddSource = diffOf('diff --git "a/src/\\303\\274.ts" "b/src/\\303\\274.ts"', "-  assert(a);");
    expect(problems(report({}), report({}), { diff: `${test}\n${oddSource}` })).toEqual([]);
  });
});
