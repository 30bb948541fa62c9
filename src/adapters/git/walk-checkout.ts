import type { Stats } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";

import type { RawPath } from "./path-text.ts";

/** What may stand in a commit. */
export interface FoundFile {
  path: RawPath;
  kind: "file" | "link";
  size: number;
  /** Where a link points. */
  to?: string;
}

export interface Walked {
  files: FoundFile[];
  reasons: { path: RawPath; reason: string }[];
}

/** Says which of the untracked paths of one level are ignored; a link is asked for as a folder. */
export type AskIgnored = (
  paths: { path: RawPath; isFolder: boolean; isTracked: boolean }[],
) => Promise<Set<RawPath>>;

const entriesMax = 1_000_000;
const gitLike = /^(\.git|git~\d)[. ]*$/i;

/** The bytes of a path in the folder. */
export const inFolder = (dir: string, path: RawPath): Buffer =>
  Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(path, "latin1")]);

/**
 * Looks at everything in the folder with lstat, level by level, and never follows or opens anything. The root's `.git` is
 * not looked at: whatever stands there is the maker's own. Ignored folders are not entered. `tracked` are paths of the commit
 * that the folder was made from; they are never ignored.
 */
export const walkCheckout = async (
  dir: string,
  tracked: Set<RawPath>,
  askIgnored: AskIgnored,
): Promise<Walked> => {
  const walked: Walked = { files: [], reasons: [] };
  let level: RawPath[] = [""];
  let seen = 0;
  while (level.length > 0) {
    const looked = (await Promise.all(level.map((folder) => entriesOf(dir, folder)))).flat();
    const found = looked.filter((entry) => "stats" in entry);
    walked.reasons.push(...looked.filter((entry) => "reason" in entry));
    seen += found.length;
    if (seen > entriesMax) {
      walked.reasons.push({ path: level[0] ?? "", reason: `more than ${entriesMax} files and folders` });
      return walked;
    }
    const questions = found
      .filter(({ path }) => !gitLike.test(lastName(path)))
      .map(({ path, stats }) => ({ path, isFolder: !stats.isFile(), isTracked: tracked.has(path) }));
    const ignored = await askIgnored(questions);
    const next: RawPath[] = [];
    for (const entry of found) {
      if (ignored.has(entry.path)) continue;
      const reason = await sort(dir, entry, { files: walked.files, folders: next });
      if (reason !== null) walked.reasons.push({ path: entry.path, reason });
    }
    level = next;
  }
  return walked;
};

const lastName = (path: RawPath): string => path.slice(path.lastIndexOf("/") + 1);

interface Entry {
  path: RawPath;
  stats: Stats;
}

export type Looked = Entry | { path: RawPath; reason: string };

const entriesOf = async (dir: string, folder: RawPath): Promise<Looked[]> => {
  try {
    const names = await readdir(inFolder(dir, folder), { encoding: "latin1" });
    const paths = names
      .filter((name) => folder !== "" || name !== ".git")
      .sort()
      .map((name) => (folder === "" ? name : `${folder}/${name}`));
    return (await Promise.all(paths.map((path) => look(dir, path)))).flat();
  } catch (error) {
    return unreadable(folder, error);
  }
};

/** What stands there; nothing when it is gone. */
export const look = async (dir: string, path: RawPath): Promise<Looked[]> => {
  try {
    return [{ path, stats: await lstat(inFolder(dir, path)) }];
  } catch (error) {
    return unreadable(path, error);
  }
};

/** What is gone by now, because something of the maker's still runs, is no part of the change; what cannot be read is a reason. */
const unreadable = (path: RawPath, error: unknown): Looked[] => {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  return code === "ENOENT" ? [] : [{ path, reason: `cannot be read (${code})` }];
};

/** Puts an entry where it belongs, or answers why it may not be imported. */
const sort = async (
  dir: string,
  { path, stats }: Entry,
  into: { files: FoundFile[]; folders: RawPath[] },
): Promise<string | null> => {
  if (gitLike.test(lastName(path))) return "is a repository inside the repository; remove it";
  if (stats.isDirectory()) {
    into.folders.push(path);
    return null;
  }
  if (stats.isSymbolicLink()) {
    const to = await readlink(inFolder(dir, path), { encoding: "latin1" });
    into.files.push({ path, kind: "link", size: stats.size, to });
    return null;
  }
  if (!stats.isFile()) return "is neither a file, a folder nor a link; remove it";
  into.files.push({ path, kind: "file", size: stats.size });
  return null;
};

/**
 * Why a link may not be imported; null when it stays inside the tree however it is followed. `..` is allowed only in front: behind
 * a name that may itself be a link, it leads to wherever that link's target lies.
 */
export const linkProblem = (path: RawPath, to: string): string | null => {
  if (to === "" || to.startsWith("/")) return "is a link to an absolute path";
  const steps = to.split("/").filter((step) => step !== "" && step !== ".");
  const ups = steps.findIndex((step) => step !== "..");
  const leading = ups === -1 ? steps.length : ups;
  if (steps.slice(leading).includes("..")) return "is a link that goes back up behind a name";
  if (leading > path.split("/").length - 1) return "is a link that leaves the repository";
  return steps.some((step) => gitLike.test(step)) ? "is a link into a repository's own data" : null;
};
