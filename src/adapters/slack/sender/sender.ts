import { setTimeout as sleep } from "node:timers/promises";
import type { RecordStore, UnsentMessage } from "../../../ports/record.ts";
import { type Bell, createBell } from "./bell.ts";
import { type Delivery, deliver, type Post } from "./deliver.ts";
import {
  addressOf,
  createLine,
  dropStale,
  enqueue,
  holdBack,
  type Line,
  nextDue,
  remove,
  type Shared,
  type Waiting,
} from "./line.ts";

export interface SenderOptions extends Omit<Post, "record"> {
  record: Pick<
    RecordStore,
    "takeUnsentMessages" | "markPosting" | "markMessageSent" | "markMessageFailed" | "onWritten"
  >;
  now: () => Date;
  /** Slack takes about one post a second in a channel, and asks for at least a second between updates of a message. */
  postGapMs: number;
  updateGapMs: number;
}

const pollMs = 300;
/** What a killed process had taken comes back after this. */
const leaseMs = 30_000;
/** A call may last as long as the client's timeout, so one is begun only while the lease outlives it. */
export const callMs = 10_000;
/** About as many as one channel takes before the lease is too old. */
const takenMax = 20;
const waitingMax = 40;
const refusedRetryMs = 10 * 60_000;
const addressesMax = 5_000;

/** A channel's line and what works on it. */
interface Lane {
  line: Line;
  bell: Bell;
  running: Promise<void> | null;
}

interface Sender {
  options: SenderOptions;
  lanes: Map<string, Lane>;
  shared: Shared;
  /** Rings when the record may have more to send. */
  bell: Bell;
  isClosing: boolean;
}

/** The one place where messages leave: in order within a channel, none lost, none twice. */
export function startSender(options: SenderOptions): { close(graceMs: number): Promise<void> } {
  const sender: Sender = {
    options,
    lanes: new Map(),
    shared: { addresses: new Map(), nextUpdateAtMs: new Map(), updatesBlockedUntilMs: 0 },
    bell: createBell(),
    isClosing: false,
  };
  const { bell } = sender;
  const unsubscribe = options.record.onWritten((what) => {
    if (what === "messages") bell.ring();
  });
  const taking = takeAll(sender);
  return {
    async close(graceMs) {
      sender.isClosing = true;
      unsubscribe();
      bell.ring();
      const lanes = [...sender.lanes.values()];
      for (const lane of lanes) lane.bell.ring();
      const ended = Promise.all([taking, ...lanes.map((lane) => lane.running)]);
      const grace = new AbortController();
      await Promise.race([ended, sleep(graceMs, undefined, { signal: grace.signal }).catch(() => undefined)]);
      grace.abort();
    },
  };
}

async function takeAll(sender: Sender): Promise<void> {
  const { record, log } = sender.options;
  let isFailing = false;
  while (!sender.isClosing) {
    let taken: UnsentMessage[] = [];
    try {
      if (waitingCount(sender) < waitingMax) taken = await record.takeUnsentMessages(takenMax, leaseMs);
      isFailing = false;
    } catch (error) {
      if (!isFailing) log("error", `taking unsent messages from the record: ${String(error)}; trying again`);
      isFailing = true;
    }
    for (const unsent of taken) accept(sender, unsent);
    if (taken.length < takenMax) await sender.bell.wait(pollMs);
  }
}

const waitingCount = (sender: Sender): number =>
  [...sender.lanes.values()].reduce((count, lane) => count + lane.line.waiting.length, 0);

function accept(sender: Sender, unsent: UnsentMessage): void {
  const { channel } = unsent.message;
  const lane = sender.lanes.get(channel) ?? { line: createLine(), bell: createBell(), running: null };
  sender.lanes.set(channel, lane);
  enqueue(lane.line, { unsent, staleAtMs: performance.now() + leaseMs - callMs });
  lane.bell.ring();
  work(sender, lane);
}

/** At most one call a channel at any time. */
function work(sender: Sender, lane: Lane): void {
  lane.running ??= run(sender, lane.line, lane.bell).finally(() => {
    lane.running = null;
    if (lane.line.waiting.length > 0 && !sender.isClosing) work(sender, lane);
  });
}

async function run(sender: Sender, line: Line, bell: Bell): Promise<void> {
  while (!sender.isClosing) {
    dropStale(line, performance.now());
    const due = nextDue(line, sender.shared);
    if (due === null) return;
    const waitMs = due.dueAtMs - performance.now();
    if (waitMs > 0) await bell.wait(waitMs);
    else await send(sender, line, due.item);
  }
}

async function send(sender: Sender, line: Line, item: Waiting): Promise<void> {
  const { shared, options } = sender;
  const unsent = placed(item.unsent, shared);
  line.active = item;
  const delivery = await deliver(options, unsent);
  line.active = null;
  settlePace(sender, line, unsent, delivery);
  if (delivery.kind === "sent") {
    if (line.failuresInRow > 0) options.log("info", `Slack is back for #${unsent.message.channel}`);
    line.failuresInRow = 0;
    remember(shared, unsent.message.key, delivery.address);
    remove(line, item);
    // The record may hold a channel's next post back until this one is known to have arrived.
    sender.bell.ring();
    return;
  }
  if (delivery.kind === "refused") {
    options.log("error", `sending ${unsent.message.key} to #${unsent.message.channel}: ${delivery.why}`);
    return giveBack(sender, line, item, delivery.why);
  }
  if (delivery.kind === "away" && line.failuresInRow === 0) {
    options.log(
      "warn",
      `sending to #${unsent.message.channel}: ${delivery.why}; keeping it, and trying again`,
    );
  }
  holdBack(line, shared, item, delivery);
}

/** With the addresses that this process learned after the record gave the message out. */
function placed(unsent: UnsentMessage, shared: Shared): UnsentMessage {
  const posted = addressOf(unsent, shared);
  const { threadOf } = unsent.message;
  const threadTs =
    unsent.threadTs ?? (threadOf === undefined ? undefined : shared.addresses.get(threadOf)?.ts);
  return {
    ...unsent,
    ...(posted === undefined ? {} : { posted }),
    ...(threadTs === undefined ? {} : { threadTs }),
  };
}

async function giveBack(sender: Sender, line: Line, item: Waiting, why: string): Promise<void> {
  const { record, now, log } = sender.options;
  remove(line, item);
  const { key } = item.unsent.message;
  try {
    await record.markMessageFailed(key, why, new Date(now().getTime() + refusedRetryMs));
  } catch (error) {
    log("error", `giving ${key} back to the record: ${String(error)}; its lease will lapse`);
  }
}

function settlePace(sender: Sender, line: Line, unsent: UnsentMessage, delivery: Delivery): void {
  const { postGapMs, updateGapMs } = sender.options;
  const nowMs = performance.now();
  const isPost = delivery.kind === "sent" ? unsent.posted === undefined : delivery.call === "post";
  if (isPost) line.nextPostAtMs = nowMs + postGapMs;
  sender.shared.nextUpdateAtMs.set(unsent.message.key, nowMs + updateGapMs);
  forgetOldest(sender.shared.nextUpdateAtMs);
}

function remember(shared: Shared, key: string, address: { channel: string; ts: string }): void {
  shared.addresses.delete(key);
  shared.addresses.set(key, address);
  forgetOldest(shared.addresses);
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= addressesMax) return;
    map.delete(key);
  }
}
