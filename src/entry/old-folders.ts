import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Reports of checks and prompts of makers, each in a folder of its own that goes with its program, unless the process was killed. */
const ours = /^loom-(?:report|prompt)-/;
/** No check and no maker may run for a day, so nobody has such an old folder. */
const dayMs = 24 * 60 * 60 * 1000;

/** Removes folders that killed processes of this user left in the machine's temporary folder. Answers their names. */
export async function removeOldFolders(temporary: string, now: Date): Promise<string[]> {
  const removed: string[] = [];
  for (const name of (await readdir(temporary)).filter((one) => ours.test(one))) {
    const path = join(temporary, name);
    // Another process may be removing it at this moment.
    const stats = await stat(path).catch(() => null);
    if (stats === null || stats.uid !== process.getuid?.() || now.getTime() - stats.mtimeMs < dayMs) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(name);
  }
  return removed;
}
