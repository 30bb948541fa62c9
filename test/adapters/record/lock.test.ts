import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLock, takeLock } from "../../../src/adapters/record/lock.ts";
import { type Child, startChild } from "../../services/child.ts";
import { compile } from "../../services/compiled.ts";

const compiled = compile("adapters/record");
afterAll(compiled.remove);

/** Takes the lock when told to, says what came of it, and stays. */
const taker = `
  import { takeLock } from ${JSON.stringify(compiled.url("adapters/record/lock.ts"))};
  const [, , home, startMs] = process.argv;
  while (Date.now() < Number(startMs));
  await takeLock(home).then(() => console.log("taken"), (error) => console.log(error.message));
  setInterval(() => undefined, 1000);
`;

describe("the lock of a home", () => {
  let home = "";
  const children: Child[] = [];
  const startTaker = (startMs = 0): Child => {
    const child = startChild(taker, home, String(startMs));
    children.push(child);
    return child;
  };
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "loom-lock-"));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  });

  it("refuses a second process, and says which one has it and what to do", async () => {
    const first = startTaker();
    expect(await first.line()).toBe("taken");
    await expect(takeLock(home)).rejects.toThrow(
      `opening ${home}: process ${first.pid} has it; stop that process first`,
    );
    expect(await startTaker().line()).toContain(`process ${first.pid} has it`);
  });

  it("refuses a second owner in the same process, and is free again when released", async () => {
    const lock = await takeLock(home);
    await expect(takeLock(home)).rejects.toThrow(`process ${process.pid} has it`);
    lock.release();
    expect(readLock(home)).toBeNull();
    (await takeLock(home)).release();
    expect(readdirSync(home)).toEqual([]);
  });

  it("takes over from a process that was killed", async () => {
    const first = startTaker();
    expect(await first.line()).toBe("taken");
    await first.kill("SIGKILL");
    expect(readLock(home)).toMatchObject({ pid: first.pid, isAlive: false });
    const second = startTaker();
    expect(await second.line()).toBe("taken");
    expect(readLock(home)).toMatchObject({ pid: second.pid, isAlive: true });
  });

  it("gives a left-over lock to one of many processes that race for it", async () => {
    for (let round = 0; round < 3; round++) {
      const dead = startTaker();
      expect(await dead.line()).toBe("taken");
      await dead.kill("SIGKILL");
      const startMs = Date.now() + 700;
      const racing = Array.from({ length: 4 }, () => startTaker(startMs));
      const said = await Promise.all(racing.map((child) => child.line()));
      expect(said.filter((line) => line === "taken")).toHaveLength(1);
      const winner = racing[said.indexOf("taken")];
      for (const line of said.filter((each) => each !== "taken"))
        expect(line).toContain(`process ${winner?.pid} has it`);
      expect(readdirSync(home)).toEqual(["lock"]);
      for (const child of racing) await child.kill("SIGKILL");
    }
  });

  it("takes over when the pid was reused by a younger process", async () => {
    writeFileSync(join(home, "lock"), JSON.stringify({ pid: process.pid, host: hostname(), startedAt: "1" }));
    expect(readLock(home)?.isAlive).toBe(false);
    (await takeLock(home)).release();
  });

  it("believes a lock of another machine as long as it is touched", async () => {
    const path = join(home, "lock");
    writeFileSync(path, JSON.stringify({ pid: 1, host: "another", startedAt: "1" }));
    await expect(takeLock(home)).rejects.toThrow("process 1 on another has it");
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path, longAgo, longAgo);
    (await takeLock(home)).release();
  });

  it("refuses a lock file that is not one, instead of deleting it", async () => {
    writeFileSync(join(home, "lock"), "my notes");
    await expect(takeLock(home)).rejects.toThrow("is not a lock of LoomStack");
    expect(readFileSync(join(home, "lock"), "utf8")).toBe("my notes");
  });

  it("is readable for this user only", async () => {
    const lock = await takeLock(home);
    expect(statSync(join(home, "lock")).mode & 0o777).toBe(0o600);
    lock.release();
  });
});
