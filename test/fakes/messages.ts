import type { Card, Message } from "../../src/domain/card.ts";
import type { RecordStore, UnsentMessage } from "../../src/ports/record.ts";

interface Row {
  message: Message;
  version: number;
  sentVersion: number;
  posted?: { channel: string; ts: string };
  isPosting: boolean;
  tries: number;
  takenUntilMs: number;
  retryAtMs: number;
  error?: string;
}

export type MessageRecord = Pick<
  RecordStore,
  "takeUnsentMessages" | "markPosting" | "markMessageSent" | "markMessageFailed" | "onWritten"
>;

export interface Messages {
  record: MessageRecord;
  say(message: Message): void;
  notice(key: string, text: string, channel?: string): void;
  row(key: string): Readonly<Row> | undefined;
  unsent(): string[];
  /** Forgets the leases, as their lapse does after a crash. */
  releaseAll(): void;
  /** What the record was told, in order. */
  told: string[];
}

/** The record's part about messages, in memory: a channel's first posts one after the other, updates at any time. */
export function createMessages(): Messages {
  const rows = new Map<string, Row>();
  const listeners = new Set<(what: "hints" | "messages") => void>();
  const told: string[] = [];

  const isUnsent = (row: Row) => row.version > row.sentVersion;
  const isFree = (row: Row) => row.takenUntilMs <= Date.now() && row.retryAtMs <= Date.now();

  function isSendable(row: Row, before: Row[]): boolean {
    if (!isUnsent(row) || !isFree(row)) return false;
    if (row.posted !== undefined) return true;
    const parent = row.message.threadOf === undefined ? undefined : rows.get(row.message.threadOf);
    if (parent !== undefined && parent.posted === undefined) return false;
    return !before.some((one) => one.message.channel === row.message.channel && one.posted === undefined);
  }

  function given(row: Row): UnsentMessage {
    const threadTs =
      row.message.threadOf === undefined ? undefined : rows.get(row.message.threadOf)?.posted?.ts;
    return {
      message: row.message,
      version: row.version,
      wasPosting: row.isPosting && row.posted === undefined,
      tries: row.tries,
      ...(row.posted === undefined ? {} : { posted: row.posted }),
      ...(threadTs === undefined ? {} : { threadTs }),
    };
  }

  function say(message: Message): void {
    const old = rows.get(message.key);
    if (old === undefined) {
      rows.set(message.key, {
        message,
        version: 1,
        sentVersion: 0,
        isPosting: false,
        tries: 0,
        takenUntilMs: 0,
        retryAtMs: 0,
      });
    } else {
      old.message = message;
      old.version += 1;
    }
    for (const listener of listeners) queueMicrotask(() => listener("messages"));
  }

  const record: MessageRecord = {
    async takeUnsentMessages(limit, leaseMs) {
      const all = [...rows.values()];
      const taken = all.filter((row, index) => isSendable(row, all.slice(0, index))).slice(0, limit);
      for (const row of taken) row.takenUntilMs = Date.now() + leaseMs;
      return taken.map(given);
    },
    async markPosting(key) {
      told.push(`posting ${key}`);
      const row = rows.get(key);
      if (row !== undefined) row.isPosting = true;
    },
    async markMessageSent(key, version, sent) {
      told.push(`sent ${key} ${version}`);
      const row = rows.get(key);
      if (row === undefined) return;
      Object.assign(row, { posted: sent, isPosting: false, takenUntilMs: 0, retryAtMs: 0, tries: 0 });
      row.sentVersion = Math.max(row.sentVersion, version);
    },
    async markMessageFailed(key, error, retryAt) {
      told.push(`failed ${key}`);
      const row = rows.get(key);
      if (row !== undefined)
        Object.assign(row, {
          error,
          tries: row.tries + 1,
          retryAtMs: retryAt.getTime(),
          takenUntilMs: 0,
        });
    },
    onWritten(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return {
    record,
    say,
    notice: (key, text, channel = "ops") => say({ key, channel, card: noticeCard(text) }),
    row: (key) => rows.get(key),
    unsent: () => [...rows.values()].filter(isUnsent).map((row) => row.message.key),
    releaseAll() {
      for (const row of rows.values()) row.takenUntilMs = 0;
    },
    told,
  };
}

const noticeCard = (text: string): Card => ({ kind: "notice", tone: "info", text, people: [] });
