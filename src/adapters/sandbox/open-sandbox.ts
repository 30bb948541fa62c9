import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import type { Ended, Program, RunProgram } from "../../ports/processes.ts";
import type { Log } from "../../ports.ts";
import { bwrapArguments, homeInside, nodeFolder, systemFolders, visiblePath } from "./bwrap-profile.ts";
import { refusalToStart, refusedStart } from "./not-started.ts";
import { environmentOf, isAlive, killAll, type LiveProcess, liveProcesses, markerName } from "./processes.ts";
import { supervise } from "./supervise.ts";

export interface SandboxOptions {
  /** Where scratch folders are made, e.g. `.loomstack`. Absolute. */
  home: string;
  /** `bwrap` throws when bubblewrap does not work here; `auto` then runs without it and says so. */
  mode: "auto" | "bwrap" | "none";
  /** Absolute paths that every program may read. */
  readable: string[];
  /** The operator's PATH. Under bubblewrap only its entries that are visible inside count. */
  path?: string;
  log: Log;
}

export interface Sandbox {
  run: RunProgram;
  kind: "bwrap" | "none";
  /** Why it is this kind, for the operator. */
  why: string;
}

interface Place {
  options: SandboxOptions;
  scratch: string;
  passwdFile: string;
  groupFile: string;
  system: string[];
}

const systemPath = "/usr/local/bin:/usr/bin:/bin";

/** Finds out what this machine allows by running a program once, and ends what an earlier process left behind. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const place = await prepare(options);
  await endOrphans(options);
  const unconfined: RunProgram = (program, signal) => runUnconfined(place, program, signal);
  if (options.mode === "none")
    return { run: unconfined, kind: "none", why: "the settings ask for no sandbox" };

  const confined: RunProgram = (program, signal) => runConfined(place, program, signal);
  const problem = await probe(confined, place.scratch);
  if (problem === null) return { run: confined, kind: "bwrap", why: "bubblewrap works on this machine" };
  if (options.mode === "bwrap")
    throw new Error(
      `opening the sandbox: bubblewrap does not work here (${problem}); install bubblewrap and allow user namespaces, or set the sandbox to none`,
    );
  options.log("warn", `programs run without a sandbox: bubblewrap does not work here (${problem})`);
  return { run: unconfined, kind: "none", why: `bubblewrap does not work here: ${problem}` };
}

async function prepare(options: SandboxOptions): Promise<Place> {
  const scratch = join(options.home, "scratch");
  await mkdir(scratch, { recursive: true });
  const passwdFile = join(scratch, "passwd");
  const groupFile = join(scratch, "group");
  await writeFile(passwdFile, `root:x:0:0::/:/bin/sh\nagent:x:1000:1000::${homeInside}:/bin/sh\n`);
  await writeFile(groupFile, "root:x:0:\nagent:x:1000:\n");
  await removeOldScratch(scratch, options.log);
  return { options, scratch, passwdFile, groupFile, system: systemFolders() };
}

/** What killed processes left; nothing runs this long, so no other worker can be at work in them. */
async function removeOldScratch(scratch: string, log: Log): Promise<void> {
  const oldest = Date.now() - 2 * 24 * 60 * 60_000;
  for (const name of await readdir(scratch)) {
    const folder = join(scratch, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (name.startsWith("p-") && mtimeMs < oldest) await removeScratch(folder, log);
  }
}

const removeScratch = (folder: string, log: Log): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
    log("warn", `removing the scratch folder ${folder}: ${String(error)}; remove it by hand`),
  );

/** Really runs a program: in a container, user namespaces may be refused although bubblewrap is installed. */
async function probe(run: RunProgram, cwd: string): Promise<string | null> {
  const ended = await run(
    {
      argv: [process.execPath, "-e", ""],
      cwd,
      env: {},
      wallMs: 20_000,
      outputBytesMax: 4_000,
      network: false,
      readable: [],
      writable: [],
    },
    new AbortController().signal,
  );
  if (ended.kind === "exited" && ended.exit === 0) return null;
  if (ended.kind === "not-started") return ended.reason;
  return `a first program ended with ${ended.kind}: ${ended.output.trim().slice(-300)}`;
}

