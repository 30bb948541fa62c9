import { afterAll, describe, expect, it } from "vitest";
import { openQueue } from "../../../src/adapters/queue/open-queue.ts";
import { queueContract } from "../../contracts/queue.ts";
import { postgresPlace } from "../../contracts/queue-place.ts";
import { startPostgres } from "../../services/postgres.ts";

const postgres = await startPostgres();
if ("skipped" in postgres) {
  console.warn(`queue on Postgres: skipped, ${postgres.skipped}`);
  describe.skip(`queue on Postgres: ${postgres.skipped}`, () => {});
} else {
  afterAll(() => postgres.stop());
  queueContract("Postgres", () => postgresPlace(postgres.url));
}

describe("opening a queue on Postgres", () => {
  const settings = { concurrency: 1, leaseMs: 1_500, log: () => {} };

  it("says where no Postgres answers and what to do, without the password", async () => {
    const opening = openQueue({ databaseUrl: "postgres://loom:s3cret@127.0.0.1:1/loom" }, settings);
    await expect(opening).rejects.toThrow(
      /^opening the queue on postgres:\/\/127\.0\.0\.1:1\/loom: .*ECONNREFUSED.*; start Postgres 14 or newer there, or correct DATABASE_URL$/,
    );
  });

  it("refuses an address of another kind", async () => {
    await expect(openQueue({ databaseUrl: "mysql://localhost/loom" }, settings)).rejects.toThrow(
      /DATABASE_URL must look like postgres:/,
    );
  });
});
