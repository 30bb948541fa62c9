import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { openPostgres } from "../../../src/adapters/record/postgres.ts";
import { openedRun } from "../../contracts/record/data.ts";
import { recordContract } from "../../contracts/record.ts";
import { startPostgres } from "../../services/postgres.ts";

const postgres = await startPostgres();

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
      let waiting: (() => void) | undefined;
      const bothHaveOne = new Promise<void>((resolve) => {
        waiting = resolve;
      });
      for (const runId of ["r-a", "r-b"]) await openedRun(record, runId);
      const wakeBoth = (first: string, second: string) =>
        record.transact(async (tx) => {
          attempts += 1;
          await tx.wake(first);
          if (attempts === 2) waiting?.();
          await bothHaveOne;
          await tx.wake(second);
        });
      await Promise.all([wakeBoth("r-a", "r-b"), wakeBoth("r-b", "r-a")]);
      expect(attempts).toBe(3);
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
