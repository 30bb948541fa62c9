import type { Digest, Overview, RunStory } from "../domain/answer.ts";
import type { Message } from "../domain/card.ts";
import type { Change } from "../domain/change.ts";
import type { ChangeRecord } from "../domain/change-record.ts";
import type { Claim, ClaimKey, Holder } from "../domain/claim.ts";
import type { ConflictState } from "../domain/conflict.ts";
import type { TraceEvent } from "../domain/event.ts";
import type { Fate, FindingState } from "../domain/finding.ts";
import type { Freeze, Stop } from "../domain/freeze.ts";
import type { Hold } from "../domain/hold.ts";
import type { FindingId, HoldId, LoopName, RepositoryName, RunId, Sha } from "../domain/ids.ts";
import type { InboxItem } from "../domain/inbox.ts";
import type { LoopState } from "../domain/loop.ts";
import type { Doing, EntryId, MemoryEntry, Recalled, RecallWish } from "../domain/memory.ts";
import type { Run } from "../domain/run.ts";
import type { RulingId, StoredPolicies, StoredRuling } from "../domain/stored-ruling.ts";
import type { TestReport } from "../domain/test-report.ts";
import type { Hint, RecordTx } from "./record-tx.ts";

/** The right of one worker to advance one run until it lapses. A newer lease of the same run has a higher fence. */
export interface Lease {
  runId: RunId;
  fence: number;
}

/** A run under its new lease. */
export interface Taken {
  lease: Lease;
  run: Run;
  /** The worker whose lease lapsed in the middle of the run; null when the run was ready. */
  from: string | null;
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
  lease(runId: RunId, worker: string, leaseMs: number): Promise<Taken | null>;
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
  /**
   * Proposed and held changes of this repository that are kept under one of these keys, with their records; other runs' when
   * `except` is one's own. By index: the cost grows with what is found. `isCut` says that there were more than `limit`.
   */
  colliding(query: {
    repository: RepositoryName;
    keys: string[];
    except?: RunId;
    limit: number;
  }): Promise<{ found: Colliding[]; isCut: boolean }>;
  /** The records of runs' changes, as far as they are kept. */
  records(runIds: RunId[]): Promise<Map<RunId, ChangeRecord>>;
  /** Landed changes with a record, in the order of landing, from behind `afterSeq` (0 for all): what an index is brought up to date with. */
  landedRecords(repository: RepositoryName, afterSeq: number, limit: number): Promise<LandedRecord[]>;
  /** Landed loop changes that the record knows, newest first. */
  landedChanges(repository: RepositoryName, limit: number): Promise<Change[]>;
  conflict(id: string): Promise<ConflictState | null>;
  /** Newest first; of one repository, in one state, or in which one run is concerned. */
  conflicts(query: {
    repository?: RepositoryName;
    runId?: RunId;
    state?: ConflictState["state"];
    limit: number;
  }): Promise<ConflictState[]>;
  hold(id: HoldId): Promise<Hold | null>;
  holds(runId: RunId): Promise<Hold[]>;
  loopStates(): Promise<LoopState[]>;
  isPaused(): Promise<Stop | null>;
  /** Freezes by people, also those that are over by the clock. */
  freezes(): Promise<Freeze[]>;
  /** A test report kept for a commit and a check command's digest; null when none is kept. */
  report(commit: Sha, checkDigest: string): Promise<TestReport | null>;
  /** The target commit of the last tick, by loop. */
  lastTick(loop: LoopName): Promise<{ at: Date; commit: Sha } | null>;

  ruling(id: RulingId): Promise<StoredRuling | null>;
  /** The newest ones, oldest of them first. */
  rulings(query: { since?: Date; runId?: RunId; limit: number }): Promise<StoredRuling[]>;
  policies(digest: string): Promise<StoredPolicies | null>;

  story(runId: RunId): Promise<RunStory | null>;
  /** `since` bounds what landed; `problems` are the record's own; definitions, theirs, and `nextTickAt` are added by the caller. */
  overview(
    since: Date,
  ): Promise<Omit<Overview, "loops" | "freezes"> & { states: LoopState[]; freezes: Freeze[] }>;
  digest(since: Date, until: Date): Promise<Omit<Digest, "freezes"> & { freezes: Freeze[] }>;
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
  /** Runs whose lease lapsed and whom nobody woke since, and those that wait for a worker for `graceMs`; a new hint is due for each. */
  strandedRuns(graceMs: number): Promise<RunId[]>;
  /**
   * Runs that parked because of others' claims, all of which are gone; oldest first, none of these loops. A run that waits for people
   * is not among them.
   */
  unblockedRuns(query: { except: LoopName[]; limit: number }): Promise<RunId[]>;
  expiredHolds(now: Date): Promise<Hold[]>;
  waitingHolds(): Promise<Hold[]>;
  /** Of all runs in a repository, ended ones too: the stage that was kept last under a key that begins so. */
  newestStage(repository: RepositoryName, keyBegin: string): Promise<{ runId: RunId; kept: unknown } | null>;
  /** Parked runs whose moment has come, by the caller's clock: what they wait for is a time of day, not a lease. */
  dueRuns(now: Date): Promise<RunId[]>;

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

/** An open change that shares keys with another; `record` is null when none was kept with it. */
export interface Colliding {
  change: Change;
  record: ChangeRecord | null;
  shared: string[];
}

/** `seq` rises with each landing in a repository. */
export interface LandedRecord {
  seq: number;
  change: Change;
  record: ChangeRecord;
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
