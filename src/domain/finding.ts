import type { FindingId, LoopName, PersonId, RepositoryName, RunId, Sha, TestId } from "./ids.ts";

export type SourceKind = "checks" | "issues" | "commits";

/** Why somebody thinks that this is worth changing: a failing test's message, an issue's text. */
export interface Evidence {
  source: SourceKind;
  summary: string;
  detail: string;
  /** A path in the repository, a commit or an address. */
  where: string;
}

/** One thing worth changing, normalised. `id` is its fingerprint and survives line moves. */
export interface Finding {
  id: FindingId;
  repository: RepositoryName;
  source: SourceKind;
  /** The rule within its source, e.g. `test-failed`, `check-failed`, `issue`, `whitespace`. */
  rule: string;
  title: string;
  /** The failing test, when there is one. */
  test?: TestId;
  paths: string[];
  evidence: Evidence[];
  /** The commit of the target branch at which it was seen last. */
  seenAt: Sha;
}

/** What became of a finding; it outlives every run. */
export type Fate = "open" | "claimed" | "held" | "landed" | "rejected" | "ignored" | "gave-up";

/** A remark that the next run on this finding reads: a rejection's note, what was tried. */
export interface FindingNote {
  at: Date;
  by: PersonId | LoopName;
  text: string;
}

export interface FindingState {
  finding: Finding;
  loop: LoopName;
  fate: Fate;
  /** Runs that ended without landing. */
  attempts: number;
  notes: FindingNote[];
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** The run that works or worked on it last. */
  runId?: RunId;
}
