import { copyFile, lstat, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import type { RepositoryName, Sha } from "../../domain/ids.ts";
import type { Checkout } from "../../ports/code.ts";
import { mirrorOf } from "./fetch.ts";
import { askGit, exists, type Mirror, type Place } from "./mirror.ts";
import { folderName, fullName, ownBranchName } from "./names.ts";
import { ownName, removeFolder } from "./own-folders.ts";

/**
 * A folder of its own with the files of one commit, written by trusted git: no filter, hook or submodule of the repository runs.
 * With `branch`, a repository of its own on that branch comes with it, which borrows the mirror's objects and knows no remote.
 * The index that belongs to the files is kept beside the folder for `importCheckout`.
 */
export const checkout = async (
  place: Place,
  name: RepositoryName,
  wish: { at: Sha; name: string },
  branch?: string,
): Promise<Checkout> => {
  const mirror = await mirrorOf(place, name);
  if (branch !== undefined) ownBranchName(branch);
  const dir = join(place.checkouts, ownName(folderName(wish.name)));
  await mkdir(dir);
  try {
    await writeFiles(mirror, fullName(wish.at), dir);
    if (branch !== undefined) await addRepository(mirror, wish.at, dir, branch);
  } catch (error) {
    await removeFolder(dir);
    await removeFolder(indexBeside(dir));
    throw error;
  }
  return { dir, at: wish.at, repository: name };
};

/** What git remembers of the files as it wrote them; files that nobody touched need not be read again. */
export const indexBeside = (dir: string): string => `${dir}.index`;

const writeFiles = async (mirror: Mirror, at: Sha, dir: string): Promise<void> => {
  const env = { GIT_INDEX_FILE: indexBeside(dir) };
  await askGit(mirror, `checking out ${at}`, ["read-tree", "--reset", "-u", at], { workTree: dir, env });
};

/** Written file by file: there is nothing here that a template, a hook or a setting could add to. */
const addRepository = async (mirror: Mirror, at: Sha, dir: string, branch: string): Promise<void> => {
  const git = join(dir, ".git");
  await mkdir(join(git, "objects", "info"), { recursive: true });
  await mkdir(join(git, "objects", "pack"));
  await mkdir(dirname(join(git, "refs", "heads", branch)), { recursive: true });
  await writeFile(join(git, "HEAD"), `ref: refs/heads/${branch}\n`);
  await writeFile(join(git, "refs", "heads", branch), `${at}\n`);
  await writeFile(join(git, "objects", "info", "alternates"), `${mirror.objects}\n`);
  await writeFile(join(git, "config"), agentConfig(branch));
  await copyFile(indexBeside(dir), join(git, "index"));
  const shallow = join(mirror.gitDir, "shallow");
  if (await exists(shallow)) await copyFile(shallow, join(git, "shallow"));
};

const agentConfig = (branch: string): string => `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogAllRefUpdates = true
[user]
\tname = ${branch.split("/")[1] ?? "loom"} (LoomStack)
\temail = ${branch.split("/")[1] ?? "loom"}@loomstack.invalid
[commit]
\tgpgSign = false
[gc]
\tauto = 0
`;

/** Refuses folders that `checkout` did not make: what follows reads and removes everything in them. */
export const ownCheckout = (place: Place, made: Checkout): string => {
  const dir = resolve(made.dir);
  if (dirname(dir) === place.checkouts) return dir;
  throw new Error(`git: ${made.dir} is not a checkout of this LoomStack (those are in ${place.checkouts})`);
};

export const removeCheckout = async (place: Place, made: Checkout): Promise<void> => {
  const dir = ownCheckout(place, made);
  // One that cannot be looked at is left to whoever opens the folder next, who removes what has no owner.
  const found = await lstat(dir).catch(() => null);
  if (found !== null) await removeFolder(dir);
  await removeFolder(indexBeside(dir));
};
