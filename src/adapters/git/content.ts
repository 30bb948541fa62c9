import type { RepositoryName, Sha } from "../../domain/ids.ts";
import { mirrorOf } from "./fetch.ts";
import { askGit, type Mirror, type Place, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { fieldsOf, pathText, type RawPath, rawPaths } from "./path-text.ts";

/** One line of `ls-tree`. */
export interface TreeEntry {
  mode: string;
  sha: Sha;
  path: RawPath;
}

const revisionLike = /^[^\s\p{Cc}:?*[\\-][^\s\p{Cc}:?*[\\]{0,249}$/u;

/** The commit that a person's revision names; null when none or several are meant. */
export const resolveRevision = (place: Place, name: RepositoryName, revision: string): Promise<Sha | null> =>
  peel(place, name, { revision, to: "commit" });

export const treeOf = (place: Place, name: RepositoryName, commit: Sha): Promise<Sha | null> =>
  peel(place, name, { revision: commit, to: "tree" });

const peel = async (
  place: Place,
  name: RepositoryName,
  { revision, to }: { revision: string; to: "commit" | "tree" },
): Promise<Sha | null> => {
  if (!revisionLike.test(revision)) return null;
  const mirror = await mirrorOf(place, name);
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{${to}}`];
  const ended = await tryGit(mirror, args);
  if (ended.exit === 0) return ended.stdout.toString("latin1").trim();
  if (
    ended.exit === 1 ||
    /ambiguous|needed a single revision|unknown revision|bad revision/i.test(ended.stderr)
  )
    return null;
  throw new Error(`resolving ${JSON.stringify(revision)} in ${name}: ${wordsOf(ended)}`);
};

export const contains = async (
  place: Place,
  name: RepositoryName,
  ancestor: Sha,
  descendant: Sha,
): Promise<boolean> => isAncestor(await mirrorOf(place, name), ancestor, descendant);

export const isAncestor = async (mirror: Mirror, ancestor: Sha, descendant: Sha): Promise<boolean> => {
  const args = ["merge-base", "--is-ancestor", fullName(ancestor), fullName(descendant)];
  const ended = await tryGit(mirror, args);
  if (ended.exit === 0 || ended.exit === 1) return ended.exit === 0;
  throw new Error(`looking for ${ancestor} in ${descendant} of ${mirror.name}: ${wordsOf(ended)}`);
};

/** All files of a commit or tree, or those at or under `paths`; submodules too, with mode 160000. */
export const treeEntries = async (mirror: Mirror, at: Sha, paths: RawPath[] = []): Promise<TreeEntry[]> => {
  const args = ["ls-tree", "-r", "-z", "--full-tree", fullName(at), "--", ...paths.map(argument)];
  return fieldsOf(await askGit(mirror, `listing ${at}`, args)).flatMap((field) => {
    const match = /^(\d{6}) [a-z]+ ([0-9a-f]{40})\t(.*)$/s.exec(field);
    return match === null ? [] : [{ mode: match[1] ?? "", sha: match[2] ?? "", path: match[3] ?? "" }];
  });
};

/** Node passes arguments as UTF-8: other bytes cannot be named on a command line. */
const argument = (raw: RawPath): string => Buffer.from(raw, "latin1").toString("utf8");

/** Paths under `prefix` at a commit, without submodules. */
export const list = async (
  place: Place,
  name: RepositoryName,
  at: Sha,
  prefix: string,
): Promise<string[]> => {
  const mirror = await mirrorOf(place, name);
  const clean = prefix.replace(/\/+$/, "");
  if (clean.split("/").includes("..") || clean.startsWith("/")) return [];
  const raw = rawPaths(clean)[0] ?? "";
  const entries = await treeEntries(mirror, at, raw === "" ? [] : [raw]);
  return entries.filter((entry) => entry.mode !== "160000").map((entry) => pathText(entry.path));
};

/** A file's text at a commit; null when absent, no regular file, binary, or over `bytesMax`. */
export const read = async (
  place: Place,
  name: RepositoryName,
  file: { at: Sha; path: string },
  bytesMax: number,
): Promise<string | null> => {
  const mirror = await mirrorOf(place, name);
  const entry = await entryAt(mirror, file.at, file.path);
  if (entry === undefined || !entry.mode.startsWith("100")) return null;
  const size = await askGit(mirror, `reading ${file.path}`, ["cat-file", "-s", entry.sha]);
  if (Number(size.toString("latin1")) > bytesMax) return null;
  const bytes = await askGit(mirror, `reading ${file.path}`, ["cat-file", "blob", entry.sha]);
  return bytes.includes(0) ? null : bytes.toString("utf8");
};

const entryAt = async (mirror: Mirror, at: Sha, path: string): Promise<TreeEntry | undefined> => {
  if (path === "" || path.startsWith("/") || path.split("/").includes("..")) return undefined;
  const [literal = "", bytes] = rawPaths(path);
  const found = (await treeEntries(mirror, at, [literal])).find((entry) => entry.path === literal);
  if (found !== undefined || bytes === undefined) return found;
  return (await treeEntries(mirror, at)).find((entry) => entry.path === bytes);
};
