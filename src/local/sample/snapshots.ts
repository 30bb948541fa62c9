import type { Commit, Entry } from "./entries.ts";

/** A file tree: content by path. */
type Tree = ReadonlyMap<string, string>;

/** An entry with its parents (positions in the list, first parent first) and what differs from the first parent. */
export type Snapshot = {
  entry: Entry;
  parents: readonly number[];
  written: readonly { path: string; content: string }[];
};

/** Plays the history from its first entry on. Throws when it contradicts itself, which is a fault in its text. */
export function snapshots(history: readonly Entry[]): Snapshot[] {
  const trees: Tree[] = [];
  const tips = new Map<string, number>();
  const forks = new Map<string, number>();
  return history.map((entry, position) => {
    const line = entry.kind === "commit" ? (entry.branch ?? "main") : "main";
    const parent = tips.get(line) ?? tips.get("main");
    if (!tips.has(line) && parent !== undefined) forks.set(line, parent);
    const before = treeAt(trees, parent);
    const parents = parent === undefined ? [] : [parent];
    if (entry.kind === "merge") {
      const [fork, tip] = [forks.get(entry.branch), tips.get(entry.branch)];
      if (tip === undefined)
        throw new Error(`playing the sample's history: no branch ${entry.branch} to merge`);
      parents.push(tip);
      trees.push(mergeTrees(treeAt(trees, fork), before, treeAt(trees, tip)));
    } else {
      trees.push(applyEdits(before, entry));
    }
    tips.set(line, position);
    return { entry, parents, written: writtenBetween(before, treeAt(trees, position)) };
  });
}

function treeAt(trees: readonly Tree[], position: number | undefined): Tree {
  return (position === undefined ? undefined : trees[position]) ?? new Map<string, string>();
}

function applyEdits(before: Tree, entry: Commit): Tree {
  const after = new Map(before);
  for (const edit of entry.edits) {
    const old = before.get(edit.path);
    if ((old === undefined) !== (edit.kind === "add")) {
      throw new Error(
        `playing the sample's history: '${entry.subject}' cannot ${edit.kind} ${edit.path} at that point`,
      );
    }
    after.set(edit.path, edit.kind === "add" ? edit.content : applyPatch(old ?? "", edit.patch));
  }
  return after;
}

/** Applies a patch to a file's content. Throws when a hunk does not match in exactly one place. */
function applyPatch(content: string, patch: string): string {
  return patch.split("@@\n").reduce((before, hunk) => {
    const marked = hunk.split("\n").slice(0, -1);
    const side = (mark: string) =>
      marked
        .filter((line) => line === "" || line.startsWith(" ") || line.startsWith(mark))
        .map((line) => `${line.slice(1)}\n`)
        .join("");
    // Only whole lines match: the line break in front keeps a hunk from starting in the middle of a line.
    const parts = `\n${before}`.split(`\n${side("-")}`);
    if (parts.length !== 2) {
      throw new Error(
        `playing the sample's history: a hunk fits ${parts.length - 1} places, not one:\n${hunk}`,
      );
    }
    return parts.join(`\n${side("+")}`).slice(1);
  }, content);
}

/** Merges whole files. The history is written so that no file is changed on both sides, and none is ever removed. */
function mergeTrees(fork: Tree, ours: Tree, theirs: Tree): Tree {
  const merged = new Map(ours);
  for (const { path, content } of writtenBetween(fork, theirs)) {
    if (ours.get(path) !== fork.get(path)) {
      throw new Error(`playing the sample's history: ${path} was changed on both sides of a merge`);
    }
    merged.set(path, content);
  }
  return merged;
}

function writtenBetween(before: Tree, after: Tree): { path: string; content: string }[] {
  return [...after]
    .filter(([path, content]) => before.get(path) !== content)
    .map(([path, content]) => ({ path, content }));
}
