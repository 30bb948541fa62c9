import { join } from "node:path";
import type { RepositoryName, Sha } from "../../domain/ids.ts";
import type { NewCommit } from "../../ports/code.ts";
import { commitTree } from "./commit-tree.ts";
import { mirrorOf } from "./fetch.ts";
import { readMergeResults } from "./merge-output.ts";
import { askGit, type Mirror, type Place, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { withFolder } from "./own-folders.ts";
import { pathText } from "./path-text.ts";

/** A commit on `head` that takes `target` in, with these texts where git cannot merge the two. Same inputs, same commit. */
export const resolveMerge = async (
  place: Place,
  name: RepositoryName,
  wish: { target: Sha; head: Sha; files: { path: string; text: string }[] },
  commit: NewCommit,
): Promise<Sha> => {
  const mirror = await mirrorOf(place, name);
  const merged = await merge(mirror, wish.head, wish.target);
  const texts = new Map(wish.files.map((file) => [file.path, file.text]));
  const missing = merged.paths.find((path) => !texts.has(path));
  if (missing !== undefined)
    throw new Error(
      `merging ${wish.target} into ${wish.head} of ${name}: nothing says what becomes of ${missing}`,
    );
  const tree = await withFolder(place.scratch, (folder) =>
    withTexts(mirror, { tree: merged.tree, texts, index: join(folder, "index") }),
  );
  return commitTree(mirror, { tree, parents: [wish.head, wish.target] }, commit);
};

async function merge(mirror: Mirror, ours: Sha, theirs: Sha): Promise<{ tree: Sha; paths: string[] }> {
  const args = ["merge-tree", "--write-tree", "--messages", "--stdin", "-z"];
  const ended = await tryGit(mirror, args, { input: `${fullName(ours)} ${fullName(theirs)}\n` });
  const [result] = readMergeResults(ended.stdout);
  if (result === undefined)
    throw new Error(`merging ${theirs} into ${ours} of ${mirror.name}: ${wordsOf(ended)}`);
  return { tree: result.tree, paths: result.paths.map(pathText) };
}

async function withTexts(
  mirror: Mirror,
  { tree, texts, index }: { tree: Sha; texts: Map<string, string>; index: string },
): Promise<Sha> {
  const env = { GIT_INDEX_FILE: index };
  await askGit(mirror, "reading the merge", ["read-tree", fullName(tree)], { env });
  const lines: string[] = [];
  for (const [path, text] of texts) {
    const blob = await askGit(mirror, "writing a file", ["hash-object", "-w", "--stdin"], { input: text });
    lines.push(`100644 ${blob.toString("latin1").trim()}\t${path}\0`);
  }
  await askGit(mirror, "resolving", ["update-index", "-z", "--index-info"], { input: lines.join(""), env });
  return (await askGit(mirror, "writing the tree", ["write-tree"], { env })).toString("latin1").trim();
}
