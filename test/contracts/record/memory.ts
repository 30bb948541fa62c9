import { describe, expect, it } from "vitest";
import type { MemoryEntry, RecallWish } from "../../../src/domain/memory.ts";
import { minutes, noon, type OpenRecord } from "./data.ts";

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

    it("recalls by an asked folder what is said of files, folders and globs in it, and not of its neighbours", async () => {
      await remember(entry("d-1", "file", {}, ["src/cart/deep/total.ts"]));
      await remember(entry("d-2", "glob", {}, ["src/cart/**/*.ts"]));
      await remember(entry("d-3", "folder above", {}, ["src/"]));
      await remember(entry("d-4", "neighbour", {}, ["src/cart.ts"]));
      await remember(entry("d-5", "other neighbour", {}, ["src/carton/a.ts"]));

      const found = await recall({ paths: ["src/cart/"] });

      expect(found.map(([id]) => id).sort()).toEqual(["d-1", "d-2", "d-3"]);
    });

    it("recalls a file whose name looks like a glob, and by every glob of a scope", async () => {
      await remember(entry("d-1", "page", {}, ["app/[id]/page.tsx"]));
      await remember(entry("d-2", "two", {}, ["app/**/*.css", "app/**/*.tsx"]));

      expect((await recall({ paths: ["app/[id]/page.tsx"] })).map(([id]) => id).sort()).toEqual([
        "d-1",
        "d-2",
      ]);
    });

    it("recalls what names a path however many newer globs above it do not match", async () => {
      await remember(entry("d-0", "old, and about this file", {}, ["src/a.ts"]));
      await current().record.transact(async (tx) => {
        for (let n = 1; n <= 150; n++)
          await tx.remember(entry(`d-${n}`, `glob ${n}`, { at: minutes(n) }, [`**/*.x${n}`]), limits);
      });

      expect(await recall({ paths: ["src/a.ts"], entriesMax: 3 })).toEqual([["d-0", "path"]]);
    });

    it("recalls at most as many as are asked for, the newest first", async () => {
      for (let n = 1; n <= 4; n++)
        await remember(entry(`d-${n}`, `say ${n}`, { at: minutes(n) }, ["src/", `src/${n}.ts`]));

      expect(await recall({ paths: ["src/a.ts"], entriesMax: 2 })).toEqual([
        ["d-4", "path"],
        ["d-3", "path"],
      ]);
    });

    it("finds words in places too, and a rare word beside one that everything has", async () => {
      await remember(entry("d-0", "common rarest", {}, ["lib/tariff-table/x.ts"]));
      await current().record.transact(async (tx) => {
        for (let n = 1; n <= 60; n++)
          await tx.remember(entry(`d-${n}`, `common ${n}`, { at: minutes(n) }, [`src/${n}.ts`]), limits);
      });

      expect(await recall({ words: "the tariff" })).toEqual([["d-0", "words"]]);
      expect((await recall({ words: "common rarest", entriesMax: 3 }))[0]).toEqual(["d-0", "words"]);
    });

    it("keeps one of many that say the same at once, and no more at once than a scope holds", async () => {
      const same = await Promise.all(
        Array.from({ length: 5 }, (_, n) => remember(entry(`d-${n}`, "Always in UTC", {}, ["a.ts"]))),
      );
      expect(same.filter((one) => one.kind === "kept")).toHaveLength(1);
      const other = ["alpha", "beta", "gamma", "delta"].map((text) =>
        remember(entry(`l-${text}`, text, { kind: "lesson" }, ["a.ts"])),
      );
      expect((await Promise.all(other)).filter((one) => one.kind === "kept")).toHaveLength(2);
    });

    it("does not take a sentence for its opposite, nor one number for another", async () => {
      const long = "retry the payment call in the nightly job after the first timeout of the gateway";
      expect((await remember(entry("d-1", `${long} 3 times`, {}, ["a.ts"]))).kind).toBe("kept");
      expect((await remember(entry("d-2", `${long} 5 times`, {}, ["a.ts"]))).kind).toBe("kept");
      expect((await remember(entry("d-3", long, {}, ["b.ts"]))).kind).toBe("kept");
      expect((await remember(entry("d-4", `never ${long}`, {}, ["b.ts"]))).kind).toBe("kept");
      expect((await remember(entry("d-5", `please ${long}`, {}, ["b.ts"]))).kind).toBe("merged");
    });

    it("ends what is superseded for the entry that is in force, and ends nothing for one that is refused", async () => {
      const { record } = current();
      await remember(entry("d-1", "alpha", {}, ["a.ts"]));
      await remember(entry("d-2", "beta", {}, ["a.ts"]));
      await remember(entry("d-3", "gamma", {}, ["b.ts"]));

      expect((await remember(entry("d-4", "delta", {}, ["a.ts"]), "d-3")).kind).toBe("refused");
      expect(await record.entry("d-3")).toMatchObject({ state: "active" });

      expect((await remember(entry("d-5", "beta!", { at: minutes(5) }, ["a.ts"]), "d-3")).kind).toBe(
        "merged",
      );
      expect(await record.entry("d-3")).toMatchObject({ state: "superseded", supersededBy: "d-2" });
      expect(await record.entry("d-2")).toMatchObject({ statement: "beta", at: minutes(5) });

      expect((await remember(entry("d-6", "delta", {}, ["a.ts"]), "d-1")).kind).toBe("kept");
    });

    it("puts in force again what was superseded and is said anew, and not what a person withdrew", async () => {
      const { record } = current();
      await remember(entry("d-1", "old wording", {}, ["a.ts"]));
      await remember(entry("d-2", "new wording", {}, ["a.ts"]), "d-1");
      await remember(entry("d-1", "old wording", { at: minutes(9) }, ["a.ts"]), "d-2");

      expect(await recall({ paths: ["a.ts"] })).toEqual([["d-1", "path"]]);
      expect(await record.entry("d-1")).not.toHaveProperty("supersededBy");

      await record.transact((tx) => tx.endEntry("d-1", "withdrawn"));
      expect(await remember(entry("d-1", "old wording", {}, ["a.ts"]))).toMatchObject({
        kind: "refused",
        reason: expect.stringContaining("withdrawn"),
      });
    });

    it("keeps an ended entry for as long after its end as an idle lesson", async () => {
      const { record } = current();
      const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
      await remember(entry("d-1", "decided long ago, ended just now"));
      await record.transact((tx) => tx.endEntry("d-1", "withdrawn"));

      expect(await record.transact((tx) => tx.forgetIdle(limits, inDays(29)))).toEqual([]);
      expect(await record.transact((tx) => tx.forgetIdle(limits, inDays(31)))).toEqual(["d-1"]);
    });
  });
}
