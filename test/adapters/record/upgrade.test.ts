import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import { afterEach, describe, expect, it } from "vitest";
import { migrations } from "../../../src/adapters/record/migrations.ts";
import { openPglite } from "../../../src/adapters/record/open-pglite.ts";
import { encodeValue } from "../../../src/adapters/record/stored-value.ts";
import { change, finding, noon } from "../../contracts/record/data.ts";

const opened: { pglite: PGlite; folder: string }[] = [];
afterEach(async () => {
  for (const { pglite, folder } of opened.splice(0)) {
    await pglite.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A database as it was after the first so many migrations. */
async function databaseOf(count: number): Promise<PGlite> {
  const folder = mkdtempSync(join(tmpdir(), "loom-upgrade-"));
  const pglite = await PGlite.create();
  opened.push({ pglite, folder });
  cpSync(migrations.migrationsFolder, folder, { recursive: true });
  const journal = join(folder, "meta", "_journal.json");
  const { entries, ...rest } = JSON.parse(readFileSync(journal, "utf8"));
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, count) }));
  await migrate(drizzle(pglite), { ...migrations, migrationsFolder: folder });
  return pglite;
}

async function withRun(pglite: PGlite, state: string): Promise<void> {
  const { state: _, ...facts } = change("r-1");
  await pglite.query(
    `insert into loom.finding (id, loop, repository, source, title, finding, notes, first_seen_at, last_seen_at)
      values ('f-r-1', 'triage', 'shop', 'checks', 'title', $1, '[]', $2, $2)`,
    [encodeValue(finding("f-r-1")), noon],
  );
  await pglite.query(
    `insert into loom.run (id, loop, finding_id, repository, status, started_at) values ('r-1', 'triage', 'f-r-1', 'shop', 'held', $1)`,
    [noon],
  );
  await pglite.query(
    `insert into loom.change (run_id, repository, loop, title, head, state, change) values ('r-1', 'shop', 'triage', 'title', 'h', $1, $2)`,
    [state, encodeValue(facts)],
  );
}

