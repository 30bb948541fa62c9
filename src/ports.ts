import type { Digest, Overview, RunStory } from "./domain/answer.ts";
import type { Message } from "./domain/card.ts";
import type { Change, ChangeFacts, ChangeState, Landed, LandedChange } from "./domain/change.ts";
import type { Claim, ClaimKey, ClaimMode, Holder } from "./domain/claim.ts";
import type { Conflict } from "./domain/conflict.ts";
import type { TraceEvent } from "./domain/event.ts";
import type { Fate, Finding, FindingNote, FindingState } from "./domain/finding.ts";
import type { Approval, Hold } from "./domain/hold.ts";
import type {
  ChangeDigest,
  FindingId,
  HoldId,
  LoopName,
  PersonId,
  RepositoryName,
  RunId,
  Sha,
} from "./domain/ids.ts";
import type { InboxItem } from "./domain/inbox.ts";
import type {
  Cadence,
  CheckCommand,
  LoopDefinition,
  LoopState,
  LoopSwitch,
  MakerSpec,
} from "./domain/loop.ts";
import type {
  Doing,
  EntryId,
  MemoryEntry,
  MemoryLimits,
  Recalled,
  RecallWish,
  Remembered,
} from "./domain/memory.ts";
import type { Organisation, Repository } from "./domain/organisation.ts";
import type { Outcome, Run } from "./domain/run.ts";
import type { TestReport } from "./domain/test-report.ts";

/** Everything the loop needs from the world. */
export interface Ports {
  record: RecordStore;
  queue: Queue;
  code: Code;
  checks: Checks;
  makers: Makers;
  definitions: Definitions;
  now: () => Date;
  /** A new unpredictable id: the prefix, a dash and 10 characters of [0-9a-z]. */
  newId: (prefix: "r" | "h") => string;
  /** The name of this process among the workers. */
  worker: string;
  log: Log;
}

/** One line for the operator. Fields are the words of the domain (`runId`, `loop`, `findingId`). */
export type Log = (
  level: "info" | "warn" | "error",
  text: string,
  fields?: { [key: string]: string | number },
) => void;

/** The loops and the organisation as the files last said when they were valid. */
export interface Definitions {
  organisation: () => Organisation;
  loops: () => LoopDefinition[];
  /** What is wrong in files whose last good version is still in force. */
  problems: () => string[];
  /** The due times around `now`; null for a cadence without times. */
  due: (cadence: Cadence, now: Date) => { previous: Date; next: Date } | null;
}

// ------------------------------------------------------------------------------------------------ record

/** The right of one worker to advance one run until it lapses. A newer lease of the same run has a higher fence. */
export interface Lease {
  runId: RunId;
  fence: number;
}

/** Thrown by a fenced transaction whose lease is no longer the newest or has lapsed: stop at once, another worker has the run. */
export class FencedOut extends Error {
  override name = "FencedOut";
}

/**
 * The truth. Reads see committed data; every write goes through `transact` or `fenced`, and the states, events, messages
 * and hints that belong together are written in one of them. Never call the queue inside a transaction.
 */
export interface RecordStore {
  transact<T>(work: (tx: RecordTx) => Promise<T>): Promise<T>;
  /** As `transact`, under the run's row lock and only with the newest unlapsed lease; else throws FencedOut and changes nothing. */
  fenced<T>(lease: Lease, work: (tx: RecordTx) => Promise<T>): Promise<T>;

  /** Takes a run that is ready, or running under a lapsed lease; null when it is held, ended, or another's. Raises the fence. */
  lease(runId: RunId, worker: string, leaseMs: number): Promise<{ lease: Lease; run: Run } | null>;
  /** Extends a live lease and its run's claims; false when it was lost. */
  extend(lease: Lease, leaseMs: number): Promise<boolean>;
  /** Kept results of a run's stages by key. */
  stages(runId: RunId): Promise<Map<string, unknown>>;

  finding(id: FindingId): Promise<FindingState | null>;
  findings(query: {
    loop?: LoopName;
    repository?: RepositoryName;
    fate?: Fate;
    limit: number;
  }): Promise<FindingState[]>;
  run(id: RunId): Promise<Run | null>;
  liveRuns(loop?: LoopName): Promise<Run[]>;
  change(runId: RunId): Promise<Change | null>;
  changeBySha(sha: Sha): Promise<Change | null>;
  /** Proposed and held changes of other runs in this repository. */
  openChanges(repository: RepositoryName, except?: RunId): Promise<Change[]>;
  /** Landed loop changes that the record knows, newest first. */
  landedChanges(repository: RepositoryName, limit: number): Promise<Change[]>;
  hold(id: HoldId): Promise<Hold | null>;
  holds(runId: RunId): Promise<Hold[]>;
  loopStates(): Promise<LoopState[]>;
  isPaused(): Promise<{ by: PersonId } | null>;
  /** A test report kept for a commit and a check command's digest; null when none is kept. */
  report(commit: Sha, checkDigest: string): Promise<TestReport | null>;
  /** The target commit of the last tick, by loop. */
  lastTick(loop: LoopName): Promise<{ at: Date; commit: Sha } | null>;

