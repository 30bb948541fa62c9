import { execFileSync } from "node:child_process";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { until } from "../services/until.ts";
import { installPackage, type Package } from "./package.ts";
import { loom, startDev, type TempHome, tempHome } from "./product.ts";
import { threeOutcomes, workspaceAt } from "./workspace.ts";

let shipped: Package;
let disk: TempHome;
let isMounted = false;

beforeAll(async () => {
  shipped = await installPackage();
  disk = await tempHome();
}, 120_000);

afterAll(async () => {
  if (isMounted) execFileSync("umount", [disk.home]);
  await disk?.remove();
  await shipped?.remove();
});

it("says that the disk is full, answers all the same, and goes on when there is room again", async ({
  skip,
}) => {
  const problem = mountSmallDisk(disk.home);
  if (problem !== null)
    console.warn(`skipped: a full disk needs a small file system of its own, and ${problem}`);
  skip(problem !== null, problem ?? "");
  const home = join(disk.home, "home");
  const dev = await startDev(shipped, { home, cwd: disk.home });
  onTestFailed(() => console.info(`what loom dev said:\n${dev.said()}`));
  const workspace = workspaceAt(dev.url);
  const filler = join(disk.home, "filler");
  await fill(filler);
  await workspace.command("alice", "start triage");
  await until(
    "alice hears why",
    async () => (await workspace.whispers("alice")).some((one) => one.includes("No space left on device")),
    50_000,
  );
  await rm(filler);
  await workspace.command("alice", "start triage");
  await threeOutcomes(workspace);
  expect(await dev.stop()).toBe(0);
  expect(await loom(shipped, { home, cwd: disk.home }, "verify")).toMatchObject({ exit: 0 });
}, 300_000);

/** Null when it is mounted, else why not. */
function mountSmallDisk(dir: string): string | null {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=150m", "tmpfs", dir], { stdio: "pipe" });
    isMounted = true;
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

async function fill(path: string): Promise<void> {
  const file = await open(path, "w");
  const piece = Buffer.alloc(1_000_000);
  try {
    for (;;) if ((await file.write(piece)).bytesWritten < piece.length) return;
  } catch (error) {
    expect(error).toMatchObject({ code: "ENOSPC" });
  } finally {
    await file.close();
  }
}
