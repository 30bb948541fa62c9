import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { openCode } from "../../../src/adapters/git/code.ts";
import { git, headOf, newCommit, openWorld, put, type World } from "./world.ts";

const branch = "loom/triage/r-1";

/** A loop's change on the target: its head, and the merge that would land it. */
const change = async (
  world: World,
  path: string,
  name = branch,
): Promise<{ head: string; merge: string }> => {
  const { target } = await world.code.fetch(world.repository);
  const made = await world.code.checkout("shop", target, "make", name);
  await put(made.dir, { [path]: "x\n" });
  const head = headOf(await world.code.importCheckout(made, newCommit(`loop: ${path}`)));
  await world.code.removeCheckout(made);
  const [preview] = await world.code.mergeAll("shop", [{ ours: target, theirs: head }]);
  if (preview?.kind !== "clean") throw new Error("expected a clean merge");
  const merge = await world.code.mergeCommit("shop", { target, head, tree: preview.tree }, newCommit("land"));
  return { head, merge };
};

const remoteRef = (world: World, name: string): string =>
  git(world.remote, "for-each-ref", "--format=%(objectname)", name);

const hook = (world: World, name: string, script: string): void => {
  mkdirSync(join(world.remote, "hooks"), { recursive: true });
  writeFileSync(join(world.remote, "hooks", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
};

test("proposes once, again, and further, but never over somebody's push", async () => {
  const world = await openWorld();
  const { head, merge } = await change(world, "b.txt");
  expect(await world.code.propose(world.repository, branch, head)).toEqual({ kind: "pushed" });
  expect(await world.code.propose(world.repository, branch, head)).toEqual({ kind: "pushed" });
  expect(await world.code.propose(world.repository, branch, merge)).toEqual({ kind: "pushed" });
  expect(remoteRef(world, `refs/heads/${branch}`)).toBe(merge);
  const theirs = git(world.work, "rev-parse", "HEAD");
  git(world.work, "push", "-q", "-f", "origin", `HEAD:refs/heads/${branch}`);
  await world.commit({ "p.txt": "p\n" });
  git(world.work, "push", "-q", "-f", "origin", `HEAD:refs/heads/${branch}`);
  expect(await world.code.propose(world.repository, branch, head)).toEqual({
    kind: "moved",
    to: git(world.work, "rev-parse", "HEAD"),
  });
  expect(theirs).not.toBe(head);
});

test.each([
  "main",
  "-rf",
  "loom/a",
  "loom/a/b;touch x",
  "loom/a/$(id)",
  "loom/A/b",
  "loom/a/b/c",
  "loom/a/../b",
  "loom/a/b\n",
  "loom/\u202Ea/b",
])("pushes to loops' own branches only, not to %j", async (name) => {
  const world = await openWorld();
  const sha = git(world.work, "rev-parse", "HEAD");
  await world.code.fetch(world.repository);
  await expect(world.code.propose(world.repository, name, sha)).rejects.toThrow(/loom\/<loop>\/<run>/);
  await expect(world.code.withdraw(world.repository, name, sha)).rejects.toThrow(/loom\/<loop>\/<run>/);
  await expect(world.code.land(world.repository, sha, name)).rejects.toThrow(/loom\/<loop>\/<run>/);
});

test("lands a merge, removes the loop's branch, and says the same when asked again", async () => {
  const world = await openWorld();
  const { head, merge } = await change(world, "b.txt");
  await world.code.propose(world.repository, branch, head);
  expect(await world.code.land(world.repository, merge, branch)).toEqual({ kind: "landed" });
  expect(remoteRef(world, "refs/heads/main")).toBe(merge);
  expect(remoteRef(world, `refs/heads/${branch}`)).toBe("");
  expect(await world.code.land(world.repository, merge, branch)).toEqual({ kind: "landed" });
  git(world.work, "pull", "-q", "origin", "main");
  await world.commit({ "later.txt": "l\n" });
  expect(await world.code.land(world.repository, merge, branch)).toEqual({ kind: "landed" });
  const { target, branches } = await world.code.fetch(world.repository);
  expect(await world.code.broughtIn("shop", head, target)).toBe(merge);
  expect(branches.size).toBe(0);
});

test("another process that knows nothing of the push says landed", async () => {
  const world = await openWorld();
  const { head, merge } = await change(world, "b.txt");
  await world.code.propose(world.repository, branch, head);
  git(join(world.home, "mirrors", "shop.git"), "push", "-q", world.remote, `${merge}:main`);
  const other = openCode({
    home: world.home,
    remotes: () => world.repository,
    log: () => {},
    environment: process.env,
  });
  expect(await other.land(world.repository, merge, branch)).toEqual({ kind: "landed" });
  expect(remoteRef(world, `refs/heads/${branch}`)).toBe("");
  const { target } = await other.fetch(world.repository);
  expect(await other.broughtIn("shop", head, target)).toBe(merge);
});

test("keeps a branch that somebody pushed to, although its change has landed", async () => {
  const world = await openWorld();
  const { head, merge } = await change(world, "b.txt");
  await world.code.propose(world.repository, branch, head);
  git(world.work, "fetch", "-q", "origin", branch);
  git(world.work, "checkout", "-q", "FETCH_HEAD");
  git(world.work, "commit", "-q", "--allow-empty", "-m", "mine");
  git(world.work, "push", "-q", "origin", `HEAD:refs/heads/${branch}`);
  expect(await world.code.land(world.repository, merge, branch)).toEqual({ kind: "landed" });
  const mine = git(world.work, "rev-parse", "HEAD");
  expect(remoteRef(world, `refs/heads/${branch}`)).toBe(mine);
  await world.code.withdraw(world.repository, branch, head);
  expect(remoteRef(world, `refs/heads/${branch}`)).toBe(mine);
  await world.code.withdraw(world.repository, branch, mine);
  expect(remoteRef(world, `refs/heads/${branch}`)).toBe("");
  await world.code.withdraw(world.repository, branch, mine);
});

test("does not land on a target that moved, forward or back", async () => {
  const world = await openWorld();
  const first = git(world.work, "rev-parse", "HEAD");
  const second = await world.commit({ "s.txt": "s\n" });
  const { merge } = await change(world, "b.txt");
  const third = await world.commit({ "t.txt": "t\n" });
  expect(await world.code.land(world.repository, merge, branch)).toEqual({ kind: "moved" });
  expect(remoteRef(world, "refs/heads/main")).toBe(third);
  git(world.remote, "update-ref", "refs/heads/main", first);
  expect(await world.code.land(world.repository, merge, branch)).toEqual({ kind: "moved" });
  expect(remoteRef(world, "refs/heads/main")).toBe(first);
  expect(second).not.toBe(first);
});

test("of several that land at once, one lands and the others see that the target moved", async () => {
  const world = await openWorld();
  const names = ["r-1", "r-2", "r-3", "r-4"].map((run) => `loom/triage/${run}`);
  const { target } = await world.code.fetch(world.repository);
  const merges: string[] = [];
  for (const name of names) merges.push((await change(world, `${name}.txt`, name)).merge);
  const ends = await Promise.all(
    merges.map((merge, at) => {
      const code = openCode({
        home: world.home,
        remotes: () => world.repository,
        log: () => {},
        environment: process.env,
      });
      return code.land(world.repository, merge, names[at] ?? "");
    }),
  );
  expect(ends.map((end) => end.kind).sort()).toEqual(["landed", "moved", "moved", "moved"]);
  expect(remoteRef(world, "refs/heads/main")).toBe(merges[ends.findIndex((end) => end.kind === "landed")]);
  expect(git(world.remote, "rev-parse", "main^")).toBe(target);
});

test("tells a refusal in the remote's words, and lands nothing", async () => {
  const world = await openWorld();
  const { merge } = await change(world, "b.txt");
  const before = remoteRef(world, "refs/heads/main");
  hook(world, "pre-receive", "printf 'frozen until \\033[31mMonday\\033[0m\\n' >&2; exit 1");
  const end = await world.code.land(world.repository, merge, branch);
  expect(end.kind).toBe("refused");
  expect(end.kind === "refused" ? end.reason : "").toMatch(
    /pre-receive hook declined.*frozen until .*Monday/,
  );
  expect(JSON.stringify(end)).not.toContain("\\u001b");
  expect(remoteRef(world, "refs/heads/main")).toBe(before);
});

test("a branch that the remote does not let go of does not undo the landing", async () => {
  const world = await openWorld();
  const { head, merge } = await change(world, "b.txt");
  await world.code.propose(world.repository, branch, head);
  git(world.remote, "config", "receive.denyDeletes", "true");
  expect(await world.code.land(world.repository, merge, branch)).toEqual({ kind: "landed" });
  expect(world.logged.join("\n")).toMatch(/warn removing loom\/triage\/r-1 from shop: .*deletion prohibited/);
});

test("a refused proposal and a remote that is gone are errors with a reason", async () => {
  const world = await openWorld();
  const { head, merge } = await change(world, "b.txt");
  hook(world, "update", "echo no loops here >&2; exit 1");
  await expect(world.code.propose(world.repository, branch, head)).rejects.toThrow(
    /pushing .*r-1 to shop: .*no loops here/,
  );
  const gone = { ...world.repository, remote: join(world.root, "gone") };
  await expect(world.code.land(gone, merge, branch)).rejects.toThrow(
    /does not appear to be a git repository/,
  );
});

test("a refused step further on the loop's own branch is no move", async () => {
  const world = await openWorld();
  const { head, merge } = await change(world, "b.txt");
  await world.code.propose(world.repository, branch, head);
  hook(world, "update", "echo quota reached >&2; exit 1");
  await expect(world.code.propose(world.repository, branch, merge)).rejects.toThrow(
    /hook declined.*quota reached/,
  );
});

test("says which commit brought a head in: the merge, itself when it was pushed as it is, or none", async () => {
  const world = await openWorld();
  const first = git(world.work, "rev-parse", "HEAD");
  git(world.work, "checkout", "-q", "-b", "side");
  const s1 = await world.commit({ "s1.txt": "1\n" });
  const s2 = await world.commit({ "s2.txt": "2\n" });
  git(world.work, "checkout", "-q", "main");
  const m1 = await world.commit({ "m1.txt": "1\n" });
  git(world.work, "merge", "-q", "--no-ff", "-m", "merge", "side");
  const merge = git(world.work, "rev-parse", "HEAD");
  const m2 = await world.commit({ "m2.txt": "2\n" });
  const { target } = await world.code.fetch(world.repository);
  const broughtIn = (head: string, at = target): Promise<string | null> =>
    world.code.broughtIn("shop", head, at);
  expect(await Promise.all([s1, s2, merge, m1, m2, first].map((head) => broughtIn(head)))).toEqual([
    ...[merge, merge, merge, m1, m2, first],
  ]);
  expect(await broughtIn(s2, m1)).toBeNull();
  expect(await broughtIn(m2, merge)).toBeNull();
});

test("removes what an ended process left, and nothing of one that lives", async () => {
  const world = await openWorld();
  const script = `
    import { openCode } from ${JSON.stringify(new URL("../../../src/adapters/git/code.ts", import.meta.url).href)};
    const repository = ${JSON.stringify(world.repository)};
    const code = openCode({ home: ${JSON.stringify(world.home)}, remotes: () => repository, log: () => {}, environment: process.env });
    const { target } = await code.fetch(repository);
    const made = await code.checkout("shop", target, "left", "loom/a/r-1");
    console.log(made.dir);
    setInterval(() => {}, 1000);
  `;
  const file = join(world.root, "left.ts");
  writeFileSync(file, script);
  const child = spawn(process.execPath, ["--import", tsLoader(world.root), file], {
    cwd: process.cwd(),
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = (await once(child.stdout, "data")) as [Buffer];
  const dir = output.toString().trim();
  const open = (): unknown =>
    openCode({ home: world.home, remotes: () => world.repository, log: () => {}, environment: process.env });
  const { target } = await world.code.fetch(world.repository);
  const mine = await world.code.checkout("shop", target, "mine");
  open();
  expect(existsSync(dir)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "close");
  open();
  expect(existsSync(dir)).toBe(false);
  expect(readdirSync(join(world.home, "checkouts")).sort()).toEqual(
    [`${mine.dir}`, `${mine.dir}.index`].map((p) => p.slice(p.lastIndexOf("/") + 1)),
  );
});

/** Lets plain Node load the sources. */
const tsLoader = (root: string): string => {
  const file = join(root, "loader.mjs");
  writeFileSync(
    file,
    `import { register } from "node:module"; register(${JSON.stringify(`file://${join(root, "hooks.mjs")}`)});`,
  );
  writeFileSync(
    join(root, "hooks.mjs"),
    `import { readFileSync } from "node:fs"; import { createRequire } from "node:module";
     const ts = createRequire(${JSON.stringify(`${process.cwd()}/`)})("typescript");
     export const load = async (url, context, next) => url.endsWith(".ts")
       ? { format: "module", shortCircuit: true, source: ts.transpileModule(readFileSync(new URL(url), "utf8"), { compilerOptions: { module: "esnext", target: "es2023" } }).outputText }
       : next(url, context);`,
  );
  return `file://${file}`;
};
