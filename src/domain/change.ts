import type { ChangeDigest, LoopName, PersonId, RepositoryName, RunId, Sha, TestId } from "./ids.ts";

/** Why a change is made, and what in it is deliberate. */
export interface Intent {
  /** One sentence. */
  why: string;
  /** Tests that it means to change, skip or remove. */
  deliberateTests: TestId[];
  /** Decisions that it knows and answers, with why it may go against them. */
  cites?: { decision: string; why: string }[];
  /** A landed commit that it takes back, when it is a revert. */
  undoes?: Sha;
}

export interface ChangedFile {
  path: string;
  /** The old path of a rename. */
  from?: string;
  status: "added" | "modified" | "deleted" | "renamed" | "type-changed";
  /** Blob ids; null when absent on that side. */
  before: Sha | null;
  after: Sha | null;
  added: number;
  removed: number;
  isBinary: boolean;
  /** git's octal modes where they say more than "a plain file, as before"; null when absent on that side. */
  modes?: { before: string | null; after: string | null };
}

/** What git's objects say of base..head; never what an agent says. */
export interface ChangeFacts {
  digest: ChangeDigest;
  base: Sha;
  head: Sha;
  tree: Sha;
  files: ChangedFile[];
  /** E-mail addresses of the commits' authors, without repetition. */
  authorEmails: string[];
}

export type ChangeState = "draft" | "proposed" | "held" | "landed" | "dropped";

/** Commits with base, head, tree, files, author loop and intent. */
export interface Change extends ChangeFacts {
  repository: RepositoryName;
  loop: LoopName;
  runId: RunId;
  branch: string;
  title: string;
  intent: Intent;
  state: ChangeState;
  landed?: Landed;
}

/** A change on the target branch; `sha` is the commit on its first-parent line. */
export interface Landed {
  sha: Sha;
  at: Date;
  approvedBy: PersonId[];
}

/** A loop's change as the target's own history tells it (trailers and blobs), whoever recorded it. */
export interface LandedChange {
  repository: RepositoryName;
  loop: LoopName;
  runId: RunId;
  sha: Sha;
  at: Date;
  title: string;
  intent: string;
  approvedBy: string[];
  files: Pick<ChangedFile, "path" | "from" | "before" | "after">[];
}

export const changedPaths = (files: ChangedFile[]): string[] =>
  files.flatMap((file) => (file.from === undefined ? [file.path] : [file.from, file.path]));

export const changedLines = (files: ChangedFile[]): number =>
  files.reduce((lines, file) => lines + file.added + file.removed, 0);
