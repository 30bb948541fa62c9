import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { chmod, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/**
 * Folders that belong to one process. Their names end in `.<host>-<pid>-<process>-<n>`, so that after a crash the next process
 * can tell what nobody uses any more, and two processes never share one. Host and process are hashes: pids repeat, in containers
 * above all.
 */
const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 4);
const self = randomBytes(3).toString("hex");
let count = 0;

/** A new name that no other call, process or machine uses. */
export const ownName = (name: string): string => {
  count += 1;
  return `${name}.${host}-${process.pid}-${self}-${count}`;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

const isAbandoned = (name: string): boolean => {
  const parts = /\.([0-9a-f]{4})-(\d+)-([0-9a-f]{6})-\d+(\.index(\.lock)?)?$/.exec(name);
  if (parts === null || parts[1] !== host) return false;
  const pid = Number(parts[2]);
  return pid === process.pid ? parts[3] !== self : !isAlive(pid);
};

/** Makes the folder, and removes from it what processes left that have ended. Answers what it removed. */
export const openFolder = (folder: string): string[] => {
  mkdirSync(folder, { recursive: true });
  const abandoned = readdirSync(folder).filter(isAbandoned);
  for (const name of abandoned) rmSync(join(folder, name), { recursive: true, force: true });
  return abandoned;
};

/** Removes a folder and everything in it, also what somebody made unwritable. Never follows a link. */
export const removeFolder = async (folder: string): Promise<void> => {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await makeWritable(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};

const makeWritable = async (folder: string): Promise<void> => {
  if (!(await lstat(folder)).isDirectory()) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
};

/** Lends a folder of its own to `work` and removes it afterwards. */
export const withFolder = async <T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = join(parent, ownName("tmp"));
  await mkdir(folder);
  try {
    return await work(folder);
  } finally {
    await removeFolder(folder);
  }
};
