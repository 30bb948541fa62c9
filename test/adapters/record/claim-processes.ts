import fc from "fast-check";
import pg from "pg";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { openPostgres } from "../../../src/adapters/record/postgres.ts";
import type { ClaimKey, ClaimMode } from "../../../src/domain/claim.ts";
import type { Lease, RecordStore } from "../../../src/ports/record.ts";
import { expectOneHolder } from "../../contracts/record/claim-interleavings.ts";
import { leased, longMs, openedRun } from "../../contracts/record/data.ts";
import { type Child, startChild } from "../../services/child.ts";
import { compile } from "../../services/compiled.ts";

const runs = ["r-a", "r-b", "r-c"];
const keys = ["path:shop:a", "path:shop:b", "resource:env:staging"];

/**
 * A process whose clock can be stepped, and which does what it is sent: claims, gives back, beats for a run, and acts under the newest
 * or an older of its claims, in the transaction that asks whether it may.
 */
const worker = (module: string): string => `
  const RealDate = Date;
  let stepMs = 0;
  globalThis.Date = class extends RealDate {
    constructor(...given) { super(...(given.length === 0 ? [RealDate.now() + stepMs] : given)); }
    static now() { return RealDate.now() + stepMs; }
  };
  const { openPostgres } = await import(${JSON.stringify(module)});
  const { record } = await openPostgres(process.argv[2], { connectionsMax: 3 });
  const held = [];
  const tell = async (tx, { keys, epoch, holder, mode }, what) => {
    for (const key of keys)
      await tx.append({ type: "claim.acquired", at: new Date(), by: "test", data: { what, key, epoch, mode, holder: holder.runId } });
  };
  const does = {
    step: async ({ ms }) => { stepMs += ms; },
    async claim({ run, keys, mode, ttlMs }) {
      const holder = { kind: "run", runId: run, loop: "triage" };
      return record.transact(async (tx) => {
        const claimed = await tx.claim({ keys, mode, holder, reason: "test", ttlMs });
        if (claimed.kind !== "held") return false;
        held.push({ keys, holder, mode, epoch: claimed.epoch });
        await tell(tx, held.at(-1), "claimed");
        return true;
      });
    },
    release: ({ run, keys }) => record.transact((tx) => tx.releaseClaims({ kind: "run", runId: run, loop: "triage" }, keys)),
    beat: ({ lease, ms }) => record.extend(lease, ms),
    async act({ back, slowly }) {
      const mine = held[Math.max(0, held.length - 1 - back)];
      if (mine === undefined) return false;
      return record.transact(async (tx) => {
        if (!(await tx.holdsClaims(mine.keys, mine.holder, mine.epoch))) return false;
        // Nobody may get in between the question and the commit.
        for (let n = 0; slowly && n < 20; n++) await tx.setTicked("loop-" + process.pid, new Date(), "s");
        await tell(tx, mine, "acted");
        return true;
      });
    },
  };
  process.on("message", (sent) => does[sent.kind](sent).then((answer) => process.send({ answer: answer ?? null }), (error) => process.send({ error: String(error) })));
  console.log("up");
`;

type Act =
  | { kind: "claim"; run: string; keys: ClaimKey[]; mode: ClaimMode; ttlMs: number }
  | { kind: "release"; run: string; keys: ClaimKey[] }
  | { kind: "beat"; run: string; ms: number }
  | { kind: "act"; back: number; slowly: boolean }
  | { kind: "step"; ms: number }
  | { kind: "kill" };

const dayMs = 24 * 60 * 60 * 1000;
const run = fc.constantFrom(...runs);
const someKeys = fc.subarray(keys, { minLength: 1 });
// Lifetimes that end while others act, and ones that do not.
const lifeMs = fc.constantFrom(5, 20, longMs);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("claim" as const),
      run,
      keys: someKeys,
      mode: fc.constantFrom<ClaimMode>("exclusive", "exclusive", "shared"),
      ttlMs: lifeMs,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("act" as const), back: fc.nat(4), slowly: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("release" as const), run, keys: someKeys }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("beat" as const), run, ms: lifeMs }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("step" as const), ms: fc.constantFrom(-dayMs, -60_000, dayMs) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
);
/** What each of three processes does, one after the other; they run beside each other. */
const lives = fc.tuple(...[1, 2, 3].map(() => fc.array(act, { minLength: 4, maxLength: 25 })));

/** In the order of their commits: once somebody got a key alone, nobody else acts under an older epoch of it, not even after that one. */
function expectNoStale(events: { [name: string]: unknown }[]): void {
  const alone: { key: unknown; epoch: number; holder: unknown }[] = [];
  for (const { what, key, holder, mode, ...rest } of events) {
    const epoch = Number(rest["epoch"]);
    if (what === "claimed" && mode === "exclusive") alone.push({ key, epoch, holder });
    if (what !== "acted") continue;
    for (const other of alone.filter((one) => one.key === key && one.holder !== holder))
      expect(epoch).toBeGreaterThan(other.epoch);
  }
}

