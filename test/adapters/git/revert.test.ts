import { expect, test } from "vitest";

import { git, headOf, newCommit, openWorld, type World } from "./world.ts";

const numbered = (changed: { [line: number]: string } = {}): string =>
  Array.from({ length: 40 }, (_, at) => `${changed[at] ?? `line ${at}`}\n`).join("");

const readAt = (world: World, at: string, path: string): Promise<string | null> =>
  world.code.read("shop", at, path, 1e6);

test("takes a commit back on top of later, unrelated work", async () => {
  const world = await openWorld({ "a.txt": numbered(), "gone.txt": "x\n" });
  const bad = await world.commit({ "a.txt": numbered({ 5: "bad" }), "new.txt": "n\n", "gone.txt": null });
  const onto = await world.commit({ "a.txt": numbered({ 5: "bad", 30: "later" }) });
  await world.code.fetch(world.repository);
  const reverted = await world.code.revert("shop", { commit: bad, onto }, newCommit("revert"));
  const head = headOf(reverted);
  expect(await readAt(world, head, "a.txt")).toBe(numbered({ 30: "later" }));
  expect((await world.code.list("shop", head, "")).sort()).toEqual(["a.txt", "gone.txt"]);
  expect((await world.code.commits("shop", { to: head, max: 1 }))[0]?.parents).toEqual([onto]);
  expect(await world.code.revert("shop", { commit: bad, onto }, newCommit("revert"))).toEqual(reverted);
  expect(await world.code.revert("shop", { commit: bad, onto: head }, newCommit())).toEqual({
    kind: "unchanged",
  });
});

test("follows a file that was renamed since", async () => {
  const world = await openWorld({ "a.txt": numbered() });
  const bad = await world.commit({ "a.txt": numbered({ 5: "bad" }) });
  const onto = await world.commit({ "a.txt": null, "moved/b.txt": numbered({ 5: "bad" }) });
  await world.code.fetch(world.repository);
  const head = headOf(await world.code.revert("shop", { commit: bad, onto }, newCommit()));
  expect(await world.code.list("shop", head, "")).toEqual(["moved/b.txt"]);
  expect(await readAt(world, head, "moved/b.txt")).toBe(numbered());
});

test("tells the paths when the lines were changed again", async () => {
  const world = await openWorld({ "a.txt": numbered() });
  const bad = await world.commit({ "a.txt": numbered({ 5: "bad" }) });
  const onto = await world.commit({ "a.txt": numbered({ 5: "again" }) });
  await world.code.fetch(world.repository);
  expect(await world.code.revert("shop", { commit: bad, onto }, newCommit())).toEqual({
    kind: "conflict",
    paths: ["a.txt"],
  });
});

test("takes a merge back against its first parent, and a root commit to nothing", async () => {
  const world = await openWorld({ "a.txt": "one\n" });
  const root = git(world.work, "rev-parse", "HEAD");
  git(world.work, "checkout", "-q", "-b", "side");
  await world.commit({ "s1.txt": "1\n" });
  await world.commit({ "s2.txt": "2\n" });
  git(world.work, "checkout", "-q", "main");
  await world.commit({ "m.txt": "m\n" });
  git(world.work, "merge", "-q", "--no-ff", "-m", "merge", "side");
  const merge = git(world.work, "rev-parse", "HEAD");
  const onto = await world.commit({ "later.txt": "l\n" });
  await world.code.fetch(world.repository);
  const head = headOf(await world.code.revert("shop", { commit: merge, onto }, newCommit()));
  expect(await world.code.list("shop", head, "")).toEqual(["a.txt", "later.txt", "m.txt"]);
  expect((await world.code.hunks("shop", merge)).map((h) => h.path)).toEqual(["s1.txt", "s2.txt"]);
  const withoutRoot = headOf(await world.code.revert("shop", { commit: root, onto }, newCommit()));
  expect(await world.code.list("shop", withoutRoot, "")).toEqual(["later.txt", "m.txt", "s1.txt", "s2.txt"]);
  expect(await world.code.hunks("shop", root)).toMatchObject([{ path: "a.txt", added: 1, removed: 0 }]);
});

