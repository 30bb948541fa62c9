import { access, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { RepositoryName } from "../../domain/ids.ts";
import type { Repository } from "../../domain/organisation.ts";
import type { Log } from "../../ports.ts";
import { folderName, withoutSecret } from "./names.ts";
import { ownName, removeFolder } from "./own-folders.ts";
import { type GitCall, type GitEnded, runGit } from "./run-git.ts";

/** Where the mirrors, checkouts and passing folders are, and what calls of git need. */
export interface Place {
  mirrors: string;
  checkouts: string;
  scratch: string;
  path: string;
  /** What ssh and HTTPS need to find credentials; only calls to a remote see it. */
  networkEnv: { [name: string]: string };
  remotes: (name: RepositoryName) => Repository | undefined;
  log: Log;
  /** The last fetch that is under way, by repository. */
  fetching: Map<RepositoryName, Promise<unknown>>;
  /** Fetches of this process, by repository: what paces the upkeep. */
  fetches: Map<RepositoryName, number>;
}

/** A trusted bare repository. Nothing in it is ever written by an agent. */
export interface Mirror {
  name: RepositoryName;
  gitDir: string;
  objects: string;
  place: Place;
}

export type MirrorCall = Omit<GitCall, "path" | "gitDir">;

export const mirrorAt = (place: Place, name: RepositoryName): Mirror => {
  const gitDir = join(place.mirrors, `${folderName(name)}.git`);
  return { name, gitDir, objects: join(gitDir, "objects"), place };
};

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * No object is ever dropped: commits that no branch names yet are changes in flight. Reflogs would only grow, and a mirror is
 * never a place to work in. The names do not depend on the machine's own git configuration.
 */
const mirrorConfig = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tlogAllRefUpdates = false
[gc]
\tauto = 0
\tpruneExpire = never
\treflogExpire = never
[maintenance]
\tauto = false
`;

/** Makes the mirror unless it is there. Two processes may do this at once: one of the two complete folders wins. */
export const makeMirror = async (mirror: Mirror): Promise<void> => {
  if (await exists(join(mirror.gitDir, "HEAD"))) return;
  const draft = join(mirror.place.mirrors, ownName("new"));
  await mkdir(join(draft, "objects", "info"), { recursive: true });
  await mkdir(join(draft, "objects", "pack"));
  await mkdir(join(draft, "refs", "heads"), { recursive: true });
  await writeFile(join(draft, "config"), mirrorConfig);
  await writeFile(join(draft, "HEAD"), "ref: refs/heads/main\n");
  try {
    await rename(draft, mirror.gitDir);
  } catch (error) {
    if (!(await exists(join(mirror.gitDir, "HEAD")))) throw error;
  } finally {
    await removeFolder(draft);
  }
};

/** Runs git on the mirror; the caller judges the exit status. */
export const tryGit = (mirror: Mirror, args: string[], call: MirrorCall = {}): Promise<GitEnded> => {
  const { path, networkEnv } = mirror.place;
  const env = call.network === true ? { ...networkEnv, ...call.env } : call.env;
  return runGit(args, { ...call, path, gitDir: mirror.gitDir, ...(env === undefined ? {} : { env }) });
};

/** Runs git on the mirror and answers its output. Throws `<action>: <git's words>` unless it exits 0. */
export const askGit = async (
  mirror: Mirror,
  action: string,
  args: string[],
  call: MirrorCall = {},
): Promise<Buffer> => {
  const ended = await tryGit(mirror, args, call);
  if (ended.exit === 0 || ended.isCut) return ended.stdout;
  throw new Error(`${action} in ${mirror.name}: ${wordsOf(ended)}`);
};

/** What git said, on one line and without secrets. */
export const wordsOf = (ended: GitEnded): string => {
  const words = ended.stderr
    .split("\n")
    .map((line) => line.replace(/^(fatal|error|warning): /, "").trim())
    .filter((line) => line !== "");
  return words.length === 0 ? `git ended with ${ended.exit}` : clean(words.join("; "));
};

/** A text from outside, fit for one line of a message. */
export const clean = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a remote's words may carry escape sequences.
  withoutSecret(text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, " ")).slice(0, 2000);
