import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSample, type Sample } from "../../../src/local/sample/sample.ts";
import { git, removeFolder, runTests, tempFolder } from "./shop.ts";

const now = new Date("2026-11-20T10:00:00Z");

let dir: string;
let checkout: string;
let facts: Sample["facts"];
beforeAll(async () => {
  dir = await tempFolder();
  const sample = await createSample(dir, { now });
  facts = sample.facts;
  checkout = join(dir, "checkout");
  await git(dir, "clone", "--quiet", sample.remote, checkout);
});
afterAll(() => removeFolder(dir));

const inOrder = (...ids: string[]): string[] => ids.sort();
const read = async (format: string, revisions = "origin/main"): Promise<string[]> =>
  (await git(checkout, "log", "-z", "--reverse", `--format=${format}`, revisions))
    .split("\0")
    .filter((line) => line !== "");

async function failedAt(revision: string): Promise<string[]> {
  await git(checkout, "checkout", "--quiet", "--force", "--detach", revision);
  return (await runTests(checkout)).failed;
}

async function failedAfterReverting(...revert: string[]): Promise<string[]> {
  await git(checkout, "checkout", "--quiet", "--force", "--detach", "origin/main");
  await git(checkout, "revert", "--no-edit", ...revert);
  return (await runTests(checkout)).failed;
}

test("exactly three tests fail at the head of a suite of six to eight files", async () => {
  await git(checkout, "checkout", "--quiet", "--force", "--detach", "origin/main");
  const { passed, failed } = await runTests(checkout);
  expect(failed).toEqual(inOrder(facts.bugTest, facts.roundingTest, facts.unfixableTest));
  expect(passed.length).toBe(37);
  const files = (await git(checkout, "ls-files", "test")).split("\n");
  expect(files.length).toBeGreaterThanOrEqual(6);
  expect(files.length).toBeLessThanOrEqual(8);
});

test("every test has a name of its own, so that a report without files can still be read", async () => {
  await git(checkout, "checkout", "--quiet", "--force", "--detach", "origin/main");
  const { passed, failed } = await runTests(checkout);
  const names = [...passed, ...failed].map((id) => id.slice(id.indexOf(" › ")));
  expect(new Set(names).size).toBe(names.length);
});

test("reverting the bug's commit makes its test green and no other red", async () => {
  expect(await failedAfterReverting(facts.bugCommit)).toEqual(
    inOrder(facts.roundingTest, facts.unfixableTest),
  );
});

test("the bug's commit breaks exactly that one test, which passed before", async () => {
  expect(await failedAt(`${facts.bugCommit}^`)).toEqual([]);
  expect(await failedAt(facts.bugCommit)).toEqual([facts.bugTest]);
});

test("reverting tidy's rounding, or its landing, makes the invoice test green and no other red", async () => {
  const expected = inOrder(facts.bugTest, facts.unfixableTest);
  expect(await failedAfterReverting(facts.roundingCommit)).toEqual(expected);
  const tree = await git(checkout, "rev-parse", "HEAD^{tree}");
  expect(await failedAfterReverting("-m", "1", facts.roundingLanding)).toEqual(expected);
  expect(await git(checkout, "rev-parse", "HEAD^{tree}")).toBe(tree);
});

test("reverting tidy's rounding returns both of its files to the blobs they were before", async () => {
  await git(checkout, "checkout", "--quiet", "--force", "--detach", "origin/main");
  await git(checkout, "revert", "--no-edit", facts.roundingCommit);
  const files = (await git(checkout, "diff", "--name-only", "origin/main", "HEAD")).split("\n");
  expect(files).toEqual(["src/pricing.js", "test/pricing.test.js"]);
  for (const file of files) {
    const before = await git(checkout, "rev-parse", `${facts.roundingCommit}^:${file}`);
    expect(await git(checkout, "rev-parse", `HEAD:${file}`)).toBe(before);
  }
});

test("tidy's rounding breaks only another team's test, and the test it changes stays one with the same name", async () => {
  expect(await failedAt(`${facts.roundingLanding}^1`)).toEqual([facts.bugTest]);
  const before = await runTests(checkout, "test/pricing.test.js");
  expect(await failedAt(facts.roundingCommit)).toEqual(inOrder(facts.bugTest, facts.roundingTest));
  expect(await runTests(checkout, "test/pricing.test.js")).toEqual(before);
});

