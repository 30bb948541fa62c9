import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import type { Checkout, Imported } from "../../../src/ports/code.ts";
import { git, headOf, newCommit, openWorld, put, type World } from "./world.ts";

const agentCheckout = async (world: World): Promise<Checkout> => {
  const { target } = await world.code.fetch(world.repository);
  return world.code.checkout("shop", target, "r-1-make", "loom/triage/r-1");
};

const importOf = (world: World, made: Checkout): Promise<Imported> =>
  world.code.importCheckout(made, newCommit());

const paths = async (world: World, head: string): Promise<string[]> => world.code.list("shop", head, "");

test("a checkout for checks has the files of its commit and nothing else", async () => {
  const world = await openWorld({ "a.txt": "one\n", "bin/run": "#!/bin/sh\n", ".gitignore": "x\n" });
  chmodSync(join(world.work, "bin/run"), 0o755);
  const at = await world.commit({});
  await world.code.fetch(world.repository);
  const made = await world.code.checkout("shop", at, "../../r-1/../check");
  expect(made.dir.startsWith(join(world.home, "checkouts"))).toBe(true);
  expect(readdirSync(made.dir).sort()).toEqual([".gitignore", "a.txt", "bin"]);
  expect(lstatSync(join(made.dir, "bin/run")).mode & 0o111).not.toBe(0);
  await world.code.removeCheckout(made);
  await world.code.removeCheckout(made);
  expect(readdirSync(join(world.home, "checkouts"))).toEqual([]);
});

test("an agent's checkout is a repository of its own on its branch, with history, identity and no remote", async () => {
  const world = await openWorld();
  const made = await agentCheckout(world);
  expect(git(made.dir, "status", "--porcelain")).toBe("");
  expect(git(made.dir, "symbolic-ref", "HEAD")).toBe("refs/heads/loom/triage/r-1");
  expect(git(made.dir, "rev-parse", "HEAD")).toBe(made.at);
  expect(git(made.dir, "remote")).toBe("");
  expect(git(made.dir, "config", "user.email")).not.toBe("");
  expect(git(made.dir, "fsck")).toBe("");
  writeFileSync(join(made.dir, "b.txt"), "b\n");
  git(made.dir, "add", "-A");
  git(made.dir, "commit", "-q", "-m", "mine");
  expect(git(made.dir, "log", "--format=%s").split("\n")).toEqual(["mine", "first"]);
  expect(await world.code.resolve("shop", git(made.dir, "rev-parse", "HEAD"))).toBeNull();
});

test("imports what was added, changed, removed, made executable or turned into a folder, as one commit on the base", async () => {
  const world = await openWorld({
    "a.txt": "one\n",
    "gone.txt": "x\n",
    run: "x\n",
    f: "file\n",
    "d/x": "x\n",
    "e/y": "y\n",
  });
  const made = await agentCheckout(world);
  await put(made.dir, { "a.txt": "two\n", "gone.txt": null, "new/b.txt": "b\n", f: null, d: null, e: null });
  await put(made.dir, { "f/in": "other\n", d: "now a file\n" });
  mkdirSync(join(made.dir, "e"));
  chmodSync(join(made.dir, "run"), 0o755);
  symlinkSync("../a.txt", join(made.dir, "new/link"));
  const head = headOf(await importOf(world, made));
  const facts = await world.code.facts("shop", made.at, head);
  expect(Object.fromEntries(facts.files.map((f) => [f.path, f.status]))).toEqual({
    ...{ "a.txt": "modified", "gone.txt": "deleted", "new/b.txt": "added", "new/link": "added" },
    ...{ f: "deleted", "f/in": "added", d: "added", "d/x": "deleted", "e/y": "deleted", run: "modified" },
  });
  const [commit] = await world.code.commits("shop", { to: head, max: 1 });
  expect(commit).toMatchObject({
    parents: [made.at],
    author: { name: "triage" },
    committedAt: newCommit().at,
  });
  expect(headOf(await importOf(world, made))).toBe(head);
});

