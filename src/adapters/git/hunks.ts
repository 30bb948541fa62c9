import { createHash } from "node:crypto";

import type { RepositoryName, Sha } from "../../domain/ids.ts";
import { mirrorOf } from "./fetch.ts";
import { askGit, type Mirror, type Place } from "./mirror.ts";
import { emptyTree, fullName } from "./names.ts";
import { fieldsOf, pathText } from "./path-text.ts";
import { type RawChange, readRawRecords } from "./raw-diff.ts";

/** Lines of the file before and after that a hunk replaces: `start` is 1-based; 0 lines stand behind line `start`. */
export interface HunkLines {
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
}

/** `lines` is absent when the hunk is the whole file: added, deleted, binary, or another mode. */
export interface Hunk {
  id: string;
  change: RawChange;
  lines?: HunkLines;
  added: number;
  removed: number;
}

/** Hunks with at most this many equal lines between them are one: a change of a block is rarely several. */
const joinedLines = 2;

/** The hunks of a commit against its first parent, in order; ids are stable for `revert`. */
export const hunks = async (
  place: Place,
  name: RepositoryName,
  commit: Sha,
): Promise<{ id: string; path: string; added: number; removed: number }[]> => {
  const mirror = await mirrorOf(place, name);
  const found = await commitHunks(mirror, commit, await firstParent(mirror, commit));
  return found.map(({ id, change, added, removed }) => ({
    id,
    path: pathText(change.path),
    added,
    removed,
  }));
};

/** A commit's parents as it names them itself: a shallow mirror does not have them all, and must not pass one off as a root. */
export const parentsOf = async (mirror: Mirror, commit: Sha): Promise<Sha[]> => {
  const output = await askGit(mirror, `reading commit ${commit}`, ["cat-file", "commit", fullName(commit)]);
  const header = output.toString("latin1").split("\n\n", 1)[0] ?? "";
  return [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((match) => match[1] ?? "");
};

/** A commit's first parent, or the empty tree for a root. */
export const firstParent = async (mirror: Mirror, commit: Sha): Promise<Sha> =>
  (await parentsOf(mirror, commit))[0] ?? emptyTree;

export const commitHunks = async (mirror: Mirror, commit: Sha, parent: Sha): Promise<Hunk[]> => {
  const range = ["--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", parent, commit, "--"];
  const raw = askGit(mirror, `comparing ${commit}`, [
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--no-abbrev",
    ...range,
  ]);
  const patch = askGit(mirror, `comparing ${commit}`, [
    ...["diff-tree", "-r", "-p", "--unified=0", `--inter-hunk-context=${joinedLines}`],
    ...["--diff-algorithm=myers", ...range],
  ]);
  const { changes } = readRawRecords(fieldsOf(await raw));
  const sections = readSections((await patch).toString("latin1"));
  let at = 0;
  return changes.flatMap((change) => {
    // The sections of a patch come in the order of the records; another type of file is a deletion and an addition.
    const taken = sections.slice(at, at + (change.status === "T" ? 2 : 1));
    at += taken.length;
    return hunksOf(change, taken.flat());
  });
};

const hunksOf = (change: RawChange, parts: Omit<Hunk, "id" | "change">[]): Hunk[] => {
  const isText = change.status === "M" && change.beforeMode === change.afterMode && parts.length > 0;
  const wholes = isText ? parts : [whole(parts)];
  return wholes.map((part, index) => ({ ...part, change, id: hunkId(change, index) }));
};

const hunkId = (change: RawChange, index: number): string =>
  createHash("sha256").update(`${change.path}\0${index}`, "latin1").digest("hex").slice(0, 16);

const whole = (parts: Omit<Hunk, "id" | "change">[]): Omit<Hunk, "id" | "change"> => ({
  added: parts.reduce((sum, part) => sum + part.added, 0),
  removed: parts.reduce((sum, part) => sum + part.removed, 0),
});

const hunkHead = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** The hunks of each file's section. Lines are taken by the counts of their hunk, so none of them can pass for a header. */
const readSections = (patch: string): Omit<Hunk, "id" | "change">[][] => {
  const sections: Omit<Hunk, "id" | "change">[][] = [];
  const lines = patch.split("\n");
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    at += 1;
    if (line.startsWith("diff --git ")) sections.push([]);
    const head = hunkHead.exec(line);
    if (head === null) continue;
    const body = readBody(lines, at, {
      oldStart: Number(head[1]),
      oldCount: Number(head[2] ?? 1),
      newStart: Number(head[3]),
      newCount: Number(head[4] ?? 1),
    });
    sections.at(-1)?.push(body.part);
    at = body.next;
  }
  return sections;
};

const readBody = (
  lines: string[],
  from: number,
  range: HunkLines,
): { part: Omit<Hunk, "id" | "change">; next: number } => {
  let [old, fresh, at, added, removed] = [range.oldCount, range.newCount, from, 0, 0];
  while ((old > 0 || fresh > 0) && at < lines.length) {
    const sign = (lines[at] ?? "")[0];
    at += 1;
    if (sign === "\\") continue;
    if (sign !== "+") old -= 1;
    if (sign !== "-") fresh -= 1;
    if (sign === "+") added += 1;
    if (sign === "-") removed += 1;
  }
  return { part: { lines: range, added, removed }, next: at };
};
