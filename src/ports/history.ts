import type { ChangeRecord, HistoricChange } from "../domain/change-record.ts";
import type { Sha } from "../domain/ids.ts";
import type { MergePreview } from "./code.ts";
import type { Sources } from "./symbols.ts";

/** A repository's history, read only, from its objects alone: what `loom replay` goes through. */
export interface History extends Sources {
  resolve(revision: string): Promise<Sha | null>;
  /** How many `changes` has. */
  count(wish: { rev: Sha; last: number }): Promise<number>;
  /** The newest `last` non-merge commits reachable from `rev`, oldest first in date order. Streams: memory does not grow with `last`. */
  changes(wish: { rev: Sha; last: number }): AsyncIterable<HistoricChange>;
  /** Records of base..head, in the order asked; one process for all of them. */
  records(pairs: { base: Sha; head: Sha }[]): AsyncIterable<ChangeRecord>;
  mergeBase(left: Sha, right: Sha): Promise<Sha | null>;
  /** Merges of `theirs` into `ours` in one batch, written to a scratch store only. */
  mergeAll(pairs: { ours: Sha; theirs: Sha }[]): Promise<MergePreview[]>;
  /**
   * The lines of each `before` that git's merge sees as changed in `after`, with a line around each range; null when they cannot be
   * told. In the order asked.
   */
  changedRanges(pairs: BlobPair[]): Promise<(LineRange[] | null)[]>;
  /** The first-parent line to `heads`, oldest first, from behind what all `bases` have in common. */
  mainline(wish: { heads: Sha[]; bases: Sha[] }): AsyncIterable<MainlineStep>;
  /** Files of the merge of `theirs` into `ours`: their bytes in the order asked, or the paths in conflict when it is not clean. */
  readMerged(
    pair: { ours: Sha; theirs: Sha },
    wish: { paths: string[]; bytesMax: number },
  ): Promise<MergedFiles>;
  /** Paths of a commit's or tree's files. */
  list(at: Sha): Promise<string[]>;
  /** Who and what, for people to read; nothing is decided from it. Commits that are not here are left out. */
  words(shas: Sha[]): Promise<Map<Sha, CommitWords>>;
  /** What a commit did to these paths against its first parent, for people to read: a unified diff, cut after `bytesMax`. */
  patch(sha: Sha, paths: string[], bytesMax: number): Promise<{ text: string; isCut: boolean }>;
}

export interface CommitWords {
  sha: Sha;
  author: string;
  at: Date;
  subject: string;
}

export type MergedFiles = { kind: "clean"; files: (Buffer | null)[] } | { kind: "conflict"; paths: string[] };

/** Two versions of a file. */
export interface BlobPair {
  before: Sha;
  after: Sha;
}

/** Lines, 1-based, both ends in it. An empty file's is line 0. */
export interface LineRange {
  first: number;
  last: number;
}

/** Files that one commit of the target's line brings, takes away and moves. */
export interface MainlineStep {
  sha: Sha;
  appeared: string[];
  vanished: string[];
  moved: { from: string; to: string }[];
}
