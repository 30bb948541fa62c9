import type { Sha } from "../../domain/ids.ts";
import type { RawPath } from "./path-text.ts";

/** One result of `merge-tree --write-tree --messages --stdin -z`. */
export interface MergeResult {
  isClean: boolean;
  tree: Sha;
  /** Conflicted paths, without repetition. */
  paths: RawPath[];
  /** git's conflict types, `contents`, `modify/delete`, …, without repetition. */
  types: string[];
}

interface Cursor {
  fields: string[];
  at: number;
}

/**
 * Reads the results in order. Each is `verdict NUL tree NUL (stage-line NUL)* NUL (count NUL path… type NUL text NUL)* NUL`; after a
 * submodule conflict git puts free advice in front of the last NUL, so a result ends at the first field that should be a
 * count and is none. Types are written irregularly: `CONFLICT (contents)`, but `CONFLICT(directory rename unclear split)`.
 */
export const readMergeResults = (output: Buffer): MergeResult[] => {
  const cursor: Cursor = { fields: output.toString("latin1").split("\0"), at: 0 };
  const results: MergeResult[] = [];
  while (/^[01]$/.test(cursor.fields[cursor.at] ?? "")) {
    const isClean = take(cursor) === "1";
    const tree = take(cursor);
    const staged = readStages(cursor);
    const messages = readMessages(cursor);
    const paths = staged.length > 0 || isClean ? staged : messages.flatMap((message) => message.paths);
    const types = messages.map((message) => message.type);
    results.push({ isClean, tree, paths: [...new Set(paths)], types: [...new Set(types)] });
  }
  return results;
};

const take = (cursor: Cursor): string => {
  const field = cursor.fields[cursor.at] ?? "";
  cursor.at += 1;
  return field;
};

const readStages = (cursor: Cursor): RawPath[] => {
  const paths: RawPath[] = [];
  for (;;) {
    const match = /^\d{6} [0-9a-f]{40} [123]\t(.*)$/s.exec(take(cursor));
    if (match === null) return paths;
    paths.push(match[1] ?? "");
  }
};

const readMessages = (cursor: Cursor): { paths: RawPath[]; type: string }[] => {
  const conflicts: { paths: RawPath[]; type: string }[] = [];
  for (;;) {
    const count = take(cursor);
    if (!/^\d+$/.test(count)) return conflicts;
    const paths = Array.from({ length: Number(count) }, () => take(cursor));
    const type = /^CONFLICT ?\((.*)\)$/.exec(take(cursor))?.[1];
    take(cursor);
    if (type !== undefined) conflicts.push({ paths, type });
  }
};
