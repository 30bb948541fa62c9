import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";
import { createDataFolder, hasDataFolder } from "./data-folder.ts";
import { openDataFolder } from "./embedded.ts";
import { takeLock } from "./lock.ts";

/** Writes the record of a home that no process has open into one file (a gzipped tar). An existing file is replaced at the end. */
export async function backup(home: string, file: string): Promise<void> {
  if (!hasDataFolder(home)) throw new Error(`backing up ${home}: there is no record in it; check LOOM_HOME`);
  const lock = await takeLock(home);
  try {
    const pglite = await openDataFolder(home);
    try {
      await dump(pglite, file);
    } finally {
      await pglite.close();
    }
  } finally {
    lock.release();
  }
}

/** As `backup`, of a record that this process has open; other work waits meanwhile. */
export async function dump(pglite: PGlite, file: string): Promise<void> {
  await pglite.exec("checkpoint");
  const blob = await pglite.dumpDataDir("gzip");
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.draft-${process.pid}`;
  try {
    // On the disk before it takes the name: a backup is for the day on which the power went.
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(Buffer.from(await blob.arrayBuffer()));
      await handle.sync();
    } finally {
      await handle.close();
    }
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Makes a home from a backup. Refuses a home that has anything in it, and a file that is not a backup of LoomStack. */
export async function restore(file: string, home: string): Promise<void> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new Error(`restoring ${file}: there is no such file`);
  const lock = await takeLock(home);
  try {
    const present = readdirSync(home).filter(
      (name) => !name.startsWith("lock") && !name.startsWith("pg.draft-"),
    );
    if (present.length > 0)
      throw new Error(
        `restoring into ${home}: it is not empty (${present.slice(0, 3).join(", ")}); move it away or name another folder`,
      );
    await createDataFolder(home, (folder) => fillFrom(file, folder));
  } finally {
    lock.release();
  }
}

async function fillFrom(file: string, folder: string): Promise<void> {
  try {
    // Unpacked here: PGlite's own unpacking reports a damaged file to nobody, which ends the process.
    const tar = await promisify(gunzip)(await readFile(file));
    const pglite = await PGlite.create(folder, {
      loadDataDir: new Blob([tar], { type: "application/x-tar" }),
    });
    try {
      await pglite.query("select count(*) from loom.event");
    } finally {
      await pglite.close();
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`restoring ${file}: it is not a backup of LoomStack, or it is damaged (${error})`, {
      cause: error,
    });
  }
}
