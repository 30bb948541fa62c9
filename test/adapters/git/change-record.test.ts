import { createHash } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openHistory } from "../../../src/adapters/git/open-history.ts";
import type { ChangeRecord, HistoricChange } from "../../../src/domain/change-record.ts";
import type { History } from "../../../src/ports/history.ts";
import { type Files, git, openWorld, put, tempFolder } from "./world.ts";

const historyOf = (repository: string, logged: string[] = []): Promise<History> =>
  openHistory({
    ...{ repository, scratch: join(tempFolder(), "scratch"), path: process.env["PATH"] ?? "" },
    log: (level, text) => void logged.push(`${level} ${text}`),
  });

const changesOf = async (history: History, last = 100): Promise<HistoricChange[]> => {
  const rev = (await history.resolve("HEAD")) ?? "";
  const changes: HistoricChange[] = [];
  for await (const change of history.changes({ rev, last })) changes.push(change);
  return changes;
};

/** The record of one change of files, in a repository of its own. */
const recordOf = async (before: Files, after: Files): Promise<ChangeRecord> => {
  const work = tempFolder();
  git(work, "init", "-q", "-b", "main");
  for (const files of [before, after]) {
    await put(work, files);
    git(work, "add", "-A", "-f");
    git(work, "commit", "-q", "--allow-empty", "-m", "change");
  }
  const [, change] = await changesOf(await historyOf(work));
  if (change === undefined) throw new Error("git answered no second change");
  return change.record;
};

/** The loose object's file: what makes it missing, or damaged. */
const objectFile = (gitDir: string, sha: string): string =>
  join(gitDir, "objects", sha.slice(0, 2), sha.slice(2));
const blobOf = (content: string): string =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest("hex");

