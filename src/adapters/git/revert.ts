import { join } from "node:path";

import type { RepositoryName, Sha } from "../../domain/ids.ts";
import type { NewCommit, Reverted } from "../../ports/code.ts";
import { commitTree, syntheticCommit } from "./commit-tree.ts";
import { treeOf } from "./facts.ts";
import { mirrorOf } from "./fetch.ts";
import { commitHunks, firstParent, type Hunk, type HunkLines } from "./hunks.ts";
import { mergeBatch } from "./merge.ts";
import { askGit, type Mirror, type Place } from "./mirror.ts";
import { emptyTree } from "./names.ts";
import { withFolder } from "./own-folders.ts";
import type { RawChange } from "./raw-diff.ts";

/**
 * A commit on `onto` that takes `commit` back. It is a merge of `onto` with the state before `commit`, with `commit` as the base.
 * Git 2.39 cannot be told a base, so both sides are given as synthetic children of `commit`.
 * With `hunks`, the other side is `commit` itself without these hunks.
 */
export const revert = async (
  place: Place,
  name: RepositoryName,
  wish: { commit: Sha; onto: Sha; hunks?: string[] },
  commit: NewCommit,
): Promise<Reverted> => {
  const mirror = await mirrorOf(place, name);
  const parent = await firstParent(mirror, wish.commit);
  const [ontoTree, undone] = await Promise.all([
    treeOf(mirror, wish.onto),
    wish.hunks === undefined
      ? stateOf(mirror, parent)
      : withoutHunks(mirror, wish.commit, parent, wish.hunks),
  ]);
  const [ours, theirs] = await Promise.all([
    syntheticCommit(mirror, ontoTree, wish.commit),
    syntheticCommit(mirror, undone, wish.commit),
  ]);
  // Equal commits have no side to merge: there was nothing to take back.
  if (ours === theirs) return { kind: "unchanged" };
  const [merged] = await mergeBatch(mirror, [{ ours, theirs }], {});
  if (merged?.kind !== "clean") return { kind: "conflict", paths: merged?.paths ?? [] };
  if (merged.tree === ontoTree) return { kind: "unchanged" };
  return {
    kind: "changed",
    head: await commitTree(mirror, { tree: merged.tree, parents: [wish.onto] }, commit),
  };
};

const stateOf = async (mirror: Mirror, parent: Sha): Promise<Sha> =>
  parent === emptyTree ? emptyTree : treeOf(mirror, parent);

/** The tree of `commit` in which the named hunks are as they were before. */
const withoutHunks = async (mirror: Mirror, commit: Sha, parent: Sha, ids: string[]): Promise<Sha> => {
  const all = await commitHunks(mirror, commit, parent);
  const unknown = ids.find((id) => !all.some((hunk) => hunk.id === id));
  if (unknown !== undefined)
    throw new Error(`reverting a part of ${commit}: it has no hunk ${unknown}; ask for its hunks again`);
  const byChange = new Map<RawChange, Hunk[]>();
  for (const hunk of all)
    if (ids.includes(hunk.id)) byChange.set(hunk.change, [...(byChange.get(hunk.change) ?? []), hunk]);
  const removals: string[] = [];
  const entries: string[] = [];
  for (const [change, chosen] of byChange) {
    const before = await entryBefore(mirror, change, chosen);
    // A path that is gone must go first: it may have been a file where a folder is to be.
    (before === null ? removals : entries).push(
      before === null ? `0 ${"0".repeat(40)}\t${change.path}\0` : `${before}\t${change.path}\0`,
    );
  }
  return withFolder(mirror.place.scratch, async (folder) => {
    const env = { GIT_INDEX_FILE: join(folder, "index") };
    await askGit(mirror, `reading ${commit}`, ["read-tree", commit], { env });
    const input = Buffer.from([...removals, ...entries].join(""), "latin1");
    await askGit(mirror, `reverting a part of ${commit}`, ["update-index", "-z", "--index-info"], {
      env,
      input,
    });
    const tree = await askGit(mirror, `reverting a part of ${commit}`, ["write-tree"], { env });
    return tree.toString("latin1").trim();
  });
};

/** Mode and blob of a file without the chosen hunks; null when there is no file. */
const entryBefore = async (mirror: Mirror, change: RawChange, chosen: Hunk[]): Promise<string | null> => {
  const lines = chosen.flatMap((hunk) => (hunk.lines === undefined ? [] : [hunk.lines]));
  const { before, after } = change;
  if (lines.length === 0 || before === null || after === null)
    return before === null ? null : `${change.beforeMode} ${before}`;
  const [old, fresh] = await Promise.all([blobLines(mirror, before), blobLines(mirror, after)]);
  const input = Buffer.from(restored(old, fresh, lines), "latin1");
  const args = ["hash-object", "-w", "--no-filters", "--stdin"];
  const blob = await askGit(mirror, "reverting a part of a file", args, { input });
  return `${change.afterMode} ${blob.toString("latin1").trim()}`;
};

const blobLines = async (mirror: Mirror, blob: Sha): Promise<string[]> => {
  const bytes = await askGit(mirror, "reading a file", ["cat-file", "blob", blob]);
  return bytes.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
};

/** Puts the old lines of each hunk where its new ones are, from the last to the first so that numbers stay right. */
const restored = (old: string[], fresh: string[], hunks: HunkLines[]): string => {
  const lines = [...fresh];
  for (const hunk of [...hunks].sort((a, b) => b.newStart - a.newStart)) {
    const at = hunk.newCount === 0 ? hunk.newStart : hunk.newStart - 1;
    const from = hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart - 1;
    lines.splice(at, hunk.newCount, ...old.slice(from, from + hunk.oldCount));
  }
  return lines.join("");
};