test("takes the files, whatever the agent committed, staged or did with its own repository", async () => {
  const world = await openWorld();
  const made = await agentCheckout(world);
  expect(await importOf(world, made)).toEqual({ kind: "unchanged" });
  writeFileSync(join(made.dir, "a.txt"), "two\n");
  const head = headOf(await importOf(world, made));
  git(made.dir, "commit", "-qam", "mine");
  git(made.dir, "update-index", "--assume-unchanged", "a.txt");
  expect(headOf(await importOf(world, made))).toBe(head);
  rmSync(join(made.dir, ".git"), { recursive: true });
  expect(headOf(await importOf(world, made))).toBe(head);
  writeFileSync(join(made.dir, ".git"), "gitdir: /nowhere\n");
  expect(headOf(await importOf(world, made))).toBe(head);
});

test("never imports what the repository ignores, also when the agent lifts the rule", async () => {
  const world = await openWorld({
    ".gitignore": "node_modules/\n*.log\n!keep.log\n",
    "dist/kept.js": "1\n",
    "sub/.gitignore": "out\n",
  });
  await world.commit({ ".gitignore": "node_modules/\n*.log\n!keep.log\ndist/\n" });
  const made = await agentCheckout(world);
  await put(made.dir, {
    ...{
      "node_modules/x/index.js": "x\n",
      "node_modules/x/.git/config": "[core]\n",
      "a.log": "x",
      "keep.log": "x",
    },
    ...{ "dist/kept.js": "2\n", "dist/other.js": "x", "sub/out": "x", "sub/in": "x", "made/y": "y" },
    ...{
      ".gitignore": "!node_modules/\n!*.log\nmade/\n",
      "deep/.gitignore": "!*.log\n",
      "deep/secret.log": "x",
    },
  });
  execFileSync("mkfifo", [join(made.dir, "node_modules/pipe")]);
  const head = headOf(await importOf(world, made));
  expect((await paths(world, head)).sort()).toEqual(
    [".gitignore", "deep/.gitignore", "dist/kept.js", "keep.log", "sub/.gitignore", "sub/in"].sort(),
  );
  expect(await world.code.read("shop", head, "dist/kept.js", 10)).toBe("2\n");
});

test("a borrowed folder that is ignored may be a link out of the checkout", async () => {
  const world = await openWorld({ ".gitignore": "node_modules/\n" });
  const made = await agentCheckout(world);
  symlinkSync("/usr/lib", join(made.dir, "node_modules"));
  expect(await importOf(world, made)).toEqual({ kind: "unchanged" });
});

test("a path tracked below a folder that became a link is gone, not followed", async () => {
  const world = await openWorld({ ".gitignore": "build/\n", "build/passwd": "x\n" });
  const made = await agentCheckout(world);
  rmSync(join(made.dir, "build"), { recursive: true });
  symlinkSync("/etc", join(made.dir, "build"));
  const head = headOf(await importOf(world, made));
  expect(await paths(world, head)).toEqual([".gitignore"]);
});

const refusals: [string, RegExp, (dir: string, world: World) => unknown][] = [
  ["a nested repository", /sub\/\.git: is a repository inside/, (dir) => git(dir, "init", "-q", "sub")],
  ["a nested .git file", /sub\/\.git: /, (dir) => put(dir, { "sub/.git": "gitdir: /x\n" })],
  ["another spelling of .git", /\.GIT: /, (dir) => put(dir, { ".GIT/config": "x" })],
  ["the short name of .git", /git~1: /, (dir) => put(dir, { "d/git~1": "x" })],
  ["a pipe", /p: is neither/, (dir) => execFileSync("mkfifo", [join(dir, "p")])],
  ["an absolute link", /l: is a link to an absolute/, (dir) => symlinkSync("/etc/passwd", join(dir, "l"))],
  ["an escaping link", /l: is a link that leaves/, (dir) => symlinkSync("../../x", join(dir, "l"))],
  [
    "a link up behind a name",
    /l: is a link that goes back/,
    (dir) => symlinkSync("b/../../..", join(dir, "l")),
  ],
  ["a link into .git", /l: is a link into/, (dir) => symlinkSync(".git/config", join(dir, "l"))],
  [
    "submodules",
    /\.gitmodules: changes the submodules/,
    (dir) => put(dir, { ".gitmodules": "[submodule]\n" }),
  ],
  [
    "a file over the limit",
    /big: has 52428801 bytes/,
    (dir) => {
      writeFileSync(join(dir, "big"), "");
      truncateSync(join(dir, "big"), 50 * 1024 * 1024 + 1);
    },
  ],
  [
    "too many files",
    /500\d new files; at most 5000/,
    (dir) => {
      mkdirSync(join(dir, "many"));
      for (let n = 0; n < 5_001; n += 1) writeFileSync(join(dir, "many", String(n)), "");
    },
  ],
  [
    "a link in the checkout's place",
    /is no folder any more/,
    (dir) => {
      renameSync(dir, `${dir}-away`);
      symlinkSync("/etc", dir);
    },
  ],
];

