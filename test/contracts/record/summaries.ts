import { describe, expect, it } from "vitest";
import { change, finding, hold, leased, minutes, noon, type OpenRecord, openedRun } from "./data.ts";

export function summariesContract(current: () => OpenRecord): void {
  describe("loops", () => {
    it("keeps a loop's switch, ticks and failures in a row", async () => {
      const { record } = current();
      expect(await record.loopStates()).toEqual([]);
      expect(await record.lastTick("triage")).toBeNull();
      await record.transact(async (tx) => {
        await tx.setSwitch("triage", "running", "ada");
        await tx.setTicked("triage", noon, "s1");
        expect(await tx.countFailure("triage", true)).toBe(1);
        expect(await tx.countFailure("triage", true)).toBe(2);
        expect(await tx.countFailure("other", true)).toBe(1);
        expect(await tx.countFailure("other", false)).toBe(0);
      });
      expect(await record.loopStates()).toEqual([
        { loop: "other", switch: "stopped", failuresInRow: 0 },
        { loop: "triage", switch: "running", by: "ada", failuresInRow: 2, lastTickAt: noon },
      ]);
      expect(await record.lastTick("triage")).toEqual({ at: noon, commit: "s1" });
      await record.transact((tx) => tx.setSwitch("triage", "stopped", undefined, "goal reached"));
      expect((await record.loopStates())[1]).toEqual({
        loop: "triage",
        switch: "stopped",
        why: "goal reached",
        failuresInRow: 2,
        lastTickAt: noon,
      });
    });

    it("keeps when the digest was sent", async () => {
      const { record } = current();
      expect(await record.lastDigestAt()).toBeNull();
      await record.transact((tx) => tx.setDigestSent(noon));
      await record.transact((tx) => tx.setPaused(null));
      expect(await record.lastDigestAt()).toEqual(noon);
    });
  });

  describe("overview and digest", () => {
    it("show what runs, what is held, what conflicts, what landed and what waits", async () => {
      const { record } = current();
      await openedRun(record, "r-run");
      await openedRun(record, "r-new");
      await openedRun(record, "r-held");
      await openedRun(record, "r-landed");
      const lease = await leased(record, "r-run");
      await record.fenced(lease, async (tx) => {
        await tx.keepStage("r-run", "claim", 1);
        await tx.keepStage("r-run", "make", 1);
      });
      const conflict = {
        id: "c-1",
        kind: "textual" as const,
        severity: "hold" as const,
        left: { runId: "r-held", title: "l", intent: "" },
        right: { title: "r", intent: "" },
        paths: [],
        evidence: [],
      };
      const over = { ...conflict, id: "c-2" };
      const landed = { sha: "s1", at: minutes(5), approvedBy: ["ada"] };
      await record.transact(async (tx) => {
        await tx.putChange(change("r-held", { state: "held" }));
        await tx.putHold(hold("h-1", "r-held"));
        await tx.park("r-held");
        await tx.putConflict(conflict, "r-held");
        await tx.putConflict(over, "r-landed");
        await tx.putChange(change("r-landed", { state: "landed", landed }));
        await tx.endRun("r-landed", { kind: "landed", sha: "s1", approvedBy: ["ada"] }, minutes(5));
        await tx.setPaused({ by: "ada", why: "a reason" });
      });
      const overview = await record.overview(noon);
      expect(overview).toMatchObject({
        stop: { by: "ada", why: "a reason" },
        states: [],
        running: [
          { run: { id: "r-new", status: "ready" }, title: "title of f-r-new", step: "claim" },
          { run: { id: "r-run", status: "running" }, title: "title of f-r-run", step: "make" },
        ],
        held: [{ hold: hold("h-1", "r-held"), title: "change of r-held", loop: "triage" }],
        claims: [],
        conflicts: [conflict],
        landedToday: [
          {
            sha: "s1",
            title: "change of r-landed",
            loop: "triage",
            runId: "r-landed",
            approvedBy: ["ada"],
            at: minutes(5),
          },
        ],
        inbox: [],
        problems: [],
      });
      expect((await record.overview(minutes(6))).landedToday).toEqual([]);
    });

    it("says who has claimed how much, and the first of it", async () => {
      const { record } = current();
      const claim = (runId: string, keys: string[]) =>
        record.transact((tx) =>
          tx.claim({
            keys,
            mode: "exclusive",
            holder: { kind: "run", runId, loop: "triage" },
            reason: "to fix it",
            ttlMs: 60_000,
          }),
        );
      await claim("r-1", ["path:shop:d", "path:shop:b", "path:shop:c", "path:shop:a"]);
      await claim("r-2", ["finding:f-1"]);
      expect((await record.overview(noon)).claims).toEqual([
        {
          holder: { kind: "run", runId: "r-1", loop: "triage" },
          count: 4,
          keys: ["path:shop:a", "path:shop:b", "path:shop:c"],
        },
        { holder: { kind: "run", runId: "r-2", loop: "triage" }, count: 1, keys: ["finding:f-1"] },
      ]);
    });

    it("counts a digest's period from its beginning to before its end", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await openedRun(record, "r-2");
      await record.transact(async (tx) => {
        await tx.seeFinding(finding("f-late"), "triage", minutes(10));
        await tx.endRun("r-1", { kind: "gave-up", reason: "cannot", tried: [] }, minutes(1));
        await tx.endRun("r-2", { kind: "rejected", by: "bob", note: "no" }, minutes(2));
      });
      const digest = await record.digest(noon, minutes(10));
      expect(digest).toEqual({
        since: noon,
        until: minutes(10),
        stop: null,
        freezes: [],
        deployed: 0,
        held: [],
        inbox: [],
        landed: [],
        gaveUp: [{ title: "title of f-r-1", loop: "triage", reason: "cannot" }],
        rejected: [{ title: "title of f-r-2", loop: "triage", by: "bob", note: "no" }],
        conflicts: [],
        found: 2,
      });
      expect(await record.digest(minutes(2), minutes(11))).toMatchObject({
        gaveUp: [],
        rejected: [{ by: "bob" }],
        found: 1,
      });
    });
  });
}
