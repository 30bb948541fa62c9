import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { accents, failingTests, halfEven, halfEvenLanding, zoneLookup } from "./chapters/truths.ts";
import type { Entry } from "./entries.ts";
import { type GitTask, git } from "./git.ts";
import { history } from "./history.ts";
import { fastImportStream } from "./stream.ts";

/** What is true of the sample; what a good loop has to find out by itself. */
type SampleFacts = {
  /** A person's commit with a slip in it, and the test it broke. */
  bugCommit: string;
  bugTest: string;
  /** The loop tidy's deliberate commit, the merge that landed it, and another team's test that fails since. */
  roundingCommit: string;
  roundingLanding: string;
  roundingTest: string;
  /** A test that has failed since the commit that added it. */
  unfixableCommit: string;
  unfixableTest: string;
};

export type Sample = {
  /** The bare repository, as an absolute path. */
  remote: string;
  facts: SampleFacts;
};

/** `now` dates the history (default: today); `path` is where git is looked for, as in the PATH variable. */
type SampleOptions = { now?: Date; path?: string };

const NAME = "shop.git";

/**
 * Makes the sample web shop's bare repository in `dir`, or finds the one that is there and leaves it as it is.
 * Safe to call again after a kill and from two processes at once: the repository appears complete or not at all.
 * Throws when git cannot be run, or when something else stands in its place.
 */
export async function createSample(dir: string, options: SampleOptions = {}): Promise<Sample> {
  const remote = resolve(dir, NAME);
  await mkdir(dir, { recursive: true });
  await removeAbandoned(dir);
  if (!(await exists(remote))) await make(remote, options);
  return { remote, facts: await findFacts(remote, options.path) };
}

async function make(remote: string, { now = new Date(), path }: SampleOptions): Promise<void> {
  const draft = `${remote}.${process.pid}-${randomBytes(4).toString("hex")}`;
  const task = {
    doing: `making the sample repository ${remote}`,
    remedy: "put that right and start again",
    path,
  };
  try {
    await git(task, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", draft]);
    await git(
      task,
      [`--git-dir=${draft}`, "fast-import", "--quiet", "--done"],
      fastImportStream(history, now),
    );
    await rename(draft, remote);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Somebody else was faster: theirs is as good as ours.
    if (!(await exists(remote))) throw error;
  }
}

/** Removes the drafts of processes that are no more. */
async function removeAbandoned(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const pid = /^shop\.git\.(\d+)-[0-9a-f]{8}$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(dir, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    return codeOf(error) === "EPERM";
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

/** Finds the commits by author and subject in what is reachable from main, so later landings do not disturb. */
async function findFacts(remote: string, path: string | undefined): Promise<SampleFacts> {
  const task: GitTask = {
    doing: `reading the sample repository ${remote}`,
    remedy: "move it away to have it made again",
    path,
  };
  const log = await git(task, [
    `--git-dir=${remote}`,
    "log",
    "-z",
    "--format=%H%n%ae%n%s",
    "refs/heads/main",
  ]);
  // The oldest match wins: somebody may commit under the same subject later.
  const commits = log.split("\0").map((record) => record.split("\n"));
  const find = ({ by, subject }: Entry): string => {
    const [sha] = commits.findLast((commit) => commit[1] === by.email && commit[2] === subject) ?? [];
    if (sha === undefined)
      throw new Error(`${task.doing}: main lacks the commit '${subject}'; ${task.remedy}`);
    return sha;
  };
  return {
    bugCommit: find(zoneLookup),
    bugTest: failingTests.bug,
    roundingCommit: find(halfEven),
    roundingLanding: find(halfEvenLanding),
    roundingTest: failingTests.rounding,
    unfixableCommit: find(accents),
    unfixableTest: failingTests.unfixable,
  };
}
