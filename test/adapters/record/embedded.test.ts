import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { backup, dump, restore } from "../../../src/adapters/record/backup.ts";
import { openEmbedded } from "../../../src/adapters/record/embedded.ts";
import { vacuumAll } from "../../../src/adapters/record/vacuum.ts";
import { event, noon, openedRun } from "../../contracts/record/data.ts";
import { startChild } from "../../services/child.ts";
import { compile } from "../../services/compiled.ts";

const compiled = compile("adapters/record");
afterAll(compiled.remove);

/** Opens the home, and acknowledges each transaction after its commit. */
const writer = `
  import { openEmbedded } from ${JSON.stringify(compiled.url("adapters/record/embedded.ts"))};
  const { record } = await openEmbedded(process.argv[2]);
  console.log("open");
  for (let i = 0; ; i++) {
    await record.transact(async (tx) => {
      await tx.setTicked("loop-" + i, new Date(), "s");
      await tx.append({ type: "loop.ticked", at: new Date(), by: "loomstack", data: { i } });
      await tx.append({ type: "loop.ticked", at: new Date(), by: "loomstack", data: { i } });
    });
    console.log(String(i));
  }
`;

describe("the embedded record", () => {
  let dir = "";
  let home = "";
  const empty = mkdtempSync(join(tmpdir(), "loom-embedded-empty-"));
  const useEmptyRecord = () => cpSync(empty, home, { recursive: true });
  beforeAll(async () => (await openEmbedded(empty)).record.close());
  afterAll(() => rmSync(empty, { recursive: true, force: true }));
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "loom-embedded-"));
    home = join(dir, "a home with spaces");
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("keeps what was written, and refuses a second opener until it is closed", async () => {
    const first = await openEmbedded(home);
    await openedRun(first.record, "r-1");
    await expect(openEmbedded(home)).rejects.toThrow(`process ${process.pid} has it`);
    await first.record.close();
    expect(readdirSync(home)).toEqual(["pg"]);
    const second = await openEmbedded(home);
    expect(await second.record.run("r-1")).toMatchObject({ status: "ready", startedAt: noon });
    await vacuumAll(second.pglite, () => false);
    await second.record.close();
  });

  it("works beside another user of the same database, with another search path", async () => {
    useEmptyRecord();
    const { record, pglite } = await openEmbedded(home);
    await pglite.exec(
      "create schema bullmq; create table bullmq.event (id int); set search_path to bullmq, public",
    );
    await openedRun(record, "r-1");
    await record.transact((tx) => tx.append(event("run.opened")));
    expect(await record.verifyChain()).toEqual({ kind: "whole", events: 1 });
    await vacuumAll(pglite, () => false);
    await record.close();
    await (await openEmbedded(home)).record.close();
  });

  it("loses no acknowledged transaction and keeps none in part when it is killed while it writes", async () => {
    useEmptyRecord();
    let acknowledged = -1;
    for (let round = 0; round < 3; round++) {
      const child = startChild(writer, home);
      expect(await child.line()).toBe("open");
      const stopAt = 20 + Math.floor(Math.random() * 40);
      while (acknowledged < stopAt) acknowledged = Number(await child.line());
      await child.kill("SIGKILL");
      const { record } = await openEmbedded(home);
      const loops = await record.loopStates();
      const events = await record.events({ limit: 10_000 });
      expect(loops.length).toBeGreaterThan(acknowledged);
      expect(await record.verifyChain()).toEqual({ kind: "whole", events: events.length });
      const counted = new Map<unknown, number>();
      for (const each of events) counted.set(each.data["i"], (counted.get(each.data["i"]) ?? 0) + 1);
      expect([...counted.keys()].sort()).toEqual(
        loops.map(({ loop }) => Number(loop.slice("loop-".length))).sort(),
      );
      for (const count of counted.values()) expect(count % 2).toBe(0);
      await record.close();
      acknowledged = -1;
    }
  });

  it("begins anew when it was killed while it made the database", async () => {
    const child = startChild(writer, home);
    const drafts = () =>
      (readdirSync(dir).length === 0 ? [] : readdirSync(home)).filter((name) => name.startsWith("pg.draft-"));
    const deadline = Date.now() + 20_000;
    while (drafts().length === 0 && Date.now() < deadline)
      await new Promise((resolve) => setImmediate(resolve));
    await child.kill("SIGKILL");
    expect(readdirSync(home)).not.toContain("pg");
    const { record } = await openEmbedded(home);
    expect(await record.loopStates()).toEqual([]);
    await record.close();
    expect(readdirSync(home)).toEqual(["pg"]);
  });

  it("begins anew while what a killed process left behind is still written to", async () => {
    const left = join(home, "pg.draft-1", "base", "1");
    mkdirSync(left, { recursive: true });
    const child = startChild(
      `import { writeFileSync } from "node:fs";
       const end = Date.now() + 1_000;
       for (let i = 0; Date.now() < end; i += 1) {
         writeFileSync(process.argv[2] + "/" + i, "");
         if (i === 0) console.log("writes");
       }`,
      left,
    );
    await child.line();
    const { record } = await openEmbedded(home);
    await record.close();
    await child.kill("SIGKILL");
    expect(readdirSync(home)).toEqual(["pg"]);
  });

  it("comes back from a backup as it was", async () => {
    useEmptyRecord();
    const { record, pglite } = await openEmbedded(home);
    await openedRun(record, "r-1");
    await record.transact((tx) => tx.append(event("run.opened", { runId: "r-1" })));
    const liveFile = join(dir, "live.tgz");
    await dump(pglite, liveFile);
    await expect(backup(home, join(dir, "refused.tgz"))).rejects.toThrow(`process ${process.pid} has it`);
    const story = await record.story("r-1");
    await record.close();
    const file = join(dir, "backups", "closed.tgz");
    await backup(home, file);
    for (const [name, from] of Object.entries({ one: liveFile, two: file })) {
      const copy = join(dir, name);
      await restore(from, copy);
      const restored = await openEmbedded(copy);
      expect(await restored.record.story("r-1")).toEqual(story);
      expect(await restored.record.verifyChain()).toEqual({ kind: "whole", events: 1 });
      await restored.record.close();
    }
    await expect(restore(file, home)).rejects.toThrow("it is not empty (pg)");
  });

  it("refuses to restore what is not a backup, and leaves nothing behind", async () => {
    const file = join(dir, "notes.txt");
    writeFileSync(file, "not a backup");
    await expect(restore(file, home)).rejects.toThrow("it is not a backup of LoomStack");
    expect(readdirSync(home)).toEqual([]);
    await expect(restore(join(dir, "absent"), home)).rejects.toThrow("there is no such file");
    mkdirSync(join(home, "git"));
    await expect(restore(file, home)).rejects.toThrow("it is not empty (git)");
    await expect(backup(join(dir, "nowhere"), file)).rejects.toThrow("there is no record in it");
  });
});
