import type { Claim } from "./claim.ts";
import type { LoopName, PersonId, RepositoryName, RunId, TestId } from "./ids.ts";

/** `d-` and 8 characters for a decision, `l-` and 8 for a lesson. */
export type EntryId = string & { readonly whose?: "entry" };

/** What an entry is about. Paths are files, folders ending in `/`, or globs. Empty lists: the whole repository. */
export interface Scope {
  repository: RepositoryName;
  paths: string[];
  symbols: string[];
  tests: TestId[];
}

/** Where an entry comes from; `ref` is a hold, a conflict, a message's permalink, an ADR's path, a change's commit, or a run. */
export interface EntrySource {
  kind: "hold" | "conflict" | "message" | "adr" | "change" | "run";
  ref: string;
}

/** A remembered answer (decision), or what a run learned that a later one should not pay for again (lesson). */
export interface MemoryEntry {
  id: EntryId;
  kind: "decision" | "lesson";
  /** One or two sentences, without markup or control characters. */
  statement: string;
  reason: string;
  scope: Scope;
  author: PersonId | LoopName;
  source: EntrySource;
  state: "active" | "superseded" | "withdrawn";
  supersededBy?: EntryId;
  at: Date;
  /** When it was last recalled, and how often. */
  lastHitAt?: Date;
  hits: number;
}

/** An entry that recall found, with why: what matched. */
export interface Recalled {
  entry: MemoryEntry;
  because: "path" | "test" | "symbol" | "words" | "repository";
}

/** What recall is asked with. */
export interface RecallWish {
  repository: RepositoryName;
  paths: string[];
  symbols: string[];
  tests: TestId[];
  words: string;
  entriesMax: number;
}

/** Limits of memory, each with its reason in `memory/limits.ts`. */
export interface MemoryLimits {
  statementCharsMax: number;
  reasonCharsMax: number;
  pathsMax: number;
  entriesPerScopeMax: number;
  /** Lessons that nobody recalled for so long are forgotten. */
  idleDaysMax: number;
}

/** What a command and the trace say of an entry that is kept, merged into another, or refused. */
export type Remembered =
  | { kind: "kept"; entry: MemoryEntry }
  | { kind: "merged"; into: MemoryEntry }
  | { kind: "refused"; reason: string };

/** Who is doing what: one answer for a path, a loop, a person, or everything. */
export interface Doing {
  about: string;
  runs: { runId: RunId; loop: LoopName; owner: PersonId | ""; title: string; status: string; since: Date }[];
  claims: Claim[];
  changes: { runId: RunId; loop: LoopName; title: string; state: string; branch: string; paths: string[] }[];
  holds: { holdId: string; runId: RunId; loop: LoopName; title: string; group: string }[];
}