test("takes back only the hunks named, also below lines that other hunks moved", async () => {
  const same = "{\n}\n".repeat(20);
  const world = await openWorld({ "a.txt": `${same}a\n${same}b\n${same}c`, "b.txt": "1\n" });
  const bad = await world.commit({
    "a.txt": `new\nnew\n${same}A\n${same}${same}C\nand more\n`,
    "b.txt": "2\n",
    "c.txt": "c\n",
    bin: Buffer.from([0, 1]),
  });
  const onto = await world.commit({ "b.txt": "2\n", "later.txt": "l\n" });
  await world.code.fetch(world.repository);
  const hunks = await world.code.hunks("shop", bad);
  expect(hunks.map(({ path, added, removed }) => [path, added, removed])).toEqual([
    ["a.txt", 2, 0],
    ["a.txt", 1, 1],
    ["a.txt", 0, 1],
    ["a.txt", 2, 1],
    ["b.txt", 1, 1],
    ["bin", 0, 0],
    ["c.txt", 1, 0],
  ]);
  expect(await world.code.hunks("shop", bad)).toEqual(hunks);
  expect(new Set(hunks.map((hunk) => hunk.id)).size).toBe(7);
  const without = async (...which: number[]): Promise<string> =>
    headOf(
      await world.code.revert(
        "shop",
        { commit: bad, onto, hunks: which.map((n) => hunks[n]?.id ?? "") },
        newCommit(),
      ),
    );
  const one = await without(1);
  expect(await readAt(world, one, "a.txt")).toBe(`new\nnew\n${same}a\n${same}${same}C\nand more\n`);
  const two = await without(2, 3);
  expect(await readAt(world, two, "a.txt")).toBe(`new\nnew\n${same}A\n${same}b\n${same}c`);
  const files = await without(0, 4, 5, 6);
  expect(await readAt(world, files, "a.txt")).toBe(`${same}A\n${same}${same}C\nand more\n`);
  expect(await readAt(world, files, "b.txt")).toBe("1\n");
  expect(await world.code.list("shop", files, "")).toEqual(["a.txt", "b.txt", "later.txt"]);
  const whole = headOf(await world.code.revert("shop", { commit: bad, onto }, newCommit()));
  const all = await without(0, 1, 2, 3, 4, 5, 6);
  expect((await world.code.facts("shop", whole, all)).files).toEqual([]);
  expect(await world.code.revert("shop", { commit: bad, onto, hunks: [] }, newCommit())).toEqual({
    kind: "unchanged",
  });
  await expect(
    world.code.revert("shop", { commit: bad, onto, hunks: ["nope"] }, newCommit()),
  ).rejects.toThrow(/has no hunk nope; ask/);
});

test("lines that look like headers, deletions and a file that became a link are each their own hunk", async () => {
  const world = await openWorld({ "a.txt": numbered(), "del.txt": "x\n", t: "file\n", odd: "-- a/x\n" });
  const base = git(world.work, "rev-parse", "HEAD");
  git(world.work, "rm", "-q", "t");
  git(
    world.work,
    "update-index",
    "--add",
    "--cacheinfo",
    `120000,${git(world.work, "rev-parse", "HEAD:del.txt")},t`,
  );
  git(world.work, "commit", "-q", "-m", "type");
  git(world.work, "checkout", "-q", "--", ".");
  git(world.work, "reset", "-q", "--soft", base);
  const bad = await world.commit({
    "a.txt": numbered({ 1: "++ b/x", 2: "diff --git a/x b/x", 3: "@@ -1 +1 @@", 20: "x" }),
    ...{ "del.txt": null, odd: "@@ -1,9 +1,9 @@\n" },
  });
  await world.code.fetch(world.repository);
  const hunks = await world.code.hunks("shop", bad);
  expect(hunks.map(({ path, added, removed }) => [path, added, removed])).toEqual([
    ["a.txt", 3, 3],
    ["a.txt", 1, 1],
    ["del.txt", 0, 1],
    ["odd", 1, 1],
    ["t", 1, 1],
  ]);
  const ids = hunks.filter((hunk) => hunk.path !== "a.txt").map((hunk) => hunk.id);
  const head = headOf(await world.code.revert("shop", { commit: bad, onto: bad, hunks: ids }, newCommit()));
  const left = (await world.code.facts("shop", base, head)).files;
  expect(left.map((file) => file.path)).toEqual(["a.txt"]);
});
