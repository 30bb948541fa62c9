import { constants, realpathSync, type Stats, statSync } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Place } from "./test-names.ts";

const bytesMax = 50 * 1024 * 1024;

export type ReportFile =
  | { kind: "text"; text: string }
  | { kind: "absent" }
  | { kind: "refused"; why: string };

/** Which content a file had: another stamp later means that it was written since. */
export function stampOf(root: string, path: string): string {
  const stats = statSync(join(root, path), { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? "" : `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

/** Reads a file that an untrusted program left in `root`: no way out through links, no pipes, no more than 50 MB. */
export async function readInside(root: string, path: string): Promise<ReportFile> {
  const real = await resolved(root, path);
  if (real.kind !== "path") return real;
  // After the links are resolved, a last one that appeared since is not followed, and a pipe does not block.
  const file = await open(real.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const why = refusal(await file.stat());
    return why === null ? { kind: "text", text: await file.readFile("utf8") } : { kind: "refused", why };
  } finally {
    await file.close();
  }
}

async function resolved(
  root: string,
  path: string,
): Promise<{ kind: "path"; path: string } | Exclude<ReportFile, { kind: "text" }>> {
  try {
    const real = await realpath(join(root, path));
    if (real.startsWith((await realpath(root)) + sep)) return { kind: "path", path: real };
    return { kind: "refused", why: "it lies outside the checkout, or leads there by a link" };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
    if (code === "ELOOP") return { kind: "refused", why: "it is a link that leads to itself" };
    throw error;
  }
}

function refusal(stats: Stats): string | null {
  if (!stats.isFile()) return "it is not a file";
  return stats.size > bytesMax ? `it has ${stats.size} bytes; at most ${bytesMax} are read` : null;
}

/** What report readers may ask of a checkout. */
export function placeOf(dir: string): Place {
  return {
    roots: [...new Set([dir, realpathSync(dir)])],
    isFile: (path) => {
      try {
        return path !== "" && statSync(join(dir, path), { throwIfNoEntry: false })?.isFile() === true;
      } catch {
        // A name of a test can be no name of a file: too long, or through a file.
        return false;
      }
    },
  };
}
