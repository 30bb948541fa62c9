import { describe, expect, it } from "vitest";
import type { Message } from "../../../src/domain/card.ts";
import { hold, longMs, message, minutes, noon, notice, type OpenRecord } from "./data.ts";

const future = () => new Date(Date.now() + longMs);

export function messagesContract(current: () => OpenRecord): void {
  const say = (...said: Message[]) =>
    current().record.transact(async (tx) => {
      for (const each of said) await tx.say(each);
    });
  const take = (limit = 10, leaseMs = longMs) => current().record.takeUnsentMessages(limit, leaseMs);
  const keys = async (limit = 10) => (await take(limit)).map((taken) => taken.message.key);
  const sent = (key: string, version = 1) =>
    current().record.markMessageSent(key, version, { channel: "C1", ts: `ts-${key}` });

  describe("messages", () => {
    it("gives a message with its dates, once, until it is sent", async () => {
      const card = { kind: "conflict" as const, people: ["ada"], note: "n\0", conflict: conflict() };
      const held: Message = {
        key: "hold:h-1",
        channel: "other",
        card: {
          kind: "hold",
          hold: hold("h-1", "r-1"),
          holdId: "h-1",
          loop: "triage",
          title: "t",
          why: "w",
          evidence: [],
          files: [],
          verdict: "pass",
          conflicts: [],
          people: [],
        },
      };
      await say({ key: "c", channel: "loops", card }, held);
      const taken = await take();
      expect(taken).toEqual([
        {
          message: { key: "c", channel: "loops", card: { ...card, note: "n\uFFFD" } },
          version: 1,
          wasPosting: false,
          tries: 0,
        },
        { message: held, version: 1, wasPosting: false, tries: 0 },
      ]);
      expect(await take()).toEqual([]);
      await sent("c");
      await sent("hold:h-1");
      expect(await take()).toEqual([]);
    });

    it("is taken by one of two senders", async () => {
      await say(
        message("a", { channel: "x" }),
        message("b", { channel: "y" }),
        message("c", { channel: "z" }),
      );
      const taken = (await Promise.all([keys(), keys(), keys(2)])).flat();
      expect(taken.sort()).toEqual(["a", "b", "c"]);
    });

    it("sends only the newest of several versions, and nothing when the same is said again", async () => {
      await say(message("a", { card: notice("one") }));
      await say(message("a", { card: notice("two") }));
      const [first] = await take();
      expect(first).toMatchObject({ version: 2, message: { card: notice("two") } });
      await say(message("a", { card: notice("three") }));
      await sent("a", 2);
      const [second] = await take();
      expect(second).toMatchObject({ version: 3, posted: { channel: "C1", ts: "ts-a" } });
      await sent("a", 3);
      await say(message("a", { card: notice("three") }));
      expect(await take()).toEqual([]);
    });

    it("posts a channel's messages one after the other, in the order of their first writing", async () => {
      await say(message("a"), message("b"), message("elsewhere", { channel: "other" }));
      await say(message("a", { card: notice("newer") }));
      expect(await keys()).toEqual(["a", "elsewhere"]);
      expect(await keys()).toEqual([]);
      await current().record.markMessageFailed("a", "slack is away", future());
      expect(await keys()).toEqual([]);
      await sent("a", 2);
      expect(await keys()).toEqual(["b"]);
    });

    it("lets an update pass a post that waits to be tried again", async () => {
      await say(message("a"));
      await take();
      await sent("a");
      await say(message("b"), message("a", { card: notice("newer") }));
      await current().record.markMessageFailed("b", "slack is away", future());
      expect(await keys()).toEqual(["a"]);
    });

    it("takes an answer in a thread when what it answers is posted", async () => {
      await say(message("reply", { threadOf: "parent" }), message("parent"));
      expect(await keys()).toEqual(["parent"]);
      await sent("parent");
      const [reply] = await take();
      expect(reply).toMatchObject({ message: { key: "reply", threadOf: "parent" }, threadTs: "ts-parent" });
    });

    it("says after a crash between the post and its receipt that a post had begun", async () => {
      await say(message("a"));
      await take(1, 0);
      await current().record.markPosting("a");
      const [again] = await take();
      expect(again).toMatchObject({ wasPosting: true, version: 1 });
      await sent("a");
      await say(message("a", { card: notice("newer") }));
      expect((await take())[0]?.wasPosting).toBe(false);
    });

    it("tries again after its time, and gives up at last with a problem that people see", async () => {
      const { record } = current();
      await say(message("a"), message("b"), message("reply", { threadOf: "a" }));
      await take();
      await record.markMessageFailed("a", "channel_not_found", minutes(0));
      expect(await take()).toMatchObject([{ message: { key: "a" }, tries: 1 }]);
      for (let tries = 1; tries < 40; tries++)
        await record.markMessageFailed("a", "channel_not_found", minutes(0));
      const [b] = await take();
      expect(b?.message.key).toBe("b");
      await sent("b");
      const { problems } = await record.overview(noon);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain("message a to #loops: given up after 40 tries (channel_not_found)");
      const [reply] = await take();
      expect(reply?.message.key).toBe("reply");
      expect(reply).not.toHaveProperty("threadTs");
      await sent("reply");
      await say(message("a", { card: notice("newer") }));
      expect(await take()).toMatchObject([{ message: { key: "a" }, tries: 0 }]);
      expect((await record.overview(noon)).problems).toEqual([]);
    });

    it("tells listeners of a message that is new, and not of one that says the same", async () => {
      const told: string[] = [];
      const stop = current().record.onWritten((what) => told.push(what));
      await say(message("a"));
      await say(message("a"));
      stop();
      expect(told).toEqual(["messages"]);
    });
  });
}

const conflict = () => ({
  id: "c-1",
  kind: "textual" as const,
  severity: "hold" as const,
  left: { title: "l", intent: "" },
  right: { title: "r", intent: "" },
  paths: [],
  evidence: [],
});
