import type { Author } from "./people.ts";

/** One file's change in one commit. A patch is a unified diff without line numbers; `@@` parts its hunks. */
export type Edit =
  | { kind: "add"; path: string; content: string }
  | { kind: "patch"; path: string; patch: string };

type Signed = {
  by: Author;
  daysAgo: number;
  /** Hours and minutes in UTC. */
  time: string;
  subject: string;
  body?: string;
  trailers?: Readonly<Record<string, string>>;
};

/**
 * A commit on main, or on the named branch, which starts at main's head when it is first named.
 * `{12 days ago}` in a text stands for that day's date.
 */
export type Commit = Signed & { kind: "commit"; branch?: string; edits: readonly Edit[] };

/** A merge of the named branch into main, never fast-forward. */
export type Merge = Signed & { kind: "merge"; branch: string };

export type Entry = Commit | Merge;

export const commit = (fields: Omit<Commit, "kind">): Commit => ({ kind: "commit", ...fields });
export const merge = (fields: Omit<Merge, "kind">): Merge => ({ kind: "merge", ...fields });
export const add = (path: string, content: string): Edit => ({ kind: "add", path, content });
export const patch = (path: string, lines: string): Edit => ({ kind: "patch", path, patch: lines });

/** A block of text as it stands in a file: without the surrounding indentation, backslashes taken literally. */
export function text(strings: TemplateStringsArray, ...values: string[]): string {
  const lines = String.raw(strings, ...values)
    .split("\n")
    .slice(1, -1);
  const depths = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const depth = Math.min(...depths);
  return lines.map((line) => `${line.slice(depth)}\n`).join("");
}
