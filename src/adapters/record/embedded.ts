import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import type { RecordStore } from "../../ports/record.ts";
import type { Log } from "../../ports.ts";
import { freeAbandoned } from "./abandoned.ts";
import { createDataFolder, dataFolder, fillEmpty, hasDataFolder, removeDrafts } from "./data-folder.ts";
import { takeLock } from "./lock.ts";
import { openPglite } from "./open-pglite.ts";
import type { RecordOptions } from "./record.ts";
import { vacuumOnTimer } from "./vacuum.ts";

/** A tenth of the memory that PGlite takes by itself is enough for one process's record. */
const smallMemory = ["-c", "shared_buffers=32MB", "-c", "wal_buffers=1MB"];

export interface Embedded {
  record: RecordStore;
  /** Shared with the queue, which must close before the record does. */
  pglite: PGlite;
}

/**
 * The record in this process, under `<home>/pg`, made when it is not there. Takes the home's lock first, and throws with the
 * pid of the process that has it. `record.close()` closes the database and then gives the lock back.
 */
export async function openEmbedded(
  home: string,
  options: RecordOptions & { log?: Log } = {},
): Promise<Embedded> {
  const lock = await takeLock(home);
  try {
    await removeDrafts(home);
    if (!hasDataFolder(home)) await createDataFolder(home, fillEmpty);
    const pglite = await openDataFolder(home);
    const record = await openPglite(pglite, options);
    await freeAbandoned(drizzle(pglite));
    const stopVacuum = vacuumOnTimer(pglite, options.log ?? (() => undefined));
    return {
      record: {
        ...record,
        close: async () => {
          await stopVacuum();
          await record.close();
          lock.release();
        },
      },
      pglite,
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Opens the files for the owner of the home's lock: PGlite itself would let two processes destroy each other's work. */
export async function openDataFolder(home: string): Promise<PGlite> {
  try {
    return await PGlite.create(dataFolder(home), {
      startParams: [...PGlite.defaultStartParams, ...smallMemory],
    });
  } catch (error) {
    throw new Error(
      `opening the database in ${dataFolder(home)}: ${error}; move the folder away and restore a backup, or start empty`,
      { cause: error },
    );
  }
}
