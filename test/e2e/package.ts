import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const repository = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

/** The product as npm would install it: what is shipped, beside its dependencies, in a folder that no build touches. */
export interface Package {
  dir: string;
  /** `dist/entry/loom.js` in it. */
  loom: string;
  remove(): Promise<void>;
}

const shipped = ["dist", "skills", "policies", "drizzle", "manifest.yml", "package.json"];

/** Builds when the sources are newer than `dist/`, and copies what is shipped. */
export async function installPackage(): Promise<Package> {
  const dir = await mkdtemp(join(tmpdir(), "loom-package-"));
  await alone(join(repository, "node_modules", ".e2e-build"), async () => {
    await run(process.execPath, ["scripts/build.mjs", "--if-stale"], { cwd: repository });
    for (const name of shipped) await cp(join(repository, name), join(dir, name), { recursive: true });
  });
  await symlink(join(repository, "node_modules"), join(dir, "node_modules"));
  return {
    dir,
    loom: join(dir, "dist/entry/loom.js"),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Test files run in processes of their own, and two builds at once would write into each other's folder. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + 50_000;
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch {
      if (performance.now() > deadline) await rm(lock, { recursive: true, force: true });
      await sleep(100);
    }
  }
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}
