import { describe, expect, it } from "vitest";
import type { MemoryEntry, RecallWish } from "../../../src/domain/memory.ts";
import { minutes, noon, type OpenRecord, openedRun } from "./data.ts";

const limits = {
  statementCharsMax: 100,
  reasonCharsMax: 100,
  pathsMax: 3,
  entriesPerScopeMax: 2,
  idleDaysMax: 30,
};

export function memoryContract(current: () => OpenRecord): void {
  const entry = (
    id: string,
    statement: string,
    more: Partial<MemoryEntry> = {},
    paths: string[] = [],
  ): MemoryEntry => ({
    id,
    kind: "decision",
    statement,
    reason: "",
    scope: { repository: "shop", paths, symbols: [], tests: [] },
    author: "bob",
    source: { kind: "message", ref: id },
    state: "active",
    at: noon,
    hits: 0,
    ...more,
  });
  const remember = (one: MemoryEntry, supersedes?: string) =>
    current().record.transact((tx) => tx.remember(one, limits, supersedes));
  const recall = async (wish: Partial<RecallWish>) => {
    const whole = {
      repository: "shop",
      paths: [],
      symbols: [],
      tests: [],
      words: "",
      entriesMax: 10,
      ...wish,
    };
    return (await current().record.recall(whole)).map(({ entry: one, because }) => [one.id, because]);
  };

  describe("memory", () => {
    it("recalls what names a path, its folder or a glob over it before words, and words before the whole repository", async () => {
      await remember(entry("d-1", "everything is in UTC"));
      await remember(entry("d-2", "prices round half to even", {}, ["docs/a.md"]));
      await remember(entry("d-3", "one file", {}, ["src/cart/total.ts"]));
      await remember(entry("d-4", "one folder", {}, ["src/cart/"]));
      await remember(entry("d-5", "one glob", {}, ["src/**/*.ts"]));
      await remember(entry("d-6", "elsewhere", {}, ["src/tax/rate.js"]));

      const found = await recall({ paths: ["src/cart/total.ts"], words: "rounding of prices" });

      expect(new Set(found.slice(0, 3).map(([id]) => id))).toEqual(new Set(["d-3", "d-4", "d-5"]));
      expect(found.slice(3)).toEqual([
        ["d-2", "words"],
        ["d-1", "repository"],
      ]);
    });

    it("recalls by test and by symbol, and by a folder what is said of things in it", async () => {
      const scope = { repository: "shop", paths: [], symbols: ["Cart.total"], tests: ["cart › adds"] };
      await remember(entry("d-1", "about a test", { scope }));
      await remember(entry("d-2", "deep", {}, ["src/cart/"]));

      expect(await recall({ tests: ["cart › adds"] })).toEqual([["d-1", "test"]]);
      expect(await recall({ symbols: ["Cart.total"] })).toEqual([["d-1", "symbol"]]);
      expect(await recall({ paths: ["src/cart/"] })).toContainEqual(["d-2", "path"]);
    });

    it("does not recall what is superseded, withdrawn or another repository's", async () => {
      await remember(entry("d-1", "old", {}, ["a.ts"]));
      await remember(entry("d-2", "new", {}, ["a.ts"]), "d-1");
      await remember(
        entry("d-3", "theirs", { scope: { repository: "other", paths: ["a.ts"], symbols: [], tests: [] } }),
      );

      expect(await recall({ paths: ["a.ts"] })).toEqual([["d-2", "path"]]);
      expect(await current().record.entry("d-1")).toMatchObject({ state: "superseded", supersededBy: "d-2" });

      expect(await current().record.transact((tx) => tx.endEntry("d-2", "withdrawn"))).toBe(true);
      expect(await current().record.transact((tx) => tx.endEntry("d-2", "withdrawn"))).toBe(false);
      expect(await recall({ paths: ["a.ts"] })).toEqual([]);
    });

    it("merges a near-duplicate of the same scope, and keeps the same words elsewhere apart", async () => {
      await remember(entry("d-1", "Round half to even, always!", {}, ["a.ts"]));

      expect(await remember(entry("d-2", "round half to even always", {}, ["a.ts"]))).toMatchObject({
        kind: "merged",
        into: { id: "d-1" },
      });
      expect(await remember(entry("d-3", "round half to even always", {}, ["b.ts"]))).toMatchObject({
        kind: "kept",
      });
      expect(await remember(entry("d-3", "round half to even always", {}, ["b.ts"]))).toMatchObject({
        kind: "merged",
      });
    });

    it("refuses more entries, longer words and more places than its limits, and says which", async () => {
      await remember(entry("d-1", "alpha", {}, ["a.ts"]));
      await remember(entry("d-2", "beta", {}, ["a.ts"]));

      expect(await remember(entry("d-3", "gamma", {}, ["a.ts"]))).toMatchObject({
        kind: "refused",
        reason: expect.stringContaining("a.ts"),
      });
      expect(await remember(entry("d-4", "x".repeat(101)))).toMatchObject({
        kind: "refused",
        reason: expect.stringContaining("101"),
      });
      expect(await remember(entry("d-5", "many", {}, ["a", "b", "c", "d"]))).toMatchObject({
        kind: "refused",
      });
    });

    it("forgets a lesson that nobody met for long, and no decision in force", async () => {
      await remember(entry("l-1", "idle", { kind: "lesson" }));
      await remember(entry("l-2", "met lately", { kind: "lesson" }, ["a.ts"]));
      await remember(entry("d-1", "decided"));
      const later = new Date(noon.getTime() + 31 * 24 * 60 * 60 * 1000);
      await current().record.transact((tx) => tx.countHits(["l-2"], later));

      expect(await current().record.transact((tx) => tx.forgetIdle(limits, later))).toEqual(["l-1"]);

      expect(await current().record.entry("l-2")).toMatchObject({ hits: 1, lastHitAt: later });
      expect(
        (await current().record.entries({ state: "active", limit: 10 })).map((one) => one.id).sort(),
      ).toEqual(["d-1", "l-2"]);
    });

    it("keeps whatever text it is given, and finds nothing by words that mean something to a query", async () => {
      await remember(entry("d-1", "it's \u0000 'quoted' & | ! :* <->", {}, ["it's [odd]"]));

      expect(await recall({ words: "it's 'quoted' & | ! :* <-> \u0000 quoted" })).toEqual([["d-1", "words"]]);
      expect(await recall({ words: "&&& ||| ''' :*:*" })).toEqual([]);
    });
  });

  describe("who is doing what", () => {
    it("answers for a folder with the runs that hold a claim in it, and not with others", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await openedRun(record, "r-2");
      const claim = (runId: string, path: string) =>
        record.transact((tx) =>
          tx.claim({
            keys: [`path:shop:${path}`],
            mode: "shared",
            holder: { kind: "run", runId, loop: "triage" },
            reason: "why",
            ttlMs: 60_000,
          }),
        );
      await claim("r-1", "src/cart/total.ts");
      await claim("r-2", "src/cartoon.ts");

      const doing = await record.doing({ repository: "shop", path: "src/cart", limit: 10 });

      expect(doing.runs.map((run) => run.runId)).toEqual(["r-1"]);
      expect(doing.claims.map((one) => one.key)).toEqual(["path:shop:src/cart/total.ts"]);
      expect((await record.doing({ limit: 10 })).runs).toHaveLength(2);
      expect((await record.doing({ loops: ["nobody"], limit: 10 })).runs).toEqual([]);
    });

    it("counts what all runs on a finding came to", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const findingId = (await record.run("r-1"))?.findingId ?? "";
      await record.transact((tx) =>
        tx.endRun("r-1", { kind: "rejected", by: "bob", note: "no" }, minutes(1)),
      );

      expect(await record.findingTotals(findingId)).toEqual({ runs: 1, rejected: 1, costUsd: 0 });
    });
  });
}
