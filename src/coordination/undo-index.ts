import type { ChangeRecord, LineHash } from "../domain/change-record.ts";
import type { Sha } from "../domain/ids.ts";
import type { Lines } from "./lines.ts";
import { comparedAt, type Size, type UndoFacts, undoFacts } from "./undo-facts.ts";

/** A landed change. `author` only compares: who has the same is the same. */
export interface LandedRecord {
  sha: Sha;
  author: string;
  at: Date;
  record: ChangeRecord;
}

/** The record itself is not kept. `undoes` is found when it is first asked for. */
export interface LandedEntry extends Omit<LandedRecord, "record"> {
  ordinal: number;
  facts: UndoFacts;
  undoes?: Sha[];
}

/** The newest landed changes by their lines and blobs, in memory. Older ones than `changesMax` are forgotten. */
export interface UndoIndex {
  add(landed: LandedRecord): void;
  /** Landed changes that `facts` may undo: of the newest `lookback` before `before` (by default, all), newest first. */
  candidates(facts: UndoFacts, lookback: number, before?: number): LandedEntry[];
}

/** Newest changes kept of one line at one path: a line that changes this often tells nothing by its older changes. */
const changesPerLineMax = 64;
/** Of a change with more lines, a sample is indexed and looked up, chosen by the hashes: so both sides choose the same lines. */
const linesMax = 2_000;
/** A change of which less is met cannot be an undo by any rule; half of the least share of the rules, as a sample may err. */
const leastShare = 0.2;

/** Ordinals, ascending; most lines have one, and a list of each would cost most of the memory. */
type Ordinals = number | number[];

interface Postings {
  /** By side, path and line: ordinals, ascending. */
  lines: Map<string, Map<LineHash, Ordinals>>;
  /** By path and blob before. */
  blobs: Map<string, Ordinals>;
}

interface Kept {
  entries: Map<number, LandedEntry>;
  postings: Postings;
  next: number;
  /** Lines met, by ordinal modulo `changesMax`; all 0 between questions. */
  met: Uint32Array;
  /** Of how many lines one is in the sample, likewise. */
  everyOf: Uint32Array;
}

export function openUndoIndex({ changesMax = 2_000 }: { changesMax?: number } = {}): UndoIndex {
  const kept: Kept = {
    entries: new Map(),
    postings: { lines: new Map(), blobs: new Map() },
    next: 0,
    met: new Uint32Array(changesMax),
    everyOf: new Uint32Array(changesMax),
  };
  return {
    add: (landed) => {
      const oldest = kept.entries.get(kept.next - changesMax);
      if (oldest !== undefined) forget(kept, oldest);
      const { record, ...rest } = landed;
      const entry: LandedEntry = { ...rest, facts: undoFacts(record), ordinal: kept.next };
      kept.next += 1;
      kept.entries.set(entry.ordinal, entry);
      remember(kept, entry);
    },
    candidates: (facts, lookback, before = kept.next) => {
      const from = Math.max(before - lookback, kept.next - changesMax, 0);
      return candidates(kept, facts, { from, to: before });
    },
  };
}

const everyOf = ({ sizes }: UndoFacts): number => {
  const lines = sizes.all.added + sizes.all.removed;
  return lines <= linesMax ? 1 : 2 ** Math.ceil(Math.log2(lines / linesMax));
};

/** Calls `each` with the lines of the sample, once each. */
function forSample(lines: Lines, every: number, each: (line: LineHash) => void): void {
  let last = -1;
  for (const line of lines) {
    if (line !== last && (every === 1 || line % every === 0)) each(line);
    last = line;
  }
}

function remember(kept: Kept, { facts, ordinal }: LandedEntry): void {
  const { lines, blobs } = kept.postings;
  const every = everyOf(facts);
  kept.everyOf[ordinal % kept.met.length] = every;
  for (const [key, sorted] of sides(facts, { added: "+", removed: "-" })) {
    const at = lines.get(key) ?? new Map<LineHash, Ordinals>();
    forSample(sorted, every, (line) => put(at, line, ordinal));
    if (at.size > 0) lines.set(key, at);
  }
  for (const key of blobKeys(facts, "before")) put(blobs, key, ordinal);
}

