import { describe, expect, it } from "vitest";
import type { ChangeRecord, FileRecord } from "../../../src/domain/change-record.ts";
import { change, minutes, noon, type OpenRecord, openedRun } from "./data.ts";

const file = (path: string, more: Partial<FileRecord> = {}): FileRecord => ({
  path,
  status: "modified",
  before: "d".repeat(40),
  after: "e".repeat(40),
  content: "text",
  hunks: [{ oldStart: 3, oldLines: 1, newStart: 3, newLines: 2 }],
  added: [11, 2 ** 53 - 1],
  removed: [7],
  ...more,
});

const record = (...files: FileRecord[]): ChangeRecord => ({ base: "b", head: "h", files, weaker: [] });

export function changeIndexContract(current: () => OpenRecord): void {
  describe("what changes are found by", () => {
    const put = async (runId: string, keys: string[], kept: ChangeRecord, state = "proposed" as const) => {
      await openedRun(current().record, runId);
      await current().record.transact((tx) => tx.putChange(change(runId, { state }), { record: kept, keys }));
    };
    const find = async (keys: string[], except?: string, limit = 9) => {
      const query = { repository: "shop", keys, limit, ...(except === undefined ? {} : { except }) };
      const { found, isCut } = await current().record.colliding(query);
      return { runs: found.map((one) => [one.change.runId, one.shared]), isCut, found };
    };

    it("finds the open changes that are kept under a key looked for, with their records", async () => {
      await put("r-1", ["path:a", "in:src"], record(file("a")));
      await put("r-2", ["path:b", "in:src"], record(file("b")));
      expect((await find(["path:a", "path:z"])).runs).toEqual([["r-1", ["path:a"]]]);
      const both = await find(["in:src", "path:b"]);
      expect(both.runs).toEqual([
        ["r-1", ["in:src"]],
        ["r-2", ["in:src", "path:b"]],
      ]);
      expect(both.found[1]).toMatchObject({ change: { runId: "r-2" }, record: record(file("b")) });
      expect((await find(["in:src"], "r-1")).runs).toEqual([["r-2", ["in:src"]]]);
      expect((await find([])).runs).toEqual([]);
      expect(await find(["in:src"], undefined, 1)).toMatchObject({
        runs: [["r-1", ["in:src"]]],
        isCut: true,
      });
      const other = { repository: "docs", keys: ["in:src"], limit: 9 };
      expect((await current().record.colliding(other)).found).toEqual([]);
    });

    it("finds a change by its paths when nothing else was kept with it", async () => {
      await openedRun(current().record, "r-1");
      await current().record.transact((tx) => tx.putChange(change("r-1", { state: "held" })));
      const { runs, found } = await find(["path:src/price.ts"]);
      expect(runs).toEqual([["r-1", ["path:src/price.ts"]]]);
      expect(found[0]?.record).toBeNull();
    });

    it("keeps what it knows of a head that is put again, and forgets it with another head", async () => {
      await put("r-1", ["path:a"], record(file("a")));
      const again = (head: string) =>
        current().record.transact((tx) => tx.putChange(change("r-1", { state: "held", head })));
      await again("head-r-1");
      expect((await find(["path:a"])).found[0]?.record).toEqual(record(file("a")));
      await again("another");
      expect((await find(["path:a"])).runs).toEqual([]);
      expect(await current().record.records(["r-1"])).toEqual(new Map());
    });

    it("finds no draft and no change that is over", async () => {
      await openedRun(current().record, "r-1");
      const draft = { record: record(file("a")), keys: ["path:a"] };
      await current().record.transact((tx) => tx.putChange(change("r-1"), draft));
      expect((await find(["path:a"])).runs).toEqual([]);
      await current().record.transact((tx) => tx.setChangeState("r-1", "proposed"));
      expect((await find(["path:a"])).runs).toEqual([["r-1", ["path:a"]]]);
      await current().record.transact((tx) => tx.setChangeState("r-1", "dropped"));
      expect((await find(["path:a"])).runs).toEqual([]);
    });

    it("counts landings in their order, so that an index can go on from where it was", async () => {
      for (const id of ["r-1", "r-2", "r-3"]) await put(id, [`path:${id}`], record(file(id)));
      for (const [i, id] of ["r-2", "r-1"].entries()) {
        const landed = { sha: `sha-${id}`, at: minutes(i), approvedBy: [] };
        await current().record.transact((tx) => tx.setChangeState(id, "landed", landed));
        await current().record.transact((tx) => tx.setChangeState(id, "landed", landed));
      }
      const all = await current().record.landedRecords("shop", 0, 9);
      expect(all.map((one) => [one.seq, one.change.landed?.sha])).toEqual([
        [1, "sha-r-2"],
        [2, "sha-r-1"],
      ]);
      expect(all[0]?.record).toEqual(record(file("r-2")));
      expect(await current().record.landedRecords("shop", 1, 9)).toEqual(all.slice(1));
      expect(await current().record.landedRecords("shop", 0, 1)).toEqual(all.slice(0, 1));
      expect([...(await current().record.records(["r-1", "r-3", "r-9"])).keys()].sort()).toEqual([
        "r-1",
        "r-3",
      ]);
    });

    it("lands many at once, each under a number of its own", async () => {
      const ids = Array.from({ length: 8 }, (_, i) => `r-${i}`);
      for (const id of ids) await put(id, [], record(file(id)));
      const landed = { sha: "s", at: noon, approvedBy: [] };
      await Promise.all(
        ids.map((id) => current().record.transact((tx) => tx.setChangeState(id, "landed", landed))),
      );
      const seqs = (await current().record.landedRecords("shop", 0, 99)).map((one) => one.seq);
      expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it("finds a change under the new name of a file that a landing moved", async () => {
      await put("r-1", ["path:a"], record(file("a")));
      await put("r-2", ["path:a", "path:b"], record(file("b", { from: "a", status: "renamed" })));
      expect((await find(["path:b"])).runs).toEqual([["r-2", ["path:b"]]]);
      const landed = { sha: "s", at: noon, approvedBy: [] };
      await current().record.transact((tx) => tx.setChangeState("r-2", "landed", landed));
      expect((await find(["path:b"])).runs).toEqual([["r-1", ["path:b"]]]);
      await current().record.transact((tx) => tx.followRenames("shop", [{ from: "b", to: "c" }]));
      expect((await find(["path:c"])).runs).toEqual([["r-1", ["path:c"]]]);
    });

    it("keeps a huge record without its largest files' lines, and says so", async () => {
      const lines = Array.from({ length: 160_000 }, (_, i) => i);
      await put("r-1", [], record(file("small"), file("huge", { added: lines })));
      const kept = (await current().record.records(["r-1"])).get("r-1");
      expect(kept?.files.map((one) => [one.path, one.content, one.added.length])).toEqual([
        ["small", "text", 2],
        ["huge", "unread", 0],
      ]);
      expect(kept?.weaker).toEqual(["Too large to keep line by line: huge; only content ids are kept."]);
    });

    it("takes hostile names as keys", async () => {
      const keys = ["path:\0", "path:\"'; drop table", `path:${"ä".repeat(9000)}`, "path:\ud800"];
      await put("r-1", keys, record(file("a")));
      for (const key of keys) expect((await find([key])).runs, key.slice(0, 20)).toHaveLength(1);
    });
  });
}
