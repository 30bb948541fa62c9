import { mayCollide, type TouchKeys, touchKeys } from "../coordination/overlap.ts";
import type { ChangeRecord, FileRecord } from "../domain/change-record.ts";
import type { Sha } from "../domain/ids.ts";
import type { LineRange } from "../ports/history.ts";
import type { Aliases } from "./mainline.ts";

/** What of a change's record decides whether it can meet another. */
export interface Touched {
  keys: TouchKeys;
  files: Map<string, Pick<FileRecord, "status" | "before" | "after" | "content">>;
  appears: boolean;
  /** Nothing could be compared. */
  isUnknown: boolean;
}

/** A file of both, as it was before them and is after each. */
interface SharedFile {
  before: Sha;
  mine: Sha;
  theirs: Sha;
}

/** Cannot meet; meets only if its lines do; or has to be merged. */
export type Judged =
  | { kind: "apart" }
  | { kind: "lines"; files: SharedFile[] }
  | { kind: "merge"; because: "lines" | "files" | "moved" | "unknown" };

export function touchedBy(record: ChangeRecord): Touched {
  const files: Touched["files"] = new Map();
  for (const { path, from, status, before, after, content } of record.files) {
    const file = { status, before, after, content };
    files.set(path, file);
    if (from !== undefined) files.set(from, file);
  }
  return {
    keys: touchKeys(record),
    files,
    appears: record.files.some(({ status }) => status === "added" || status === "renamed"),
    isUnknown: record.files.length === 0 && record.weaker.length > 0,
  };
}

/**
 * Whether a landing can break a tip that merged just before it. When both only change the lines of the same text files, git compares
 * each file by itself, so lines that stay apart cannot conflict. A tip whose files have moved on the target meets them there; and when
 * one of its files is gone, which file git takes for it may change with any file that appears.
 */
export function judgePair(tip: Touched, landing: Touched, aliases: Aliases): Judged {
  if (tip.isUnknown || landing.isUnknown) return { kind: "merge", because: "unknown" };
  if (meetsMoved(landing, aliases)) return { kind: "merge", because: "moved" };
  if (!mayCollide(tip.keys, landing.keys)) return { kind: "apart" };
  const files = sharedFiles(tip, landing);
  // Without shared files it is folders that meet.
  return files === null || files.length === 0 || meetsFolders(tip, landing)
    ? { kind: "merge", because: "files" }
    : { kind: "lines", files };
}

const meetsMoved = (landing: Touched, { paths, gone, isLost }: Aliases): boolean =>
  [...paths].some((path) => landing.files.has(path)) || (gone.size > 0 && (landing.appears || isLost));

/** Null when one of them is more than a change of a text's lines. */
function sharedFiles(tip: Touched, landing: Touched): SharedFile[] | null {
  const files: SharedFile[] = [];
  for (const [path, mine] of tip.files) {
    const theirs = landing.files.get(path);
    if (theirs === undefined) continue;
    if (!isText(mine) || !isText(theirs)) return null;
    if (mine.before === null || mine.after === null || theirs.after === null) return null;
    files.push({ before: mine.before, mine: mine.after, theirs: theirs.after });
  }
  return files;
}

const isText = (file: { status: string; content: string }): boolean =>
  file.status === "modified" && file.content === "text";

function meetsFolders(tip: Touched, landing: Touched): boolean {
  const others = (keys: TouchKeys): TouchKeys => ({
    kept: keys.kept.filter(
      (key) => !landing.files.has(key.slice("path:".length)) || !key.startsWith("path:"),
    ),
    sought: keys.sought,
  });
  return mayCollide(others(tip.keys), landing.keys);
}

/** Decides by lines; where they cannot be told, git has to merge. */
export function judgeLines(
  judged: Judged,
  rangesOf: (before: Sha, after: Sha) => LineRange[] | null,
): Judged {
  if (judged.kind !== "lines") return judged;
  for (const { before, mine, theirs } of judged.files) {
    const left = rangesOf(before, mine);
    const right = rangesOf(before, theirs);
    if (left === null || right === null) return { kind: "merge", because: "unknown" };
    if (doTouch(left, right)) return { kind: "merge", because: "lines" };
  }
  return { kind: "apart" };
}

/** Both in the order of the file. */
function doTouch(left: LineRange[], right: LineRange[]): boolean {
  for (let [at, other] = [0, 0]; at < left.length && other < right.length; ) {
    const mine = left[at];
    const theirs = right[other];
    if (mine === undefined || theirs === undefined) return false;
    if (mine.last < theirs.first) at += 1;
    else if (theirs.last < mine.first) other += 1;
    else return true;
  }
  return false;
}