  story(runId: RunId): Promise<RunStory | null>;
  /** `since` bounds what landed; `problems` are the record's own; definitions, theirs, and `nextTickAt` are added by the caller. */
  overview(since: Date): Promise<Omit<Overview, "loops"> & { states: LoopState[] }>;
  digest(since: Date, until: Date): Promise<Digest>;
  lastDigestAt(): Promise<Date | null>;
  inbox(): Promise<InboxItem[]>;
  /** Live claims: of these keys, of one holder, or under a key's beginning (`path:shop:src/`). */
  claims(query: { keys?: ClaimKey[]; holder?: Holder; prefix?: string; limit: number }): Promise<Claim[]>;
  entry(id: EntryId): Promise<MemoryEntry | null>;
  entries(query: {
    repository?: RepositoryName;
    kind?: MemoryEntry["kind"];
    state?: MemoryEntry["state"];
    limit: number;
  }): Promise<MemoryEntry[]>;
  /** The few active entries that matter, best first: scope matches (path, test, symbol), then words (full text), then the repository's newest. */
  recall(wish: RecallWish): Promise<Recalled[]>;
  /** What all runs on one finding came to. */
  findingTotals(id: FindingId): Promise<{ runs: number; rejected: number; costUsd: number }>;
  /** One query's answer to "who is doing what": everything, or what touches a path or folder, a loop, or a person's loops. */
  doing(query: {
    repository?: RepositoryName;
    path?: string;
    loops?: LoopName[];
    limit: number;
  }): Promise<Omit<Doing, "about">>;
  events(query: {
    runId?: RunId;
    afterSeq?: number;
    limit: number;
  }): Promise<(TraceEvent & { seq: number })[]>;
  /** Re-computes the chain from the first event; `brokenAt` is the first seq that does not hold. */
  verifyChain(): Promise<{ kind: "whole"; events: number } | { kind: "broken"; brokenAt: number }>;

  /** Hints that were committed and not yet marked as sent, oldest first. */
  unsentHints(limit: number): Promise<{ id: number; jobId: string; hint: Hint }[]>;
  markHintsSent(ids: number[]): Promise<void>;
  /** Runs that can be worked on and whose lease is absent or lapsed for `graceMs`; a new hint is due for each. */
  strandedRuns(graceMs: number): Promise<RunId[]>;
  expiredHolds(now: Date): Promise<Hold[]>;

  /** Messages whose newest version has not been sent; taken for `leaseMs`, so that two senders do not take the same one. At most one a key. */
  takeUnsentMessages(limit: number, leaseMs: number): Promise<UnsentMessage[]>;
  /** Says that a post is about to leave: after a crash, the sender looks in the channel before it posts again. */
  markPosting(key: string): Promise<void>;
  markMessageSent(key: string, version: number, sent: { channel: string; ts: string }): Promise<void>;
  /** Gives an untaken message back, not before `retryAt`. After `triesMax` it is given up and reported by `overview().problems`. */
  markMessageFailed(key: string, error: string, retryAt: Date): Promise<void>;

  /** Called after a commit that wrote hints or messages (this process only; others poll). Returns the unsubscribe function. */
  onWritten(listener: (what: "hints" | "messages") => void): () => void;
  close(): Promise<void>;
}

export interface UnsentMessage {
  message: Message;
  version: number;
  /** The address of the message if it was posted before, and of the one that it answers. */
  posted?: { channel: string; ts: string };
  threadTs?: string;
  /** A post was begun and its end is unknown. */
  wasPosting: boolean;
  tries: number;
}

/** A hint to look at the record; losing or repeating one is harmless. */
export type Hint = { kind: "advance"; runId: RunId } | { kind: "tick"; loop: LoopName; why: string };

export interface ClaimWish {
  keys: ClaimKey[];
  mode: ClaimMode;
  holder: Holder;
  reason: string;
  ttlMs: number;
}

