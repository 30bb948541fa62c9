import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { openCode } from "../../../src/adapters/git/code.ts";
import { git, openWorld } from "./world.ts";

test("makes the mirror on first use and answers the target and the loops' branches", async () => {
  const { code, repository, work, commit } = await openWorld();
  const sha = await commit({ "b.txt": "b\n" });
  git(work, "push", "-q", "origin", "HEAD:refs/heads/loom/triage/r-1", "HEAD:refs/heads/feature");
  expect(await code.fetch(repository)).toEqual({
    target: sha,
    branches: new Map([["loom/triage/r-1", sha]]),
  });
});

test("follows the remote when it is rewritten, and forgets branches that it deleted", async () => {
  const { code, repository, work } = await openWorld();
  git(work, "push", "-q", "origin", "HEAD:refs/heads/loom/a/r-1");
  await code.fetch(repository);
  git(work, "commit", "-q", "--amend", "--allow-empty", "-m", "again");
  git(work, "push", "-q", "-f", "origin", "HEAD:main", ":refs/heads/loom/a/r-1");
  git(work, "push", "-q", "origin", "HEAD:refs/heads/loom/a/r-1/x");
  const fetched = await code.fetch(repository);
  expect(fetched.target).toBe(git(work, "rev-parse", "HEAD"));
  expect([...fetched.branches.keys()]).toEqual(["loom/a/r-1/x"]);
});

test("says what is wrong with a remote, and what to do", async () => {
  const { code, repository, root } = await openWorld();
  let count = 0;
  const saying = (remote: string, target = "main"): Promise<unknown> => {
    count += 1;
    return code.fetch({ ...repository, name: `r${count}`, remote, target });
  };
  await expect(saying(join(root, "nowhere"))).rejects.toThrow(
    /there is nothing at .*nowhere; correct `remote`/,
  );
  mkdirSync(join(root, "plain"));
  await expect(saying(join(root, "plain"))).rejects.toThrow(/not a git repository; run `git init`/);
  git(root, "init", "-q", "--bare", join(root, "empty.git"));
  await expect(saying(join(root, "empty.git"))).rejects.toThrow(
    /has no commits yet; push a first one to main/,
  );
  await expect(saying(repository.remote, "trunk")).rejects.toThrow(
    /no branch trunk; correct `target`.*\(branches: main\)/,
  );
  await expect(saying("--upload-pack=touch /tmp/x")).rejects.toThrow(/read as an option; use a path/);
  await expect(saying("ext::sh -c touch% /tmp/x")).rejects.toThrow(/may run programs/);
  await expect(saying("a\nb")).rejects.toThrow(/control characters/);
  await expect(saying("ftp://x/y")).rejects.toThrow(/not allowed/);
  await expect(saying(repository.remote, "--all")).rejects.toThrow(/not a branch name/);
  await expect(saying("https://me:secret@127.0.0.1:1/x.git")).rejects.toThrow(/^(?!.*secret)/s);
});

test("says that an unknown repository is unknown, and fetches a known one whose mirror is gone", async () => {
  const { code, work } = await openWorld();
  await expect(code.resolve("shoe", "main")).rejects.toThrow(/no repository is named "shoe"/);
  expect(await code.resolve("shop", "main")).toBe(git(work, "rev-parse", "HEAD"));
});

test("fetches at the same time from several processes' view do not disturb each other", async () => {
  const { repository, home, commit } = await openWorld();
  const open = (): ReturnType<typeof openCode> =>
    openCode({ home, remotes: () => repository, log: () => {}, environment: process.env });
  const codes = [open(), open(), open()];
  for (const round of [1, 2, 3]) {
    const sha = await commit({ "a.txt": `${round}\n` });
    const fetched = await Promise.all(
      codes.flatMap((code) => [code.fetch(repository), code.fetch(repository)]),
    );
    expect(fetched.map((f) => f.target)).toEqual(fetched.map(() => sha));
  }
});

test("removes a lock in the mirror that a killed git left long ago", async () => {
  const { code, repository, home, commit } = await openWorld();
  await code.fetch(repository);
  const lock = join(home, "mirrors", "shop.git", "refs", "heads", "main.lock");
  writeFileSync(lock, "");
  utimesSync(lock, new Date(0), new Date(0));
  const sha = await commit({ "a.txt": "two\n" });
  expect((await code.fetch(repository)).target).toBe(sha);
});

test("mirrors a shallow remote, and gets the rest once the remote has it", async () => {
  const { code, repository, root, remote, commit } = await openWorld();
  await commit({ "a.txt": "two\n" });
  const head = await commit({ "a.txt": "three\n" });
  const shallow = join(root, "shallow");
  git(root, "clone", "-q", "--depth=2", `file://${remote}`, shallow);
  const here = { ...repository, remote: shallow };
  expect((await code.fetch(here)).target).toBe(head);
  expect(await code.commits("shop", { to: head, max: 10 })).toHaveLength(2);
  const made = await code.checkout("shop", head, "s", "loom/a/r-1");
  expect(git(made.dir, "log", "--format=%s").split("\n")).toHaveLength(2);
  git(shallow, "fetch", "-q", "--unshallow");
  await code.fetch(here);
  expect(await code.commits("shop", { to: head, max: 10 })).toHaveLength(3);
});

test("keeps repositories apart whose names a folder could confuse", async () => {
  const { repository, root } = await openWorld();
  const code = openCode({
    home: join(root, "other"),
    remotes: () => undefined,
    log: () => {},
    environment: process.env,
  });
  for (const name of ["../shop", "a/b", "a-b", "A B"]) await code.fetch({ ...repository, name });
  expect(await code.list("../shop", (await code.resolve("../shop", "main")) ?? "", "")).toEqual(["a.txt"]);
});
