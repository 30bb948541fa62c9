import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Claim, ClaimKey, ClaimMode, Holder } from "../../../src/domain/claim.ts";
import { leased, longMs, type OpenRecord, openedRun } from "./data.ts";

const runs = ["r-a", "r-b", "r-c"];
const keys = ["path:shop:a", "path:shop:b", "resource:env:staging"];
const by = (runId: string): Holder => ({ kind: "run", runId, loop: "triage" });

/** What one claim should be: whose, how, since which answer, and whether its time is over. */
interface Held {
  mode: ClaimMode;
  epoch: number;
  isOver: boolean;
  isAsked: boolean;
}
type Model = Map<ClaimKey, Map<string, Held>>;

const heldBy = (model: Model, key: ClaimKey): Map<string, Held> => {
  const holders = model.get(key) ?? new Map<string, Held>();
  model.set(key, holders);
  return holders;
};

/** A claim on all keys or none, as the rules say. */
function expectClaim(model: Model, run: string, wanted: ClaimKey[], mode: ClaimMode): boolean {
  const isFree = wanted.every((key) =>
    [...heldBy(model, key)].every(
      ([other, held]) => other === run || held.isOver || (held.mode === "shared" && mode === "shared"),
    ),
  );
  // What has lapsed is taken away from others in any case.
  for (const key of wanted)
    for (const [other, held] of heldBy(model, key))
      if (other !== run && held.isOver) heldBy(model, key).delete(other);
  return isFree;
}

/** What an act other than a claim does to what is held. */
function happens(act: Act, model: Model): void {
  if (act.kind === "claim") return;
  if (act.kind === "release") for (const key of act.keys) heldBy(model, key).delete(act.run);
  for (const [key, holders] of model)
    for (const [run, held] of holders) {
      if (act.kind === "ask") held.isAsked ||= act.key === key && !held.isOver;
      else if (act.run === run) held.isOver = isOverAfter(act.kind, held);
    }
}

/** A run that goes on has its claims again, unless somebody asked for them. */
const isOverAfter = (act: Act["kind"], held: Held): boolean =>
  act === "lapse" || (held.isOver && (held.isAsked || act === "release"));

type Act =
  | { kind: "claim"; run: string; keys: ClaimKey[]; mode: ClaimMode }
  | { kind: "release"; run: string; keys: ClaimKey[] }
  | { kind: "lapse" | "crash" | "extend" | "park"; run: string }
  | { kind: "ask"; key: ClaimKey };

const anyRun = fc.constantFrom(...runs);
const someKeys = fc.subarray(keys, { minLength: 1 });
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("claim" as const),
      run: anyRun,
      keys: someKeys,
      mode: fc.constantFrom<ClaimMode>("exclusive", "shared"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("release" as const), run: anyRun, keys: someKeys }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("lapse" as const, "crash" as const, "extend" as const, "park" as const),
      run: anyRun,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("ask" as const), key: fc.constantFrom(...keys) }) },
);

