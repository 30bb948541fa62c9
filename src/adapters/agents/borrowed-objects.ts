import { lstat, readFile, realpath } from "node:fs/promises";
import { join, sep } from "node:path";

/**
 * The object folders that a checkout's repository borrows from, if they lie in `mirrors`. An agent may have rewritten the list
 * since, so nothing else that it names is ever shown to a program, nor what is gone or cannot be looked at.
 */
export async function borrowedObjects(checkoutDir: string, mirrors: string): Promise<string[]> {
  const list = join(checkoutDir, ".git", "objects", "info", "alternates");
  const stats = await lstat(list).catch(() => null);
  if (stats === null || !stats.isFile() || stats.size > 100_000) return [];
  const root = await realpath(mirrors).catch(() => null);
  if (root === null) return [];
  const found: string[] = [];
  for (const path of (await readFile(list, "utf8")).split("\n").filter((line) => line.startsWith("/"))) {
    const real = await realpath(path).catch(() => null);
    const isObjects = real?.startsWith(root + sep) === true && real.endsWith(`${sep}objects`);
    if (real !== null && isObjects) found.push(...new Set([path, real]));
  }
  return found;
}
