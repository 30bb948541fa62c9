import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";

import { openCode } from "../../../src/adapters/git/code.ts";
import type { Repository } from "../../../src/domain/organisation.ts";
import type { Code, NewCommit } from "../../../src/ports/code.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export const tempFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "loom-git-"));
  folders.push(folder);
  return folder;
};

const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  ...{ GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.org" },
  ...{ GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.org" },
};

/** Plain git, as a person runs it. */
export const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", args, {
    cwd,
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();

export type Files = { [path: string]: string | Buffer | null };

/** Writes (or with null removes) files. */
export const put = async (dir: string, files: Files): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    const file = join(dir, path);
    if (content === null) rmSync(file, { recursive: true, force: true });
    else {
      if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
        rmSync(file, { recursive: true });
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
};

export interface World {
  root: string;
  home: string;
  /** A person's clone. */
  work: string;
  remote: string;
  repository: Repository;
  code: Code;
  logged: string[];
  /** Commits files in the person's clone, pushes, and answers the commit. */
  commit: (files: Files, message?: string) => Promise<string>;
}

/** A bare remote, a person's clone of it with one commit, and the adapter on an empty home. */
export const openWorld = async (files: Files = { "a.txt": "one\n" }): Promise<World> => {
  const root = tempFolder();
  const [remote, work, home] = [join(root, "remote.git"), join(root, "work"), join(root, "home")];
  git(root, "init", "-q", "--bare", "-b", "main", remote);
  git(root, "init", "-q", "-b", "main", work);
  git(work, "remote", "add", "origin", remote);
  const repository: Repository = { name: "shop", remote, target: "main", approvers: "leads" };
  const logged: string[] = [];
  const code = openCode({
    home,
    remotes: (name) => (name === "shop" ? repository : undefined),
    log: (level, text) => void logged.push(`${level} ${text}`),
    environment: { PATH: process.env["PATH"], HOME: root },
  });
  const commit = async (changed: Files, message = "change"): Promise<string> => {
    await put(work, changed);
    git(work, "add", "-A", "-f");
    git(work, "commit", "-q", "--allow-empty", "-m", message);
    git(work, "push", "-q", "origin", "HEAD");
    return git(work, "rev-parse", "HEAD");
  };
  await commit(files, "first");
  return { root, home, work, remote, repository, code, logged, commit };
};

export const newCommit = (message = "loop: a change"): NewCommit => ({
  message,
  author: { name: "triage", email: "triage@example.org" },
  at: new Date("2026-01-02T03:04:05Z"),
});

/** The end of a value that must have this kind. */
export const headOf = (ended: { kind: string; head?: string }): string => {
  if (ended.head === undefined) throw new Error(`expected a change, got ${JSON.stringify(ended)}`);
  return ended.head;
};