describe("an older database", () => {
  it("of the first version keeps its runs and changes, and forgets its claims, which the runs ask for again", async () => {
    const pglite = await databaseOf(1);
    await withRun(pglite, "held");
    await pglite.exec(`insert into loom.claim (key, run_id, loop, reason, epoch, ttl_ms, expires_at)
      values ('finding:f-r-1', 'r-1', 'triage', 'to fix it', nextval('loom.claim_epoch'), 60000, now() + interval '1 hour')`);

    const record = await openPglite(pglite);

    expect(await record.run("r-1")).toMatchObject({ status: "held", startedAt: noon });
    expect(await record.change("r-1")).toEqual(change("r-1", { state: "held" }));
    expect(await record.claims({ limit: 10 })).toEqual([]);
    const claimed = await record.transact((tx) =>
      tx.claim({
        keys: ["finding:f-r-1"],
        mode: "exclusive",
        holder: { kind: "run", runId: "r-1", loop: "triage" },
        reason: "to fix it",
        ttlMs: 60_000,
      }),
    );
    expect(claimed.kind).toBe("held");
  });

  it("finds its open changes by what they touch, and none that has landed", async () => {
    for (const [state, found] of [
      ["held", 1],
      ["landed", 0],
    ] as const) {
      const pglite = await databaseOf(3);
      await withRun(pglite, state);
      const record = await openPglite(pglite);
      const doing = await record.doing({ repository: "shop", path: "src/", limit: 10 });
      expect(doing.runs).toHaveLength(found);
      expect(doing.changes).toMatchObject(found === 1 ? [{ runId: "r-1", paths: ["src/price.ts"] }] : []);
    }
  });

  it("keeps its conflicts, open, on both sides", async () => {
    const pglite = await databaseOf(4);
    await withRun(pglite, "held");
    const side = { title: "t", intent: "i" };
    const conflict = {
      id: "c-1",
      kind: "undo",
      left: { ...side, runId: "r-1" },
      right: { ...side, runId: "r-0" },
    };
    await pglite.query(
      "insert into loom.conflict (id, run_id, left_run_id, right_run_id, conflict) values ('c-1', 'r-1', 'r-1', 'r-0', $1)",
      [encodeValue(conflict)],
    );

    const record = await openPglite(pglite);

    expect(await record.conflict("c-1")).toMatchObject({ conflict, state: "open", steps: [] });
    for (const runId of ["r-1", "r-0"])
      expect(await record.conflicts({ runId, state: "open", limit: 9 })).toHaveLength(1);
  });

  it("finds its memory by files, folders, globs, tests, symbols and words", async () => {
    const pglite = await databaseOf(3);
    const insert = (
      id: string,
      scope: { paths?: string[]; tests?: string[]; symbols?: string[] },
      state = "active",
    ) => {
      const { paths = [], symbols = [], tests = [] } = scope;
      return pglite.query(
        `insert into loom.memory_entry (id, kind, statement, reason, repository, scope, scope_key, author, source, state, at)
          values ($1, 'decision', $2, '', 'shop', $3, $4, 'ada', $5, $6, $7)`,
        [
          id,
          `statement of ${id}`,
          encodeValue({ repository: "shop", paths, symbols, tests }),
          [...paths, ...symbols, ...tests].sort().join("\n"),
          encodeValue({ kind: "message", ref: id }),
          state,
          noon,
        ],
      );
    };
    await insert("file", { paths: ["src/a.ts"] });
    await insert("folder", { paths: ["src/"] });
    await insert("globs", { paths: ["src/**/*.css", "src/**/*.ts", "*.md"] });
    await insert("ended", { paths: ["src/a.ts"] }, "withdrawn");
    await insert("named", { tests: ["cart › adds"], symbols: ["Cart.total"] });
    await insert("tariffs", { paths: ["lib/tariff-table/x.ts"] });

    const record = await openPglite(pglite);
    const recall = async (wish: { paths?: string[]; tests?: string[]; symbols?: string[]; words?: string }) =>
      (
        await record.recall({
          repository: "shop",
          paths: [],
          tests: [],
          symbols: [],
          words: "",
          entriesMax: 10,
          ...wish,
        })
      )
        .map((one) => `${one.because} ${one.entry.id}`)
        .sort();

    expect(await recall({ paths: ["src/a.ts"] })).toEqual(["path file", "path folder", "path globs"]);
    expect(await recall({ paths: ["README.md"] })).toEqual(["path globs"]);
    expect(await recall({ tests: ["cart › adds"] })).toEqual(["test named"]);
    expect(await recall({ symbols: ["Cart.total"] })).toEqual(["symbol named"]);
    expect(await recall({ words: "tariff" })).toEqual(["words tariffs"]);
    expect(await record.transact((tx) => tx.endEntry("folder", "withdrawn"))).toBe(true);
    expect(await recall({ paths: ["src/a.ts"] })).toEqual(["path file", "path globs"]);
  });

  it("keeps its holds and their answers; those that wait are of no policy, and so are asked again", async () => {
    const pglite = await databaseOf(4);
    await withRun(pglite, "held");
    await pglite.query(
      `insert into loom.hold (id, run_id, repository, digest, base, head, tree, "group", reasons, state, asked_at, expires_at)
        values ('h-1', 'r-1', 'shop', 'd', 'b', 'h', 't', 'leads', '[]', 'waiting', $1, $1),
               ('h-2', 'r-1', 'shop', 'd', 'b', 'h', 't', 'leads', '[]', 'rejected', $1, $1)`,
      [noon],
    );
    await pglite.query(
      "insert into loom.approval (hold_id, person, answer, note, digest, at) values ('h-2', 'ada', 'rejected', 'no', 'd', $1)",
      [noon],
    );

    const record = await openPglite(pglite);

    expect(await record.waitingHolds()).toMatchObject([
      { id: "h-1", needs: [], policyDigest: "", environment: null, approvals: [] },
    ]);
    const answer = { person: "ada", answer: "rejected", note: "no", at: noon };
    expect(await record.hold("h-2")).toMatchObject({ state: "rejected", approvals: [answer] });
  });
});
