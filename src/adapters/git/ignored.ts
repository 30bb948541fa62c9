import { lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import type { TreeEntry } from "./content.ts";
import { askGit, type Mirror, tryGit, wordsOf } from "./mirror.ts";
import { fieldsOf, type RawPath } from "./path-text.ts";
import { type AskIgnored, inFolder } from "./walk-checkout.ts";

const ignoreFileBytesMax = 1024 * 1024;

/**
 * Answers what the repository ignores: by its `.gitignore` files at base, and by what the maker added to them. A maker's line that
 * lets something back in does not count, so that no change can bring in what its repository keeps out.
 * `scratch` gets folders and `.gitignore` files only; git looks there and never into the maker's folder.
 */
export const ignoredBy = (
  mirror: Mirror,
  folders: { scratch: string; dir: string },
  base: TreeEntry[],
): AskIgnored => {
  const { scratch, dir } = folders;
  const rules = new Map(
    base
      .filter((entry) => isIgnoreFile(entry.path) && entry.mode.startsWith("100"))
      .map((entry) => [entry.path, entry.sha] as const),
  );
  let isPrepared = false;
  return async (found) => {
    if (!isPrepared) await prepare();
    isPrepared = true;
    const makers = found.filter(({ path }) => isIgnoreFile(path));
    for (const { path } of makers) await addMakersRules(path);
    const questions = found.filter(({ isTracked }) => !isTracked);
    const folders = questions.filter(({ path, isFolder }) => isFolder && !isIgnoreFile(path));
    for (const { path } of folders) await mkdir(inFolder(scratch, path), { recursive: true });
    return askGitFor(questions.map(({ path }) => path));
  };

  async function prepare(): Promise<void> {
    for (const path of rules.keys()) await writeRules(path, "");
  }

  async function askGitFor(paths: RawPath[]): Promise<Set<RawPath>> {
    if (paths.length === 0) return new Set();
    // This command takes patterns only; with `./` in front, no name can begin one, and nothing in a name is special to it.
    const input = Buffer.from(paths.map((path) => `./${path}\0`).join(""), "latin1");
    const env = { GIT_LITERAL_PATHSPECS: "0" };
    const args = ["check-ignore", "--no-index", "-z", "--stdin"];
    const ended = await tryGit(mirror, args, { workTree: scratch, input, env });
    if (ended.exit > 1) throw new Error(`asking what ${mirror.name} ignores: ${wordsOf(ended)}`);
    return new Set(fieldsOf(ended.stdout).map((path) => path.slice(2)));
  }

  async function writeRules(path: RawPath, makers: string): Promise<void> {
    const sha = rules.get(path);
    const known = sha === undefined ? "" : await blob(sha);
    await mkdir(inFolder(scratch, dirname(path)), { recursive: true });
    // The last match decides: the repository's own lines come last.
    await writeFile(inFolder(scratch, path), Buffer.from(`${makers}\n${known}`, "latin1"));
  }

  /** Only called for paths that the walk met, so that no folder on the way is a link. */
  async function addMakersRules(path: RawPath): Promise<void> {
    const file = inFolder(dir, path);
    const stats = await lstat(file);
    if (!stats.isFile() || stats.size > ignoreFileBytesMax) return;
    const lines = (await readFile(file, "latin1")).split("\n");
    await writeRules(path, lines.filter((line) => !line.startsWith("!")).join("\n"));
  }

  async function blob(sha: string): Promise<string> {
    return (await askGit(mirror, "reading .gitignore", ["cat-file", "blob", sha])).toString("latin1");
  }
};

const isIgnoreFile = (path: RawPath): boolean => path === ".gitignore" || path.endsWith("/.gitignore");
