import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RecordTx } from "../../../src/ports.ts";
import { leased, longMs, minutes, noon, type OpenRecord, openedRun, until } from "./data.ts";

export function claimsContract(current: () => OpenRecord): void {
  const claim = (runId: string, key = "finding:f-1", ttlMs = longMs) =>
    current().record.transact((tx) => tx.claim({ key, runId, loop: "triage", reason: "to fix it", ttlMs }));
  const holds = (runId: string, key = "finding:f-1") =>
    current().record.transact((tx) => tx.holdsClaim(key, runId));

  const release = (runId: string) => current().record.transact((tx) => tx.releaseClaims(runId));

  describe("claims", () => {
    it("gives one key to one of many runs", async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => claim(`r-${i}`)));
      const won = answers.findIndex((answer) => answer.kind === "held");
      expect(answers.filter((answer) => answer.kind === "held")).toHaveLength(1);
      for (const answer of answers.filter((other) => other.kind === "taken"))
        expect(answer).toMatchObject({ by: { runId: `r-${won}`, loop: "triage", until: expect.any(Date) } });
    });

    it("keeps its epoch for the run that has it, and raises it at a takeover", async () => {
      const first = await claim("r-1", "k", 1);
      expect(await claim("r-1", "k", 1)).toEqual(first);
      const second = await until(async () => {
        const answer = await claim("r-2", "k");
        return answer.kind === "held" && answer;
      });
      expect(second.epoch).toBeGreaterThan(first.kind === "held" ? first.epoch : Number.POSITIVE_INFINITY);
      expect(await holds("r-1", "k")).toBe(false);
      expect(await holds("r-2", "k")).toBe(true);
      await current().record.transact((tx) => tx.releaseClaims("r-2"));
      const third = await claim("r-1", "k");
      expect(third.kind === "held" && third.epoch).toBeGreaterThan(second.epoch);
    });

    it("says that a lapsed claim is held no more, though nobody took it", async () => {
      await claim("r-1", "k", 1);
      await until(async () => !(await holds("r-1", "k")));
    });

    it("keeps the claims of a run that waits for people, gives them a lifetime with its next lease, and frees them at its end", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      await claim("r-1", "k", 1);
      await record.fenced(lease, (tx) => tx.park("r-1"));
      const parked = await claim("r-2", "k");
      expect(parked.kind === "taken" && parked.by.until.getUTCFullYear()).toBe(9999);
      await record.transact((tx) => tx.wake("r-1"));
      await leased(record, "r-1");
      expect(await holds("r-1", "k")).toBe(true);
      const leasedAgain = await claim("r-2", "k");
      expect(leasedAgain.kind === "taken" && leasedAgain.by.until.getUTCFullYear()).toBeLessThan(9999);
      await record.transact((tx) => tx.endRun("r-1", { kind: "stopped", reason: "done" }, noon));
      expect((await claim("r-2", "k")).kind).toBe("held");
    });

    it("extends the claims of a run with its lease", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      const lease = await leased(record, "r-1");
      await claim("r-1", "k", 1);
      expect(await record.extend(lease, longMs)).toBe(true);
      expect((await claim("r-2", "k")).kind).toBe("taken");
    });

    it("never has two holders, whoever claims, releases and lapses in whatever order", async () => {
      const round: fc.Arbitrary<Round> = fc.record<Round>({
        key: fc.constantFrom("k1", "k2"),
        claimers: fc.subarray(["r-a", "r-b", "r-c"], { minLength: 1 }),
        end: fc.constantFrom("kept", "kept", "released", "lapsed"),
      });
      const play = async ({ key, claimers, end }: Round, held: Map<string, Held>) => {
        const answers = await Promise.all(claimers.map((run) => claim(run, key)));
        const holder = expectOneHolder(claimers, answers, held.get(key));
        held.set(key, holder);
        if (end === "kept") return;
        await (end === "lapsed" ? claim(holder.run, key, 0) : release(holder.run));
        setFree(held, end === "lapsed" ? [key] : [...held.keys()], holder.run);
      };
      await fc.assert(
        fc.asyncProperty(fc.array(round, { maxLength: 10 }), async (rounds) => {
          for (const run of ["r-a", "r-b", "r-c"]) await release(run);
          const held = new Map<string, Held>();
          for (const each of rounds) await play(each, held);
        }),
        { numRuns: 25 },
      );
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

type Answer = Awaited<ReturnType<RecordTx["claim"]>>;

interface Round {
  key: string;
  claimers: string[];
  end: "kept" | "released" | "lapsed";
}

/** Who had a key last, and whether anybody may take it now. */
interface Held {
  run: string;
  epoch: number;
  isFree: boolean;
}

function setFree(held: Map<string, Held>, keys: string[], run: string): void {
  for (const key of keys) {
    const by = held.get(key);
    if (by?.run === run) held.set(key, { ...by, isFree: true });
  }
}

function expectOneHolder(claimers: string[], answers: Answer[], before: Held | undefined): Held {
  const winners = claimers.flatMap((run, i) => {
    const answer = answers[i];
    return answer?.kind === "held" ? [{ run, epoch: answer.epoch, isFree: false }] : [];
  });
  const stays = before && !before.isFree ? before : undefined;
  const holder = stays ?? winners[0];
  if (!holder) throw new Error("a free key was given to nobody");
  expect(winners.map((winner) => winner.run)).toEqual(claimers.includes(holder.run) ? [holder.run] : []);
  const epoch = winners[0]?.epoch ?? holder.epoch;
  if (stays) expect(epoch).toBe(stays.epoch);
  else if (before && before.run !== holder.run) expect(epoch).toBeGreaterThan(before.epoch);
  for (const answer of answers) if (answer.kind === "taken") expect(answer.by.runId).toBe(holder.run);
  return { ...holder, epoch };
}
