import { describe, expect, it } from "vitest";
import { change, minutes, noon, type OpenRecord, openedRun } from "./data.ts";

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
}
