import type { Message } from "../domain/card.ts";
import type { Change, ChangeState, Landed } from "../domain/change.ts";
import type { ChangeRecord } from "../domain/change-record.ts";
import type { Claim, ClaimKey, ClaimMode, Holder } from "../domain/claim.ts";
import type { Conflict, ConflictState, Settlement } from "../domain/conflict.ts";
import type { TraceEvent } from "../domain/event.ts";
import type { Fate, Finding, FindingNote, FindingState } from "../domain/finding.ts";
import type { Freeze, Stop } from "../domain/freeze.ts";
import type { Approval, Hold, HoldState } from "../domain/hold.ts";
import type {
  ChangeDigest,
  FindingId,
  HoldId,
  LoopName,
  PersonId,
  RepositoryName,
  RunId,
  Sha,
} from "../domain/ids.ts";
import type { InboxItem } from "../domain/inbox.ts";
import type { LoopSwitch } from "../domain/loop.ts";
import type { EntryId, MemoryEntry, MemoryLimits, Remembered } from "../domain/memory.ts";
import type { Outcome, Run } from "../domain/run.ts";
import type { StoredPolicies, StoredRuling } from "../domain/stored-ruling.ts";
import type { TestReport } from "../domain/test-report.ts";

/** What is kept with a change so that others find it: its record, and what it is found by: `kept` of coordination's `touchKeys`. */
export interface Indexed {
  record: ChangeRecord;
  keys: string[];
}

/** A hint to look at the record; losing or repeating one is harmless. `isNext`: it goes before those that wait. */
export type Hint =
  | { kind: "advance"; runId: RunId; isNext?: boolean }
  | { kind: "tick"; loop: LoopName; why: string };

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
  /** A remark that the finding's next run reads, whatever its fate; false when it was made before. */
  addNote(id: FindingId, note: FindingNote): Promise<boolean>;
  /**
   * Open and given-up findings of this loop, repository and source that are not in `seen` exist no more (their test passes again):
   * their fate becomes landed, with a note. Answers which.
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
   * parked: what woke it may have come after its worker looked. One that has begun goes before those that have not: somebody
   * waits for it. False when it has ended.
   */
  wake(runId: RunId): Promise<boolean>;
  /**
   * Gives the lease back and leaves the run held until `wake`; its claims do not lapse meanwhile. With `until`, it is among
   * `dueRuns` from then on, unless it was woken or parked again before.
   */
  park(runId: RunId, until?: Date): Promise<void>;
  /** Ends a run: outcome, lease, claims and reservation are settled; the cost stays counted. */
  endRun(runId: RunId, outcome: Outcome, at: Date): Promise<void>;
  /** Counts a pass that threw, gives the lease back, and hints at the run again after a delay that grows with the count. */
  failRun(runId: RunId): Promise<number>;

  keepStage(runId: RunId, key: string, result: unknown): Promise<void>;
  keepReport(commit: Sha, checkDigest: string, report: TestReport): Promise<void>;

  /**
   * Claims all keys or none; one statement decides, under the claims' lock. A lapsed claim may be taken over and its epoch rises;
   * the holder's own claims keep their epoch, get the new reason, and are extended. `held` says the newest epoch among the keys;
   * `taken` names up to 10 claims in the way.
   */
  claim(wish: ClaimWish): Promise<{ kind: "held"; epoch: number } | { kind: "taken"; by: Claim[] }>;
  /**
   * Whether the holder holds all of these, unlapsed, and lost none of them since the claim that was answered with `epoch`; asked in the
   * transaction of an effect.
   */
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

  /**
   * Keeps a run's change; a newer head of the same run replaces it. Without `indexed`, `colliding` finds it by `path:<path>` only.
   * A record beyond the store's bound is kept without its largest files' lines, and says so in `weaker`.
   */
  putChange(change: Change, indexed?: Indexed): Promise<void>;
  /** Files moved on the target: open changes that are kept under `path:<from>` are found under `path:<to>`, too. */
  followRenames(repository: RepositoryName, moved: { from: string; to: string }[]): Promise<void>;
  setChangeState(runId: RunId, state: ChangeState, landed?: Landed): Promise<void>;
  /** Keeps a conflict that a run met. The same pair again is the same conflict: renewed until it is decided, and left alone after. `isNew` also when it was over. */
  putConflict(conflict: Conflict, runId: RunId): Promise<{ isNew: boolean; state: ConflictState }>;
  /** Records the answer if nobody has settled it yet; else the conflict as it is now. */
  answerConflict(
    id: string,
    answer: Settlement,
  ): Promise<{ kind: "won"; state: ConflictState } | { kind: "lost"; state: ConflictState | null }>;
  /** One side is gone before anybody answered. Answers the conflict when it was open. */
  endConflict(id: string): Promise<ConflictState | null>;
  /** Notes what a person did with an open conflict; null when it is not open. */
  stepConflict(id: string, step: ConflictState["steps"][number]): Promise<ConflictState | null>;

  /** Keeps a ruling with its facts, and the policies that made it once for each digest. */
  keepRuling(made: StoredRuling, policies: StoredPolicies): Promise<void>;
  /** Forgets rulings that are too old to be tried again; the trace still has that they were made. */
  forgetRulings(now: Date): Promise<void>;

  putHold(hold: Hold): Promise<void>;
  /**
   * Keeps a person's answer if the hold waits for this very digest, has not expired at the answer's time, and they have not answered
   * it; else `lost`, with the hold as it is now. A rejection ends it; otherwise it is approved once `isEnough` of all its answers.
   */
  answerHold(
    id: HoldId,
    given: { digest: ChangeDigest; answer: Approval; isEnough: (hold: Hold) => boolean },
  ): Promise<{ kind: "kept"; hold: Hold } | { kind: "lost"; hold: Hold | null }>;
  /** Moves a hold that is in one of the states `from`; else false. `because` says why one is void or has expired. */
  turnHold(id: HoldId, turn: { from: HoldState[]; to: HoldState; because?: string }): Promise<boolean>;

  /** Freezes a zone, null for everywhere, in place of a freeze that it may have. */
  putFreeze(freeze: Freeze): Promise<void>;
  /** Answers the freeze that was lifted; null when there was none. */
  liftFreeze(zone: string | null): Promise<Freeze | null>;

  putInbox(item: InboxItem): Promise<void>;
  /** False when there is no open item for it. */
  settleInbox(id: FindingId, settled: NonNullable<InboxItem["settled"]>): Promise<boolean>;

  setSwitch(loop: LoopName, to: LoopSwitch, by?: PersonId, why?: string): Promise<void>;
  setTicked(loop: LoopName, at: Date, commit: Sha): Promise<void>;
  /** Adds one to the loop's failures in a row, or sets them to none; answers the number. */
  countFailure(loop: LoopName, failed: boolean): Promise<number>;
  setPaused(stop: Stop | null): Promise<void>;
  setDigestSent(at: Date): Promise<void>;
}