test.each(refusals)("refuses %s and says why", async (_, reason, spoil) => {
  const world = await openWorld();
  const made = await agentCheckout(world);
  await put(made.dir, { "good.txt": "x\n" });
  await spoil(made.dir, world);
  const imported = await importOf(world, made);
  expect(imported.kind).toBe("refused");
  expect(imported.kind === "refused" ? imported.reasons.join("\n") : "").toMatch(reason);
  await world.code.removeCheckout(made);
});

test("leaves links, submodules and line ends alone that the repository had before", async () => {
  const world = await openWorld({ "a.txt": "one\n", "crlf.txt": "a\r\nb\r\n" });
  symlinkSync("/etc/passwd", join(world.work, "old-link"));
  writeFileSync(join(world.work, ".gitattributes"), "* text\n");
  git(world.work, "add", "old-link");
  git(world.work, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},sub`);
  git(world.work, "commit", "-q", "-m", "odd");
  git(world.work, "add", ".gitattributes");
  git(world.work, "commit", "-q", "-m", "attributes");
  git(world.work, "push", "-q", "origin", "main");
  const made = await agentCheckout(world);
  expect(await importOf(world, made)).toEqual({ kind: "unchanged" });
  writeFileSync(join(made.dir, "a.txt"), "two\n");
  const head = headOf(await importOf(world, made));
  expect((await world.code.facts("shop", made.at, head)).files.map((f) => f.path)).toEqual(["a.txt"]);
});

/** Each row of what makes git run an agent's program, with a file that would appear. */
const attacks: [string, (dir: string, program: string) => unknown][] = [
  ["fsmonitor in its own configuration", (dir, program) => git(dir, "config", "core.fsmonitor", program)],
  [
    "hooks in its own repository",
    (dir, program) => {
      for (const hook of [
        "pre-commit",
        "post-checkout",
        "post-index-change",
        "reference-transaction",
        "pre-push",
      ]) {
        mkdirSync(join(dir, ".git/hooks"), { recursive: true });
        symlinkSync(program, join(dir, ".git/hooks", hook));
      }
    },
  ],
  [
    "a .git file that names another repository",
    (dir, program) => {
      rmSync(join(dir, ".git"), { recursive: true });
      git(dir, "init", "-q", "--separate-git-dir", `${dir}-evil`, ".");
      git(dir, "config", "core.fsmonitor", program);
      git(dir, "config", "core.worktree", "/");
    },
  ],
  [
    "an external diff and filters named in attributes",
    async (dir, program) => {
      git(dir, "config", "diff.external", program);
      for (const part of ["clean", "smudge", "process"]) git(dir, "config", `filter.evil.${part}`, program);
      git(dir, "config", "diff.evil.textconv", program);
      await put(dir, { ".gitattributes": "* filter=evil diff=evil merge=evil\n" });
    },
  ],
  [
    "a nested repository with fsmonitor",
    (dir, program) => {
      git(dir, "init", "-q", "sub");
      git(join(dir, "sub"), "config", "core.fsmonitor", program);
    },
  ],
  [
    "an embedded bare repository with a worktree",
    (dir, program) => {
      git(dir, "init", "-q", "--bare", "bare");
      git(join(dir, "bare"), "config", "core.bare", "false");
      git(join(dir, "bare"), "config", "core.worktree", dir);
      git(join(dir, "bare"), "config", "core.fsmonitor", program);
    },
  ],
  [
    "a nested repository whose submodule entry is in the index",
    (dir, program) => {
      git(dir, "init", "-q", "sub");
      git(join(dir, "sub"), "commit", "-q", "--allow-empty", "-m", "x");
      git(dir, "add", "sub");
      git(join(dir, "sub"), "config", "core.fsmonitor", program);
      git(join(dir, "sub"), "config", "core.hooksPath", join(dir, ".."));
    },
  ],
];

test.each(attacks)("nothing of an agent's runs: %s", async (_, attack) => {
  const world = await openWorld();
  const made = await agentCheckout(world);
  const [canary, program] = [join(world.root, "canary"), join(world.root, "program")];
  writeFileSync(program, `#!/bin/sh\necho ran >> '${canary}'\ncat\n`, { mode: 0o755 });
  await attack(made.dir, program);
  rmSync(canary, { force: true });
  await put(made.dir, { "a.txt": "two\n" });
  const imported = await importOf(world, made);
  if (imported.kind === "changed") {
    await world.code.facts("shop", made.at, imported.head);
    await world.code.diff("shop", made.at, imported.head, 1e6);
    await world.code.diffProblems("shop", made.at, imported.head);
    await world.code.mergeAll("shop", [{ ours: made.at, theirs: imported.head }]);
    const files = await world.code.checkout("shop", imported.head, "check");
    expect(readFileSync(join(files.dir, "a.txt"), "utf8")).toBe("two\n");
    expect(await world.code.propose(world.repository, "loom/triage/r-1", imported.head)).toEqual({
      kind: "pushed",
    });
  }
  await world.code.removeCheckout(made);
  expect(existsSync(canary)).toBe(false);
});

