import { describe, expect, it } from "vitest";
import type { ChangedFile } from "../../../src/domain/change.ts";
import type { ClaimKey, Holder } from "../../../src/domain/claim.ts";
import { change, hold, minutes, noon, type OpenRecord, openedRun } from "./data.ts";

export function doingContract(current: () => OpenRecord): void {
  const claim = (holder: Holder, ...keys: ClaimKey[]) =>
    current().record.transact((tx) =>
      tx.claim({ keys, mode: "shared", holder, reason: "why", ttlMs: 60_000 }),
    );
  const run = (runId: string): Holder => ({ kind: "run", runId, loop: "triage" });
  const file = (path: string, from?: string): ChangedFile => ({
    path,
    ...(from === undefined ? { status: "modified" } : { status: "renamed", from }),
    before: "d".repeat(40),
    after: null,
    added: 1,
    removed: 2,
    isBinary: false,
  });

  describe("who is doing what", () => {
    it("answers for a folder with the runs that hold a claim in it, and not with others", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await openedRun(record, "r-2");
      await claim(run("r-1"), "path:shop:src/cart/total.ts");
      await claim(run("r-2"), "path:shop:src/cartoon.ts", "path:shop:src/cart.ts");

      for (const path of ["src/cart", "src/cart/"]) {
        const doing = await record.doing({ repository: "shop", path, limit: 10 });
        expect(doing.runs.map((one) => one.runId)).toEqual(["r-1"]);
        expect(doing.claims.map((one) => one.key)).toEqual(["path:shop:src/cart/total.ts"]);
      }
      expect((await record.doing({ repository: "shop", path: "src/cart.ts", limit: 10 })).runs).toMatchObject(
        [{ runId: "r-2", loop: "triage", owner: "", title: "title of f-r-2", status: "ready", since: noon }],
      );
      expect((await record.doing({ repository: "other", path: "src/cart", limit: 10 })).runs).toEqual([]);
      expect((await record.doing({ limit: 10 })).runs).toHaveLength(2);
    });

    it("answers with the open changes that touch a path, by their new names and old, and with what they wait for", async () => {
      const { record } = current();
      for (const id of ["r-1", "r-2", "r-3"]) await openedRun(record, id);
      await record.transact(async (tx) => {
        const files = [file("src/new/b.ts", "src/old/a.ts"), file("docs/x.md")];
        await tx.putChange(change("r-1", { state: "held", files }));
        await tx.putHold(hold("h-1", "r-1"));
        await tx.putChange(change("r-2", { state: "draft", files: [file("src/new/c.ts")] }));
        await tx.putChange(change("r-3", { state: "proposed", files: [file("src/new/d.ts")] }));
        await tx.setChangeState("r-3", "landed", { sha: "s1", at: noon, approvedBy: [] });
      });

      for (const path of ["src/old", "src/old/a.ts", "docs/x.md"])
        expect(await record.doing({ repository: "shop", path, limit: 10 })).toMatchObject({
          runs: [{ runId: "r-1" }],
          changes: [
            {
              runId: "r-1",
              loop: "triage",
              title: "change of r-1",
              state: "held",
              branch: "loom/triage/r-1",
              paths: ["docs/x.md", "src/new/b.ts", "src/old/a.ts"],
            },
          ],
          holds: [
            { holdId: "h-1", runId: "r-1", loop: "triage", title: "change of r-1", group: "maintainers" },
          ],
        });
      const beside = await record.doing({ repository: "shop", path: "src/new", limit: 10 });
      expect(beside.runs.map((one) => one.runId)).toEqual(["r-1", "r-2"]);
      expect(beside.changes.map((one) => one.runId)).toEqual(["r-1"]);
    });

    it("follows a change to its newer head, and forgets it at the end of its run", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const touching = async (path: string) =>
        (await record.doing({ repository: "shop", path, limit: 10 })).runs.length;
      await record.transact((tx) => tx.putChange(change("r-1", { state: "held", files: [file("a.ts")] })));
      await record.transact((tx) => tx.putChange(change("r-1", { state: "held", files: [file("b.ts")] })));
      expect([await touching("a.ts"), await touching("b.ts"), await touching("")]).toEqual([0, 1, 1]);
      await record.transact((tx) =>
        tx.endRun("r-1", { kind: "rejected", by: "bob", note: "no" }, minutes(1)),
      );
      expect(await touching("b.ts")).toBe(0);
    });

    it("answers for loops with their own runs and claims, and shows a guest's claim at its path", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await openedRun(record, "r-2", "tidy");
      await claim(run("r-1"), "path:shop:a.ts");
      await claim({ kind: "run", runId: "r-2", loop: "tidy" }, "path:shop:b.ts");
      await claim({ kind: "guest", guest: "codex", person: "ada" }, "path:shop:b.ts");

      const tidy = await record.doing({ loops: ["tidy"], limit: 10 });
      expect(tidy.runs.map((one) => one.runId)).toEqual(["r-2"]);
      expect(tidy.claims.map((one) => one.key)).toEqual(["path:shop:b.ts"]);
      expect(await record.doing({ loops: [], limit: 10 })).toEqual({
        runs: [],
        claims: [],
        changes: [],
        holds: [],
      });
      const atPath = await record.doing({ repository: "shop", path: "b.ts", limit: 10 });
      expect(atPath.claims.map((one) => one.holder.kind).sort()).toEqual(["guest", "run"]);
      expect((await record.doing({ limit: 10 })).claims).toHaveLength(3);
    });

    it("shows the oldest runs up to its limit, whatever the texts in it", async () => {
      const { record } = current();
      const odd = 'path:shop:it\'s \u0000 "odd" [x] \\ %_.ts';
      for (const id of ["r-1", "r-2", "r-3"]) await openedRun(record, id);
      await claim(run("r-2"), odd);
      const doing = await record.doing({ limit: 2 });
      expect(doing.runs.map((one) => one.runId)).toEqual(["r-1", "r-2"]);
      const path = odd.slice("path:shop:".length);
      expect((await record.doing({ repository: "shop", path, limit: 2 })).runs).toMatchObject([
        { runId: "r-2" },
      ]);
    });

    it("does not show claims that have lapsed", async () => {
      const { record, sql } = current();
      await openedRun(record, "r-1");
      await claim(run("r-1"), "path:shop:a.ts");
      await sql("update loom.claim set expires_at = clock_timestamp() - interval '1 ms'");
      expect(await record.doing({ repository: "shop", path: "a.ts", limit: 10 })).toMatchObject({
        runs: [],
        claims: [],
      });
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
