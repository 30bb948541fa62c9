import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, lstat, mkdir, open, utimes } from "node:fs/promises";
import { join } from "node:path";

import type { Sha } from "../../domain/ids.ts";
import type { Checkout, Imported, NewCommit } from "../../ports/code.ts";
import { indexBeside, ownCheckout } from "./checkout.ts";
import { commitTree } from "./commit-tree.ts";
import { type TreeEntry, treeEntries } from "./content.ts";
import { treeOf } from "./facts.ts";
import { mirrorOf } from "./fetch.ts";
import { ignoredBy } from "./ignored.ts";
import { askGit, clean, exists, type Mirror, type Place, tryGit, wordsOf } from "./mirror.ts";
import { withFolder } from "./own-folders.ts";
import { fieldsOf, pathText, type RawPath } from "./path-text.ts";
import { type RawChange, readRawRecords } from "./raw-diff.ts";
import {
  type FoundFile,
  inFolder,
  type Looked,
  linkProblem,
  look,
  type Walked,
  walkCheckout,
} from "./walk-checkout.ts";

const newFilesMax = 5_000;
const fileBytesMax = 50 * 1024 * 1024;
const newBytesMax = 200 * 1024 * 1024;
const reasonsMax = 20;

interface Import {
  mirror: Mirror;
  dir: string;
  at: Sha;
  base: Map<RawPath, TreeEntry>;
}

/**
 * Commits what is in a maker's checkout on top of `checkout.at`. The folder is walked with lstat first; then trusted git with its
 * own index hashes exactly the files that the walk found: it never looks for files itself, so it meets no repository, hook or
 * setting of the maker's. What the maker did in its own `.git` is not read.
 */
export const importCheckout = async (
  place: Place,
  checkout: Checkout,
  commit: NewCommit,
): Promise<Imported> => {
  const dir = ownCheckout(place, checkout);
  const mirror = await mirrorOf(place, checkout.repository);
  const root = await lstat(dir).catch(() => null);
  if (root === null || !root.isDirectory())
    return { kind: "refused", reasons: ["the checkout is gone, cannot be read, or is no folder any more"] };
  const entries = await treeEntries(mirror, checkout.at);
  const base = new Map(entries.map((entry) => [entry.path, entry] as const));
  return withFolder(place.scratch, (folder) =>
    importInto(folder, { mirror, dir, at: checkout.at, base }, commit),
  );
};

const importInto = async (folder: string, task: Import, commit: NewCommit): Promise<Imported> => {
  const scratch = join(folder, "rules");
  await mkdir(scratch);
  const tracked = new Set(task.base.keys());
  const ask = ignoredBy(task.mirror, { scratch, dir: task.dir }, [...task.base.values()]);
  const walked = await walkCheckout(task.dir, tracked, ask);
  const behind = await behindIgnored(task, walked.files);
  const files = [...walked.files, ...behind.files];
  const reasons = [
    ...[...walked.reasons, ...behind.reasons].map(({ path, reason }) => say(path, reason)),
    ...(await fileProblems(task, files)),
  ];
  if (reasons.length > 0) return refused(reasons);

  const env = { GIT_INDEX_FILE: await ownIndex(task, join(folder, "index")) };
  const failure = await addFiles(task, files, env);
  if (failure !== null) return refused([failure]);
  await undoConversions(task, env);
  const tree = await writeTree(task, env);
  const problems = treeProblems(await changesTo(task, tree));
  if (problems.length > 0) return refused(problems);
  if (tree === (await treeOf(task.mirror, task.at))) return { kind: "unchanged" };
  return { kind: "changed", head: await commitTree(task.mirror, { tree, parents: [task.at] }, commit) };
};

const say = (path: RawPath, reason: string): string => `${clean(pathText(path))}: ${reason}`;

const refused = (reasons: string[]): Imported => {
  const more = reasons.length - reasonsMax;
  return {
    kind: "refused",
    reasons: more > 0 ? [...reasons.slice(0, reasonsMax), `and ${more} more`] : reasons,
  };
};

/** Tracked files below a folder that is ignored: the walk does not go there, git would still see them. */
const behindIgnored = async (task: Import, found: FoundFile[]): Promise<Walked> => {
  const known = new Set(found.map((file) => file.path));
  const missing = [...task.base.values()].filter(({ path, mode }) => mode !== "160000" && !known.has(path));
  const looked = (await Promise.all(missing.map(({ path }) => trackedFile(task.dir, path)))).flat();
  return {
    files: looked.flatMap((one) =>
      "stats" in one && one.stats.isFile() ? [{ path: one.path, kind: "file", size: one.stats.size }] : [],
    ),
    reasons: looked.filter((one) => "reason" in one),
  };
};

/** What stands at a tracked path, if no folder on the way is a link; or the folder that cannot be read. */
const trackedFile = async (dir: string, path: RawPath): Promise<Looked[]> => {
  const steps = path.split("/");
  for (let depth = 1; depth < steps.length; depth += 1) {
    const [folder] = await look(dir, steps.slice(0, depth).join("/"));
    if (folder === undefined || "reason" in folder) return folder === undefined ? [] : [folder];
    if (!folder.stats.isDirectory()) return [];
  }
  return look(dir, path);
};

