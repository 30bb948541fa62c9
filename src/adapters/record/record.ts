import type { Lease, RecordStore } from "../../ports/record.ts";
import type { RecordTx } from "../../ports/record-tx.ts";
import { colliding, landedRecords, readRecords } from "./change-index.ts";
import { changeBySha, landedChanges, openChanges, readChange } from "./changes.ts";
import { readClaims } from "./claims.ts";
import { readConflict, readConflicts } from "./conflicts.ts";
import { type Database, inTransaction, outsideTransaction } from "./database.ts";
import { doing } from "./doing.ts";
import { readEvents, verifyChain } from "./events.ts";
import { readFinding, readFindings } from "./findings.ts";
import { readFreezes } from "./freezes.ts";
import { dueRuns, markHintsSent, unsentHints } from "./hints.ts";
import { expiredHolds, readHold, readHolds, waitingHolds } from "./holds.ts";
import { readInbox } from "./inbox.ts";
import { extendLease, holdLease, leaseRun, strandedRuns } from "./leases.ts";
import { lastTick, loopStates, readHouse } from "./loops.ts";
import { readEntries, readEntry } from "./memory.ts";
import { markMessageFailed, markMessageSent, markPosting, takeUnsentMessages } from "./messages.ts";
import { digest, overview, story } from "./queries.ts";
import { recall } from "./recall.ts";
import { readReport } from "./reports.ts";
import { readPolicies, readRuling, readRulings } from "./rulings.ts";
import { findingTotals, liveRuns, newestStage, readRun, readStages } from "./runs.ts";
import { type Written, writeWith } from "./transaction.ts";
import { unblockedRuns } from "./unblocked.ts";

export interface RecordOptions {
  /** After so many failed tries a message is given up. */
  messageTriesMax?: number;
}

/** With a sender that waits up to half a minute between tries, this outlasts a quarter of an hour without Slack. */
const messageTriesMaxDefault = 40;

type Listener = Parameters<RecordStore["onWritten"]>[0];

/** The record on a database whose migrations have run. `close` ends what was opened for it. */
export function makeRecord(
  db: Database,
  close: () => Promise<void>,
  options: RecordOptions = {},
): RecordStore {
  const triesMax = options.messageTriesMax ?? messageTriesMaxDefault;
  const listeners = new Set<Listener>();
  const write = async <T>(work: (tx: Database) => Promise<Written<T>>): Promise<T> => {
    const { result, wrote } = await inTransaction(db, work);
    // Not awaited and not caught: what was committed stands, whatever a listener does with the news.
    for (const what of wrote) for (const listener of listeners) queueMicrotask(() => listener(what));
    return result;
  };
  return {
    transact: (work) => write((tx) => writeWith(tx, work)),
    fenced: <T>(lease: Lease, work: (tx: RecordTx) => Promise<T>) =>
      write(async (tx) => {
        await holdLease(tx, lease);
        return writeWith(tx, work);
      }),
    lease: (runId, worker, leaseMs) => leaseRun(db, runId, worker, leaseMs),
    extend: (lease, leaseMs) => extendLease(db, lease, leaseMs),
    ...reads(db),
    ...senders(db, triesMax),
    onWritten: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
}

type Reads = Omit<
  RecordStore,
  "transact" | "fenced" | "lease" | "extend" | "onWritten" | "close" | keyof Senders
>;
type Senders = Pick<
  RecordStore,
  | "unsentHints"
  | "markHintsSent"
  | "takeUnsentMessages"
  | "markPosting"
  | "markMessageSent"
  | "markMessageFailed"
>;

function reads(db: Database): Reads {
  const read =
    <A extends unknown[], T>(query: (db: Database, ...of: A) => Promise<T>) =>
    (...of: A): Promise<T> =>
      outsideTransaction(() => query(db, ...of));
  return {
    stages: read(readStages),
    finding: read(readFinding),
    findings: read(readFindings),
    run: read(readRun),
    liveRuns: read(liveRuns),
    change: read(readChange),
    changeBySha: read(changeBySha),
    openChanges: read(openChanges),
    landedChanges: read(landedChanges),
    colliding: read(colliding),
    records: read(readRecords),
    landedRecords: read(landedRecords),
    conflict: read(readConflict),
    conflicts: read(readConflicts),
    hold: read(readHold),
    holds: read(readHolds),
    loopStates: read(loopStates),
    isPaused: read(async () => (await readHouse(db)).stop),
    freezes: read(readFreezes),
    report: read(readReport),
    lastTick: read(lastTick),
    ruling: read(readRuling),
    rulings: read(readRulings),
    policies: read(readPolicies),
    story: read(story),
    overview: read(overview),
    digest: read(digest),
    lastDigestAt: read(async () => (await readHouse(db)).digestSentAt),
    inbox: read(readInbox),
    claims: read(readClaims),
    entry: read(readEntry),
    entries: read(readEntries),
    recall: read(recall),
    doing: read(doing),
    findingTotals: read(findingTotals),
    events: read(readEvents),
    verifyChain: read(verifyChain),
    strandedRuns: read(strandedRuns),
    unblockedRuns: read(unblockedRuns),
    expiredHolds: read(expiredHolds),
    waitingHolds: read(waitingHolds),
    newestStage: read(newestStage),
    dueRuns: read(dueRuns),
  };
}

function senders(db: Database, triesMax: number): Senders {
  return {
    unsentHints: (limit) => outsideTransaction(() => unsentHints(db, limit)),
    markHintsSent: (ids) => outsideTransaction(() => markHintsSent(db, ids)),
    takeUnsentMessages: (limit, leaseMs) => outsideTransaction(() => takeUnsentMessages(db, limit, leaseMs)),
    markPosting: (key) => outsideTransaction(() => markPosting(db, key)),
    markMessageSent: (key, version, sent) =>
      outsideTransaction(() => markMessageSent(db, key, version, sent)),
    markMessageFailed: (key, error, retryAt) =>
      outsideTransaction(() => markMessageFailed(db, key, { error, retryAt, triesMax })),
  };
}
