import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Approval, Hold } from "../../../src/domain/hold.ts";
import type { RecordStore } from "../../../src/ports/record.ts";
import type { RecordTx } from "../../../src/ports/record-tx.ts";
import { hold, minutes, noon, type OpenRecord, openedRun } from "./data.ts";

type Act =
  | { do: "approve"; who: number; isForged: boolean }
  | { do: "reject"; who: number }
  | { do: "void" | "reopen" };

const who = fc.integer({ min: 0, max: 3 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("approve" as const), who, isForged: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reject" as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("void" as const, "reopen" as const) }) },
);

async function perform(
  tx: RecordTx,
  one: Act,
  of: { id: string; run: string; count: number },
): Promise<void> {
  switch (one.do) {
    case "void":
      await tx.turnHold(of.id, { from: ["waiting", "approved"], to: "void", because: "moved" });
      return;
    case "reopen":
      await tx.turnHold(of.id, { from: ["approved"], to: "waiting" });
      return;
    case "approve":
    case "reject": {
      const isForged = one.do === "approve" && one.isForged;
      const answer = { person: `p${one.who}`, note: "", at: minutes(1) };
      await tx.answerHold(of.id, {
        digest: isForged ? "forged" : `digest-${of.run}`,
        answer: { ...answer, answer: one.do === "approve" ? "approved" : "rejected" },
        isEnough: enough(of.count),
      });
    }
  }
}

/** The hold as it is after each round of what comes at once. */
async function play(
  record: RecordStore,
  rounds: Act[][],
  of: { id: string; run: string; count: number },
): Promise<Hold[]> {
  await openedRun(record, of.run);
  await record.transact((tx) => tx.putHold(hold(of.id, of.run)));
  const seen: Hold[] = [];
  for (const round of rounds) {
    await Promise.all(round.map((one) => record.transact((tx) => perform(tx, one, of))));
    const now = await record.hold(of.id);
    if (now !== null) seen.push(now);
  }
  return seen;
}

const approvers = (hold: Hold): string[] =>
  hold.approvals.filter((each) => each.answer === "approved").map((each) => each.person);

/** As a need of so many distinct people asks. */
const enough = (count: number) => (hold: Hold) => approvers(hold).length >= count;

function expectSound(hold: Hold, count: number): void {
  if (hold.state === "approved") expect(new Set(approvers(hold)).size).toBeGreaterThanOrEqual(count);
  if (hold.approvals.some((one) => one.answer === "rejected")) expect(hold.state).not.toBe("approved");
}

export function holdsContract(current: () => OpenRecord): void {
  const approval = (person: string, more: Partial<Approval> = {}): Approval => ({
    person,
    answer: "approved",
    note: "",
    at: minutes(1),
    ...more,
  });
  const answer = (given: Approval, { digest = "digest-r-1", count = 1 } = {}) =>
    current().record.transact((tx) =>
      tx.answerHold("h-1", { digest, answer: given, isEnough: enough(count) }),
    );
  const asked = async (more: Partial<Hold> = {}): Promise<void> => {
    const { record } = current();
    await openedRun(record, "r-1");
    await record.transact((tx) => tx.putHold(hold("h-1", "r-1", more)));
  };

  describe("holds", () => {
    it("keeps what a hold is bound to, whom it asks, and every answer in its order", async () => {
      const { record } = current();
      const whole = hold("h-1", "r-1", {
        environment: "production",
        needs: [
          { group: "owners", count: 2 },
          { group: "the owner of tidy", count: 1, people: ["cy"] },
        ],
        approvals: [approval("bob"), approval("ada", { at: minutes(2), note: "\0 fine" })],
      });
      await asked(whole);
      const kept = {
        ...whole,
        approvals: [approval("bob"), approval("ada", { at: minutes(2), note: "\uFFFD fine" })],
      };
      expect(await record.hold("h-1")).toEqual(kept);
      expect(await record.holds("r-1")).toEqual([kept]);
      expect(await record.waitingHolds()).toEqual([kept]);
      expect((await record.overview(noon)).held).toMatchObject([{ hold: kept }]);
    });

    it("takes answers that come at once one after the other, each person's once", async () => {
      const { record } = current();
      await asked();
      const people = ["ada", "bob", "cy", "ada", "bob", "dan"];
      const answers = await Promise.all(people.map((person) => answer(approval(person), { count: 3 })));
      const kept = answers.flatMap((each) => (each.kind === "kept" ? [each.hold] : []));
      expect(kept).toHaveLength(3);
      expect(kept.map((each) => each.approvals.length).sort()).toEqual([1, 2, 3]);
      expect(kept.filter((each) => each.state === "approved")).toHaveLength(1);
      const now = await record.hold("h-1");
      expect(now?.state).toBe("approved");
      expect(new Set(now?.approvals.map((each) => each.person)).size).toBe(3);
      for (const lost of answers) if (lost.kind === "lost") expect(lost.hold?.id).toBe("h-1");
    });

    it("is ended by one rejection, also beside approvals that come at once", async () => {
      const { record } = current();
      await asked();
      const no = approval("bob", { answer: "rejected", note: "no" });
      await Promise.all([
        answer(approval("ada"), { count: 3 }),
        answer(no),
        answer(approval("cy"), { count: 3 }),
      ]);
      const now = await record.hold("h-1");
      expect(now?.state).toBe("rejected");
      expect(now?.approvals).toContainEqual(no);
      expect(await answer(approval("dan"))).toEqual({ kind: "lost", hold: now });
    });

    it("ignores an answer given for another digest, or to a hold that is over or unknown", async () => {
      const { record } = current();
      await asked();
      expect(await answer(approval("ada"), { digest: "another" })).toEqual({
        kind: "lost",
        hold: hold("h-1", "r-1"),
      });
      const turn = (more: Parameters<Parameters<Parameters<typeof record.transact>[0]>[0]["turnHold"]>[1]) =>
        record.transact((tx) => tx.turnHold("h-1", more));
      expect(await turn({ from: ["waiting", "approved"], to: "void", because: "a new head" })).toBe(true);
      expect(await turn({ from: ["waiting"], to: "expired", because: "late" })).toBe(false);
      const voided = hold("h-1", "r-1", { state: "void", voidedBecause: "a new head" });
      expect(await answer(approval("ada"))).toEqual({ kind: "lost", hold: voided });
      const unknown = await record.transact((tx) =>
        tx.answerHold("h-9", { digest: "d", answer: approval("ada"), isEnough: () => true }),
      );
      expect(unknown).toEqual({ kind: "lost", hold: null });
    });

    it("takes an answer up to the moment at which it expires, and none at it", async () => {
      const { record } = current();
      await asked();
      const at = (ms: number) => new Date(minutes(60).getTime() + ms);
      expect(await answer(approval("ada", { at: at(0) }))).toMatchObject({ kind: "lost" });
      expect(await record.expiredHolds(at(-1))).toEqual([]);
      expect(await record.expiredHolds(at(0))).toEqual([hold("h-1", "r-1")]);
      expect(await answer(approval("ada", { at: at(-1) }))).toMatchObject({
        kind: "kept",
        hold: { state: "approved" },
      });
      expect(await record.expiredHolds(at(0))).toEqual([]);
    });

    it("waits again with its answers when an approval does not count any more", async () => {
      const { record } = current();
      await asked();
      await answer(approval("ada"));
      const reopen = { from: ["approved" as const], to: "waiting" as const };
      expect(await record.transact((tx) => tx.turnHold("h-1", reopen))).toBe(true);
      expect(await record.transact((tx) => tx.turnHold("h-1", reopen))).toBe(false);
      expect(await record.hold("h-1")).toEqual(hold("h-1", "r-1", { approvals: [approval("ada")] }));
      expect(await answer(approval("ada"))).toMatchObject({ kind: "lost" });
      expect(await answer(approval("bob"), { count: 2 })).toMatchObject({ hold: { state: "approved" } });
    });

    it("is approved by no fewer distinct people than it needs, whatever order things come in", async () => {
      const { record } = current();
      let n = 0;
      const rounds = fc.array(fc.array(act, { minLength: 1, maxLength: 3 }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 3 }), rounds, async (count, acts) => {
          n += 1;
          const seen = await play(record, acts, { id: `h-${n}`, run: `r-${n}`, count });
          for (const now of seen) expectSound(now, count);
          const end = seen.findIndex((now) => now.state === "rejected" || now.state === "void");
          const after = end < 0 ? [] : seen.slice(end).map((now) => now.state);
          for (const state of after) expect(["rejected", "void"]).toContain(state);
        }),
        { numRuns: 25 },
      );
    });
  });

  describe("freezes", () => {
    const freeze = { zone: "money", by: "ada", why: "the release", at: noon, until: minutes(60) };

    it("keeps one for each zone and one for everywhere, the newest in place of the older", async () => {
      const { record } = current();
      await record.transact(async (tx) => {
        await tx.putFreeze(freeze);
        await tx.putFreeze({ ...freeze, zone: null, until: minutes(5) });
      });
      await record.transact((tx) => tx.putFreeze({ ...freeze, by: "bob", until: minutes(90) }));
      const all = [
        { ...freeze, zone: null, until: minutes(5) },
        { ...freeze, by: "bob", until: minutes(90) },
      ];
      expect(await record.freezes()).toEqual(all);
      expect((await record.overview(noon)).freezes).toEqual(all);
      expect(await record.transact((tx) => tx.liftFreeze(null))).toEqual(all[0]);
      expect(await record.transact((tx) => tx.liftFreeze(null))).toBeNull();
      expect((await record.digest(noon, minutes(1))).freezes).toEqual([all[1]]);
    });

    it("keeps who paused everything and why, until somebody resumes", async () => {
      const { record } = current();
      expect(await record.isPaused()).toBeNull();
      await record.transact((tx) => tx.setPaused({ by: "ada", why: "an incident" }));
      await record.transact((tx) => tx.setDigestSent(noon));
      expect(await record.isPaused()).toEqual({ by: "ada", why: "an incident" });
      expect((await record.digest(noon, minutes(1))).stop).toEqual({ by: "ada", why: "an incident" });
      await record.transact((tx) => tx.setPaused(null));
      expect(await record.isPaused()).toBeNull();
    });
  });
}
