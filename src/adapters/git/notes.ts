import { constants } from "node:fs";
import { lstat, mkdir, open, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Checkout } from "../../ports/code.ts";

/** Puts a file beside the repository's own; one that is there already is the repository's and stays. */
export const leaveNote = async (checkout: Checkout, path: string, text: string): Promise<boolean> => {
  const file = join(checkout.dir, path);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
};

/** An agent may have put anything in its place: only a plain file is read, through no link, and it goes whatever it is. */
export const takeNote = async (
  checkout: Checkout,
  path: string,
  bytesMax: number,
): Promise<string | null> => {
  const file = join(checkout.dir, path);
  if (!(await isPlainFolder(dirname(file)))) return null;
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) return null;
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(bytesMax) });
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (["ENOENT", "ELOOP", "EISDIR", "ENXIO", "EACCES"].includes(codeOf(error))) return null;
    throw error;
  } finally {
    await rm(file, { recursive: true, force: true });
  }
};

const isPlainFolder = async (folder: string): Promise<boolean> => {
  try {
    return (await lstat(folder)).isDirectory();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";
