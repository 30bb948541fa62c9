import type { Sha } from "../../domain/ids.ts";
import type { CommitWords } from "../../ports/history.ts";
import { asTheyAre } from "./change-record.ts";
import { type Mirror, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { fieldsOf, rawPaths, textOf } from "./path-text.ts";

const wordsFormat = "--format=%H%n%ct%n%an%n%s";

/** Authors and subjects for a page; a commit that is not here is left out. */
export const commitWords = async (mirror: Mirror, shas: Sha[]): Promise<Map<Sha, CommitWords>> => {
  const words = new Map<Sha, CommitWords>();
  if (shas.length === 0) return words;
  const input = `${shas.map(fullName).join("\n")}\n`;
  const args = [
    "log",
    "-z",
    "--no-walk=unsorted",
    "--stdin",
    "--ignore-missing",
    "--no-mailmap",
    wordsFormat,
  ];
  const ended = await tryGit(mirror, args, { input, env: asTheyAre });
  if (ended.exit !== 0)
    throw new Error(`reading ${shas.length} commits of ${mirror.name}: ${wordsOf(ended)}`);
  for (const field of fieldsOf(ended.stdout)) {
    const [sha = "", seconds = "", author = "", ...subject] = field.split("\n");
    const at = new Date(Number(seconds) * 1000);
    words.set(sha, { sha, at, author: textOf(author), subject: textOf(subject.join(" ")) });
  }
  return words;
};

/** What a commit did to some paths, for a page: a unified diff, cut at the end of a line; empty when git cannot read it. */
export const commitPatch = async (
  mirror: Mirror,
  sha: Sha,
  paths: string[],
  bytesMax: number,
): Promise<{ text: string; isCut: boolean }> => {
  const literal = paths.map((path) => Buffer.from(rawPaths(path)[0] ?? "", "latin1").toString("utf8"));
  const plain = ["--no-ext-diff", "--no-textconv", "--no-color", "--no-commit-id"];
  const args = ["diff-tree", "--root", "-r", "-p", "-M", ...plain, fullName(sha), "--", ...literal];
  const env = { ...asTheyAre, GIT_LITERAL_PATHSPECS: "1" };
  const ended = await tryGit(mirror, args, { bytesMax, cut: true, env });
  if (ended.exit !== 0 && !ended.isCut) return { text: "", isCut: false };
  const text = ended.stdout.toString("utf8");
  return ended.isCut
    ? { text: text.slice(0, text.lastIndexOf("\n") + 1), isCut: true }
    : { text, isCut: false };
};
