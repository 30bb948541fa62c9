import { expect, test } from "vitest";

import { readTrailers } from "../../../src/adapters/git/trailers.ts";
import { git, openWorld } from "./world.ts";

const trailers = (run: string): string =>
  `Loom-Run: ${run}\nLoom-Loop: tidy\nLoom-Finding: f-1\nLoom-Intent: rounds half to even\nLoom-Approved-By: ada`;

test("tells the first-parent commits of a range, newest first, as git keeps them", async () => {
  const { code, repository, work, commit } = await openWorld();
  const first = git(work, "rev-parse", "HEAD");
  git(work, "checkout", "-q", "-b", "side");
  const side = await commit({ "s.txt": "s\n" }, "side");
  git(work, "checkout", "-q", "main");
  git(work, "merge", "-q", "--no-ff", "-m", "merge side\n\nWhy: because\n\ncommit 1\n:100644", "side");
  git(work, "push", "-q", "origin", "main");
  const { target } = await code.fetch(repository);
  const [merge, ...others] = await code.commits("shop", { to: target, from: first, max: 10 });
  expect(others).toEqual([]);
  expect(merge).toMatchObject({
    sha: target,
    parents: [first, side],
    subject: "merge side",
    body: "Why: because\n\ncommit 1\n:100644",
    author: { name: "Ada", email: "ada@example.org" },
    tree: git(work, "rev-parse", "HEAD^{tree}"),
    trailers: {},
  });
  expect(merge?.committedAt.getTime()).toBe(Number(git(work, "log", "-1", "--format=%ct")) * 1000);
  expect(await code.commits("shop", { to: target, max: 1 })).toHaveLength(1);
});

test.each([
  ["last paragraph", `tidy: round\n\nText.\n\n${trailers("r-1")}`],
  [
    "squash with co-authors",
    `tidy: round (#12)\n\nText.\n\n${trailers("r-1")}\n\n---------\n\nCo-authored-by: X <x@y>`,
  ],
  [
    "squash of messages",
    `round (#12)\n\n* tidy: round\n\n${trailers("r-1")}\n\n* fix: more\n\nSigned-off-by: Y <y@z>`,
  ],
  ["windows line ends", `tidy: round\r\n\r\n${trailers("r-1").replaceAll("\n", "\r\n")}\r\n`],
])("finds trailers anywhere in the message: %s", (_, message) => {
  const found = readTrailers(message);
  expect(found["Loom-Run"]).toEqual(["r-1"]);
  expect(found["Loom-Loop"]).toEqual(["tidy"]);
  expect(found["Loom-Intent"]).toEqual(["rounds half to even"]);
  expect(found["Loom-Approved-By"]).toEqual(["ada"]);
});

test("joins folded lines, takes names in any case, and keeps several approvers", () => {
  const found = readTrailers(
    "x\n\nloom-intent: one\n  and two\nLoom-Approved-By: ada\nLoom-Approved-By: bo\nLoom-Else: no",
  );
  expect(found).toEqual({ "Loom-Intent": ["one and two"], "Loom-Approved-By": ["ada", "bo"] });
});

test("tells what loops landed, with blobs against the first parent and a rename as deletion and addition", async () => {
  const { code, repository, work, commit } = await openWorld({ "a.txt": "one\n", "b.txt": "1\n2\n3\n4\n" });
  await commit({ "x.txt": "x\n" }, "by a person\n\nLoom-Run: r-9");
  const squash = await commit(
    { "a.txt": "two\n", "b.txt": null, "c.txt": "1\n2\n3\n4\n" },
    `tidy: a\n\n${trailers("r-1")}`,
  );
  const { target } = await code.fetch(repository);
  const [landed, ...others] = await code.landedByLoops("shop", target, 10);
  expect(others).toEqual([]);
  const blob = (path: string): string => git(work, "rev-parse", path);
  expect(landed).toMatchObject({
    ...{ repository: "shop", loop: "tidy", runId: "r-1", sha: squash, title: "tidy: a" },
    intent: "rounds half to even",
    approvedBy: ["ada"],
    files: [
      { path: "a.txt", before: blob("HEAD^:a.txt"), after: blob("HEAD:a.txt") },
      { path: "b.txt", before: blob("HEAD^:b.txt"), after: null },
      { path: "c.txt", before: null, after: blob("HEAD:c.txt") },
    ],
  });
  expect(await code.landedByLoops("shop", target, 0)).toEqual([]);
});

test("takes a merge's intent from the commit that it brought, but not from another run's", async () => {
  const { code, repository, work, commit } = await openWorld();
  const land = async (run: string, brought: string): Promise<void> => {
    git(work, "checkout", "-q", "-b", run);
    await commit({ [`${run}.txt`]: "x\n" }, `tidy: x\n\nLoom-Run: ${brought}\nLoom-Intent: from ${brought}`);
    git(work, "checkout", "-q", "main");
    git(work, "merge", "-q", "--no-ff", "-m", `Merge ${run}\n\nLoom-Run: ${run}\nLoom-Loop: tidy`, run);
  };
  await land("r-1", "r-1");
  await land("r-2", "r-1");
  git(work, "push", "-q", "origin", "main");
  const { target } = await code.fetch(repository);
  const landed = await code.landedByLoops("shop", target, 10);
  expect(landed.map(({ runId, intent, files }) => [runId, intent, files.map((f) => f.path)])).toEqual([
    ["r-2", "", ["r-2.txt"]],
    ["r-1", "from r-1", ["r-1.txt"]],
  ]);
});

test("resolves what a person types, and nothing that git would read as something else", async () => {
  const { code, repository, work, commit } = await openWorld();
  const first = git(work, "rev-parse", "HEAD");
  const sha = await commit({ "b.txt": "b\n" });
  await code.fetch(repository);
  expect(await code.resolve("shop", sha.slice(0, 8))).toBe(sha);
  expect(await code.resolve("shop", "main~1")).toBe(first);
  for (const word of [
    "nope",
    "--all",
    "-rf",
    "",
    ":/first",
    "main:a.txt",
    "a b",
    "x\0y",
    "f".repeat(40),
    "$(id)",
  ])
    expect(await code.resolve("shop", word)).toBeNull();
  expect(await code.contains("shop", first, sha)).toBe(true);
  expect(await code.contains("shop", sha, first)).toBe(false);
  await expect(code.contains("shop", "main", sha)).rejects.toThrow(/not a full commit name/);
});
