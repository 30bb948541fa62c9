import { describe, expect, it } from "vitest";
import { FencedOut } from "../../../src/ports/record.ts";
import {
  clearHints,
  finding,
  hintsOf,
  leased,
  longMs,
  minutes,
  noon,
  type OpenRecord,
  openedRun,
  until,
} from "./data.ts";

export function runsContract(current: () => OpenRecord): void {
  describe("runs and leases", () => {
    it("opens one live run a finding, and the next after it has ended", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const again = { id: "r-2", loop: "triage", findingId: "f-r-1", repository: "shop", startedAt: noon };
      expect(await record.transact((tx) => tx.openRun(again))).toBe(false);
      await record.transact((tx) => tx.endRun("r-1", { kind: "stopped", reason: "told to" }, minutes(1)));
      expect(await record.transact((tx) => tx.openRun(again))).toBe(true);
      expect(await record.run("r-1")).toEqual({
        id: "r-1",
        loop: "triage",
        findingId: "f-r-1",
        repository: "shop",
        status: "ended",
        failures: 0,
        startedAt: noon,
        endedAt: minutes(1),
        outcome: { kind: "stopped", reason: "told to" },
        costUsd: 0,
      });
      expect((await record.liveRuns("triage")).map((run) => run.id)).toEqual(["r-2"]);
      expect(await record.liveRuns("other")).toEqual([]);
    });

    it("gives the same finding to one of many runs that open at once", async () => {
      const { record } = current();
      await record.transact((tx) => tx.seeFinding(finding("f-1"), "triage", noon));
      const opened = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          record.transact((tx) =>
            tx.openRun({
              id: `r-${i}`,
              loop: "triage",
              findingId: "f-1",
              repository: "shop",
              startedAt: noon,
            }),
          ),
        ),
      );
      expect(opened.filter(Boolean)).toHaveLength(1);
    });

    it("leases a run to one of many workers", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const leases = await Promise.all(
        Array.from({ length: 8 }, (_, i) => record.lease("r-1", `w${i}`, longMs)),
      );
      const won = leases.filter((lease) => lease !== null);
      expect(won).toHaveLength(1);
      expect(won[0]?.run.status).toBe("running");
      expect(won[0]).toMatchObject({ lease: { runId: "r-1", fence: 1 }, from: null });
    });

    it("takes a lapsed lease over with a higher fence and fences the old worker out", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const old = await leased(record, "r-1", 1);
      const taken = await until(() => record.lease("r-1", "second", longMs));
      expect(taken).toMatchObject({ lease: { fence: old.fence + 1 }, from: "worker" });
      await expect(record.fenced(old, (tx) => tx.keepStage("r-1", "make", 1))).rejects.toThrow(FencedOut);
      expect(await record.extend(old, longMs)).toBe(false);
      await record.fenced(taken.lease, (tx) => tx.keepStage("r-1", "make", 2));
      expect(await record.stages("r-1")).toEqual(new Map([["make", 2]]));
    });

    it("fences a worker out once its lease has lapsed, though nobody took the run", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1", 150);
      await until(
        async () => (await record.extend({ ...lease, fence: 99 }, 1)) || (await isFencedOut(lease)),
      );
      expect(await record.extend(lease, longMs)).toBe(false);
      async function isFencedOut(held: typeof lease): Promise<boolean> {
        return record.fenced(held, async () => false).catch((error) => error instanceof FencedOut);
      }
    });

    it("keeps a lease that is extended", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1", 5000);
      expect(await record.extend(lease, longMs)).toBe(true);
      expect(await record.lease("r-1", "second", longMs)).toBeNull();
    });

    it("changes nothing when a fenced transaction throws", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      const failing = record.fenced(lease, async (tx) => {
        await tx.keepStage("r-1", "make", 1);
        throw new Error("no more");
      });
      await expect(failing).rejects.toThrow("no more");
      expect(await record.stages("r-1")).toEqual(new Map());
    });

    it("keeps a stage's result once, with its dates, nothing and null, in order", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await record.transact(async (tx) => {
        await tx.keepStage("r-1", "make", {
          at: noon,
          $date: "x",
          $deep: [{ at: noon }],
          text: "a\0b\uD800",
        });
        await tx.keepStage("r-1", "check", null);
        await tx.keepStage("r-1", "land", undefined);
      });
      await record.transact((tx) => tx.keepStage("r-1", "check", null));
      const other = record.transact((tx) => tx.keepStage("r-1", "check", { other: true }));
      await expect(other).rejects.toThrow("another result is kept already");
      expect([...(await record.stages("r-1"))]).toEqual([
        ["make", { at: noon, $date: "x", $deep: [{ at: noon }], text: "a\uFFFDb\uFFFD" }],
        ["check", null],
        ["land", undefined],
      ]);
    });

    it("tells the newest stage under a key's beginning, in one repository, of ended runs too", async () => {
      const { record } = current();
      for (const id of ["r-1", "r-2"]) await openedRun(record, id);
      expect(await record.newestStage("shop", "deploy-start:a_b:")).toBeNull();
      await record.transact(async (tx) => {
        await tx.keepStage("r-2", "deploy-start:a_b:1", { commit: "1" });
        await tx.keepStage("r-1", "deploy-start:a_b:1", { commit: "2" });
        await tx.keepStage("r-1", "deploy-start:axb:1", { commit: "3" });
        await tx.keepStage("r-1", "deploy-end:a_b:1", { kind: "done" });
        await tx.endRun("r-1", { kind: "stopped", reason: "told to" }, noon);
      });
      const newest = { runId: "r-1", kept: { commit: "2" } };
      expect(await record.newestStage("shop", "deploy-start:a_b:")).toEqual(newest);
      expect(await record.newestStage("other", "deploy-start:a_b:")).toBeNull();
    });

    it("parks a run without worker or lease until it is woken", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      await clearHints(record);
      await record.fenced(lease, (tx) => tx.park("r-1"));
      expect((await record.run("r-1"))?.status).toBe("held");
      expect(await record.lease("r-1", "second", longMs)).toBeNull();
      expect(await hintsOf(record)).toEqual([]);
      expect(await record.strandedRuns(0)).toEqual([]);
      await expect(record.fenced(lease, async () => 1)).rejects.toThrow(FencedOut);
      expect(await record.transact((tx) => tx.wake("r-1"))).toBe(true);
      expect((await record.run("r-1"))?.status).toBe("ready");
      expect(await hintsOf(record)).toEqual(["r-1-v3"]);
      expect(await record.lease("r-1", "second", longMs)).not.toBeNull();
    });

    it("names a run that is parked until a moment once that moment has come, and tells no queue of it before", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      await clearHints(record);
      // By the caller's clock, which may be far from the database's.
      await record.fenced(lease, (tx) => tx.park("r-1", minutes(60)));
      expect(await record.dueRuns(new Date(minutes(60).getTime() - 1))).toEqual([]);
      expect(await record.dueRuns(minutes(60))).toEqual(["r-1"]);
      expect(await hintsOf(record)).toEqual([]);
      expect(await record.strandedRuns(0)).toEqual([]);
      await record.transact((tx) => tx.wake("r-1"));
      expect(await record.dueRuns(minutes(60))).toEqual([]);
      expect(await hintsOf(record)).toEqual(["r-1-v3"]);
    });

    it("keeps the newest moment of a run that is parked again, and none of one that is woken, parks without or ends", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const parkUntil = async (until?: Date) => {
        const lease = await leased(record, "r-1");
        await record.fenced(lease, (tx) => tx.park("r-1", until));
      };
      await parkUntil(minutes(60));
      await record.transact((tx) => tx.wake("r-1"));
      await parkUntil(minutes(30));
      expect(await record.dueRuns(minutes(30))).toEqual(["r-1"]);
      await record.transact((tx) => tx.wake("r-1"));
      await parkUntil();
      expect(await record.dueRuns(minutes(600))).toEqual([]);
      await record.transact((tx) => tx.wake("r-1"));
      await parkUntil(minutes(30));
      await record.transact((tx) => tx.endRun("r-1", { kind: "stopped", reason: "told to" }, noon));
      expect(await record.dueRuns(minutes(600))).toEqual([]);
    });

    it("does not lose a wake that comes while the worker is about to park", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      await record.transact((tx) => tx.wake("r-1"));
      await clearHints(record);
      await record.fenced(lease, (tx) => tx.park("r-1"));
      expect((await record.run("r-1"))?.status).toBe("ready");
      expect(await hintsOf(record)).toHaveLength(1);
      const next = await leased(record, "r-1");
      await record.fenced(next, (tx) => tx.park("r-1"));
      expect((await record.run("r-1"))?.status).toBe("held");
    });

    it("parks or wakes last, and never leaves a woken run held, when both happen at once", async () => {
      const { record } = current();
      for (let i = 0; i < 10; i++) {
        const id = await openedRun(record, `r-${i}`);
        const lease = await leased(record, id);
        await Promise.all([record.fenced(lease, (tx) => tx.park(id)), record.transact((tx) => tx.wake(id))]);
        expect((await record.run(id))?.status).toBe("ready");
      }
    });

    it("neither wakes nor ends a run that has ended", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await record.transact((tx) =>
        tx.endRun("r-1", { kind: "landed", sha: "e", approvedBy: ["ada"] }, noon),
      );
      expect(await hintsOf(record)).toEqual([]);
      expect(await record.transact((tx) => tx.wake("r-1"))).toBe(false);
      const again = record.transact((tx) => tx.endRun("r-1", { kind: "stopped", reason: "x" }, noon));
      await expect(again).rejects.toThrow("has ended already");
      expect((await record.run("r-1"))?.outcome?.kind).toBe("landed");
      expect(await record.lease("r-1", "w", longMs)).toBeNull();
    });

    it("counts failures, gives the lease back and hints again a little later", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      await clearHints(record);
      expect(await record.fenced(lease, (tx) => tx.failRun("r-1"))).toBe(1);
      expect(await hintsOf(record)).toEqual([]);
      const second = await leased(record, "r-1");
      expect(await record.fenced(second, (tx) => tx.failRun("r-1"))).toBe(2);
      expect(await record.run("r-1")).toMatchObject({ status: "ready", failures: 2 });
      await record.transact((tx) => tx.wake("r-1"));
      expect(await hintsOf(record)).toHaveLength(1);
    });

    it("lets a run that has begun go before those that have not", async () => {
      const { record } = current();
      await openedRun(record, "r-begun");
      const lease = await leased(record, "r-begun");
      await openedRun(record, "r-fresh");
      await record.fenced(lease, (tx) => tx.park("r-begun"));
      for (const run of ["r-begun", "r-fresh"]) await record.transact((tx) => tx.wake(run));
      const hints = (await record.unsentHints(9)).map((one) => one.hint);
      expect(hints).toContainEqual({ kind: "advance", runId: "r-begun", isNext: true });
      expect(hints).toContainEqual({ kind: "advance", runId: "r-fresh" });
    });

    it("finds a run whose lease lapsed at once, and after it was woken only when it did not move for long", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await leased(record, "r-1", 1);
      await until(async () => (await record.strandedRuns(longMs)).includes("r-1"));
      await record.transact((tx) => tx.wake("r-1"));
      expect(await record.strandedRuns(longMs)).toEqual([]);
      expect(await record.strandedRuns(0)).toEqual(["r-1"]);
    });

    it("finds the runs that nobody works on, and not those that just moved", async () => {
      const { record } = current();
      await openedRun(record, "r-ready");
      await openedRun(record, "r-lapsed");
      await openedRun(record, "r-leased");
      await leased(record, "r-lapsed", 1);
      await leased(record, "r-leased");
      const stranded = await until(async () => {
        const runs = await record.strandedRuns(0);
        return runs.length === 2 && runs.sort();
      });
      expect(stranded).toEqual(["r-lapsed", "r-ready"]);
      expect(await record.strandedRuns(longMs)).toEqual(["r-lapsed"]);
    });

    it("refuses to be used from inside its own transaction, where PGlite would hang", async () => {
      const { record } = current();
      await expect(record.transact(() => record.run("r-1"))).rejects.toThrow("this would hang");
      await expect(record.transact(() => record.transact(async () => 1))).rejects.toThrow("this would hang");
    });
  });

  describe("hints", () => {
    it("writes a hint with a job id of its own for each wake, with no colon and not only digits", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const first = await record.unsentHints(10);
      expect(first.map(({ jobId, hint }) => ({ jobId, hint }))).toEqual([
        { jobId: "r-1-v1", hint: { kind: "advance", runId: "r-1" } },
      ]);
      await record.markHintsSent(first.map((hint) => hint.id));
      await record.transact((tx) => tx.hint({ kind: "advance", runId: "r-1" }));
      expect(await hintsOf(record)).toEqual(["r-1-v2"]);
      await record.transact((tx) => tx.hint({ kind: "tick", loop: "12:34", why: "push" }));
      const [, tick] = await record.unsentHints(10);
      expect(tick?.hint).toEqual({ kind: "tick", loop: "12:34", why: "push" });
      expect(tick?.jobId).toMatch(/^tick-12-34-\d+$/);
    });

    it("makes one of several unsent hints at the same run, and keeps a newer one while the older is being sent", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const sending = await record.unsentHints(10);
      await record.transact(async (tx) => {
        await tx.wake("r-1");
        await tx.hint({ kind: "advance", runId: "r-1" });
      });
      await record.markHintsSent(sending.map((hint) => hint.id));
      expect(await hintsOf(record)).toEqual(["r-1-v3"]);
    });

    it("gives hints in the order in which they were written", async () => {
      const { record } = current();
      for (const loop of ["c", "a", "b"])
        await record.transact((tx) => tx.hint({ kind: "tick", loop, why: "push" }));
      const loops = (await record.unsentHints(2)).map(({ hint }) => hint.kind === "tick" && hint.loop);
      expect(loops).toEqual(["c", "a"]);
    });

    it("tells listeners after the commit, and only of what was written", async () => {
      const { record } = current();
      const told: string[] = [];
      const stop = record.onWritten((what) => told.push(what));
      await openedRun(record, "r-1");
      await record.transact((tx) => tx.setPaused({ by: "ada", why: "" }));
      const failing = record.transact(async (tx) => {
        await tx.hint({ kind: "tick", loop: "triage", why: "push" });
        throw new Error("not so");
      });
      await expect(failing).rejects.toThrow("not so");
      expect(told).toEqual(["hints"]);
      stop();
      await record.transact((tx) => tx.hint({ kind: "tick", loop: "triage", why: "push" }));
      expect(told).toEqual(["hints"]);
    });
  });
}