async function runConfined(place: Place, program: Program, signal: AbortSignal): Promise<Ended> {
  const readable = [...nodeFolder(process.execPath), ...place.options.readable, ...program.readable];
  const path = visiblePath(wholePath(place.options.path), [...readable, dirname(process.execPath)]);
  const refusal = refusalToStart(program.argv, program.cwd, path);
  if (refusal !== null) return { kind: "not-started", reason: refusal };
  const marker = newMarker();
  const args = bwrapArguments({
    env: environment({ path, home: homeInside, tmp: "/tmp", marker }, program),
    cwd: program.cwd,
    network: program.network,
    readable,
    writable: program.writable,
    passwdFile: place.passwdFile,
    groupFile: place.groupFile,
    system: place.system,
  });
  const launch = {
    argv: ["bwrap", ...args, ...program.argv],
    program: program.argv[0] ?? "",
    cwd: program.cwd,
    env: { PATH: wholePath(place.options.path) },
    ...(program.stdin === undefined ? {} : { stdin: program.stdin }),
    marker,
    isNamespaced: true,
    path,
  };
  return supervise(launch, program, signal);
}

async function runUnconfined(place: Place, program: Program, signal: AbortSignal): Promise<Ended> {
  const path = wholePath(place.options.path);
  const refusal = refusalToStart(program.argv, program.cwd, path);
  if (refusal !== null) return { kind: "not-started", reason: refusal };
  const name = program.argv[0] ?? "";
  let folder: string;
  try {
    folder = await mkdtemp(join(place.scratch, "p-"));
    await mkdir(join(folder, "home"));
    await mkdir(join(folder, "tmp"));
  } catch (error) {
    return { kind: "not-started", reason: refusedStart(name, error, path) };
  }
  const marker = newMarker();
  const launch = {
    argv: program.argv,
    program: name,
    cwd: program.cwd,
    env: environment({ path, home: join(folder, "home"), tmp: join(folder, "tmp"), marker }, program),
    ...(program.stdin === undefined ? {} : { stdin: program.stdin }),
    marker,
    isNamespaced: false,
    path,
  };
  try {
    return await supervise(launch, program, signal);
  } finally {
    await removeScratch(folder, place.options.log);
  }
}

function environment(
  given: { path: string; home: string; tmp: string; marker: string },
  program: Program,
): { [name: string]: string } {
  return {
    PATH: given.path,
    HOME: given.home,
    TMPDIR: given.tmp,
    LANG: "C.UTF-8",
    TERM: "dumb",
    CI: "1",
    ...program.env,
    [markerName]: given.marker,
  };
}

const wholePath = (path: string | undefined): string =>
  [...new Set([...(path ?? "").split(":"), dirname(process.execPath), ...systemPath.split(":")])]
    .filter((folder) => isAbsolute(folder))
    .join(":");

/** Names its owner, so that a later process can tell what was left behind from what is at work. */
const newMarker = (): string => `${process.pid}-${randomBytes(8).toString("hex")}`;

/** A killed worker cannot sweep: whatever it started without a sandbox, from this home, is ended at the next start. */
async function endOrphans({ home, log }: SandboxOptions): Promise<void> {
  const isOrphan = ({ pid }: LiveProcess): boolean => {
    const env = environmentOf(pid);
    const marker = env.find((entry) => entry.startsWith(`${markerName}=`));
    const owner = Number(/=([0-9]+)-/.exec(marker ?? "")?.[1]);
    return owner > 0 && env.some((entry) => entry.startsWith(`TMPDIR=${home}/scratch/`)) && !isAlive(owner);
  };
  const orphans = liveProcesses().filter(isOrphan);
  if (orphans.length === 0) return;
  log("warn", "ending programs that an earlier process left behind", { processes: orphans.length });
  await killAll(() => liveProcesses().filter(isOrphan), 2_000);
}
