import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, renameSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PGlite } from "@electric-sql/pglite";

const self = fileURLToPath(import.meta.url);
const createMs = 120_000;

export const dataFolder = (home: string): string => join(home, "pg");
const draftPrefix = "pg.draft-";

export const hasDataFolder = (home: string): boolean =>
  statSync(dataFolder(home), { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Removes what killed processes left half made. Only for the owner of the home's lock. The helper of one may live on for some
 * seconds and write there: removing is tried again for 5 s, and else left to the next start.
 */
export async function removeDrafts(home: string): Promise<void> {
  const settings = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };
  for (const name of readdirSync(home)) {
    if (!name.startsWith(draftPrefix)) continue;
    await rm(join(home, name), settings).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY") throw error;
    });
  }
}

/**
 * Makes the database's files under another name and then gives them theirs, so that a crash leaves no half database. Only
 * for the owner of the home's lock. `fill` makes the files in the folder it is given.
 */
export async function createDataFolder(home: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const draft = join(home, `${draftPrefix}${process.pid}-${randomBytes(4).toString("hex")}`);
  await fill(draft);
  renameSync(draft, dataFolder(home));
}

/**
 * An empty database. Making one takes 800 MB for seconds which a process does not give back, so a short-lived process of its
 * own does it; except where this file runs as TypeScript, which Node cannot start.
 */
export async function fillEmpty(folder: string): Promise<void> {
  if (self.endsWith(".ts")) return initialise(folder);
  try {
    await promisify(execFile)(process.execPath, [self, folder], { timeout: createMs });
  } catch (error) {
    const words = error instanceof Error && "stderr" in error ? String(error.stderr).trim().slice(-500) : "";
    throw new Error(`creating the database in ${folder}: ${words || error}; is there space on the disk?`, {
      cause: error,
    });
  }
}

async function initialise(folder: string): Promise<void> {
  const pglite = await PGlite.create(folder);
  await pglite.close();
}

const [, script, folder] = process.argv;
if (script === self && folder !== undefined) await initialise(folder);
