import type { UnsentMessage } from "../../../ports/record.ts";
import type { Address, Delivery } from "./deliver.ts";

/** One channel's messages, in the order in which they leave. Times are of a clock that only goes forward. */
export interface Line {
  waiting: Waiting[];
  /** The item whose call is under way; it stays in `waiting` until its end is known. */
  active: Waiting | null;
  /** Nothing of this channel leaves before. */
  blockedUntilMs: number;
  nextPostAtMs: number;
  failuresInRow: number;
}

export interface Waiting {
  unsent: UnsentMessage;
  /** When the record's lease on it is too old to begin a call. */
  staleAtMs: number;
}

export const createLine = (): Line => ({
  waiting: [],
  active: null,
  blockedUntilMs: 0,
  nextPostAtMs: 0,
  failuresInRow: 0,
});

/**
 * Adds what the record gave; a newer version takes the place of one that has not left yet, and keeps in mind that an earlier
 * try may have arrived.
 */
export function enqueue(line: Line, next: Waiting): void {
  const { key } = next.unsent.message;
  const index = line.waiting.findIndex((one) => one !== line.active && one.unsent.message.key === key);
  const old = line.waiting[index];
  if (old === undefined) {
    line.waiting.push(next);
    return;
  }
  const wasPosting = next.unsent.wasPosting || old.unsent.wasPosting;
  line.waiting[index] = { ...next, unsent: { ...next.unsent, wasPosting } };
}

/** What all lines share: where messages are, and when each may be updated again. */
export interface Shared {
  addresses: Map<string, Address>;
  nextUpdateAtMs: Map<string, number>;
  /** Slack limits updates for the whole workspace, posts for each channel. */
  updatesBlockedUntilMs: number;
}

export interface Due {
  item: Waiting;
  dueAtMs: number;
}

/** What leaves next and when: posts in their order, each update as soon as its own pause is over. */
export function nextDue(line: Line, shared: Shared): Due | null {
  let best: Due | null = null;
  let isFirstPost = true;
  for (const item of line.waiting) {
    const isUpdate = addressOf(item.unsent, shared) !== undefined;
    if (!isUpdate && !isFirstPost) continue;
    if (!isUpdate) isFirstPost = false;
    const dueAtMs = Math.max(line.blockedUntilMs, isUpdate ? updateAt(item, shared) : line.nextPostAtMs);
    if (best === null || dueAtMs < best.dueAtMs) best = { item, dueAtMs };
  }
  return best;
}

const updateAt = (item: Waiting, shared: Shared): number =>
  Math.max(shared.updatesBlockedUntilMs, shared.nextUpdateAtMs.get(item.unsent.message.key) ?? 0);

export const addressOf = (unsent: UnsentMessage, shared: Shared): Address | undefined =>
  shared.addresses.get(unsent.message.key) ?? unsent.posted;

/** Drops what the record may have given to somebody else by now; it comes back from there, in order. */
export function dropStale(line: Line, nowMs: number): void {
  line.waiting = line.waiting.filter((item) => item === line.active || item.staleAtMs > nowMs);
}

export const remove = (line: Line, item: Waiting): void => {
  line.waiting = line.waiting.filter((one) => one !== item);
};

const backoffStartMs = 500;
const backoffMaxMs = 60_000;

/** Keeps a failed item at its place and holds the channel back, so that its order survives. */
export function holdBack(
  line: Line,
  shared: Shared,
  item: Waiting,
  failure: Exclude<Delivery, { kind: "sent" | "refused" }>,
): void {
  const nowMs = performance.now();
  if (failure.kind === "rate-limited") {
    if (failure.call === "update") shared.updatesBlockedUntilMs = nowMs + failure.afterMs;
    else line.blockedUntilMs = nowMs + failure.afterMs;
    return;
  }
  const backoffMs = Math.min(backoffMaxMs, backoffStartMs * 2 ** line.failuresInRow);
  line.failuresInRow += 1;
  line.blockedUntilMs = nowMs + backoffMs;
  if (failure.call === "update" || failure.isUnsent) return;
  const index = line.waiting.indexOf(item);
  line.waiting[index] = { ...item, unsent: { ...item.unsent, wasPosting: true } };
}
