import { describe, expect, it } from "vitest";
import type { Conflict } from "../../../src/domain/conflict.ts";
import type { Approval } from "../../../src/domain/hold.ts";
import { change, hold, minutes, noon, type OpenRecord, openedRun } from "./data.ts";

export function changesContract(current: () => OpenRecord): void {
  describe("changes", () => {
    it("keeps a run's newest change, and finds it by head and by the commit that landed it", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await record.transact((tx) => tx.putChange(change("r-1", { head: "old" })));
      await record.transact((tx) => tx.putChange(change("r-1", { head: "new" })));
      expect(await record.change("r-1")).toEqual(change("r-1", { head: "new" }));
      expect(await record.changeBySha("old")).toBeNull();
      const landed = { sha: "merged", at: noon, approvedBy: ["ada"] };
      await record.transact((tx) => tx.setChangeState("r-1", "landed", landed));
      expect(await record.changeBySha("merged")).toEqual(
        change("r-1", { head: "new", state: "landed", landed }),
      );
      expect(await record.changeBySha("new")).toEqual(await record.changeBySha("merged"));
      await expect(record.transact((tx) => tx.setChangeState("r-9", "held"))).rejects.toThrow("it has none");
    });

    it("lists what is open in a repository, and what landed there, newest first", async () => {
      const { record } = current();
      const states = { "r-1": "proposed", "r-2": "held", "r-3": "draft", "r-4": "dropped" } as const;
      for (const [id, state] of Object.entries(states)) {
        await openedRun(record, id);
        await record.transact((tx) => tx.putChange(change(id, { state })));
      }
      for (const [i, id] of ["r-5", "r-6"].entries()) {
        await openedRun(record, id);
        const landed = { sha: `sha-${id}`, at: minutes(i), approvedBy: [] };
        await record.transact((tx) => tx.putChange(change(id, { state: "landed", landed })));
      }
      const ids = (changes: { runId: string }[]) => changes.map((each) => each.runId);
      expect(ids(await record.openChanges("shop"))).toEqual(["r-1", "r-2"]);
      expect(ids(await record.openChanges("shop", "r-1"))).toEqual(["r-2"]);
      expect(ids(await record.openChanges("docs"))).toEqual([]);
      expect(ids(await record.landedChanges("shop", 9))).toEqual(["r-6", "r-5"]);
      expect(ids(await record.landedChanges("shop", 1))).toEqual(["r-6"]);
    });

    it("knows a conflict that it was told before, from whichever side", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await openedRun(record, "r-2");
      const conflict: Conflict = {
        id: "c-1",
        kind: "undo",
        left: { runId: "r-1", title: "l", intent: "i" },
        right: { runId: "r-2", title: "r", intent: "j" },
        paths: ["a"],
        evidence: ["returns a to what it was"],
      };
      expect(await record.transact((tx) => tx.putConflict(conflict, "r-1"))).toBe(true);
      expect(await record.transact((tx) => tx.putConflict(conflict, "r-2"))).toBe(false);
      expect((await record.story("r-1"))?.conflicts).toEqual([conflict]);
      expect((await record.story("r-2"))?.conflicts).toEqual([conflict]);
    });

    it("keeps a test report by commit and check, and the newest of both", async () => {
      const { record } = current();
      const report = {
        tests: [{ id: "t", name: "t", status: "failed" as const, message: "\0" }],
        exit: 1,
        outputTail: "",
      };
      await record.transact((tx) => tx.keepReport("s1", "d1", { ...report, exit: null }));
      await record.transact((tx) => tx.keepReport("s1", "d1", report));
      expect(await record.report("s1", "d1")).toEqual({
        ...report,
        tests: [{ id: "t", name: "t", status: "failed", message: "\uFFFD" }],
      });
      expect(await record.report("s1", "d2")).toBeNull();
    });
  });

  describe("holds", () => {
    const ada: Approval = { person: "ada", answer: "approved", note: "", at: minutes(1) };
    const bob: Approval = { person: "bob", answer: "rejected", note: "no", at: minutes(1) };
    const answer = (approval: Approval, digest = "digest-r-1") =>
      current().record.transact((tx) => tx.answerHold("h-1", digest, approval));

    it("records one of two answers that come at once, and tells the other who won", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await record.transact((tx) => tx.putHold(hold("h-1", "r-1")));
      const answers = await Promise.all([answer(ada), answer(bob), answer(bob), answer(ada)]);
      const won = answers.filter((each) => each.kind === "won");
      expect(won).toHaveLength(1);
      const kept = await record.hold("h-1");
      expect(won[0]?.hold).toEqual(kept);
      for (const lost of answers.filter((each) => each.kind === "lost")) expect(lost.hold).toEqual(kept);
      expect(kept?.state).toBe(kept?.answer?.answer);
      expect(await record.holds("r-1")).toEqual([kept]);
    });

    it("ignores an answer given for another digest, or to a hold that is over or unknown", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await record.transact((tx) => tx.putHold(hold("h-1", "r-1")));
      expect(await answer(ada, "another")).toEqual({ kind: "lost", hold: hold("h-1", "r-1") });
      expect(await record.transact((tx) => tx.endHold("h-1", "void", "a new head"))).toBe(true);
      expect(await record.transact((tx) => tx.endHold("h-1", "expired", "late"))).toBe(false);
      const voided = hold("h-1", "r-1", { state: "void", voidedBecause: "a new head" });
      expect(await answer(ada)).toEqual({ kind: "lost", hold: voided });
      const unknown = await record.transact((tx) => tx.answerHold("h-9", "d", ada));
      expect(unknown).toEqual({ kind: "lost", hold: null });
    });

    it("finds the waiting holds whose time is over", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await record.transact(async (tx) => {
        await tx.putHold(hold("h-1", "r-1"));
        await tx.putHold(hold("h-2", "r-1", { expiresAt: minutes(90) }));
        await tx.putHold(hold("h-3", "r-1", { state: "approved", answer: ada }));
      });
      expect(await record.expiredHolds(minutes(59))).toEqual([]);
      expect(await record.expiredHolds(minutes(60))).toEqual([hold("h-1", "r-1")]);
      expect((await record.hold("h-3"))?.answer).toEqual(ada);
    });
  });
}