function forget(kept: Kept, { facts, ordinal }: LandedEntry): void {
  const { lines, blobs } = kept.postings;
  const every = everyOf(facts);
  for (const [key, sorted] of sides(facts, { added: "+", removed: "-" })) {
    const at = lines.get(key);
    if (at === undefined) continue;
    forSample(sorted, every, (line) => drop(at, line, ordinal));
    if (at.size === 0) lines.delete(key);
  }
  for (const key of blobKeys(facts, "before")) drop(blobs, key, ordinal);
  kept.entries.delete(ordinal);
}

function put<Key>(into: Map<Key, Ordinals>, key: Key, ordinal: number): void {
  const found = into.get(key);
  if (found === undefined) return void into.set(key, ordinal);
  if (typeof found === "number") return void into.set(key, [found, ordinal]);
  if (found.length === changesPerLineMax) found.shift();
  found.push(ordinal);
}

/** The oldest change stands first wherever it stands at all. */
function drop<Key>(from: Map<Key, Ordinals>, key: Key, ordinal: number): void {
  const found = from.get(key);
  if (found === ordinal) return void from.delete(key);
  if (typeof found !== "object" || found[0] !== ordinal) return;
  found.shift();
  if (found.length === 0) from.delete(key);
}

/** The lines of both sides, with the key under which each is kept or looked up. */
function* sides(facts: UndoFacts, mark: { added: string; removed: string }): Generator<[string, Lines]> {
  for (const [path, { added, removed }] of facts.lines) {
    if (added.length > 0) yield [mark.added + path, added];
    if (removed.length > 0) yield [mark.removed + path, removed];
  }
}

function* blobKeys(facts: UndoFacts, side: "before" | "after"): Generator<string> {
  for (const [path, blob] of facts.blobs)
    if (blob.before !== blob.after) yield `${path}\0${blob[side] ?? ""}`;
}

function candidates(kept: Kept, facts: UndoFacts, range: { from: number; to: number }): LandedEntry[] {
  const { met, postings } = kept;
  const found = new Set<number>();
  const returned = new Map<number, number>();
  for (const key of blobKeys(facts, "after"))
    eachIn(postings.blobs.get(key), range, (ordinal) =>
      returned.set(ordinal, (returned.get(ordinal) ?? 0) + 1),
    );
  for (const [ordinal, paths] of returned)
    if (paths * 2 >= sizeOf(kept, ordinal, facts).paths) found.add(ordinal);
  for (const ordinal of meetLines(kept, facts, range)) {
    const slot = ordinal % met.length;
    const { added, removed } = sizeOf(kept, ordinal, facts);
    if ((met[slot] as number) >= leastShare * (added + removed)) found.add(ordinal);
    met[slot] = 0;
  }
  return [...found].sort((a, b) => b - a).flatMap((ordinal) => kept.entries.get(ordinal) ?? []);
}

const sizeOf = (kept: Kept, ordinal: number, facts: UndoFacts): Size => {
  const landed = kept.entries.get(ordinal)?.facts;
  return landed === undefined ? nothing : landed.sizes[facts.isTestsOnly ? "tests" : comparedAt(landed)];
};

const nothing: Size = { paths: 0, added: 0, removed: 0 };

/** Counts in `met` how many lines of each landed change are met, and answers which were met at all. */
function meetLines(kept: Kept, facts: UndoFacts, range: { from: number; to: number }): number[] {
  const { met, postings } = kept;
  const every = everyOf(facts);
  const touched: number[] = [];
  const meet = (ordinal: number) => {
    const slot = ordinal % met.length;
    if (met[slot] === 0) touched.push(ordinal);
    met[slot] = (met[slot] as number) + Math.max(every, kept.everyOf[slot] as number);
  };
  // What one change adds, its undo removes.
  for (const [key, sorted] of sides(facts, { added: "-", removed: "+" })) {
    const at = postings.lines.get(key);
    if (at !== undefined) forSample(sorted, every, (line) => eachIn(at.get(line), range, meet));
  }
  return touched;
}

function eachIn(
  ordinals: Ordinals | undefined,
  { from, to }: { from: number; to: number },
  each: (ordinal: number) => void,
): void {
  if (ordinals === undefined) return;
  if (typeof ordinals === "number") {
    if (ordinals >= from && ordinals < to) each(ordinals);
    return;
  }
  for (let at = ordinals.length - 1; at >= 0; at -= 1) {
    const ordinal = ordinals[at] as number;
    if (ordinal < from) return;
    if (ordinal < to) each(ordinal);
  }
}