/** What can be written in one transaction. */
export interface RecordTx {
  append(event: TraceEvent): Promise<void>;
  /** Writes or replaces the message of this key; the sender posts or updates it. */
  say(message: Message): Promise<void>;
  hint(hint: Hint): Promise<void>;

  /**
   * Keeps a finding that a source saw. `again` leaves its fate as it is; a landed one that is seen at another commit than
   * when it was last seen is `reopened`: its evidence is new.
   */
  seeFinding(
    finding: Finding,
    loop: LoopName,
    at: Date,
  ): Promise<{ news: "new" | "again" | "reopened"; state: FindingState }>;
  setFate(
    id: FindingId,
    fate: Fate,
    change?: { runId?: RunId; note?: FindingNote; attempt?: boolean; attempts?: number },
  ): Promise<void>;
  /**
   * Open findings of this loop, repository and source that are not in `seen` exist no more (their test passes again): their fate
   * becomes landed, with a note. Answers which.
   */
  closeUnseen(query: {
    loop: LoopName;
    repository: RepositoryName;
    source: Finding["source"];
    seen: FindingId[];
  }): Promise<FindingId[]>;

  /** Opens a run and hints at it, unless a live one works on the same finding; then false. */
  openRun(run: Pick<Run, "id" | "loop" | "findingId" | "repository" | "startedAt">): Promise<boolean>;
  /**
   * Puts a held or ready run back on the queue: bumps its version, writes the hint. A running one goes back when it is
   * parked: what woke it may have come after its worker looked. False when it has ended.
   */
  wake(runId: RunId): Promise<boolean>;
  /** Gives the lease back and leaves the run held until `wake`; its claims do not lapse meanwhile. */
  park(runId: RunId): Promise<void>;
  /** Ends a run: outcome, lease, claims and reservation are settled; the cost stays counted. */
  endRun(runId: RunId, outcome: Outcome, at: Date): Promise<void>;
  /** Counts a pass that threw, gives the lease back, and hints at the run again after a delay that grows with the count. */
  failRun(runId: RunId): Promise<number>;

  keepStage(runId: RunId, key: string, result: unknown): Promise<void>;
  keepReport(commit: Sha, checkDigest: string, report: TestReport): Promise<void>;

  /**
   * Claims all keys or none; one statement decides, under the claims' lock. A lapsed claim may be taken over and its epoch rises;
   * the holder's own claims keep their epoch, get the new reason, and are extended. `taken` names up to 10 claims in the way.
   */
  claim(wish: ClaimWish): Promise<{ kind: "held"; epoch: number } | { kind: "taken"; by: Claim[] }>;
  /** Whether the holder still holds all of these, unlapsed and at no older epoch than `epoch`; asked in the transaction of an effect. */
  holdsClaims(keys: ClaimKey[], holder: Holder, epoch: number): Promise<boolean>;
  /** Gives back all claims of a holder, or only these keys. Answers the keys that became free. */
  releaseClaims(holder: Holder, keys?: ClaimKey[]): Promise<ClaimKey[]>;
  /** Shortens the lease of whoever holds the key to at most `withinMs`, and notes who asked. Answers the claims concerned. */
  askRelease(key: ClaimKey, by: string, withinMs: number): Promise<Claim[]>;
  /**
   * Takes lapsed claims away and answers them, so that their former holders can be told: those that another took over or asked
   * for, and guests'. A run's own, which nobody wanted meanwhile, waits for the run to go on.
   */
  takeLapsed(limit: number): Promise<Claim[]>;
  /**
   * Keeps an entry, or merges it into a near-duplicate of the same kind and scope, or refuses it at the limits of its scope.
   * `supersedes` ends an active entry in the same statement.
   */
  remember(entry: MemoryEntry, limits: MemoryLimits, supersedes?: EntryId): Promise<Remembered>;
  /** Ends an entry's life; false when it is not active. */
  endEntry(id: EntryId, state: "superseded" | "withdrawn", supersededBy?: EntryId): Promise<boolean>;
  /** Notes that these were recalled. */
  countHits(ids: EntryId[], at: Date): Promise<void>;
  /** Forgets idle lessons and old superseded entries; answers which. */
  forgetIdle(limits: MemoryLimits, now: Date): Promise<EntryId[]>;

  /** Reserves money for a run under the loop's lock; false when the day's budget does not hold it. */
  reserve(wish: {
    loop: LoopName;
    runId: RunId;
    usd: number;
    usdPerDay: number;
    now: Date;
  }): Promise<boolean>;

