import type { HistoricChange } from "../../domain/change-record.ts";
import type { Sha } from "../../domain/ids.ts";
import type { CommitWords, History } from "../../ports/history.ts";
import { type Replayed, replayUndo } from "../undo.ts";
import type { Held, Patch, Report } from "./report.ts";

/** So many are shown with their lines: a page that still opens at once. */
const shownMax = 400;
const patchBytesMax = 12_000;
const pathsMax = 20;

export interface ReportWish {
  repository: string;
  rev: Sha;
  last: number;
  lookback: number;
  clock: () => number;
  /** Told after each commit that was compared. */
  onCommit: (done: number) => void;
  stop: AbortSignal;
}

/** Goes through the history and reads what the page shows. Interrupted, the page is of what was seen until then. */
export async function gatherReport(history: History, wish: ReportWish): Promise<Report> {
  const seen = await seeAll(history, wish);
  const newest = seen.flagged.toReversed();
  const shown = newest.slice(0, shownMax);
  const shas = newest.flatMap(({ change, undos }) => [change.sha, ...undos.map((undo) => undo.sha)]);
  const words = await history.words([...new Set(shas)]);
  const held: Held[] = [];
  for (const one of newest) held.push(await heldOf(history, one, { words, withLines: shown.includes(one) }));
  return {
    repository: wish.repository,
    rev: wish.rev,
    from: seen.from,
    until: seen.until,
    commits: seen.commits,
    authors: seen.authors.size,
    lookback: wish.lookback,
    held,
    weaker: [...seen.weaker],
  };
}

interface Seen {
  flagged: Replayed[];
  commits: number;
  authors: Set<string>;
  from: Date;
  until: Date;
  weaker: Set<string>;
}

async function seeAll(history: History, wish: ReportWish): Promise<Seen> {
  const { rev, last, lookback, clock } = wish;
  const seen: Seen = {
    ...{ flagged: [], commits: 0, authors: new Set(), weaker: new Set() },
    ...{ from: new Date(8.64e15), until: new Date(0) },
  };
  for await (const one of replayUndo(history.changes({ rev, last }), { lookback, clock })) {
    note(seen, one.change);
    if (one.row !== null)
      seen.flagged.push({ ...one, change: { ...one.change, record: emptied(one.change) } });
    wish.onCommit(seen.commits);
    if (wish.stop.aborted) {
      seen.weaker.add(`The replay was stopped after ${seen.commits} commits; the rest is not on this page.`);
      break;
    }
  }
  return seen;
}

const weakerMax = 50;

function note(seen: Seen, { sha, author, at, record }: HistoricChange): void {
  seen.commits += 1;
  seen.authors.add(author);
  if (at < seen.from) seen.from = at;
  if (at > seen.until) seen.until = at;
  if (seen.weaker.size >= weakerMax) return;
  for (const sentence of record.weaker) seen.weaker.add(`${sha.slice(0, 10)}: ${sentence}`);
}

/** The page needs no lines of the record: without them a long history's flags take little memory. */
const emptied = ({ record }: HistoricChange): HistoricChange["record"] => ({ ...record, files: [] });

async function heldOf(
  history: History,
  { change, row, undos }: Replayed,
  { words, withLines }: { words: Map<Sha, CommitWords>; withLines: boolean },
): Promise<Held> {
  const [fullest] = undos;
  const wordsOf = (sha: Sha): CommitWords =>
    words.get(sha) ?? { sha, author: change.author, at: change.at, subject: "" };
  const kind = row?.pingPong === true ? "ping-pong" : fullest?.isTestIntent === true ? "test-intent" : "undo";
  const paths = row?.paths ?? [];
  return {
    kind,
    change: wordsOf(change.sha),
    undone: undos.map((undo) => wordsOf(undo.sha)),
    isCrossAuthor: row?.crossAuthor ?? false,
    isGenerated: row?.generated ?? false,
    paths,
    evidence: fullest?.evidence ?? [],
    diffs:
      withLines && fullest !== undefined
        ? { before: await lines(history, fullest.sha, paths), after: await lines(history, change.sha, paths) }
        : null,
  };
}

const lines = (history: History, sha: Sha, paths: string[]): Promise<Patch> =>
  history.patch(sha, paths.slice(0, pathsMax), patchBytesMax);
