import { describe, expect, it } from "vitest";
import { type ClaimKey, type Holder, holderId } from "../../../src/domain/claim.ts";
import type { ClaimWish } from "../../../src/ports/record-tx.ts";
import { leased, longMs, minutes, noon, type OpenRecord, openedRun } from "./data.ts";

export function claimsContract(current: () => OpenRecord): void {
  const by = (runId: string): Holder => ({ kind: "run", runId, loop: "triage" });
  const claim = (runId: string, keys: ClaimKey | ClaimKey[] = "finding:f-1", more: Partial<ClaimWish> = {}) =>
    current().record.transact((tx) =>
      tx.claim({
        keys: [keys].flat(),
        mode: "exclusive",
        holder: by(runId),
        reason: "to fix it",
        ttlMs: longMs,
        ...more,
      }),
    );
  const holds = (runId: string, key = "finding:f-1", epoch = Number.MAX_SAFE_INTEGER) =>
    current().record.transact((tx) => tx.holdsClaims([key], by(runId), epoch));
  const release = (runId: string) => current().record.transact((tx) => tx.releaseClaims(by(runId)));
  const lapse = (runId: string) =>
    current().sql(
      `update loom.claim set expires_at = clock_timestamp() - interval '1 ms' where holder_id = 'run:${runId}'`,
    );

  describe("claims", () => {
    it("gives one key to one of many runs, and tells the others who has it, why and until when", async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => claim(`r-${i}`)));
      const won = answers.findIndex((answer) => answer.kind === "held");
      expect(answers.filter((answer) => answer.kind === "held")).toHaveLength(1);
      for (const answer of answers.filter((other) => other.kind === "taken"))
        expect(answer).toMatchObject({
          by: [{ holder: by(`r-${won}`), reason: "to fix it", expiresAt: expect.any(Date) }],
        });
    });

    it("gives all keys or none", async () => {
      await claim("r-1", ["path:shop:b"]);

      expect((await claim("r-2", ["path:shop:a", "path:shop:b"])).kind).toBe("taken");

      expect(await current().record.claims({ prefix: "path:shop:", limit: 10 })).toMatchObject([
        { key: "path:shop:b" },
      ]);
    });

    it("lets several share a key, and nobody have it alone meanwhile", async () => {
      expect((await claim("r-1", "k", { mode: "shared" })).kind).toBe("held");
      expect((await claim("r-2", "k", { mode: "shared" })).kind).toBe("held");
      expect((await claim("r-3", "k")).kind).toBe("taken");
      await release("r-1");
      expect((await claim("r-2", "k")).kind).toBe("held");
      expect((await claim("r-1", "k", { mode: "shared" })).kind).toBe("taken");
    });

    it("keeps its epoch for the run that has it, and raises it at a takeover", async () => {
      const first = await claim("r-1", "k");
      expect(await claim("r-1", "k")).toEqual(first);
      await lapse("r-1");
      const second = await claim("r-2", "k");
      if (first.kind !== "held" || second.kind !== "held") throw new Error("a free key was not given");
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(await holds("r-1", "k")).toBe(false);
      expect(await holds("r-2", "k", second.epoch)).toBe(true);
      await release("r-2");
      await claim("r-1", "k");
      expect(await holds("r-1", "k")).toBe(true);
    });

    it("refuses an effect under an epoch from before the claim was lost", async () => {
      const first = await claim("r-1", "k");
      await lapse("r-1");
      await claim("r-2", "k");
      await release("r-2");
      const again = await claim("r-1", "k");
      if (first.kind !== "held" || again.kind !== "held") throw new Error("a free key was not given");

      expect(await holds("r-1", "k", first.epoch)).toBe(false);
      expect(await holds("r-1", "k", again.epoch)).toBe(true);
    });

    it("refuses an effect under several keys of which one was lost and got again since", async () => {
      await claim("r-1", "older");
      const first = await claim("r-1", ["older", "newer"]);
      await current().record.transact((tx) => tx.releaseClaims(by("r-1"), ["older"]));
      const again = await claim("r-1", "older");
      if (first.kind !== "held" || again.kind !== "held") throw new Error("a free key was not given");

      expect(await holds("r-1", "newer", first.epoch)).toBe(true);
      expect(await holds("r-1", "older", first.epoch)).toBe(false);
      expect(await holds("r-1", "older", again.epoch)).toBe(true);
    });

    it("answers once what another took over or asked for, so that its former holder is told", async () => {
      const { record } = current();
      await claim("r-1", ["taken", "asked", "left"]);
      await record.transact((tx) => tx.askRelease("asked", "bob", 60_000));
      await lapse("r-1");
      await claim("r-2", "taken");

      const lapsed = await record.transact((tx) => tx.takeLapsed(10));

      expect(lapsed.map((one) => [one.key, one.holder]).sort()).toEqual([
        ["asked", by("r-1")],
        ["taken", by("r-1")],
      ]);
      expect(await record.transact((tx) => tx.takeLapsed(10))).toEqual([]);
    });

    it("lets a run that comes back take up its own lapsed claim under the same epoch", async () => {
      const first = await claim("r-1", "k");
      await lapse("r-1");

      expect(await claim("r-1", "k")).toEqual(first);
      expect(await current().record.transact((tx) => tx.takeLapsed(10))).toEqual([]);
    });

    it("shortens the lease of who is asked to give back, whom no heartbeat extends any more", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      await claim("r-1", "k");

      const [asked] = await record.transact((tx) => tx.askRelease("k", "bob", 60_000));

      expect(asked).toMatchObject({ releaseAskedBy: "bob", holder: by("r-1") });
      await record.extend(lease, longMs);
      await claim("r-1", "k");
      const [now] = await record.claims({ keys: ["k"], limit: 1 });
      expect(now?.expiresAt.getTime()).toBeLessThan(Date.now() + 120_000);
    });

    it("gives a claim that was asked for and lapsed anew, under a new epoch, and tells of the old one", async () => {
      const { record } = current();
      const first = await claim("r-1", "k");
      await record.transact((tx) => tx.askRelease("k", "bob", 60_000));
      await lapse("r-1");

      const second = await claim("r-1", "k");

      if (first.kind !== "held" || second.kind !== "held") throw new Error("a free key was not given");
      expect(second.epoch).toBeGreaterThan(first.epoch);
      const [now] = await record.claims({ keys: ["k"], limit: 1 });
      expect(now).toMatchObject({ epoch: second.epoch, holder: by("r-1") });
      expect(now).not.toHaveProperty("releaseAskedBy");
      expect(await record.transact((tx) => tx.takeLapsed(10))).toMatchObject([
        { key: "k", epoch: first.epoch, releaseAskedBy: "bob" },
      ]);
    });

    it("leaves a lapsed claim to the run that renews it while another asks for it", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      for (let round = 0; round < 20; round++) {
        await claim("r-1", ["k", "l"]);
        await lapse("r-1");
        const [extended, other] = await Promise.all([record.extend(lease, longMs), claim("r-2", ["l", "k"])]);
        expect(extended).toBe(true);
        const live = await record.claims({ keys: ["k", "l"], limit: 10 });
        const winner = other.kind === "held" ? "run:r-2" : "run:r-1";
        expect(live.map((one) => holderId(one.holder))).toEqual([winner, winner]);
        await release("r-1");
        await release("r-2");
      }
    });

    it("keeps a key apart that is longer than an index row can be", async () => {
      const [one, two] = ["x".repeat(5000), `${"x".repeat(5000)}y`].map((path) => `path:shop:${path}`);
      expect((await claim("r-1", one)).kind).toBe("held");
      expect((await claim("r-2", two)).kind).toBe("held");
      expect((await claim("r-2", one)).kind).toBe("taken");
      expect(await holds("r-1", one)).toBe(true);
      expect(await current().record.transact((tx) => tx.releaseClaims(by("r-1"), [one ?? ""]))).toHaveLength(
        1,
      );
    });

    it("gives back only the keys that are named, or all", async () => {
      await claim("r-1", ["a", "b", "c"]);
      const free = (keys?: ClaimKey[]) =>
        current().record.transact((tx) => tx.releaseClaims(by("r-1"), keys));
      expect(await free(["b", "x"])).toEqual(["b"]);
      expect((await free()).sort()).toEqual(["a", "c"]);
    });

    it("refuses a lifetime over the maximum, and none", async () => {
      await expect(claim("r-1", "k", { ttlMs: 25 * 60 * 60 * 1000 })).rejects.toThrow("at most 24 hours");
      await expect(claim("r-1", "k", { ttlMs: 0 })).rejects.toThrow("no lifetime");
    });

    it("keeps the claims of a run that waits for people, gives them a lifetime with its next lease, and frees them at its end", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      await claim("r-1", "k");
      await record.fenced(lease, (tx) => tx.park("r-1"));
      const parked = await claim("r-2", "k");
      expect(parked.kind === "taken" && parked.by[0]?.expiresAt.getUTCFullYear()).toBe(9999);
      await record.transact((tx) => tx.wake("r-1"));
      await leased(record, "r-1");
      expect(await holds("r-1", "k")).toBe(true);
      const leasedAgain = await claim("r-2", "k");
      expect(leasedAgain.kind === "taken" && leasedAgain.by[0]?.expiresAt.getUTCFullYear()).toBeLessThan(
        9999,
      );
      await record.transact((tx) => tx.endRun("r-1", { kind: "stopped", reason: "done" }, noon));
      expect((await claim("r-2", "k")).kind).toBe("held");
    });
  });

  describe("budgets", () => {
    const reserve = (runId: string, usd: number, now = noon, loop = "triage") =>
      current().record.transact((tx) => tx.reserve({ loop, runId, usd, usdPerDay: 1, now }));

    it("never gives away more than the day's budget, however many ask at once", async () => {
      const given = await Promise.all(Array.from({ length: 12 }, (_, i) => reserve(`r-${i}`, 0.3)));
      expect(given.filter(Boolean)).toHaveLength(3);
    });

    it("counts cents exactly, each loop and each day for itself", async () => {
      for (let i = 0; i < 10; i++) expect(await reserve(`r-${i}`, 0.1)).toBe(true);
      expect(await reserve("r-10", 0.000001)).toBe(false);
      expect(await reserve("r-10", 1, noon, "tidy")).toBe(true);
      expect(await reserve("r-11", 1, minutes(12 * 60))).toBe(true);
    });

    it("does not count a run twice, and gives back what it did not spend", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      expect(await reserve("r-1", 0.9)).toBe(true);
      expect(await reserve("r-1", 0.9)).toBe(true);
      expect(await reserve("r-2", 0.9)).toBe(false);
      await record.transact((tx) => tx.endRun("r-1", { kind: "stopped", reason: "done" }, noon));
      expect(await reserve("r-2", 0.9)).toBe(true);
    });

    it("keeps counting what a run has cost", async () => {
      const { record, sql } = current();
      await openedRun(record, "r-1");
      await reserve("r-1", 0.9);
      await sql("update loom.run set cost_usd = 0.4 where id = 'r-1'");
      await record.transact((tx) => tx.endRun("r-1", { kind: "stopped", reason: "done" }, noon));
      expect((await record.run("r-1"))?.costUsd).toBe(0.4);
      expect(await reserve("r-2", 0.7)).toBe(false);
      expect(await reserve("r-2", 0.6)).toBe(true);
    });
  });
}
