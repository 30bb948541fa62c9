import type { ChangeFacts, LandedChange } from "../domain/change.ts";
import type { ChangeRecord } from "../domain/change-record.ts";
import type { RepositoryName, Sha } from "../domain/ids.ts";
import type { Repository } from "../domain/organisation.ts";
import type { Sources } from "./symbols.ts";

/** A disposable folder with the files of one commit. Nothing in it is trusted once an agent or a test ran there. */
export interface Checkout {
  dir: string;
  at: Sha;
  repository: RepositoryName;
}

export interface CommitInfo {
  sha: Sha;
  parents: Sha[];
  tree: Sha;
  author: { name: string; email: string };
  committedAt: Date;
  subject: string;
  body: string;
  /** `Loom-Run`, `Loom-Loop`, `Loom-Finding`, `Loom-Approved-By`, `Loom-Intent` by name, from anywhere in the message. */
  trailers: { [name: string]: string };
}

/** Trusted git on bare mirrors. Content is read from the object store only. Throws `<action>: <git's words>` when git itself fails. */
export interface Code {
  /** Brings the mirror up to date; the target's commit and the loop branches. Throws with a remedy when the remote or the branch is missing or empty. */
  fetch(repository: Repository): Promise<{ target: Sha; branches: Map<string, Sha> }>;
  resolve(repository: RepositoryName, revision: string): Promise<Sha | null>;
  /** The tree of a commit: the same for the same files. Null when the commit is not in the mirror. */
  treeOf(repository: RepositoryName, commit: Sha): Promise<Sha | null>;
  /** First-parent commits of `to` that are not in `from`, newest first. */
  commits(repository: RepositoryName, range: { to: Sha; from?: Sha; max: number }): Promise<CommitInfo[]>;
  /** Loop changes on `to`'s first-parent line, newest first, by their trailers. */
  landedByLoops(repository: RepositoryName, to: Sha, commitsMax: number): Promise<LandedChange[]>;
  contains(repository: RepositoryName, ancestor: Sha, descendant: Sha): Promise<boolean>;
  /** Paths under `prefix` at a commit. */
  list(repository: RepositoryName, at: Sha, prefix: string): Promise<string[]>;
  /** A file's text at a commit; null when absent, binary, or over `bytesMax`. */
  read(repository: RepositoryName, at: Sha, path: string, bytesMax: number): Promise<string | null>;
  /** The texts of blobs, in one batch; null for what is absent, binary, or over `bytesMax`. */
  readTexts(repository: RepositoryName, blobs: Sha[], bytesMax: number): Promise<Map<Sha, string | null>>;
  facts(repository: RepositoryName, base: Sha, head: Sha): Promise<ChangeFacts>;
  /** base..head (commits or trees) for comparing with other changes. What could not be read is said in it; throws only when git cannot run. */
  changeRecord(repository: RepositoryName, base: Sha, head: Sha): Promise<ChangeRecord>;
  /** The same of many, in the order asked, as a stream from one process. */
  changeRecords(repository: RepositoryName, pairs: { base: Sha; head: Sha }[]): AsyncIterable<ChangeRecord>;
  /** The repository's files at any commit, for comparing symbols. */
  sources(repository: RepositoryName): Sources;
  /** A unified diff for people and rules, cut after `bytesMax`. */
  diff(
    repository: RepositoryName,
    base: Sha,
    head: Sha,
    bytesMax: number,
  ): Promise<{ text: string; isCut: boolean }>;
  /** Whitespace errors and conflict markers that base..head adds, as `git diff --check` tells them. */
  diffProblems(
    repository: RepositoryName,
    base: Sha,
    head: Sha,
  ): Promise<{ path: string; line: number; problem: string }[]>;

  /** Files only (no `.git`), for checks and probes; or with a repository of its own on `branch`, for agents. */
  checkout(repository: RepositoryName, at: Sha, name: string, branch?: string): Promise<Checkout>;
  removeCheckout(checkout: Checkout): Promise<void>;
  /** Puts a file into an agent's checkout that git must not take; false when the repository has a file of that name itself. */
  leaveNote(checkout: Checkout, path: string, text: string): Promise<boolean>;
  /** Takes the note out again, before the import: its text as the agent left it, following no links; null when there is none. */
  takeNote(checkout: Checkout, path: string, bytesMax: number): Promise<string | null>;
  /** Commits what is in an agent's checkout on top of `checkout.at`, by trusted git alone. The refusals are for people. */
  importCheckout(checkout: Checkout, commit: NewCommit): Promise<Imported>;

  /** A commit on `onto` that takes `commit` (against its first parent) back: whole, or only the hunks named. */
  revert(
    repository: RepositoryName,
    wish: { commit: Sha; onto: Sha; hunks?: string[] },
    commit: NewCommit,
  ): Promise<Reverted>;
  /** The hunks of a commit against its first parent, in order; ids are stable for `revert`. */
  hunks(
    repository: RepositoryName,
    commit: Sha,
  ): Promise<{ id: string; path: string; added: number; removed: number }[]>;

  /** Merge predictions, in one batch: `theirs` into `ours`. */
  mergeAll(repository: RepositoryName, pairs: { ours: Sha; theirs: Sha }[]): Promise<MergePreview[]>;
  /** sha256 of the verbatim diff that merging `head` would bring to `target`; null when it does not merge. */
  effectDigest(repository: RepositoryName, target: Sha, head: Sha): Promise<string | null>;
  /** A merge commit that is not pushed, so that the merged state can be checked. Same inputs, same commit. */
  mergeCommit(
    repository: RepositoryName,
    wish: { target: Sha; head: Sha; tree: Sha },
    commit: NewCommit,
  ): Promise<Sha>;
  /**
   * A commit on `head` that takes `target` in, with these texts where git cannot merge the two: its tree is git's own merge besides.
   * Throws when a path that git cannot merge has no text.
   */
  resolveMerge(
    repository: RepositoryName,
    wish: { target: Sha; head: Sha; files: { path: string; text: string }[] },
    commit: NewCommit,
  ): Promise<Sha>;
  /** Pushes the loop's branch, never with force; `moved` when somebody else pushed to it. */
  propose(
    repository: Repository,
    branch: string,
    head: Sha,
  ): Promise<{ kind: "pushed" } | { kind: "moved"; to: Sha }>;
  /** Pushes `merge` to the target without force; `moved` when the target is no longer its first parent. Then removes the loop's branch. */
  land(
    repository: Repository,
    merge: Sha,
    branch: string,
  ): Promise<{ kind: "landed" } | { kind: "moved" } | { kind: "refused"; reason: string }>;
  /** The commit on the target's first-parent line that brought `head` in; null when it is not in. */
  broughtIn(repository: RepositoryName, head: Sha, target: Sha): Promise<Sha | null>;
  /** Deletes the loop's branch on the remote if it is still at `head`. */
  withdraw(repository: Repository, branch: string, head: Sha): Promise<void>;
}

export interface NewCommit {
  /** Subject, blank line, body with trailers last. */
  message: string;
  author: { name: string; email: string };
  at: Date;
}

export type Imported =
  | { kind: "changed"; head: Sha }
  | { kind: "unchanged" }
  | { kind: "refused"; reasons: string[] };
export type Reverted =
  | { kind: "changed"; head: Sha }
  | { kind: "unchanged" }
  | { kind: "conflict"; paths: string[] };
export type MergePreview =
  | { kind: "clean"; tree: Sha }
  | { kind: "conflict"; paths: string[]; types: string[] };
