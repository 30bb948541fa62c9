import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { readMergeResults } from "../../../src/adapters/git/merge-output.ts";
import { git, newCommit, openWorld, put, type World } from "./world.ts";

const lines = (n: number, changed: { [line: number]: string } = {}): string =>
  Array.from({ length: n }, (_, at) => `${changed[at] ?? `line ${at}`}\n`).join("");

/** Branches off the first commit, each with its own change; all are pushed. */
const branches = async (world: World, changes: { [path: string]: string | null }[]): Promise<string[]> => {
  const base = git(world.work, "rev-parse", "main");
  const shas: string[] = [];
  for (const [at, files] of changes.entries()) {
    git(world.work, "checkout", "-q", "-b", `b${at}`, base);
    await put(world.work, files);
    git(world.work, "add", "-A");
    git(world.work, "commit", "-q", "-m", `b${at}`);
    shas.push(git(world.work, "rev-parse", "HEAD"));
  }
  git(world.work, "push", "-q", "origin", ...changes.map((_, at) => `b${at}`));
  await world.code.fetch(world.repository);
  return shas;
};

const mergeByHand = (world: World, ours: string, theirs: string): { tree?: string; paths?: string[] } => {
  git(world.work, "checkout", "-q", "--detach", ours);
  try {
    git(world.work, "merge", "-q", "--no-ff", "-m", "m", theirs);
    return { tree: git(world.work, "rev-parse", "HEAD^{tree}") };
  } catch {
    const paths = git(world.work, "diff", "--name-only", "--diff-filter=U", "-z").split("\0").filter(Boolean);
    git(world.work, "reset", "-q", "--hard");
    git(world.work, "clean", "-qfd");
    return { paths };
  }
};

test("a batch predicts what git merge does, one by one", async () => {
  const world = await openWorld({
    "a.txt": lines(20),
    "b.txt": lines(10),
    "dir/c.txt": "c\n",
    "x\ny.txt": lines(5),
  });
  const heads = await branches(world, [
    { "a.txt": lines(20, { 2: "two" }) },
    { "a.txt": lines(20, { 2: "zwei" }) },
    { "a.txt": lines(20, { 15: "fifteen" }) },
    { "b.txt": null },
    { "b.txt": lines(10, { 5: "five" }) },
    { "new.txt": "one\n" },
    { "new.txt": "two\n" },
    { "dir/c.txt": null, dir: "now a file\n" },
    { "dir/d.txt": "d\n" },
    { "x\ny.txt": lines(5, { 1: "p" }) },
    { "x\ny.txt": lines(5, { 1: "q" }), "a.txt": lines(20, { 2: "drei" }) },
  ]);
  const pairs = heads.flatMap((ours) => heads.map((theirs) => ({ ours, theirs })));
  const previews = await world.code.mergeAll("shop", pairs);
  expect(previews).toHaveLength(pairs.length);
  for (const [at, pair] of pairs.entries()) {
    const preview = previews[at];
    const byHand = mergeByHand(world, pair.ours, pair.theirs);
    if (byHand.tree !== undefined) expect(preview).toEqual({ kind: "clean", tree: byHand.tree });
    else {
      expect(preview?.kind).toBe("conflict");
      if (preview?.kind === "conflict") {
        for (const path of byHand.paths ?? [])
          expect(preview.paths.map((p) => p.replace(/~.*/, ""))).toContain(path.replace(/~.*/, ""));
        expect(preview.types.length).toBeGreaterThan(0);
        expect(preview.types.join()).not.toMatch(/CONFLICT|[()]/);
      }
    }
  }
  expect(readdirSync(join(world.home, "scratch"))).toEqual([]);
});

test("names the types of conflict", async () => {
  const world = await openWorld({ "a.txt": "1\n" });
  const [one = "", two = "", three = ""] = await branches(world, [
    { "a.txt": "2\n" },
    { "a.txt": "3\n" },
    { "a.txt": null },
  ]);
  expect(
    await world.code.mergeAll("shop", [
      { ours: one, theirs: two },
      { ours: one, theirs: three },
    ]),
  ).toEqual([
    { kind: "conflict", paths: ["a.txt"], types: ["contents"] },
    { kind: "conflict", paths: ["a.txt"], types: ["modify/delete"] },
  ]);
});

test("a submodule conflict does not shift the results behind it", async () => {
  const world = await openWorld({ "a.txt": "1\n" });
  const sub = async (name: string, from: string, to: string): Promise<string> => {
    git(world.work, "checkout", "-q", "-b", name, from);
    git(world.work, "update-index", "--add", "--cacheinfo", `160000,${to.repeat(40)},sub`);
    git(world.work, "commit", "-q", "-m", name);
    git(world.work, "push", "-q", "origin", name);
    return git(world.work, "rev-parse", "HEAD");
  };
  const base = await sub("s0", "main", "1");
  const [left, right] = [await sub("s1", base, "2"), await sub("s2", base, "3")];
  const [one = "", two = ""] = await branches(world, [{ "a.txt": "2\n" }, { "a.txt": "3\n" }]);
  const previews = await world.code.mergeAll("shop", [
    { ours: left, theirs: right },
    { ours: one, theirs: two },
    { ours: left, theirs: right },
    { ours: one, theirs: one },
  ]);
  expect(previews.map((p) => (p.kind === "conflict" ? p.paths : p.tree))).toEqual([
    ["sub"],
    ["a.txt"],
    ["sub"],
    git(world.work, "rev-parse", `${one}^{tree}`),
  ]);
});

