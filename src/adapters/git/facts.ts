import { createHash, type Hash } from "node:crypto";

import type { ChangedFile, ChangeFacts } from "../../domain/change.ts";
import type { RepositoryName, Sha } from "../../domain/ids.ts";
import { mirrorOf } from "./fetch.ts";
import { askGit, type Mirror, type Place, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { fieldsOf, pathText, type RawPath, textOf } from "./path-text.ts";
import { type RawChange, readNumstat, readRawRecords, statusOf } from "./raw-diff.ts";

const authorsMax = 10_000;
const renames = ["-M", "-l1000"];
const plain = ["--no-ext-diff", "--no-textconv", "--no-color"];
/** The bytes that an approval is bound to. Everything a setting could change is said, and renames are not guessed. */
const verbatim = [
  ...[
    "diff-tree",
    "-r",
    "-p",
    "--binary",
    "--full-index",
    "--no-renames",
    "--unified=3",
    "--inter-hunk-context=0",
  ],
  ...["--diff-algorithm=myers", "--indent-heuristic", "--src-prefix=a/", "--dst-prefix=b/", ...plain],
];

/** What git's objects say of base..head; never what an agent says. */
export const facts = async (
  place: Place,
  name: RepositoryName,
  base: Sha,
  head: Sha,
): Promise<ChangeFacts> => {
  const mirror = await mirrorOf(place, name);
  const range = [fullName(base), fullName(head)];
  const [files, tree, emails] = await Promise.all([
    changedFiles(mirror, range),
    treeOf(mirror, head),
    askGit(mirror, "reading authors", [
      ...["log", "-z", "--format=%ae", `--max-count=${authorsMax}`, "--end-of-options"],
      ...[`${base}..${head}`, "--"],
    ]),
  ]);
  const hash = createHash("sha256");
  for (const part of ["loomstack change v1", name, base, head, tree]) hash.update(`${part}\0`);
  await addVerbatimDiff(mirror, hash, range);
  const authorEmails = [...new Set(fieldsOf(emails).map(textOf))].filter((email) => email !== "");
  return { digest: hash.digest("hex"), base, head, tree, files, authorEmails };
};

/** Feeds the verbatim diff of two commits or trees to `hash`, however large it is. */
export const addVerbatimDiff = async (
  mirror: Mirror,
  hash: Hash,
  range: string[],
  env: { [name: string]: string } = {},
): Promise<void> => {
  const onStdout = (piece: Buffer): void => void hash.update(piece);
  const ended = await tryGit(mirror, [...verbatim, ...range, "--"], { env, onStdout });
  if (ended.exit !== 0) throw new Error(`comparing ${range.join("..")} in ${mirror.name}: ${wordsOf(ended)}`);
};

export const treeOf = async (mirror: Mirror, commit: Sha): Promise<Sha> => {
  const args = ["rev-parse", "--verify", "--end-of-options", `${fullName(commit)}^{tree}`];
  return (await askGit(mirror, `reading commit ${commit}`, args)).toString("latin1").trim();
};

const changedFiles = async (mirror: Mirror, range: string[]): Promise<ChangedFile[]> => {
  const args = ["diff-tree", "-r", "-z", "--raw", "--numstat", "--no-abbrev", ...renames, ...plain];
  const fields = fieldsOf(await askGit(mirror, "comparing commits", [...args, ...range, "--"]));
  const { changes, next } = readRawRecords(fields);
  const counts = readNumstat(fields, next);
  return changes.map((change) => ({
    path: pathText(change.path),
    ...(change.from === undefined ? {} : { from: pathText(change.from) }),
    status: statusOf(change.status),
    before: change.before,
    after: change.after,
    ...(counts.get(change.path) ?? { added: 0, removed: 0, isBinary: false }),
    ...modesOf(change),
  }));
};

const plainFile = "100644";

const modesOf = ({ before, after, beforeMode, afterMode }: RawChange): Pick<ChangedFile, "modes"> => {
  const modes = { before: before === null ? null : beforeMode, after: after === null ? null : afterMode };
  return [modes.before, modes.after].every((mode) => mode === null || mode === plainFile) ? {} : { modes };
};

/** A unified diff for people and rules, cut after `bytesMax` at the end of a line. */
export const diff = async (
  place: Place,
  name: RepositoryName,
  range: { base: Sha; head: Sha },
  bytesMax: number,
): Promise<{ text: string; isCut: boolean }> => {
  const mirror = await mirrorOf(place, name);
  const args = [
    "diff-tree",
    "-r",
    "-p",
    ...renames,
    ...plain,
    fullName(range.base),
    fullName(range.head),
    "--",
  ];
  const ended = await tryGit(mirror, args, { bytesMax, cut: true });
  if (ended.exit !== 0) throw new Error(`showing a change in ${name}: ${wordsOf(ended)}`);
  const end = ended.isCut ? ended.stdout.lastIndexOf("\n") + 1 : ended.stdout.length;
  return { text: ended.stdout.toString("utf8", 0, end), isCut: ended.isCut };
};

const problemsBytesMax = 4 * 1024 * 1024;

/** Whitespace errors and conflict markers that base..head adds, as `git diff --check` tells them. */
export const diffProblems = async (
  place: Place,
  name: RepositoryName,
  base: Sha,
  head: Sha,
): Promise<{ path: string; line: number; problem: string }[]> => {
  const mirror = await mirrorOf(place, name);
  const range = [fullName(base), fullName(head), "--"];
  const names = await askGit(mirror, "comparing commits", ["diff-tree", "-r", "-z", "--name-only", ...range]);
  const args = ["diff-tree", "-r", "--check", "--no-renames", ...plain, ...range];
  const ended = await tryGit(mirror, args, { bytesMax: problemsBytesMax, cut: true });
  // 2 says that there are problems.
  if (ended.exit !== 0 && ended.exit !== 2)
    throw new Error(`checking a change in ${name}: ${wordsOf(ended)}`);
  return readProblems(ended.stdout.toString("latin1"), new Set(fieldsOf(names)));
};

/** A path may hold colons and newlines, and a line may look like a report: the known paths and the order decide. */
const readProblems = (
  output: string,
  paths: Set<RawPath>,
): { path: string; line: number; problem: string }[] => {
  const longestFirst = [...paths].sort((a, b) => b.length - a.length);
  const problems: { path: string; line: number; problem: string }[] = [];
  const head = /:(\d+): ([^\n]*?)\.?\n/y;
  for (let at = 0, path: RawPath | undefined; at < output.length; ) {
    // Reports of one file follow each other: its path is tried first.
    const here = at;
    const isHere = (candidate: RawPath): boolean => {
      head.lastIndex = here + candidate.length;
      return output.startsWith(candidate, here) && head.test(output);
    };
    path = path !== undefined && isHere(path) ? path : longestFirst.find(isHere);
    if (path === undefined) break;
    head.lastIndex = at + path.length;
    const [text = "", line = "", problem = ""] = head.exec(output) ?? [];
    problems.push({ path: pathText(path), line: Number(line), problem });
    at += path.length + text.length;
    const showsLine = problem !== "leftover conflict marker" && !problem.startsWith("new blank line at EOF");
    if (showsLine) at = output.indexOf("\n", at) + 1 || output.length;
  }
  return problems;
};
