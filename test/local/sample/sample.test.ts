import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSample } from "../../../src/local/sample/sample.ts";
import { git, removeFolder, tempFolder } from "./shop.ts";

const now = new Date("2026-11-20T10:00:00Z");
const head = (remote: string) => git(remote, "rev-parse", "refs/heads/main");

let dir: string;
beforeEach(async () => {
  dir = await tempFolder();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await removeFolder(dir);
});

async function filesWithTimes(folder: string): Promise<string[]> {
  const paths = await readdir(folder, { recursive: true });
  return await Promise.all(
    paths.sort().map(async (path) => `${path} ${(await stat(join(folder, path))).mtimeMs}`),
  );
}

test("makes a whole bare repository with main as its default branch", async () => {
  const { remote } = await createSample(join(dir, "new", "folder"), { now });
  expect(remote).toBe(join(dir, "new", "folder", "shop.git"));
  expect(await git(remote, "symbolic-ref", "HEAD")).toBe("refs/heads/main");
  expect(await git(remote, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  expect(await git(remote, "fsck", "--strict", "--no-dangling")).toBe("");
  expect(await readdir(join(dir, "new", "folder"))).toEqual(["shop.git"]);
});

test("makes the same commits again for the same day, others for another", async () => {
  const first = await createSample(join(dir, "a"), { now });
  const second = await createSample(join(dir, "b"), { now: new Date("2026-11-20T23:59:59Z") });
  const third = await createSample(join(dir, "c"), { now: new Date("2026-11-21T00:00:00Z") });
  expect(second.facts).toEqual(first.facts);
  expect(await head(second.remote)).toBe(await head(first.remote));
  expect(await head(third.remote)).not.toBe(await head(first.remote));
});

test("leaves a sample that is there as it is, whatever the date", async () => {
  const first = await createSample(dir, { now });
  const before = await filesWithTimes(dir);
  expect(await createSample(dir, { now: new Date("2027-03-01T00:00:00Z") })).toEqual(first);
  expect(await filesWithTimes(dir)).toEqual(before);
});

test("finds the same facts after something landed on top, even under the same subject", async () => {
  const first = await createSample(dir, { now });
  const checkout = join(dir, "checkout");
  await git(dir, "clone", "--quiet", first.remote, checkout);
  const subject = await git(checkout, "log", "-1", "--format=%s", first.facts.bugCommit);
  await git(checkout, "revert", "--no-edit", first.facts.bugCommit);
  await git(checkout, "commit", "--quiet", "--allow-empty", "--author=Dan <dan@example.com>", "-m", subject);
  await git(checkout, "push", "--quiet", "origin", "main");
  expect(await createSample(dir, { now })).toEqual(first);
});

test("a draft left by a killed process is cleared away and the sample made", async () => {
  const killed = spawn(process.execPath, ["-e", ""]);
  await once(killed, "close");
  const abandoned = join(dir, `shop.git.${killed.pid}-0badcafe`);
  await mkdir(join(abandoned, "objects"), { recursive: true });
  await writeFile(join(dir, "notes.txt"), "not ours");
  const { remote } = await createSample(dir, { now });
  expect(await git(remote, "rev-list", "--count", "main")).toBe("35");
  expect((await readdir(dir)).sort()).toEqual(["notes.txt", "shop.git"]);
});

test("leaves the draft of a living process alone", async () => {
  const living = `shop.git.${process.pid}-0badcafe`;
  await mkdir(join(dir, living));
  await createSample(dir, { now });
  expect((await readdir(dir)).sort()).toEqual(["shop.git", living]);
});

test("several at once agree on one sample", async () => {
  const samples = await Promise.all([1, 2, 3, 4].map(() => createSample(dir, { now })));
  for (const sample of samples) expect(sample).toEqual(samples[0]);
  expect(await readdir(dir)).toEqual(["shop.git"]);
});

test("the machine's git configuration and environment change nothing", async () => {
  const clean = await createSample(join(dir, "clean"), { now });
  const home = join(dir, "home");
  await mkdir(home);
  await writeFile(
    join(home, ".gitconfig"),
    `[commit]\n gpgsign = true\n[gpg]\n program = /bin/false\n[init]\n defaultBranch = trunk\n templateDir = ${home}\n` +
      `[core]\n hooksPath = ${home}\n autocrlf = true\n[user]\n name = Mallory\n`,
  );
  const elsewhere = join(dir, "elsewhere");
  const hostile = {
    HOME: home,
    GIT_CONFIG_GLOBAL: join(home, ".gitconfig"),
    GIT_DIR: elsewhere,
    GIT_WORK_TREE: elsewhere,
    GIT_INDEX_FILE: join(elsewhere, "index"),
    GIT_OBJECT_DIRECTORY: join(elsewhere, "objects"),
    GIT_NAMESPACE: "elsewhere",
    GIT_DEFAULT_HASH: "sha256",
    GIT_AUTHOR_DATE: "2001-01-01T00:00:00Z",
    GIT_COMMITTER_NAME: "Mallory",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "core.bare",
    GIT_CONFIG_VALUE_0: "false",
  };
  for (const [name, value] of Object.entries(hostile)) vi.stubEnv(name, value);
  const made = await createSample(join(dir, "hostile"), { now });
  vi.unstubAllEnvs();
  expect(made.facts).toEqual(clean.facts);
  expect(await head(made.remote)).toBe(await head(clean.remote));
  expect((await readdir(dir)).sort()).toEqual(["clean", "home", "hostile"]);
});

test("says what to do when git is not there", async () => {
  const failing = createSample(dir, { now, path: join(dir, "nowhere") });
  await expect(failing).rejects.toThrow(
    /making the sample repository .*shop\.git: git did not start; install git/,
  );
  expect(await readdir(dir)).toEqual([]);
});

test("does not touch what stands in its place, and says what to do", async () => {
  await mkdir(join(dir, "shop.git"));
  await writeFile(join(dir, "shop.git", "mine.txt"), "precious");
  await expect(createSample(dir, { now })).rejects.toThrow(
    /reading the sample .*move it away to have it made again/,
  );
  expect(await readdir(join(dir, "shop.git"))).toEqual(["mine.txt"]);
});

test("refuses a repository of another history, naming the commit it lacks", async () => {
  const work = join(dir, "work");
  await git(dir, "init", "--quiet", "--initial-branch=main", work);
  await git(work, "commit", "--quiet", "--allow-empty", "-m", "Something else");
  await git(dir, "clone", "--quiet", "--bare", work, join(dir, "shop.git"));
  await expect(createSample(dir, { now })).rejects.toThrow(
    /main lacks the commit 'shipping: look the zone up/,
  );
});