const fileProblems = async (task: Import, files: FoundFile[]): Promise<string[]> => {
  const { base } = task;
  const problems: string[] = [];
  for (const file of files) {
    const problem =
      file.kind === "link" ? linkProblem(file.path, file.to ?? "") : await sizeProblem(task, file);
    if (problem !== null && !(file.kind === "link" && (await isOldLink(task, file))))
      problems.push(say(file.path, problem));
  }
  const fresh = files.filter((file) => !base.has(file.path));
  const bytes = fresh.reduce((sum, file) => sum + file.size, 0);
  if (fresh.length > newFilesMax)
    problems.push(`${fresh.length} new files; at most ${newFilesMax} may be added, ignore what is generated`);
  if (bytes > newBytesMax)
    problems.push(
      `new files of ${bytes} bytes; at most ${newBytesMax} may be added, ignore what is generated`,
    );
  return problems;
};

/** A large file that was there before with the same size is the repository's own matter. */
const sizeProblem = async (task: Import, file: FoundFile): Promise<string | null> => {
  if (file.size <= fileBytesMax) return null;
  const before = task.base.get(file.path);
  if (before !== undefined) {
    const size = await askGit(task.mirror, "reading a size", ["cat-file", "-s", before.sha]);
    if (Number(size.toString("latin1")) === file.size) return null;
  }
  return `has ${file.size} bytes; a file may have ${fileBytesMax}`;
};

/** A link that the repository had before may stay as it is. */
const isOldLink = async (task: Import, file: FoundFile): Promise<boolean> => {
  const before = task.base.get(file.path);
  if (before?.mode !== "120000") return false;
  const to = await askGit(task.mirror, "reading a link", ["cat-file", "blob", before.sha]);
  return to.toString("latin1") === file.to;
};

/** A copy of the index that `checkout` kept, with its time: git distrusts files as new as their index. */
const ownIndex = async (task: Import, index: string): Promise<string> => {
  const kept = indexBeside(task.dir);
  if (await exists(kept)) {
    const { atime, mtime } = await lstat(kept);
    await copyFile(kept, index);
    await utimes(index, atime, mtime);
  } else {
    await askGit(task.mirror, `reading ${task.at}`, ["read-tree", task.at], {
      env: { GIT_INDEX_FILE: index },
    });
  }
  return index;
};

/**
 * Removes first: a path may have changed from a file to a folder or back. Answers why a file could not be added: it cannot be read,
 * has a name that git forbids, or something still changes it.
 */
const addFiles = async (
  task: Import,
  files: FoundFile[],
  env: { [name: string]: string },
): Promise<string | null> => {
  const found = new Set(files.map((file) => file.path));
  const gone = [...task.base.values()].filter(({ path, mode }) => mode !== "160000" && !found.has(path));
  const list = (paths: RawPath[]): Buffer => Buffer.from(paths.map((path) => `${path}\0`).join(""), "latin1");
  const call = { env, workTree: task.dir };
  if (gone.length > 0)
    await askGit(task.mirror, "importing", ["update-index", "--force-remove", "-z", "--stdin"], {
      ...call,
      input: list(gone.map(({ path }) => path)),
    });
  const input = list([...found]);
  const ended = await tryGit(task.mirror, ["update-index", "--add", "--replace", "-z", "--stdin"], {
    ...call,
    input,
  });
  if (ended.exit !== 0) return wordsOf(ended);
  // Git exits 0 here, and would leave the file out without a word in the commit.
  const forbidden = /^Ignoring path (.*)$/m.exec(ended.stderr)?.[1];
  return forbidden === undefined ? null : `${clean(forbidden)}: git forbids this name; rename or remove it`;
};

const writeTree = async (task: Import, env: { [name: string]: string }): Promise<Sha> =>
  (await askGit(task.mirror, "importing", ["write-tree"], { env })).toString("latin1").trim();

const changesTo = async (task: Import, tree: Sha): Promise<RawChange[]> => {
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", task.at, tree, "--"];
  return readRawRecords(fieldsOf(await askGit(task.mirror, "checking an import", args))).changes;
};

/**
 * Attributes such as `text` make git convert a file that nobody touched, when it was committed without them. A file with the very
 * bytes of its base is unchanged.
 */
const undoConversions = async (task: Import, env: { [name: string]: string }): Promise<void> => {
  const changes = await changesTo(task, await writeTree(task, env));
  const kept: string[] = [];
  for (const { path, before, afterMode, status } of changes) {
    if (status !== "M" || !afterMode.startsWith("100")) continue;
    if ((await rawBlobId(task.dir, path)) === before) kept.push(`${afterMode} ${before}\t${path}\0`);
  }
  if (kept.length === 0) return;
  const input = Buffer.from(kept.join(""), "latin1");
  await askGit(task.mirror, "importing", ["update-index", "-z", "--index-info"], { env, input });
};

/** The name that git gives these bytes when it does not convert them. */
const rawBlobId = async (dir: string, path: RawPath): Promise<Sha> => {
  const file = await open(
    inFolder(dir, path),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  try {
    const bytes = await file.readFile();
    return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  } finally {
    await file.close();
  }
};

/** What only the result shows: a repository in place of files, or submodules that point elsewhere. */
const treeProblems = (changes: RawChange[]): string[] =>
  changes.flatMap((change) => {
    if (change.afterMode === "160000" || change.beforeMode === "160000")
      return [say(change.path, "changes a submodule; a loop may not")];
    return /^\.gitmodules[. ]*$/i.test(change.path)
      ? [say(change.path, "changes the submodules; a loop may not")]
      : [];
  });
