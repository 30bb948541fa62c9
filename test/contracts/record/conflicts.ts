import { beforeEach, describe, expect, it } from "vitest";
import type { Conflict, Settlement } from "../../../src/domain/conflict.ts";
import { minutes, type OpenRecord, openedRun } from "./data.ts";

const conflict: Conflict = {
  id: "c-1",
  kind: "undo",
  severity: "hold",
  left: { runId: "r-1", title: "l", intent: "i" },
  right: { runId: "r-2", title: "r", intent: "j" },
  paths: ["a"],
  evidence: ["returns a to what it was"],
};
const settled = (by: string, answer: Settlement["answer"] = "keep-left"): Settlement => ({
  answer,
  by,
  note: "because",
  at: minutes(2),
  decision: "d-1",
});

export function conflictsContract(current: () => OpenRecord): void {
  describe("conflicts", () => {
    beforeEach(async () => {
      for (const id of ["r-1", "r-2", "r-3"]) await openedRun(current().record, id);
    });
    const put = (one: Conflict, runId: string) =>
      current().record.transact((tx) => tx.putConflict(one, runId));
    const answer = (id: string, how: Settlement) =>
      current().record.transact((tx) => tx.answerConflict(id, how));

    it("knows a conflict that it was told before, from whichever side", async () => {
      const { record } = current();
      expect(await put(conflict, "r-1")).toMatchObject({ isNew: true, state: { state: "open", conflict } });
      expect(await put(conflict, "r-2")).toMatchObject({ isNew: false, state: { state: "open", conflict } });
      expect((await record.story("r-1"))?.conflicts).toEqual([conflict]);
      expect((await record.story("r-2"))?.conflicts).toEqual([conflict]);
      expect(await record.conflict("c-1")).toMatchObject({ conflict, state: "open", steps: [] });
      expect(await record.conflict("c-9")).toBeNull();
    });

    it("shows an open conflict as it was met last, and a decided one as it was decided", async () => {
      const { record } = current();
      await put(conflict, "r-1");
      const again = { ...conflict, left: { ...conflict.left, runId: "r-3" } };
      await put(again, "r-3");
      expect((await record.conflict("c-1"))?.conflict).toEqual(again);
      expect((await record.story("r-1"))?.conflicts).toEqual([again]);

      await answer("c-1", settled("ada"));
      const met = await put(conflict, "r-1");
      expect(met).toMatchObject({ isNew: false, state: { state: "decided", conflict: again } });
    });

    it("is settled by one of two answers that come at once, and tells the other who won", async () => {
      const { record } = current();
      await put(conflict, "r-1");
      const answers = await Promise.all([
        answer("c-1", settled("ada")),
        answer("c-1", settled("ben", "order")),
        answer("c-1", settled("cy", "both-fine")),
      ]);
      const won = answers.filter((one) => one.kind === "won");
      expect(won).toHaveLength(1);
      const kept = await record.conflict("c-1");
      expect(kept?.state).toBe("decided");
      for (const one of answers) expect(one.state).toEqual(kept);
      expect(await answer("c-9", settled("ada"))).toEqual({ kind: "lost", state: null });
    });

    it("keeps every step while it is open, and none after", async () => {
      const { record } = current();
      await put(conflict, "r-1");
      const step = (by: string, what: "pause-both" | "ask") => ({ step: what, by, note: "", at: minutes(1) });
      await Promise.all([
        record.transact((tx) => tx.stepConflict("c-1", step("ada", "ask"))),
        record.transact((tx) => tx.stepConflict("c-1", step("ben", "pause-both"))),
      ]);
      const steps = (await record.conflict("c-1"))?.steps ?? [];
      expect(steps.map((one) => one.by).sort()).toEqual(["ada", "ben"]);
      await answer("c-1", settled("ada"));
      expect(await record.transact((tx) => tx.stepConflict("c-1", step("ada", "ask")))).toBeNull();
      expect((await record.conflict("c-1"))?.steps).toEqual(steps);
    });

    it("lists what is open, of a repository or a run, and forgets what is settled", async () => {
      const { record } = current();
      await put(conflict, "r-1");
      await put(
        {
          ...conflict,
          id: "c-2",
          left: { title: "l", intent: "" },
          right: { runId: "r-3", title: "r", intent: "" },
        },
        "r-3",
      );
      const ids = async (query: { repository?: string; runId?: string; state?: "over" }) =>
        (await record.conflicts({ state: "open", ...query, limit: 10 })).map((one) => one.conflict.id).sort();
      expect(await ids({ repository: "shop" })).toEqual(["c-1", "c-2"]);
      expect(await ids({ repository: "docs" })).toEqual([]);
      expect(await ids({ runId: "r-2" })).toEqual(["c-1"]);
      await answer("c-1", settled("ada"));
      expect(await ids({})).toEqual(["c-2"]);
      const end = (id: string) => record.transact((tx) => tx.endConflict(id));
      expect(await end("c-1")).toBeNull();
      expect((await record.overview(minutes(0))).conflicts.map((one) => one.id)).toEqual(["c-2"]);
      expect(await end("c-2")).toMatchObject({ state: "over" });
      expect(await ids({})).toEqual([]);
      expect(await ids({ state: "over" })).toEqual(["c-2"]);
      const again = { ...conflict, id: "c-2" };
      expect(await put(again, "r-1")).toMatchObject({
        isNew: true,
        state: { state: "open", conflict: again },
      });
    });
  });
}