test("a filter that the repository itself names does not run on checkout or import", async () => {
  const world = await openWorld({ ".gitattributes": "*.bin filter=lfs -text\n", "x.bin": "pointer\n" });
  const canary = join(world.root, "canary");
  writeFileSync(
    join(world.root, ".gitconfig"),
    `[filter "lfs"]\n\tsmudge = touch ${canary}\n\tclean = touch ${canary}\n`,
  );
  const made = await agentCheckout(world);
  expect(readFileSync(join(made.dir, "x.bin"), "utf8")).toBe("pointer\n");
  await put(made.dir, { "x.bin": "other\n" });
  headOf(await importOf(world, made));
  expect(existsSync(canary)).toBe(false);
});

test("two runs at once do not see each other's files", async () => {
  const world = await openWorld();
  const { target } = await world.code.fetch(world.repository);
  const run = async (n: number): Promise<string[]> => {
    const made = await world.code.checkout("shop", target, "same-name", "loom/triage/r-same");
    await put(made.dir, { [`only-${n}.txt`]: "x\n" });
    const head = headOf(await importOf(world, made));
    await world.code.removeCheckout(made);
    return paths(world, head);
  };
  const runs = await Promise.all([1, 2, 3, 4, 5, 6].map(run));
  expect(runs).toEqual([1, 2, 3, 4, 5, 6].map((n) => ["a.txt", `only-${n}.txt`]));
  expect(readdirSync(join(world.home, "checkouts"))).toEqual([]);
  expect(readdirSync(join(world.home, "scratch"))).toEqual([]);
});

test("refuses a name that another file system reads as .git", async () => {
  const world = await openWorld();
  const made = await agentCheckout(world);
  await put(made.dir, { "d/.g\u200cit/config": "x\n" });
  const imported = await importOf(world, made);
  expect(imported.kind).toBe("refused");
  expect(imported.kind === "refused" ? imported.reasons[0] : "").toMatch(/^d\/.g.*git forbids this name/);
});

test("removes and reads only folders that it made itself", async () => {
  const world = await openWorld();
  const stray = {
    dir: join(world.home, "checkouts", "..", "mirrors"),
    at: "1".repeat(40),
    repository: "shop",
  };
  await expect(world.code.removeCheckout(stray)).rejects.toThrow(/not a checkout of this LoomStack/);
  await expect(importOf(world, { ...stray, dir: "/etc" })).rejects.toThrow(/not a checkout/);
  await expect(world.code.checkout("shop", "main", "x")).rejects.toThrow(/not a full commit name/);
  const { target } = await world.code.fetch(world.repository);
  await expect(world.code.checkout("shop", target, "x", "main")).rejects.toThrow(/loom\/<loop>\/<run>/);
});