describe("a change record", () => {
  it("has hunks as git counts them, and the lines of each side without their indentation", async () => {
    const record = await recordOf(
      { "a.ts": "one two\nkeep me\n}\n" },
      { "a.ts": "keep me\n  three four\r\n}\n{\n" },
    );
    const [file] = record.files;
    expect(file).toMatchObject({ path: "a.ts", status: "modified", content: "text" });
    expect(file?.hunks).toEqual([
      { oldStart: 1, oldLines: 1, newStart: 0, newLines: 0 },
      { oldStart: 2, oldLines: 0, newStart: 2, newLines: 1 },
      { oldStart: 3, oldLines: 0, newStart: 4, newLines: 1 },
    ]);
    expect([file?.added.length, file?.removed.length]).toEqual([1, 1]);
    const unix = await recordOf({}, { "b.ts": "three four\n" });
    expect(unix.files[0]?.added).toEqual(file?.added);
    expect(record.weaker).toEqual([]);
  });

  it("leaves out lines that only moved, as often as they moved, also to another file", async () => {
    const record = await recordOf(
      { "a.ts": "alpha beta\nalpha beta\ngamma delta\nrest of it\n" },
      { "a.ts": "rest of it\n", "b.ts": "alpha beta\nfresh line\n" },
    );
    expect(record.files.map((file) => [file.path, file.added.length, file.removed.length])).toEqual([
      ["a.ts", 0, 2],
      ["b.ts", 1, 0],
    ]);
  });

  it("names both ends of a rename", async () => {
    const text = "one line\ntwo lines\nthree lines\nfour lines\n";
    const record = await recordOf({ "old.ts": text }, { "old.ts": null, "new.ts": `${text}five lines\n` });
    expect(record.files).toMatchObject([{ path: "new.ts", from: "old.ts", status: "renamed" }]);
    expect(record.files[0]?.added).toHaveLength(1);
  });

  it("is not confused by names and lines that look like git's own", async () => {
    const head = `${"a".repeat(40)} ${"b".repeat(40)}`;
    const record = await recordOf(
      { [`:100644 x\n${head}`]: "one two\n", "caf\u00e9.txt": "three four\n" },
      {
        [`:100644 x\n${head}`]: `one two\n${head}\n@@ -1 +1 @@ here\ndiff --git a/x b/x\n`,
        "caf\u00e9.txt": "-- three four",
        "no end.txt": "without its end",
      },
    );
    expect(record.files.map((file) => [file.path, file.added.length, file.removed.length])).toEqual([
      [`:100644 x\n${head}`, 3, 0],
      ["caf\u00e9.txt", 1, 1],
      ["no end.txt", 1, 0],
    ]);
  });

  it("takes a link, a binary, a submodule and another type of file for what they are", async () => {
    const work = tempFolder();
    git(work, "init", "-q", "-b", "main");
    await put(work, { "turns.txt": "some words\n", "data.bin": Buffer.from([0, 1, 2]) });
    git(work, "add", "-A");
    git(work, "commit", "-q", "-m", "first");
    rmSync(join(work, "turns.txt"));
    git(work, "config", "core.symlinks", "true");
    const { symlinkSync } = await import("node:fs");
    symlinkSync("data.bin", join(work, "turns.txt"));
    await put(work, { "data.bin": Buffer.from([0, 9]), "after.txt": "more words\n" });
    git(work, "add", "-A");
    git(work, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
    git(work, "commit", "-q", "-m", "second");
    const changes = await changesOf(await historyOf(work));
    expect(changes[1]?.record.files.map((file) => [file.path, file.status, file.content])).toEqual([
      ["after.txt", "added", "text"],
      ["data.bin", "modified", "binary"],
      ["module", "added", "submodule"],
      ["turns.txt", "type-changed", "symlink"],
    ]);
  });

  it("does not look into a file with too many changed lines, and says so", async () => {
    const many = Array.from({ length: 20_500 }, (_, n) => `line number ${n}\n`).join("");
    const record = await recordOf({}, { "big.txt": many, "small.txt": "one two\n" });
    expect(record.files.map((file) => [file.content, file.added.length])).toEqual([
      ["unread", 0],
      ["text", 1],
    ]);
    expect(record.weaker).toEqual([
      "Too many changed lines to compare them: of big.txt only content ids were compared.",
    ]);
  });

  it("is of two commits, whatever lies between them, and empty when they have the same files", async () => {
    const world = await openWorld({ "a.txt": "one two\n" });
    const base = git(world.work, "rev-parse", "HEAD");
    await world.commit({ "a.txt": "three four\n" });
    const head = await world.commit({ "a.txt": "one two\n" });
    await world.code.fetch(world.repository);
    expect(await world.code.changeRecord("shop", base, head)).toEqual({ base, head, files: [], weaker: [] });
  });

  it("of any edit has as many lines on each side as git counts", async () => {
    const world = tempFolder();
    git(world, "init", "-q", "-b", "main");
    const line = fc.constantFrom(
      "one two",
      "three four",
      "@@ -1 +1 @@",
      "--- a/x",
      "+++ b/x",
      "",
      "}",
      "\\ No newline",
    );
    const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(text, async ([lines, hasEnd]) => {
        await put(world, { "a.txt": lines.join("\n") + (hasEnd ? "\n" : "") });
        git(world, "add", "-A");
        git(world, "commit", "-q", "--allow-empty", "-m", "change");
        const numstat = git(world, "show", "--format=", "--numstat", "--root", "HEAD").split("\t");
        const [change] = await changesOf(await historyOf(world), 1);
        const hunks = change?.record.files[0]?.hunks ?? [];
        const sum = (of: "oldLines" | "newLines") => hunks.reduce((total, hunk) => total + hunk[of], 0);
        expect([sum("newLines"), sum("oldLines")]).toEqual([
          Number(numstat[0] ?? 0),
          Number(numstat[1] ?? 0),
        ]);
      }),
      { numRuns: 15 },
    );
  });
});

