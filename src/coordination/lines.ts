import type { ChangeRecord, LineHash } from "../domain/change-record.ts";

/** Sorted, so that two can be compared in one walk; equal lines stand side by side, as often as they occur. */
export type Lines = Float64Array;

/** A change's lines at one path. */
export interface PathLines {
  added: Lines;
  removed: Lines;
}

const none: Lines = new Float64Array(0);

/** A change's lines by path. What a renamed file lost belongs to its old path. */
export function linesByPath(record: ChangeRecord): Map<string, PathLines> {
  const lines = new Map<string, PathLines>();
  const put = (path: string, side: keyof PathLines, hashes: LineHash[]) => {
    if (hashes.length === 0) return;
    const at = lines.get(path) ?? { added: none, removed: none };
    const all = at[side].length === 0 ? hashes : [...at[side], ...hashes];
    lines.set(path, { ...at, [side]: Float64Array.from(all).sort() });
  };
  for (const file of record.files) {
    put(file.path, "added", file.added);
    put(file.from ?? file.path, "removed", file.removed);
  }
  return lines;
}

/** How many lines two sorted lists have in common, each as often as it is in both. */
export function commonLines(left: Lines, right: Lines): number {
  let [l, r, common] = [0, 0, 0];
  while (l < left.length && r < right.length) {
    const difference = (left[l] as number) - (right[r] as number);
    if (difference === 0) common += 1;
    if (difference <= 0) l += 1;
    if (difference >= 0) r += 1;
  }
  return common;
}