test("the third test has failed in every commit since it came", async () => {
  const file = "test/search.test.js";
  await git(checkout, "checkout", "--quiet", "--force", "--detach", `${facts.unfixableCommit}^`);
  const before = await runTests(checkout, file);
  expect([...before.passed, ...before.failed]).not.toContain(facts.unfixableTest);
  for (const sha of [facts.unfixableCommit, ...(await read("%H", `${facts.unfixableCommit}..origin/main`))]) {
    await git(checkout, "checkout", "--quiet", "--force", "--detach", sha);
    expect((await runTests(checkout, file)).failed).toEqual([facts.unfixableTest]);
  }
});

test("the newest form of the third test fails on the code before it, too", async () => {
  await git(checkout, "checkout", "--quiet", "--force", "--detach", `${facts.unfixableCommit}^`);
  await git(checkout, "checkout", "--quiet", "origin/main", "--", "test/search.test.js");
  expect((await runTests(checkout, "test/search.test.js")).failed).toEqual([facts.unfixableTest]);
});

test("the history is green at its start, on its branches and at its merges", async () => {
  const shas = await read("%H", `${facts.bugCommit}^`);
  const merges = await read("%H%n%s", `${facts.bugCommit}^`);
  const chosen = [0, 4, 13, shas.length - 1].map((position) => shas[position] ?? "");
  const coupons = merges.find((record) => record.endsWith("Merge branch 'coupons'"))?.split("\n")[0] ?? "";
  for (const sha of [...chosen, coupons, `${coupons}^2`]) expect(await failedAt(sha)).toEqual([]);
});

test("what loops landed carries their trailers in the last paragraph, landing and commit alike", async () => {
  const trailers = async (sha: string) =>
    (await git(checkout, "log", "-1", "--format=%(trailers:unfold)", sha)).split("\n");
  const both = [
    "Loom-Run: r-k3v9t2ma0q",
    "Loom-Loop: tidy",
    "Loom-Finding: f-5d20e8c46b17",
    "Loom-Intent: Round half to even, as finance decided on 2026-11-12; test/pricing.test.js changes with it on purpose",
  ];
  expect(await trailers(facts.roundingCommit)).toEqual(both);
  expect(await trailers(facts.roundingLanding)).toEqual([...both, "Loom-Approved-By: bob"]);
  expect(await git(checkout, "rev-parse", `${facts.roundingLanding}^2`)).toBe(facts.roundingCommit);
  const loops = await read("%(trailers:key=Loom-Loop,valueonly,separator=%x2C) %P");
  expect(loops.filter((line) => line.startsWith("tidy")).length).toBe(4);
});

test("the story is fresh: it ends the day before, in order, signed by five people and a loop", async () => {
  const dates = (await read("%at")).map(Number);
  expect(dates.length).toBe(35);
  expect(Math.max(...dates) * 1000).toBeLessThan(now.getTime());
  expect(Math.max(...dates) * 1000).toBeGreaterThan(now.getTime() - 32 * 3_600_000);
  const dateOf = new Map((await read("%H %at")).map((line) => [line.slice(0, 40), Number(line.slice(41))]));
  for (const line of await read("%H %P")) {
    const [date = 0, ...before] = line
      .trim()
      .split(" ")
      .map((sha) => dateOf.get(sha));
    for (const parent of before) expect(parent).toBeLessThan(date);
  }
  expect(new Set(await read("%ae")).size).toBe(6);
  expect(await git(checkout, "show", "origin/main:CHANGELOG.md")).toContain("## 0.3.0, 2026-11-18");
});

test("nothing in the shop's own files names a cause", async () => {
  const words = "sample|breaks|broken|revert|bisect|culprit|loom-|days ago|todo|fixme";
  // Exit 1 is git grep's "nothing found".
  await expect(git(checkout, "grep", "-i", "-E", words, "origin/main")).rejects.toMatchObject({
    code: 1,
    stdout: "",
  });
});

test("the two issues name the tests that fail for them", async () => {
  const files = (await git(checkout, "ls-tree", "--name-only", "origin/main", ".loom/issues/")).split("\n");
  expect(files.length).toBe(2);
  const issues = await Promise.all(files.map((file) => git(checkout, "show", `origin/main:${file}`)));
  for (const [position, test] of [facts.bugTest, facts.roundingTest].entries()) {
    const frontMatter = issues[position]?.split("---\n")[1]?.split("\n") ?? [];
    expect(frontMatter).toContain("state: open");
    expect(frontMatter).toContain(`test: "${test}"`);
  }
});
