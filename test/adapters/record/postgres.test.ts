import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { openPostgres } from "../../../src/adapters/record/postgres.ts";
import { openedRun } from "../../contracts/record/data.ts";
import { recordContract } from "../../contracts/record.ts";
import { startChild } from "../../services/child.ts";
import { compile } from "../../services/compiled.ts";
import { startPostgres } from "../../services/postgres.ts";
import { claimsOfSeveralProcesses } from "./claim-processes.ts";

const postgres = await startPostgres();

/** Claims for moments, and acts under its newer and older claims by turns; says when an act was let through. */
const claimer = (record: string): string => `
  import { openPostgres } from ${JSON.stringify(record)};
  const { record } = await openPostgres(process.argv[2], { connectionsMax: 4 });
  const keys = ["path:shop:a", "path:shop:b", "path:shop:c"];
  const held = [];
  const turn = async (n) => {
    const holder = { kind: "run", runId: "r-" + process.pid + "-" + n, loop: "triage" };
    const wanted = keys.filter((_, index) => (n >> index) % 2 === 0 || index === n % 3);
    const claimed = await record.transact((tx) =>
      tx.claim({ keys: wanted, mode: "exclusive", holder, reason: "test", ttlMs: 5 + (n % 40) }));
    if (claimed.kind === "held") held.push({ keys: wanted, holder, epoch: claimed.epoch });
    const mine = held[(n * 7) % 3 === 0 ? Math.max(0, held.length - 3) : held.length - 1];
    if (mine === undefined) return;
    const isThrough = await record.transact(async (tx) => {
      if (!(await tx.holdsClaims(mine.keys, mine.holder, mine.epoch))) return false;
      // Some take their time between the question and the commit: nobody may get in between.
      for (let slow = 0; n % 3 === 0 && slow < 20; slow++) await tx.setTicked("loop-" + process.pid, new Date(), "s");
      for (const key of mine.keys)
        await tx.append({ type: "claim.acquired", at: new Date(), by: "test", data: { key, epoch: mine.epoch, holder: mine.holder.runId } });
      return true;
    });
    if (n % 5 === 0) await record.transact((tx) => tx.releaseClaims(mine.holder));
    if (isThrough) console.log(String(n));
  };
  for (let n = 0; ; n += 2) await Promise.all([turn(n), turn(n + 1)]);
`;

/** In the order of their commits: an epoch is one holder's, and none comes after a newer one of its key. */
function expectFenced(effects: { [key: string]: unknown }[]): void {
  const newest = new Map<unknown, { epoch: number; holder: unknown }>();
  for (const effect of effects) {
    const { epoch, holder } = { epoch: Number(effect["epoch"]), holder: effect["holder"] };
    const last = newest.get(effect["key"]) ?? { epoch: 0, holder };
    expect(epoch).toBeGreaterThanOrEqual(last.epoch);
    if (epoch === last.epoch) expect(holder).toBe(last.holder);
    newest.set(effect["key"], { epoch, holder });
  }
}

if ("skipped" in postgres) {
  console.warn(`skipped: the record on Postgres (${postgres.skipped})`);
  describe.skip(`the record on Postgres: ${postgres.skipped}`, () =>
    it("is not tested here", () => undefined));
} else {
  const { url, stop } = postgres;
  afterAll(stop);

  recordContract("Postgres", async () => {
    const { record } = await openPostgres(url);
    const side = new pg.Pool({ connectionString: url, max: 1 });
    return {
      record,
      sql: async (statement) => {
        await side.query(statement);
      },
      close: async () => {
        await side.end();
        await record.close();
      },
    };
  });

  claimsOfSeveralProcesses(url);

  describe("claims of several processes on Postgres", () => {
    const compiled = compile("adapters/record");
    afterAll(compiled.remove);

    it("let no effect through under a claim that somebody else got meanwhile, though workers are killed", async () => {
      const { record } = await openPostgres(url);
      const before = (await record.events({ limit: 10_000 })).length;
      const start = () => startChild(claimer(compiled.url("adapters/record/postgres.ts")), url);
      const children = [start(), start(), start()];
      try {
        for (const kills of [0, 1, 2, 3]) {
          for (let line = 0; line < 25; line++)
            await Promise.all(children.slice(-2).map((child) => child.line()));
          if (kills === 3) break;
          await children[kills]?.kill("SIGKILL");
          children.push(start());
        }
      } finally {
        for (const child of children) await child.kill("SIGKILL");
      }
      const effects = (await record.events({ limit: 10_000 })).slice(before).map((event) => event.data);
      await record.close();
      expect(effects.length).toBeGreaterThan(100);
      expectFenced(effects);
    });
  });

  describe("opening Postgres", () => {
    it("lets several processes start at once on an empty database", async () => {
      const admin = new pg.Client({ connectionString: url });
      await admin.connect();
      await admin.query("create database together");
      await admin.end();
      const address = new URL(url);
      address.pathname = "/together";
      const opened = await Promise.all(Array.from({ length: 4 }, () => openPostgres(address.href)));
      expect(await opened[3]?.record.loopStates()).toEqual([]);
      for (const { record } of opened) await record.close();
    });

    it("tries a transaction again that died in a deadlock", async () => {
      const { record } = await openPostgres(url);
      let attempts = 0;
      let release: (() => void) | undefined;
      const bothHaveOne = new Promise<void>((resolve) => {
        release = resolve;
      });
      for (const runId of ["r-a", "r-b"]) await openedRun(record, runId);
      const wakeBoth = (first: string, second: string) =>
        record.transact(async (tx) => {
          await tx.wake(first);
          attempts += 1;
          if (attempts === 2) release?.();
          await bothHaveOne;
          await tx.wake(second);
        });
      await Promise.all([wakeBoth("r-a", "r-b"), wakeBoth("r-b", "r-a")]);
      // Each has its first row before either asks for its second, so one of them died; on a busy machine they may meet again.
      expect(attempts).toBeGreaterThan(2);
      await record.close();
    });

    it("names a missing database and what to do", async () => {
      const address = new URL(url);
      address.pathname = "/absent";
      await expect(openPostgres(address.href)).rejects.toThrow(/absent.*no such database; create it/);
    });
  });
}

describe("opening a Postgres that is not there", () => {
  it("names the address and the remedy, and never the password", async () => {
    const opening = openPostgres("postgres://ada:s3cret@127.0.0.1:1/loom");
    const error = await opening.catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toContain("opening the record on Postgres 127.0.0.1:1/loom as ada");
    expect(String(error)).toContain("start Postgres or correct DATABASE_URL");
    expect(String(error)).not.toContain("s3cret");
  });

  it("refuses what is not an address, without repeating it", async () => {
    await expect(openPostgres("ada:s3cret@db")).rejects.toThrow(/^DATABASE_URL is not an address like/);
  });
});
