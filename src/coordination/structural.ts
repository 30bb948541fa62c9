import type { Change, ChangedFile } from "../domain/change.ts";

const sameFile = /^(contents?\b|binary\b|submodule\b|cannot be merged)/;

/**
 * C3, structural conflict: git cannot merge, and at least one of its reasons is about where a file is or whether there is one:
 * modify/delete, rename/delete, rename/rename, add/add, a file where the other side has a folder, a folder that moved away.
 */
export const isStructural = (types: string[]): boolean => types.some((type) => !sameFile.test(type));

/** What each side does to the paths, a sentence a path. */
export function structuralEvidence(change: Change, other: Change, paths: string[]): string[] {
  return paths.slice(0, pathsShown).flatMap((path) => {
    const here = doing(change, path);
    const there = doing(other, path);
    return here === null && there === null
      ? []
      : `${path}: ${here ?? "not touched"} by ${nameOf(change)}, ${there ?? "not touched"} by ${nameOf(other)}.`;
  });
}

const pathsShown = 5;

const nameOf = (change: Change): string => `${change.loop} (${change.runId})`;

function doing(change: Change, path: string): string | null {
  const file = change.files.find((one) => one.path === path || one.from === path);
  if (file === undefined) return null;
  if (file.from === undefined) return words[file.status];
  return file.from === path ? `moved to ${file.path}` : `moved from ${file.from}`;
}

const words: { [status in ChangedFile["status"]]: string } = {
  added: "added",
  modified: "changed",
  deleted: "deleted",
  renamed: "moved",
  "type-changed": "made another type of file",
};