  /** Keeps a run's change; a newer head of the same run replaces it. */
  putChange(change: Change): Promise<void>;
  setChangeState(runId: RunId, state: ChangeState, landed?: Landed): Promise<void>;
  /** False when this conflict is known already. */
  putConflict(conflict: Conflict, runId: RunId): Promise<boolean>;

  putHold(hold: Hold): Promise<void>;
  /** Records the answer if the hold is still waiting for this digest; else the hold as it is now. */
  answerHold(
    id: HoldId,
    digest: ChangeDigest,
    answer: Approval,
  ): Promise<{ kind: "won"; hold: Hold } | { kind: "lost"; hold: Hold | null }>;
  /** Ends a waiting hold without an answer. False when it no longer waits. */
  endHold(id: HoldId, state: "void" | "expired", because: string): Promise<boolean>;

  putInbox(item: InboxItem): Promise<void>;
  /** False when there is no open item for it. */
  settleInbox(id: FindingId, settled: NonNullable<InboxItem["settled"]>): Promise<boolean>;

  setSwitch(loop: LoopName, to: LoopSwitch, by?: PersonId, why?: string): Promise<void>;
  setTicked(loop: LoopName, at: Date, commit: Sha): Promise<void>;
  /** Adds one to the loop's failures in a row, or sets them to none; answers the number. */
  countFailure(loop: LoopName, failed: boolean): Promise<number>;
  setPaused(by: PersonId | null): Promise<void>;
  setDigestSent(at: Date): Promise<void>;
}

// ------------------------------------------------------------------------------------------------ queue

export interface QueueHandlers {
  advance(runId: RunId, signal: AbortSignal): Promise<void>;
  tick(loop: LoopName, why: string): Promise<void>;
  digest(): Promise<void>;
}

/** A hint to look at the record, never the truth. */
export interface Queue {
  /** Adds a hint; the same `jobId` twice is harmless. */
  add(jobId: string, hint: Hint): Promise<void>;
  /** Makes the schedules exactly these: each loop's ticks and the digest. */
  schedule(schedules: Schedule[]): Promise<void>;
  /** Starts to work. At least once: a handler may see a hint again. A handler that throws is tried again later. */
  work(handlers: QueueHandlers): Promise<void>;
  /** Lets active handlers end, for at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface Schedule {
  /** `tick-<loop>` or `digest`. */
  id: string;
  pattern: string;
  timezone: string;
  job: { kind: "tick"; loop: LoopName; why: string } | { kind: "digest" };
}

// ------------------------------------------------------------------------------------------------ code

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
  facts(repository: RepositoryName, base: Sha, head: Sha): Promise<ChangeFacts>;
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

// ------------------------------------------------------------------------------------------------ processes

/** Runs one program in a checkout, confined as far as this machine allows. Never a shell. */
export type RunProgram = (program: Program, signal: AbortSignal) => Promise<Ended>;

export interface Program {
  argv: string[];
  cwd: string;
  /** The whole environment besides PATH and HOME. */
  env: { [name: string]: string };
  stdin?: string;
  wallMs: number;
  outputBytesMax: number;
  network: boolean;
  /** Absolute paths outside `cwd` that it may read, and write. */
  readable: string[];
  writable: string[];
}

/** `output` is stdout and stderr as they came, its middle cut when longer than `outputBytesMax`. */
export type Ended =
  | { kind: "exited"; exit: number; output: string; isCut: boolean; ms: number }
  | { kind: "signalled"; signal: string; output: string; isCut: boolean; ms: number }
  | { kind: "timed-out"; output: string; isCut: boolean; ms: number }
  | { kind: "stopped"; output: string }
  | { kind: "not-started"; reason: string };

export type Checked =
  | { kind: "ran"; report: TestReport; ms: number }
  | { kind: "could-not-run"; reason: string; outputTail: string };

export interface Checks {
  /** Runs the check command and reads its report. Never throws for anything the command does: it hangs, floods, or does not start. */
  run(
    checkout: Checkout,
    command: CheckCommand,
    limits: { wallMs: number; outputBytesMax: number },
    signal: AbortSignal,
  ): Promise<Checked>;
  /** Names the command, its setup and its report: results are kept under it. */
  digest(command: CheckCommand): string;
}

export interface Makers {
  /** Runs a command maker in its checkout. What it changed is asked from git, never from it. */
  run(
    maker: Extract<MakerSpec, { kind: "command" }>,
    job: {
      checkout: Checkout;
      prompt: string;
      skillDir: string;
      runId: RunId;
      wallMs: number;
      outputBytesMax: number;
    },
    signal: AbortSignal,
  ): Promise<Ended>;
}