test("a pair that cannot be merged is a conflict, and the pairs behind it are still predicted", async () => {
  const world = await openWorld();
  git(world.work, "checkout", "-q", "--orphan", "alone");
  git(world.work, "commit", "-q", "-m", "unrelated");
  const alone = git(world.work, "rev-parse", "HEAD");
  git(world.work, "push", "-q", "origin", "alone");
  const [one = "", two = ""] = await branches(world, [{ "b.txt": "1\n" }, { "c.txt": "2\n" }]);
  const good = { ours: one, theirs: two };
  const previews = await world.code.mergeAll("shop", [
    good,
    { ours: "1".repeat(40), theirs: one },
    good,
    { ours: one, theirs: alone },
    good,
  ]);
  expect(previews.map((p) => p.kind)).toEqual(["clean", "conflict", "clean", "conflict", "clean"]);
  expect(previews[1]).toMatchObject({
    paths: [],
    types: [expect.stringMatching(/^cannot be merged: .*not something/)],
  });
  expect(previews[3]).toMatchObject({ types: [expect.stringMatching(/unrelated histories/)] });
  await expect(world.code.mergeAll("shop", [{ ours: "main", theirs: one }])).rejects.toThrow(
    /full commit name/,
  );
  expect(await world.code.mergeAll("shop", [])).toEqual([]);
});

test("an answer that ends after its messages, without the last NUL, is complete", () => {
  const tree = "a".repeat(40);
  const fields = (...all: string[]): Buffer => Buffer.from(all.join("\0"));
  expect(readMergeResults(fields("1", tree, "", "", "1", tree, ""))).toHaveLength(2);
  const odd = fields("0", tree, "", "1", "p", "CONFLICT(directory rename unclear split)", "text", "", "");
  expect(readMergeResults(odd)).toEqual([
    { isClean: false, tree, paths: ["p"], types: ["directory rename unclear split"] },
  ]);
});

test("merges two hundred pairs in one go", async () => {
  const world = await openWorld(
    Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`d${n % 9}/f${n}.txt`, lines(30)])),
  );
  const heads = await branches(
    world,
    Array.from({ length: 20 }, (_, n) => ({ [`d${n % 9}/f${n}.txt`]: lines(30, { 3: `by ${n}` }) })),
  );
  const pairs = heads.flatMap((ours) => heads.slice(0, 10).map((theirs) => ({ ours, theirs })));
  const started = performance.now();
  const previews = await world.code.mergeAll("shop", pairs);
  console.log(`200 merges: ${Math.round(performance.now() - started)} ms`);
  expect(previews.every((preview) => preview.kind === "clean")).toBe(true);
});

test("a merge commit has both parents, the predicted tree, and is the same every time", async () => {
  const world = await openWorld({ "a.txt": lines(20) });
  const [one = "", two = "", three = ""] = await branches(world, [
    { "a.txt": lines(20, { 2: "x" }) },
    { "a.txt": lines(20, { 15: "y" }) },
    { "a.txt": lines(20, { 2: "z" }) },
  ]);
  const [preview] = await world.code.mergeAll("shop", [{ ours: one, theirs: two }]);
  if (preview?.kind !== "clean") throw new Error("expected a clean merge");
  const wish = { target: one, head: two, tree: preview.tree };
  const message = "loop: merge\n\nLoom-Run: r-1\nLoom-Loop: tidy";
  const merge = await world.code.mergeCommit("shop", wish, newCommit(message));
  expect(await world.code.mergeCommit("shop", wish, newCommit(message))).toBe(merge);
  const [info] = await world.code.commits("shop", { to: merge, max: 1 });
  expect(info).toMatchObject({ parents: [one, two], tree: preview.tree, trailers: { "Loom-Run": "r-1" } });
  await expect(
    world.code.mergeCommit(
      "shop",
      { ...wish, tree: git(world.work, "rev-parse", `${one}^{tree}`) },
      newCommit(),
    ),
  ).rejects.toThrow(/predict it again/);
  await expect(world.code.mergeCommit("shop", { ...wish, head: three }, newCommit())).rejects.toThrow(
    /predict/,
  );
});

test("the effect's digest is that of what the target would get, and none when it conflicts", async () => {
  const world = await openWorld({ "a.txt": lines(20), "b.txt": "b\n" });
  const base = git(world.work, "rev-parse", "main");
  const [head = "", same = "", other = "", moved = ""] = await branches(world, [
    { "a.txt": lines(20, { 2: "x" }) },
    { "a.txt": lines(20, { 2: "y" }) },
    { "b.txt": "c\n" },
    { "a.txt": lines(20, { 15: "z" }) },
  ]);
  const digest = await world.code.effectDigest("shop", base, head);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await world.code.effectDigest("shop", other, head)).toBe(digest);
  expect(await world.code.effectDigest("shop", moved, head)).not.toBe(digest);
  expect(await world.code.effectDigest("shop", same, head)).toBeNull();
});
