import type { LandedChange } from "../../domain/change.ts";
import type { RepositoryName, Sha } from "../../domain/ids.ts";
import type { CommitInfo } from "../../ports/code.ts";
import { mirrorOf } from "./fetch.ts";
import { askGit, type Mirror, type Place, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { fieldsOf, pathText, textOf } from "./path-text.ts";
import { isRawRecord, type RawChange, readRawRecord } from "./raw-diff.ts";
import { mergeTrailers, readTrailers, type Trailers } from "./trailers.ts";

const commitsAtOnceMax = 100_000;
/** The message comes last, so that nothing in it can be taken for a field; NUL ends it, which no message holds. */
const format = "--format=commit %H%n%P%n%T%n%an%n%ae%n%ct%n%B";

interface Entry {
  info: CommitInfo;
  changes: RawChange[];
}

/** First-parent commits of `to` that are not in `from`, newest first. */
export const commits = async (
  place: Place,
  name: RepositoryName,
  range: { to: Sha; from?: Sha; max: number },
): Promise<CommitInfo[]> => {
  const mirror = await mirrorOf(place, name);
  const revisions = [fullName(range.to), ...(range.from === undefined ? [] : [`^${fullName(range.from)}`])];
  const args = ["log", "-z", "--first-parent", format, `--max-count=${bounded(range.max)}`];
  const output = await askGit(mirror, "reading commits", [...args, "--end-of-options", ...revisions, "--"]);
  return readEntries(output).map((entry) => entry.info);
};

/**
 * What loops brought to `to`'s first-parent line, by their trailers: `commitsMax` commits are looked at, one call of git for all.
 * Files are compared with the first parent, by blob; a rename is a deletion and an addition, as the undo rules want it.
 */
export const landedByLoops = async (
  place: Place,
  name: RepositoryName,
  to: Sha,
  commitsMax: number,
): Promise<LandedChange[]> => {
  const mirror = await mirrorOf(place, name);
  const args = [
    ...["log", "-z", "--first-parent", "--diff-merges=first-parent", "--root", "--raw", "--no-renames"],
    ...["--no-abbrev", "--no-ext-diff", "--no-textconv", format, `--max-count=${bounded(commitsMax)}`],
  ];
  const output = await askGit(mirror, "reading landed changes", [
    ...args,
    "--end-of-options",
    fullName(to),
    "--",
  ]);
  const entries = readEntries(output);
  const seconds = await secondParents(mirror, entries);
  return entries.flatMap((entry) => {
    const second = seconds.get(entry.info.parents[1] ?? "");
    const trailers = mergeTrailers(readTrailers(messageOf(entry.info)), second);
    return landedChange(name, entry, trailers);
  });
};

const messageOf = (info: CommitInfo): string => `${info.subject}\n\n${info.body}`;

/** What a merge brought may say itself whose it is: a merge button writes its own message. */
const secondParents = async (mirror: Mirror, entries: Entry[]): Promise<Map<Sha, Trailers>> => {
  const shas = [...new Set(entries.flatMap(({ info }) => info.parents.slice(1, 2)))];
  if (shas.length === 0) return new Map();
  const args = ["log", "-z", "--no-walk=unsorted", "--ignore-missing", format, "--stdin"];
  const ended = await tryGit(mirror, args, { input: `${shas.join("\n")}\n` });
  if (ended.exit !== 0) throw new Error(`reading merged commits in ${mirror.name}: ${wordsOf(ended)}`);
  return new Map(
    readEntries(ended.stdout).map(({ info }) => [info.sha, readTrailers(messageOf(info))] as const),
  );
};

const nameLike = /^[A-Za-z0-9][\w.-]{0,79}$/;

/** Anybody can type a trailer, so a name that could not be one of ours is nobody's. */
const landedChange = (repository: RepositoryName, entry: Entry, trailers: Trailers): LandedChange[] => {
  const [loop, runId] = [trailers["Loom-Loop"]?.at(-1), trailers["Loom-Run"]?.at(-1)];
  if (loop === undefined || runId === undefined || !nameLike.test(loop) || !nameLike.test(runId)) return [];
  const { info, changes } = entry;
  return [
    {
      ...{ repository, loop, runId, sha: info.sha, at: info.committedAt, title: info.subject },
      intent: trailers["Loom-Intent"]?.at(-1) ?? "",
      approvedBy: (trailers["Loom-Approved-By"] ?? []).flatMap((names) => names.split(/,\s*/)),
      files: changes.map(({ path, before, after }) => ({ path: pathText(path), before, after })),
    },
  ];
};

const bounded = (max: number): number => Math.max(0, Math.min(Math.trunc(max), commitsAtOnceMax));

/** Reads what `log -z` prints: a message a commit, and behind it the raw records of its files if they were asked for. */
const readEntries = (output: Buffer): Entry[] => {
  const fields = fieldsOf(output);
  const entries: Entry[] = [];
  for (let at = 0; at < fields.length; ) {
    const field = fields[at] ?? "";
    if (isRawRecord(field)) {
      const record = readRawRecord(fields, at);
      entries.at(-1)?.changes.push(record.change);
      at = record.next;
      continue;
    }
    if (field.startsWith("commit ")) entries.push({ info: readCommit(field), changes: [] });
    at += 1;
  }
  return entries;
};

const readCommit = (field: string): CommitInfo => {
  const [sha = "", parents = "", tree = "", name = "", email = "", seconds = "", ...message] = textOf(field)
    .slice("commit ".length)
    .split("\n");
  const text = message.join("\n").replace(/^\s*\n/, "");
  const end = /\n[ \t\r]*\n/.exec(text);
  const subject = (end === null ? text : text.slice(0, end.index)).trim().replace(/\s*\n\s*/g, " ");
  const body = end === null ? "" : text.slice(end.index + end[0].length).trimEnd();
  const trailers = Object.entries(readTrailers(text)).map(([key, values]) => [key, shown(key, values)]);
  return {
    sha,
    parents: parents.split(" ").filter((parent) => parent !== ""),
    tree,
    author: { name, email },
    committedAt: dateOf(seconds),
    subject,
    body,
    trailers: Object.fromEntries(trailers),
  };
};

/** The last word counts, except that several people may have approved. */
const shown = (key: string, values: string[]): string =>
  key === "Loom-Approved-By" ? values.join(", ") : (values.at(-1) ?? "");

/** A forged date may lie outside of what a Date can hold. */
const dateOf = (seconds: string): Date => {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
};
