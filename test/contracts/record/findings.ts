import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/domain/finding.ts";
import { finding, minutes, noon, type OpenRecord, openedRun } from "./data.ts";

export function findingsContract(current: () => OpenRecord): void {
  const see = (seen: Finding, at = noon, loop = "triage") =>
    current().record.transact((tx) => tx.seeFinding(seen, loop, at));

  describe("findings", () => {
    it("keeps a new finding as open and as it was told, text that Postgres refuses included", async () => {
      const { news, state } = await see(
        finding("f-1", { title: "a\0b", paths: ["\uDC00.ts"], test: "t › x" }),
      );
      expect(news).toBe("new");
      expect(state).toEqual({
        finding: finding("f-1", { title: "a\uFFFDb", paths: ["\uFFFD.ts"], test: "t › x" }),
        loop: "triage",
        fate: "open",
        attempts: 0,
        notes: [],
        firstSeenAt: noon,
        lastSeenAt: noon,
      });
      expect(await current().record.finding("f-1")).toEqual(state);
      expect(await current().record.finding("f-2")).toBeNull();
    });

    it("is new for one of two that see it at once", async () => {
      const news = await Promise.all([see(finding("f-1")), see(finding("f-1")), see(finding("f-1"))]);
      expect(news.map((seen) => seen.news).sort()).toEqual(["again", "again", "new"]);
    });

    it("leaves the fate of one that is seen again, and merges its evidence, newest first", async () => {
      const { record } = current();
      const at = (where: string, summary: string) => ({
        source: "checks" as const,
        summary,
        detail: "x".repeat(5000),
        where,
      });
      await see(finding("f-1", { evidence: [at("a", "old"), at("b", "old")] }));
      await record.transact((tx) =>
        tx.setFate("f-1", "rejected", { note: { at: noon, by: "ada", text: "no" } }),
      );
      const { news, state } = await see(
        finding("f-1", { evidence: [at("b", "new")], seenAt: "s2" }),
        minutes(5),
      );
      expect(news).toBe("again");
      expect(state).toMatchObject({ fate: "rejected", firstSeenAt: noon, lastSeenAt: minutes(5) });
      expect(state.finding.evidence.map((e) => [e.where, e.summary])).toEqual([
        ["b", "new"],
        ["a", "old"],
      ]);
      expect(state.finding.evidence[0]?.detail).toHaveLength(4000);
      const many = Array.from({ length: 30 }, (_, i) => at(`w${i}`, "many"));
      expect((await see(finding("f-1", { evidence: many }))).state.finding.evidence).toHaveLength(10);
    });

    it("reopens a landed one that is seen at another commit, and not at the same", async () => {
      const { record } = current();
      await see(finding("f-1", { seenAt: "s1" }));
      await record.transact((tx) => tx.setFate("f-1", "landed", { attempt: true }));
      expect((await see(finding("f-1", { seenAt: "s1" }))).news).toBe("again");
      const { news, state } = await see(finding("f-1", { seenAt: "s2" }));
      expect(news).toBe("reopened");
      expect(state).toMatchObject({ fate: "open", attempts: 0 });
    });

    it("takes a remark once, whatever its fate", async () => {
      await see(finding("f-1"));
      const note = { at: minutes(1), by: "tidy", text: "priceOf now takes 3 parameters" };
      const add = () => current().record.transact((tx) => tx.addNote("f-1", note));
      expect([await add(), await add()]).toEqual([true, false]);
      expect(await current().record.finding("f-1")).toMatchObject({ fate: "open", notes: [note] });
    });

    it("counts attempts, keeps the run, and the twenty newest notes, cut", async () => {
      const { record } = current();
      await see(finding("f-1"));
      await record.transact(async (tx) => {
        await tx.setFate("f-1", "claimed", { runId: "r-1" });
        for (let i = 0; i < 22; i++)
          await tx.setFate("f-1", "open", {
            attempt: true,
            note: { at: minutes(i), by: "ada", text: `${i} ${"y".repeat(3000)}` },
          });
      });
      const state = await record.finding("f-1");
      expect(state).toMatchObject({ fate: "open", attempts: 22, runId: "r-1" });
      expect(state?.notes).toHaveLength(20);
      expect(state?.notes[0]?.text.startsWith("2 ")).toBe(true);
      expect(state?.notes[19]).toMatchObject({ at: minutes(21), by: "ada" });
      expect(state?.notes[0]?.text.length).toBe(2000);
      await record.transact((tx) => tx.setFate("f-1", "open", { attempts: 0 }));
      expect((await record.finding("f-1"))?.attempts).toBe(0);
      await expect(record.transact((tx) => tx.setFate("f-9", "open"))).rejects.toThrow("no such finding");
    });

    it("lands open and given-up findings of the source that it no longer reports, and no others", async () => {
      const { record } = current();
      for (const id of ["f-seen", "f-gone", "f-held", "f-given-up", "f-ignored"]) await see(finding(id));
      await see(finding("f-issue", { source: "issues" }));
      await see(finding("f-other-repository", { repository: "docs" }));
      await see(finding("f-other-loop"), noon, "tidy");
      for (const [id, fate] of [
        ["f-held", "held"],
        ["f-given-up", "gave-up"],
        ["f-ignored", "ignored"],
      ] as const)
        await record.transact((tx) => tx.setFate(id, fate));
      const closed = await record.transact((tx) =>
        tx.closeUnseen({ loop: "triage", repository: "shop", source: "checks", seen: ["f-seen"] }),
      );
      expect(closed).toEqual(["f-given-up", "f-gone"]);
      expect(await record.finding("f-gone")).toMatchObject({ fate: "landed", notes: [{ by: "triage" }] });
      const open = await record.findings({ fate: "open", limit: 10 });
      expect(open.map((state) => state.finding.id)).toEqual([
        "f-issue",
        "f-other-loop",
        "f-other-repository",
        "f-seen",
      ]);
    });

    it("lists findings by loop, repository and fate, the oldest first", async () => {
      const { record } = current();
      await see(finding("f-2"), minutes(2));
      await see(finding("f-1"), minutes(3));
      await see(finding("f-3", { repository: "docs" }), minutes(1));
      const ids = async (query: Parameters<typeof record.findings>[0]) =>
        (await record.findings(query)).map((state) => state.finding.id);
      expect(await ids({ loop: "triage", limit: 2 })).toEqual(["f-3", "f-2"]);
      expect(await ids({ repository: "shop", fate: "open", limit: 9 })).toEqual(["f-2", "f-1"]);
      expect(await ids({ loop: "tidy", limit: 9 })).toEqual([]);
    });
  });

  describe("the inbox", () => {
    it("has one open item a finding, brought up to date, and forgets it when it is settled", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const item = {
        findingId: "f-r-1",
        loop: "triage",
        runId: "r-1",
        title: "t",
        reason: "gave up",
        tried: ["a"],
        since: noon,
      };
      await record.transact((tx) => tx.putInbox(item));
      await record.transact((tx) => tx.putInbox({ ...item, reason: "gave up again", since: minutes(9) }));
      expect(await record.inbox()).toEqual([{ ...item, reason: "gave up again" }]);
      const settled = { how: "ignored" as const, by: "ada", at: minutes(10) };
      expect(await record.transact((tx) => tx.settleInbox("f-r-1", settled))).toBe(true);
      expect(await record.transact((tx) => tx.settleInbox("f-r-1", settled))).toBe(false);
      expect(await record.inbox()).toEqual([]);
      await record.transact((tx) => tx.putInbox({ ...item, since: minutes(11) }));
      expect(await record.inbox()).toEqual([{ ...item, since: minutes(11) }]);
    });
  });
}
