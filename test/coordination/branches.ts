import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openHistory } from "../../src/adapters/git/open-history.ts";
import type { ChangeRecord } from "../../src/domain/change-record.ts";
import type { History } from "../../src/ports/history.ts";

export interface Files {
  [path: string]: string | null;
}

export interface Branches {
  dir: string;
  history: History;
  /** A commit with these files on top of `parent`'s; null removes one. */
  commit: (files: Files, parent?: string) => string;
  record: (base: string, head: string) => Promise<ChangeRecord>;
}

const env = { PATH: process.env["PATH"] ?? "", GIT_CONFIG_NOSYSTEM: "1", HOME: "/nonexistent" };

/** A bare repository into which commits are streamed: two changes from one base cost one process each. */
export async function openBranches(): Promise<Branches> {
  const dir = mkdtempSync(join(tmpdir(), "loom-branches-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const repository = join(dir, "repo.git");
  const git = (args: string[], input = "") => execFileSync("git", args, { env, input, encoding: "utf8" });
  git(["init", "-q", "--bare", repository]);
  const history = await openHistory({
    repository,
    scratch: join(dir, "scratch"),
    path: env.PATH,
    log: () => undefined,
  });
  let commits = 0;
  return {
    dir: repository,
    history,
    commit(files, parent) {
      commits += 1;
      const lines = [
        `commit refs/heads/b${commits}`,
        "mark :1",
        "committer A <a@b> 1700000000 +0000",
        "data 1",
        "x",
      ];
      if (parent !== undefined) lines.push(`from ${parent}`);
      for (const [path, text] of Object.entries(files))
        if (text === null) lines.push(`D ${path}`);
        else lines.push(`M 100644 inline ${path}`, `data ${Buffer.byteLength(text)}`, text);
      git(["--git-dir", repository, "fast-import", "--quiet"], `${lines.join("\n")}\n\n`);
      return git(["--git-dir", repository, "rev-parse", `refs/heads/b${commits}`]).trim();
    },
    async record(base, head) {
      for await (const record of history.records([{ base, head }])) return record;
      throw new Error("git told of no change");
    },
  };
}
