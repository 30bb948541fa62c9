import { describe, expect, it } from "vitest";
import {
  createLine,
  dropStale,
  enqueue,
  holdBack,
  type Line,
  nextDue,
  type Shared,
} from "../../../../src/adapters/slack/sender/line.ts";
import type { UnsentMessage } from "../../../../src/ports/record.ts";

const address = { channel: "C02", ts: "1.1" };

const unsent = (key: string, more: Partial<UnsentMessage> = {}): UnsentMessage => ({
  message: { key, channel: "ops", card: { kind: "notice", tone: "info", text: key, people: [] } },
  version: 1,
  wasPosting: false,
  tries: 0,
  ...more,
});

const shared = (): Shared => ({
  addresses: new Map(),
  nextUpdateAtMs: new Map(),
  updatesBlockedUntilMs: 0,
});

const lineOf = (...messages: UnsentMessage[]): Line => {
  const line = createLine();
  for (const one of messages) enqueue(line, { unsent: one, staleAtMs: 1_000 });
  return line;
};

const nextKey = (line: Line, all = shared()) => nextDue(line, all)?.item.unsent.message.key;

describe("a channel's line", () => {
  it("sends posts in their order", () => {
    expect(nextKey(lineOf(unsent("a"), unsent("b")))).toBe("a");
  });

  it("lets an update pass a post that has to wait", () => {
    const line = lineOf(unsent("a"), unsent("b", { posted: address }));
    line.nextPostAtMs = 500;

    expect(nextDue(line, shared())).toMatchObject({
      dueAtMs: 0,
      item: { unsent: { message: { key: "b" } } },
    });
  });

  it("pauses between updates of one message, not of others", () => {
    const line = lineOf(unsent("a", { posted: address }), unsent("b", { posted: address }));
    const all = shared();
    all.nextUpdateAtMs.set("a", 400);

    expect(nextKey(line, all)).toBe("b");
  });

  it("replaces a version that has not left, and remembers that an earlier try may have arrived", () => {
    const line = lineOf(unsent("a", { wasPosting: true }), unsent("b"), unsent("a", { version: 2 }));

    expect(line.waiting.map(({ unsent: one }) => [one.message.key, one.version, one.wasPosting])).toEqual([
      ["a", 2, true],
      ["b", 1, false],
    ]);
  });

  it("keeps what is on its way apart from its newer version", () => {
    const line = lineOf(unsent("a"));
    line.active = line.waiting[0] ?? null;

    enqueue(line, { unsent: unsent("a", { version: 2 }), staleAtMs: 1_000 });

    expect(line.waiting.map((one) => one.unsent.version)).toEqual([1, 2]);
  });

  it("drops what the record may have given to another sender, except what is on its way", () => {
    const line = lineOf(unsent("a"), unsent("b"));
    line.active = line.waiting[0] ?? null;

    dropStale(line, 1_000);

    expect(line.waiting.map((one) => one.unsent.message.key)).toEqual(["a"]);
  });

  it("waits longer each time Slack is away, for at most a minute", () => {
    const line = lineOf(unsent("a"));
    const waits = Array.from({ length: 10 }, () => {
      const [item] = line.waiting;
      if (item === undefined) throw new Error("the item is gone");
      const before = performance.now();
      holdBack(line, shared(), item, { kind: "away", why: "gone", isUnsent: false, call: "post" });
      return Math.round((line.blockedUntilMs - before) / 100) / 10;
    });

    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(line.waiting[0]?.unsent.wasPosting).toBe(true);
  });

  it("lets posts go on while updates are limited", () => {
    const line = lineOf(unsent("a", { posted: address }), unsent("b"));
    const all = shared();
    const [item] = line.waiting;
    if (item === undefined) throw new Error("the item is gone");

    holdBack(line, all, item, { kind: "rate-limited", afterMs: 30_000, call: "update" });

    expect(nextKey(line, all)).toBe("b");
  });
});
