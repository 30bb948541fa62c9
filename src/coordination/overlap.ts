import type { ChangeRecord } from "../domain/change-record.ts";

/**
 * What a change can be found by (`kept`) and what it has to look for (`sought`). Two changes cannot conflict in git's eyes unless
 * one's kept keys meet the other's sought keys; the relation is the same from both sides.
 */
export interface TouchKeys {
  kept: string[];
  sought: string[];
}

/**
 * The keys of a change:
 * - `path:` every path it touches, the old names of moved files too;
 * - `in:` the folders in which files appear: git moves a new file along when the other side moves its folder away, and a file
 *   cannot be where the other side has a folder;
 * - `out:` the folders from which files vanish. A moved folder is one that is empty afterwards, and the last file may vanish by
 *   a deletion long after the others were moved. The root is never empty.
 */
export function touchKeys(record: Pick<ChangeRecord, "files">): TouchKeys {
  const paths = new Set<string>();
  const appeared = new Set<string>();
  const vanished = new Set<string>();
  for (const { path, from, status } of record.files) {
    paths.add(path);
    if (from !== undefined) paths.add(from);
    if (status === "added" || status === "renamed") appeared.add(path);
    if (status === "deleted") vanished.add(path);
    if (from !== undefined) vanished.add(from);
  }
  const into = foldersOf(appeared);
  const out = foldersOf(vanished);
  return {
    kept: [...named("path", paths), ...named("in", into), ...named("out", out)],
    sought: [
      ...named("path", new Set([...paths, ...into])),
      ...named("in", new Set([...paths, ...out])),
      ...named("out", into),
    ],
  };
}

/**
 * Whether merging one after the other could conflict; when not, no merge needs to be tried. Both are taken as they stand on the
 * same target: a change made before files moved there is also kept under their new names (`RecordTx.followRenames`).
 */
export function mayCollide(left: TouchKeys, right: TouchKeys): boolean {
  const sought = new Set(right.sought);
  return left.kept.some((key) => sought.has(key));
}

const named = (kind: string, names: Set<string>): string[] => [...names].map((name) => `${kind}:${name}`);

function foldersOf(paths: Set<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}