describe("a history", () => {
  it("is told oldest first, without merges, each change against its first parent", async () => {
    const world = await openWorld();
    git(world.work, "checkout", "-q", "-b", "side");
    await put(world.work, { "side.txt": "side words\n" });
    git(world.work, "add", "-A");
    git(world.work, "-c", "user.email=mia@example.org", "commit", "-q", "-m", "side");
    git(world.work, "checkout", "-q", "main");
    await world.commit({ "b.txt": "main words\n" });
    git(world.work, "merge", "-q", "--no-ff", "-m", "both", "side");
    const changes = await changesOf(await historyOf(world.work));
    expect(changes.flatMap((change) => change.record.files.map((file) => file.path)).sort()).toEqual([
      "a.txt",
      "b.txt",
      "side.txt",
    ]);
    expect(changes[0]?.record.files[0]?.path).toBe("a.txt");
    expect(changes[0]?.author).toBe("ada@example.org");
  });

  it("goes on behind a missing file, and reads the others of that change", async () => {
    const work = tempFolder();
    git(work, "init", "-q", "-b", "main");
    for (const files of [
      { "a.txt": "one two\n" },
      { "a.txt": "lost words\n", "b.txt": "three four\n" },
      { "c.txt": "five six\n" },
    ]) {
      await put(work, files);
      git(work, "add", "-A");
      git(work, "commit", "-q", "-m", "change");
    }
    rmSync(objectFile(join(work, ".git"), blobOf("lost words\n")));
    const changes = await changesOf(await historyOf(work));
    expect(
      changes.map((change) =>
        change.record.files.map((file) => [file.path, file.content, file.added.length]),
      ),
    ).toEqual([
      [["a.txt", "text", 1]],
      [
        ["a.txt", "unread", 0],
        ["b.txt", "text", 1],
      ],
      [["c.txt", "text", 1]],
    ]);
    expect(changes[1]?.record.weaker).toEqual([
      "Objects are missing or damaged: of a.txt only content ids were compared.",
    ]);
  });

  it("survives damaged objects of every kind, and says what it could not compare", async () => {
    const work = tempFolder();
    git(work, "init", "-q", "-b", "main");
    const trees: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      await put(work, { "a.txt": `words number ${n}\n`, "dir/b.txt": `more words ${n}\n` });
      git(work, "add", "-A");
      git(work, "commit", "-q", "-m", "change");
      trees.push(git(work, "rev-parse", "HEAD:dir"));
    }
    rmSync(objectFile(join(work, ".git"), trees[1] ?? ""));
    const damaged = objectFile(join(work, ".git"), blobOf("words number 3\n"));
    rmSync(damaged);
    writeFileSync(damaged, "no object");
    const changes = await changesOf(await historyOf(work));
    expect(changes).toHaveLength(4);
    expect(changes.map((change) => change.record.weaker.length)).toEqual([0, 1, 1, 1]);
    expect(changes[3]?.record.files.find((file) => file.path === "dir/b.txt")?.content).toBe("text");
  });

  it("does not take the end of a shallow clone for a root", async () => {
    const world = await openWorld();
    await world.commit({ "b.txt": "second words\n" });
    await world.commit({ "c.txt": "third words\n" });
    const clone = join(tempFolder(), "clone");
    git(world.root, "clone", "-q", "--depth", "2", `file://${world.remote}`, clone);
    const [end, newest] = await changesOf(await historyOf(clone));
    expect(end?.record.files).toEqual([]);
    expect(end?.record.weaker).toEqual([
      expect.stringMatching(/^Nothing could be compared: commit [0-9a-f]{10} is not here\.$/),
    ]);
    expect(newest?.record.files.map((file) => file.path)).toEqual(["c.txt"]);
  });

  it("is opened by a bare folder, a work tree or a linked one, and nowhere else", async () => {
    const world = await openWorld();
    const linked = join(tempFolder(), "linked");
    git(world.work, "worktree", "add", "-q", linked, "-b", "other");
    for (const folder of [world.remote, world.work, join(world.work, ".git"), linked])
      expect(await changesOf(await historyOf(folder))).toHaveLength(1);
    await expect(historyOf(world.root)).rejects.toThrow(/no git repository there/);
  });

  it("reads files of any commit, and null for what is none", async () => {
    const world = await openWorld({ "a.txt": "one\n", "dir/b.txt": "two\n", "big.txt": "x".repeat(100) });
    const history = await historyOf(world.work);
    const at = (await history.resolve("HEAD")) ?? "";
    const wish = (path: string) => ({ at, path });
    const read = await history.readAll(
      [wish("dir/b.txt"), wish("dir"), wish("no\nwhere"), wish("big.txt"), wish("a.txt")],
      50,
    );
    expect(read.map((bytes) => bytes?.toString() ?? null)).toEqual(["two\n", null, null, null, "one\n"]);
    expect(await history.list(at)).toEqual(["a.txt", "big.txt", "dir/b.txt"]);
    expect(readdirSync(world.work)).not.toContain("scratch");
  });
});
