import type { Sha } from "../../domain/ids.ts";
import type { CommitWords } from "../../ports/history.ts";

/** What a history would have met: everything that the page shows. */
export interface Report {
  /** The repository's name for people. */
  repository: string;
  rev: Sha;
  from: Date;
  until: Date;
  commits: number;
  authors: number;
  /** So many commits back an undone change was looked for. */
  lookback: number;
  /** Newest first. */
  held: Held[];
  /** What could not be looked at. */
  weaker: string[];
}

/** One commit that would have been held, and what it takes back. */
export interface Held {
  kind: "undo" | "ping-pong" | "test-intent";
  change: CommitWords;
  undone: CommitWords[];
  isCrossAuthor: boolean;
  /** Only lock files, change logs and the like. */
  isGenerated: boolean;
  paths: string[];
  evidence: string[];
  /** What was done, and how it was taken back; cut to the page's limits. */
  diffs: { before: Patch; after: Patch } | null;
}

export interface Patch {
  text: string;
  isCut: boolean;
}
