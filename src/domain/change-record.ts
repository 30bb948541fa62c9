import type { Sha } from "./ids.ts";

/**
 * What one change does, computed once from git's objects and never changed after: what coordination compares. Nothing in it is
 * what an agent or a commit message says.
 */
export interface ChangeRecord {
  base: Sha;
  head: Sha;
  files: FileRecord[];
  /** What could not be looked at, each a sentence for people: the answers about this change are weaker by that much. */
  weaker: string[];
}

export interface FileRecord {
  path: string;
  /** The old path of a rename. */
  from?: string;
  status: "added" | "modified" | "deleted" | "renamed" | "type-changed";
  /** Blob ids; null when absent on that side. */
  before: Sha | null;
  after: Sha | null;
  /** `unread`: a missing or corrupt object, or too large to look into; then only the blob ids speak. */
  content: "text" | "binary" | "submodule" | "symlink" | "unread";
  /** In the order of the file, without context lines. Empty for what is not text. */
  hunks: Hunk[];
  /**
   * Hashes of the lines that the change adds and removes, in file order: trimmed, trivial lines left out (no two word
   * characters in a row), and moved lines left out (added and removed anywhere in the change, as often as both happen).
   */
  added: LineHash[];
  removed: LineHash[];
}

/** Equal lines have equal hashes, in every repository. At most 53 bits, so that it is an exact number. */
export type LineHash = number;

/** A hunk as git counts: 1-based first lines, and lengths that may be 0 (then the position is the line before). */
export interface Hunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
}

/** A commit of a history as a change against its first parent. `author` only compares: same text, same author. */
export interface HistoricChange {
  sha: Sha;
  author: string;
  /** Committer's time. */
  at: Date;
  record: ChangeRecord;
}
