import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { RepositoryName, Sha } from "../../domain/ids.ts";
import type { MergePreview, NewCommit } from "../../ports/code.ts";
import { commitTree } from "./commit-tree.ts";
import { addVerbatimDiff } from "./facts.ts";
import { mirrorOf } from "./fetch.ts";
import { type MergeResult, readMergeResults } from "./merge-output.ts";
import { clean, type Mirror, type Place, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { withFolder } from "./own-folders.ts";
import { pathText } from "./path-text.ts";

export interface MergePair {
  ours: Sha;
  theirs: Sha;
}

type Env = { [name: string]: string };
const batchMs = 600_000;

/**
 * Merge predictions, `theirs` into `ours`, in one process. A pair that git cannot merge at all (no common history, a commit that
 * is not there) is a conflict without paths whose type says so: what cannot be predicted does not land.
 * Merged trees and files stay out of the mirror: `mergeCommit` writes the one that is needed.
 */
export const mergeAll = async (
  place: Place,
  name: RepositoryName,
  pairs: MergePair[],
): Promise<MergePreview[]> => {
  const mirror = await mirrorOf(place, name);
  if (pairs.length === 0) return [];
  return withFolder(place.scratch, async (folder) =>
    mergeBatch(mirror, pairs, await scratchObjects(mirror, folder)),
  );
};

/** One result a pair. A line that git cannot read ends its batch, so the next process goes on behind it. */
export const mergeBatch = async (mirror: Mirror, pairs: MergePair[], env: Env): Promise<MergePreview[]> => {
  const lines = pairs.map((pair) => `${fullName(pair.ours)} ${fullName(pair.theirs)}\n`);
  const previews: MergePreview[] = [];
  while (previews.length < pairs.length) {
    const rest = lines.slice(previews.length);
    const args = ["merge-tree", "--write-tree", "--messages", "--stdin", "-z"];
    const ended = await tryGit(mirror, args, { input: rest.join(""), env, timeoutMs: batchMs });
    const results = readMergeResults(ended.stdout).slice(0, rest.length);
    previews.push(...results.map(preview));
    if (results.length === rest.length) return previews;
    if (ended.exit === 0)
      throw new Error(`predicting merges in ${mirror.name}: git answered less than asked`);
    const reason = wordsOf(ended);
    mirror.place.log("warn", `predicting a merge in ${mirror.name}: ${reason}`);
    previews.push({ kind: "conflict", paths: [], types: [`cannot be merged: ${reason}`] });
  }
  return previews;
};

const preview = (result: MergeResult): MergePreview =>
  result.isClean
    ? { kind: "clean", tree: result.tree }
    : { kind: "conflict", paths: result.paths.map(pathText), types: result.types.map(clean) };

/** An object store that takes what a call writes and reads the mirror's; its environment for git. */
export const scratchObjects = async (mirror: Mirror, folder: string): Promise<Env> => {
  const objects = join(folder, "objects");
  await mkdir(join(objects, "info"), { recursive: true });
  await writeFile(join(objects, "info", "alternates"), `${mirror.objects}\n`);
  return { GIT_OBJECT_DIRECTORY: objects };
};

/** sha256 of the verbatim diff that merging `head` would bring to `target`; null when it does not merge. */
export const effectDigest = async (
  place: Place,
  name: RepositoryName,
  target: Sha,
  head: Sha,
): Promise<string | null> => {
  const mirror = await mirrorOf(place, name);
  return withFolder(place.scratch, async (folder) => {
    const env = await scratchObjects(mirror, folder);
    const [merged] = await mergeBatch(mirror, [{ ours: target, theirs: head }], env);
    if (merged?.kind !== "clean") return null;
    const hash = createHash("sha256");
    await addVerbatimDiff(mirror, hash, [target, merged.tree], env);
    return hash.digest("hex");
  });
};

/** A merge commit that is not pushed. Same inputs, same commit. Refuses a tree that merging does not give. */
export const mergeCommit = async (
  place: Place,
  name: RepositoryName,
  wish: { target: Sha; head: Sha; tree: Sha },
  commit: NewCommit,
): Promise<Sha> => {
  const mirror = await mirrorOf(place, name);
  const [merged] = await mergeBatch(mirror, [{ ours: wish.target, theirs: wish.head }], {});
  if (merged?.kind !== "clean" || merged.tree !== wish.tree)
    throw new Error(
      `merging ${wish.head} into ${wish.target} of ${name}: does not give the tree ${wish.tree}; predict it again`,
    );
  return commitTree(mirror, { tree: wish.tree, parents: [wish.target, wish.head] }, commit);
};
