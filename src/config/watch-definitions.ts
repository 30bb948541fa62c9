import { type FSWatcher, watch } from "node:fs";
import type { Definitions } from "../ports.ts";
import { due } from "./cadence.ts";
import { definitionFolders, filesSignature, findFiles } from "./definition-files.ts";
import { type Chosen, choose, type Given, nothingGood, type Overrides } from "./definitions.ts";

export interface WatchOptions extends Pick<Given, "checkRules" | "shippedRoot"> {
  overrides?: Overrides;
  /** Called after files changed and were read again, with what is wrong in them now. */
  onChange?: (problems: string[]) => void;
  /** How long the files must be quiet before they are read: an editor writes in several steps. */
  quietMs?: number;
  /** How often to look at sizes and times, for file systems that notify nobody. */
  pollMs?: number;
}

export type WatchedDefinitions = Definitions & {
  /** Reads the files now. */
  reload: () => Promise<void>;
  close: () => void;
};

/**
 * Keeps the newest good version of every file in force while the files change. Throws with all problems when there is no good
 * organisation to begin with, or no good loop although there are files for some.
 */
export async function watchDefinitions(
  root: string,
  options: WatchOptions = {},
): Promise<WatchedDefinitions> {
  const { quietMs = 150, pollMs = 3_000, onChange, ...sources } = options;
  const given: Given = { ...sources, root, overrides: options.overrides ?? {} };
  let signature = await filesSignature(root);
  let found = await findFiles(root, given.shippedRoot);
  let current: Chosen = choose(found, nothingGood, given);
  let inForce = firstGood(current);

  let isClosed = false;
  let quiet: NodeJS.Timeout | undefined;
  let reading: Promise<void> = Promise.resolve();
  const soon = () => {
    clearTimeout(quiet);
    if (!isClosed) quiet = setTimeout(() => void reload(), quietMs).unref();
  };
  const watchers = watchFolders(soon);

  const read = async () => {
    if (isClosed) return;
    signature = await filesSignature(root);
    const next = await findFiles(root, given.shippedRoot);
    watchers.set(await definitionFolders(root));
    if (isClosed || next.fingerprint === found.fingerprint) return;
    found = next;
    current = choose(found, current.good, given);
    inForce = current.inForce ?? inForce;
    onChange?.(current.problems);
  };
  const reload = () => {
    // One after the other: two readings at once could put the older files in force last.
    reading = reading.then(read, read);
    return reading;
  };
  const poll = setInterval(async () => {
    if ((await filesSignature(root)) !== signature) soon();
  }, pollMs).unref();
  watchers.set(await definitionFolders(root));

  return {
    organisation: () => inForce.organisation,
    loops: () => inForce.loops,
    problems: () => current.problems,
    due,
    reload,
    close: () => {
      isClosed = true;
      clearTimeout(quiet);
      clearInterval(poll);
      watchers.set([]);
    },
  };
}

function firstGood({ inForce, problems }: Chosen): NonNullable<Chosen["inForce"]> {
  if (inForce !== null && (inForce.loops.length > 0 || problems.length === 0)) return inForce;
  throw new Error(`reading the organisation and its loops:\n${problems.join("\n")}`);
}

/** Watches exactly the folders that it was last given. A folder that cannot be watched is left to the poll. */
function watchFolders(onEvent: () => void): { set: (folders: string[]) => void } {
  const watched = new Map<string, FSWatcher>();
  const drop = (folder: string) => {
    watched.get(folder)?.close();
    watched.delete(folder);
  };
  const add = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, onEvent);
      watcher.on("error", () => drop(folder));
      watched.set(folder, watcher);
    } catch {
      // The folder is gone, or the system has no watches left: the poll sees what happens there.
      drop(folder);
    }
  };
  return {
    set: (folders) => {
      for (const folder of [...watched.keys()]) if (!folders.includes(folder)) drop(folder);
      for (const folder of folders) if (!watched.has(folder)) add(folder);
    },
  };
}
