import { createHash } from "node:crypto";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckCommand } from "../../domain/loop.ts";
import type { Checkout } from "../../ports/code.ts";
import type { Checked, Checks, Ended, RunProgram } from "../../ports/processes.ts";
import type { Log } from "../../ports.ts";
import { type Asked, askForReport } from "./ask-for-report.ts";
import { type Borrowed, borrow } from "./borrow.ts";
import { printedReport, type Read, readReport } from "./read-report.ts";
import { placeOf, readInside, stampOf } from "./report-file.ts";
import { cleanText, type Place } from "./test-names.ts";

/** Rises when ids or statuses are read differently, so that kept reports are not compared with new ones. */
const readerVersion = 1;
const tailMax = 4_000;
const setupsKeptMax = 1_000;

type CheckLimits = Parameters<Checks["run"]>[2];

/** One check on its way. */
interface Check {
  checkout: Checkout;
  command: CheckCommand;
  limits: CheckLimits;
  signal: AbortSignal;
  borrowed: Borrowed;
  place: Place;
  /** A folder of its own outside the checkout, where the runner leaves its report. */
  folder: string;
}

/** Runs check commands by `run` and reads what their test runners report. */
export function openChecks({ run, log }: { run: RunProgram; log: Log }): Checks {
  const setUp = setups(run);
  return {
    digest: digestOf,
    run: async (checkout, command, limits, signal) => {
      let folder: string | undefined;
      let borrowed: Borrowed | undefined;
      try {
        folder = await mkdtemp(join(tmpdir(), "loom-report-"));
        borrowed = await borrow(checkout.dir, command.borrow);
        for (const problem of borrowed.problems) log("warn", problem, { repository: checkout.repository });
        const place = placeOf(checkout.dir);
        const check = { checkout, command, limits, signal, borrowed, place, folder };
        return (await setUp(check)) ?? (await runCommand(run, check));
      } catch (error) {
        return refusedBySystem(error, command);
      } finally {
        await borrowed?.giveBack();
        if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function digestOf({ argv, setup, report, network }: CheckCommand): string {
  const named = JSON.stringify([readerVersion, argv, setup ?? null, report ?? null, network]);
  return createHash("sha256").update(named).digest("hex");
}

/** Remembers in which checkouts the setup was done. A checkout made anew at the same path is another one. */
function setups(run: RunProgram): (check: Check) => Promise<Checked | null> {
  const done = new Set<string>();
  return async (check) => {
    const { setup } = check.command;
    if (setup === undefined) return null;
    const { ino, birthtimeMs } = await stat(check.checkout.dir);
    const key = JSON.stringify([check.checkout.dir, check.checkout.at, ino, birthtimeMs, setup]);
    if (done.has(key)) return null;
    const ended = await runIn(run, check, { argv: setup, env: {} });
    if (ended.kind === "exited" && ended.exit === 0) {
      for (const oldest of done) if (done.size >= setupsKeptMax) done.delete(oldest);
      done.add(key);
      return null;
    }
    return setupFailed(ended, setup, check);
  };
}

function setupFailed(ended: Ended, setup: string[], { command, limits, place }: Check): Checked {
  const words = setup.join(" ");
  const network = command.network ? "" : "; it had no network: set `network: true` if it installs packages";
  const how: { [Kind in Ended["kind"]]: string } = {
    exited: `setup ended with exit ${ended.kind === "exited" ? ended.exit : ""}: ${words}${network}`,
    signalled: `setup was ended by ${ended.kind === "signalled" ? ended.signal : ""}: ${words}`,
    "timed-out": `setup did not end within ${inWords(limits.wallMs)}: ${words}${network}`,
    stopped: `setup was stopped: ${words}`,
    "not-started": ended.kind === "not-started" ? `setup: ${ended.reason}` : "",
  };
  return { kind: "could-not-run", reason: how[ended.kind], outputTail: tailOf(ended, place) };
}

async function runCommand(run: RunProgram, check: Check): Promise<Checked> {
  const { checkout, command, limits, folder, place } = check;
  const before = command.report === undefined ? "" : stampOf(checkout.dir, command.report);
  const asked =
    command.report === undefined
      ? await askForReport(command.argv, checkout.dir, folder)
      : { argv: command.argv, env: {}, collect: namedReport(checkout.dir, command.report, before) };
  const ended = await runIn(run, check, asked);
  const words = command.argv.join(" ");
  const outputTail = tailOf(ended, place);
  switch (ended.kind) {
    case "not-started":
      return { kind: "could-not-run", reason: `check command: ${ended.reason}`, outputTail };
    case "stopped":
      return { kind: "could-not-run", reason: `check command was stopped: ${words}`, outputTail };
    case "timed-out": {
      const reason = `check command did not end within ${inWords(limits.wallMs)}: ${words}`;
      return { kind: "could-not-run", reason, outputTail };
    }
    case "exited":
    case "signalled": {
      const exit = ended.kind === "exited" ? ended.exit : null;
      const read = await reportOf(asked, ended, place);
      const tests = read?.kind === "read" ? read.tests : [];
      const note = read?.kind === "unreadable" ? `its report could not be read: ${read.why}` : null;
      const told = note === null ? outputTail : [outputTail, note].filter((part) => part !== "").join("\n");
      return { kind: "ran", report: { tests, exit, outputTail: told }, ms: ended.ms };
    }
  }
}

function runIn(run: RunProgram, check: Check, wish: Pick<Asked, "argv" | "env">): Promise<Ended> {
  const { checkout, command, limits, borrowed, folder, signal } = check;
  return run(
    {
      argv: wish.argv,
      cwd: checkout.dir,
      env: wish.env,
      wallMs: limits.wallMs,
      outputBytesMax: limits.outputBytesMax,
      network: command.network,
      readable: borrowed.readable,
      writable: [folder],
    },
    signal,
  );
}

async function reportOf(
  asked: Asked,
  ended: Extract<Ended, { kind: "exited" | "signalled" }>,
  place: Place,
): Promise<Read | null> {
  const collected = await asked.collect(place);
  if (collected !== null) return collected;
  const printed = printedReport(ended.output);
  if (printed === null) return null;
  if (ended.isCut) return { kind: "unreadable", why: "it was printed among more output than is kept" };
  return readReport(printed, place);
}

/** The file that the loop names. One that lay there before and was not written again is not this run's report. */
function namedReport(root: string, path: string, before: string): Asked["collect"] {
  return async (place) => {
    const file = await readInside(root, path);
    if (file.kind === "refused") return { kind: "unreadable", why: `${path}: ${file.why}` };
    if (file.kind === "absent") return { kind: "unreadable", why: `the command left no ${path}` };
    if (stampOf(root, path) === before)
      return { kind: "unreadable", why: `${path} is older than this run; the command did not write it` };
    const read = readReport(file.text, place);
    return read.kind === "unreadable" ? { ...read, why: `${path}: ${read.why}` } : read;
  };
}

function tailOf(ended: Ended, place: Place): string {
  return ended.kind === "not-started" ? "" : cleanText(ended.output, place.roots).slice(-tailMax);
}

/** The disk is full or a folder is gone: no verdict on the tests. Anything else is a bug and goes on. */
function refusedBySystem(error: unknown, command: CheckCommand): Checked {
  if (!(error instanceof Error && "code" in error && "syscall" in error)) throw error;
  const remedy = error.code === "ENOSPC" ? "the disk is full; free some space and retry" : error.message;
  return { kind: "could-not-run", reason: `preparing ${command.argv.join(" ")}: ${remedy}`, outputTail: "" };
}

function inWords(ms: number): string {
  if (ms >= 120_000) return `${Math.round(ms / 60_000)} min`;
  return ms >= 2_000 ? `${Math.round(ms / 1_000)} s` : `${ms} ms`;
}