/** Claims under every order of what can happen to them: in one line against a model, and all at once against the rules alone. */
export function claimInterleavingsContract(current: () => OpenRecord): void {
  const claim = (run: string, wanted: ClaimKey[], mode: ClaimMode) =>
    current().record.transact((tx) =>
      tx.claim({ keys: wanted, mode, holder: by(run), reason: "to fix it", ttlMs: longMs }),
    );
  /** As when the clock jumped past the end of all that the run holds. */
  const lapse = (run: string) =>
    current().sql(
      `update loom.claim set expires_at = clock_timestamp() - interval '1 ms' where holder_id = 'run:${run}'`,
    );
  const begin = async () => {
    const { record, sql } = current();
    await sql("truncate loom.claim, loom.lapsed_claim, loom.run, loom.outbox cascade");
    for (const run of runs) await openedRun(record, run);
    return new Map(await Promise.all(runs.map(async (run) => [run, await leased(record, run)] as const)));
  };

  describe("claims, whatever happens when", () => {
    it("are what the rules say after each of many acts, and hold no effect under a claim that was lost", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyAct, { maxLength: 14 }), async (acts) => {
          const leases = await begin();
          const model: Model = new Map();
          for (const act of acts) await step(act, model, leases);
          const told = await current().record.transact((tx) => tx.takeLapsed(1000));
          expect(new Set(told.map((one) => `${one.key} ${one.epoch}`)).size).toBe(told.length);
          expect(await current().record.transact((tx) => tx.takeLapsed(1000))).toEqual([]);
        }),
        { numRuns: 30 },
      );
    });

    it("never have two holders of one key, nor one alone beside others, whoever acts at the same time", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(anyAct, { maxLength: 5 }), { maxLength: 5 }), async (rounds) => {
          const leases = await begin();
          for (const round of rounds) {
            await Promise.all(round.map((act) => perform(act, leases)));
            expectOneHolder(await current().record.claims({ keys, limit: 100 }));
          }
        }),
        { numRuns: 20 },
      );
    });
  });

  type Leases = Awaited<ReturnType<typeof begin>>;

  async function perform(act: Act, leases: Leases): Promise<unknown> {
    const { record } = current();
    const leaseOf = (run: string) => leases.get(run) ?? { runId: run, fence: 0 };
    switch (act.kind) {
      case "claim":
        return claim(act.run, act.keys, act.mode);
      case "release":
        return record.transact((tx) => tx.releaseClaims(by(act.run), act.keys));
      case "lapse":
        return lapse(act.run);
      case "extend":
        return record.extend(leaseOf(act.run), longMs);
      case "park":
        // And woken again at once, by whoever answers, and taken up by the next worker.
        await record.transact((tx) => tx.park(act.run));
        await record.transact((tx) => tx.wake(act.run));
        return takeUp(act.run, leases);
      case "crash":
        // The worker is gone, its lease runs out, and another one gets the run.
        await current().sql(
          `update loom.run set lease_until = clock_timestamp() - interval '1 ms' where id = '${act.run}'`,
        );
        return takeUp(act.run, leases);
      case "ask":
        return record.transact((tx) => tx.askRelease(act.key, "bob", 20_000));
    }
  }

  async function takeUp(run: string, leases: Leases): Promise<void> {
    const taken = await current().record.lease(run, "worker", longMs);
    if (taken !== null) leases.set(run, taken.lease);
  }

  async function step(act: Act, model: Model, leases: Leases): Promise<void> {
    const answer = await perform(act, leases);
    if (act.kind === "claim") settleClaim(act, answer as Awaited<ReturnType<typeof claim>>, model);
    happens(act, model);
    await expectAsModelled(model);
  }

  function settleClaim(
    act: Extract<Act, { kind: "claim" }>,
    answer: Awaited<ReturnType<typeof claim>>,
    model: Model,
  ): void {
    const isFree = expectClaim(model, act.run, act.keys, act.mode);
    expect(answer.kind).toBe(isFree ? "held" : "taken");
    if (answer.kind === "taken") {
      for (const one of answer.by) expect(heldBy(model, one.key).size).toBeGreaterThan(0);
      return;
    }
    for (const key of act.keys) {
      const before = heldBy(model, key).get(act.run);
      const goesOn = before !== undefined && !(before.isOver && before.isAsked);
      heldBy(model, key).set(act.run, {
        mode: act.mode,
        epoch: goesOn ? before.epoch : Number.POSITIVE_INFINITY,
        isOver: false,
        isAsked: goesOn && before.isAsked,
      });
    }
  }

  /** The database and the model say the same, and an effect is let through only for who holds the key now. */
  async function expectAsModelled(model: Model): Promise<void> {
    const live = await current().record.claims({ keys, limit: 100 });
    expectOneHolder(live);
    const told = live.map((one) => `${one.key} ${one.mode} ${nameOf(one)}`).sort();
    const expected = [...model].flatMap(([key, holders]) =>
      [...holders].filter(([, held]) => !held.isOver).map(([run, held]) => `${key} ${held.mode} ${run}`),
    );
    expect(told).toEqual(expected.sort());
    for (const key of keys)
      for (const run of runs) {
        const one = live.find((claimed) => claimed.key === key && nameOf(claimed) === run);
        const holds = (epoch: number) =>
          current().record.transact((tx) => tx.holdsClaims([key], by(run), epoch));
        expect(await holds(one?.epoch ?? Number.MAX_SAFE_INTEGER)).toBe(one !== undefined);
        const known = model.get(key)?.get(run);
        if (one === undefined || known === undefined) continue;
        if (known.epoch === Number.POSITIVE_INFINITY) known.epoch = one.epoch;
        expect(one.epoch).toBe(known.epoch);
      }
  }
}

const nameOf = ({ holder }: Claim): string => (holder.kind === "run" ? holder.runId : holder.guest);

export function expectOneHolder(live: Claim[]): void {
  for (const { key } of live.filter((one) => one.mode === "exclusive"))
    expect(live.filter((one) => one.key === key)).toHaveLength(1);
}
