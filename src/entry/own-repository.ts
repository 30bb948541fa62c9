import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface OwnRepository {
  name: string;
  /** A bare copy: what loops land is there, and nothing reaches the person's own checkout until they pull. */
  remote: string;
  target: string;
  /** Installed dependencies of the person's checkout that checks may use. */
  borrow: Record<string, string>;
}

/** A home of its own for each repository that somebody tries, so that their records do not mix. */
export function ownHome(home: string, path: string): string {
  const absolute = resolve(path);
  return join(
    home,
    "own",
    `${nameOf(absolute)}-${createHash("sha256").update(absolute).digest("hex").slice(0, 8)}`,
  );
}

/** Copies the current branch of somebody's repository into a bare one under `home`, and brings a copy that is there up to date. */
export async function copyRepository(path: string, home: string): Promise<OwnRepository> {
  const source = resolve(path);
  const git = async (...args: string[]) => {
    const { stdout } = await run("git", ["-C", source, ...args]).catch(
      (error: Error & { stderr?: string }) => {
        throw new Error(
          `reading ${source}: ${error.stderr?.trim() || error.message}; --repo takes a folder with a git repository that has commits`,
        );
      },
    );
    return stdout.trim();
  };
  const top = await git("rev-parse", "--show-toplevel");
  const target = await git("symbolic-ref", "--short", "HEAD");
  await git("rev-parse", "--verify", "--quiet", "HEAD^{commit}");
  const remote = join(home, "remote.git");
  if (!existsSync(remote))
    await git("clone", "--quiet", "--bare", "--no-local", "--single-branch", "--", top, remote);
  else await bringUpToDate(top, remote, target);
  const borrow = existsSync(join(top, "node_modules")) ? { node_modules: join(top, "node_modules") } : {};
  return { name: nameOf(top), remote, target, borrow };
}

/** What landed in the copy stays: their branch moves it only when it is ahead of it. */
async function bringUpToDate(top: string, remote: string, target: string): Promise<void> {
  const push = ["-C", top, "push", "--quiet", "--", remote, `HEAD:refs/heads/${target}`];
  await run("git", push).catch((error: Error & { stderr?: string }) => {
    if (/non-fast-forward|fetch first|rejected/.test(error.stderr ?? "")) return;
    throw new Error(`bringing ${remote} up to date: ${error.stderr?.trim() || error.message}`);
  });
}

const nameOf = (path: string): string =>
  basename(path)
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60) || "repository";