export function claimsOfSeveralProcesses(url: string): void {
  const compiled = compile("adapters/record");
  const children: Child[] = [];
  afterAll(async () => {
    for (const child of children) await child.kill("SIGKILL");
    compiled.remove();
  });
  const start = async (): Promise<Child> => {
    const child = startChild(worker(compiled.url("adapters/record/postgres.ts")), url);
    children.push(child);
    expect(await child.line()).toBe("up");
    return child;
  };

  const processes: Child[] = [];
  const through = async (life: Act[], at: number, leases: Map<string, Lease>): Promise<void> => {
    for (const one of life) {
      const child = processes[at];
      if (child === undefined) throw new Error(`there is no process ${at}`);
      if (one.kind !== "kill") await send(child, one, leases);
      // It dies with a claim or an effect under way.
      else [processes[at]] = await Promise.all([start(), dieAtWork(child)]);
    }
  };

  describe("claims of several processes, whatever they do when", () => {
    it("never have two holders alone, and let no effect under a lost one through, though processes die and their clocks jump", async () => {
      const { record } = await openPostgres(url, { connectionsMax: 4 });
      const side = new pg.Client({ connectionString: url });
      await side.connect();
      onTestFinished(async () => {
        await side.end();
        await record.close();
      });
      processes.push(...(await Promise.all([start(), start(), start()])));
      let effectsSeen = 0;
      await fc.assert(
        fc.asyncProperty(lives, async (acts) => {
          const leases = await begin(record, side);
          const before = (await record.events({ limit: 100_000 })).length;
          let isOver = false;
          const watch = async () => {
            while (!isOver) expectOneHolder(await record.claims({ keys, limit: 100 }));
          };
          const watching = watch();
          try {
            await Promise.all(acts.map((life, at) => through(life, at, leases)));
          } finally {
            isOver = true;
            await watching;
          }
          const effects = (await record.events({ limit: 100_000 })).slice(before).map((event) => event.data);
          effectsSeen += effects.length;
          expectNoStale(effects);
        }),
        // What failed once by chance of time would be shrunk in vain.
        { numRuns: 6, endOnFailure: true },
      );
      expect(effectsSeen).toBeGreaterThan(40);
    });

    it("last by the database's clock, whatever that of a process says", async () => {
      const key = "path:shop:clocks";
      const [one, early, late] = await Promise.all([start(), start(), start()]);
      const claim = (by: Child, run: string, ttlMs: number) =>
        send(by, { kind: "claim", run, keys: [key], mode: "exclusive", ttlMs });
      const act = (by: Child) => send(by, { kind: "act", back: 0, slowly: false });
      await send(early, { kind: "step", ms: dayMs });
      await send(late, { kind: "step", ms: -dayMs });

      expect(await claim(one, "r-1", longMs)).toBe(true);
      expect(await claim(early, "r-2", longMs)).toBe(false);
      await send(one, { kind: "release", run: "r-1", keys: [key] });
      expect(await claim(early, "r-2", longMs)).toBe(true);
      expect(await act(early)).toBe(true);
      expect(await claim(one, "r-1", longMs)).toBe(false);
      await send(early, { kind: "release", run: "r-2", keys: [key] });
      expect(await claim(late, "r-3", 1)).toBe(true);
      expect(await act(late)).toBe(false);
      expect(await claim(one, "r-1", longMs)).toBe(true);
    });
  });
}

async function begin(record: RecordStore, side: pg.Client): Promise<Map<string, Lease>> {
  await side.query("truncate loom.claim, loom.lapsed_claim, loom.run, loom.outbox cascade");
  const leases = new Map<string, Lease>();
  for (const id of runs) leases.set(await openedRun(record, id), await leased(record, id));
  return leases;
}

async function send(child: Child, act: Act, leases = new Map<string, Lease>()): Promise<unknown> {
  const answered = new Promise<unknown>((resolve) => child.process.once("message", resolve));
  child.process.send(act.kind === "beat" ? { ...act, lease: leases.get(act.run) } : act);
  const told = (await answered) as { answer?: unknown; error?: string };
  if (told.error !== undefined) throw new Error(told.error);
  return told.answer;
}

async function dieAtWork(child: Child): Promise<void> {
  child.process.send({ kind: "act", back: 0, slowly: true });
  const wish = { kind: "claim", run: "r-a", keys, mode: "exclusive", ttlMs: 20 };
  await new Promise<void>((resolve) => child.process.send(wish, () => resolve()));
  await child.kill("SIGKILL");
}
