import { randomBytes, randomInt } from "node:crypto";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { processStart } from "./process-identity.ts";

interface LockOwner {
  pid: number;
  host: string;
  /** Null where the system does not say when a process began. */
  startedAt: string | null;
}

export interface Lock {
  release: () => void;
}

const ownerShape = z.object({
  pid: z.int(),
  host: z.string(),
  startedAt: z.string().nullable(),
});

const heartbeatMs = 5000;
/** Of another machine or container we can only ask whether it still touches its lock. */
const silentMs = 30_000;
const takeoverMs = 10_000;

const lockPath = (home: string) => join(home, "lock");

/**
 * Takes the data folder for this process, or throws with the pid that has it. A lock whose process is gone is taken over;
 * of several processes that try, one wins. The lock file is read and written by this user only.
 */
export async function takeLock(home: string): Promise<Lock> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const deadline = Date.now() + takeoverMs;
  for (;;) {
    if (createLock(home)) return heldLock(home);
    const owner = readLock(home);
    if (owner?.isAlive) throw new Error(refusal(home, owner));
    if (Date.now() > deadline)
      throw new Error(`opening ${home}: its lock is left over and others try to take it too; try again`);
    if (!removeLeftover(home)) await delay(randomInt(5, 50));
  }
}

/** Who has the data folder; null when nobody does. Throws when the file is not a lock of LoomStack. */
export function readLock(home: string): (LockOwner & { isAlive: boolean }) | null {
  const text = unlessAbsent(() => readFileSync(lockPath(home), "utf8"));
  if (text === null) return null;
  const owner = ownerShape.safeParse(jsonOf(text));
  if (!owner.success)
    throw new Error(
      `opening ${home}: ${lockPath(home)} is not a lock of LoomStack; when no LoomStack runs there, delete it`,
    );
  return { ...owner.data, isAlive: isAlive(home, owner.data) };
}

/** A whole file under the lock's name at once, or false when the name is taken. */
function createLock(home: string): boolean {
  const draft = writeOwner(home, self());
  try {
    linkSync(draft, lockPath(home));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function heldLock(home: string): Lock {
  const heartbeat = setInterval(() => touch(home), heartbeatMs);
  heartbeat.unref();
  return {
    release: () => {
      clearInterval(heartbeat);
      if (isOwn(readLock(home))) rmSync(lockPath(home), { force: true });
    },
  };
}

/**
 * Deletes the lock of a process that is gone. Only the sole taker may: it first shows itself in the folder and then looks for
 * others, so of two takers at least one sees the other and steps back (false). Without that, the slower one could delete
 * the lock which the faster one has just made.
 */
function removeLeftover(home: string): boolean {
  const { pid, startedAt } = self();
  const own = `lock.taker-${pid}-${startedAt ?? ""}`.replaceAll(/[^\w.-]/g, "_");
  writeFileSync(join(home, own), "", { mode: 0o600 });
  try {
    const others = readdirSync(home).filter((name) => name.startsWith("lock.taker-") && name !== own);
    if (others.some((name) => !removeDeadTaker(home, name))) return false;
    if (readLock(home)?.isAlive === false) rmSync(lockPath(home), { force: true });
    return true;
  } finally {
    rmSync(join(home, own), { force: true });
  }
}

function removeDeadTaker(home: string, name: string): boolean {
  const pid = Number(name.split("-")[1]);
  const start = processStart(pid);
  if (start !== null && name === `lock.taker-${pid}-${start}`.replaceAll(/[^\w.-]/g, "_")) return false;
  rmSync(join(home, name), { force: true });
  return true;
}

const self = (): LockOwner => ({ pid: process.pid, host: hostname(), startedAt: processStart(process.pid) });

const isOwn = (owner: LockOwner | null): boolean => {
  const own = self();
  return owner?.pid === own.pid && owner.host === own.host && owner.startedAt === own.startedAt;
};

function isAlive(home: string, owner: LockOwner): boolean {
  if (owner.host === hostname()) {
    const start = processStart(owner.pid);
    return start !== null && (owner.startedAt === null || start === owner.startedAt);
  }
  const touchedMs = unlessAbsent(() => statSync(lockPath(home)).mtimeMs);
  return touchedMs !== null && Date.now() - touchedMs < silentMs;
}

function refusal(home: string, owner: LockOwner): string {
  const where = owner.host === hostname() ? `process ${owner.pid}` : `process ${owner.pid} on ${owner.host}`;
  return `opening ${home}: ${where} has it; stop that process first, or set LOOM_HOME to another folder`;
}

function writeOwner(home: string, owner: LockOwner): string {
  const draft = join(home, `lock.draft-${process.pid}-${randomBytes(6).toString("hex")}`);
  writeFileSync(draft, `${JSON.stringify(owner)}\n`, { mode: 0o600, flag: "wx" });
  return draft;
}

function touch(home: string): void {
  const now = new Date();
  unlessAbsent(() => utimesSync(lockPath(home), now, now));
}

/** Null when the file is not there (any more). */
function unlessAbsent<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
