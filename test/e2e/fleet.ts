import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { openPostgres } from "../../src/adapters/record/postgres.ts";
import type { RecordStore } from "../../src/ports/record.ts";
import { until } from "../services/until.ts";
import { copyDefinitions, edit, makeRepository } from "./definitions.ts";
import { askDoor } from "./door.ts";
import type { Package } from "./package.ts";
import { git, launch } from "./product.ts";

/** Tests 0 to 199, 25 of them a loop's own and 25 its neighbour's, too; a test passes when a file has its number. Number 200 is staging's. */
const checkProgram = `import { existsSync, writeFileSync } from "node:fs";
const group = Number(process.argv[2]);
const numbers = group === 8 ? [200] : Array.from({ length: 50 }, (_, n) => (group * 25 + n) % 200);
const tests = numbers.map((n) => {
  const passes = existsSync("mended/" + n + ".txt");
  return { name: "number " + n, filePath: "test/all.txt", status: passes ? "passed" : "failed", message: passes ? "" : "it is broken" };
});
writeFileSync("report.json", JSON.stringify({ results: { tests } }));
process.exit(tests.every((one) => one.status === "passed") ? 0 : 1);
`;

/** Mends every tenth number, and writes down that it worked on it, and whether another maker was at it in that moment. */
const makerProgram = `import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
const number = Number(/"test": "[^"]*number (\\d+)"/.exec(readFileSync(0, "utf8"))[1]);
const at = process.argv[2] + "/" + number;
const isAlive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
const together = existsSync(at) && isAlive(Number(readFileSync(at, "utf8"))) ? " together" : "";
writeFileSync(at, String(process.pid));
appendFileSync(process.argv[2] + "/made", number + together + "\\n");
while (number === 200 && !existsSync(process.argv[2] + "/go")) await sleep(20);
if (number % 10 === 0) {
  mkdirSync("mended", { recursive: true });
  writeFileSync("mended/" + number + ".txt", "mended\\n");
}
rmSync(at);
`;

export interface FleetWish {
  shipped: Package;
  dir: string;
  databaseUrl: string;
  redisUrl: string;
  leaseMs: number;
}

/** Worker processes of one team, and what can be seen of their work from outside. */
export interface Fleet {
  record: RecordStore;
  remote: string;
  start(): Promise<Worker>;
  /** Starts a loop through a worker's door, as alice does. */
  startLoop(by: Worker, loop: string): Promise<void>;
  rows<T>(statement: string, ...values: unknown[]): Promise<T[]>;
  /** What makers wrote down, one line a start. */
  made(): Promise<string[]>;
  /** Lets the maker of number 200 go on. */
  letGo(): Promise<void>;
  close(): Promise<void>;
}

export interface Worker {
  /** Its name in the record ends with it. */
  pid: number;
  home: string;
  said(): string;
  kill(): Promise<void>;
}

export const loops = Array.from({ length: 8 }, (_, n) => `loop${n}`);

export async function openFleet(wish: FleetWish): Promise<Fleet> {
  const { dir, databaseUrl } = wish;
  const notes = join(dir, "notes");
  await mkdir(notes);
  const remote = await writeProject(wish, notes);
  const { record } = await openPostgres(databaseUrl);
  const side = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const workers: Worker[] = [];
  return {
    record,
    remote,
    async start() {
      const worker = await startWorker(wish, join(dir, `home${workers.length}`));
      workers.push(worker);
      return worker;
    },
    async startLoop(by, loop) {
      const answer = await askDoor(by.home, `start ${loop}`, "alice");
      if (answer?.["kind"] !== "done") throw new Error(`starting ${loop}: ${JSON.stringify(answer)}`);
    },
    rows: async <T>(statement: string, ...values: unknown[]) =>
      (await side.query(statement, values)).rows as T[],
    made: async () => (await readFile(join(notes, "made"), "utf8")).trim().split("\n"),
    letGo: () => writeFile(join(notes, "go"), ""),
    async close() {
      for (const worker of workers) await worker.kill();
      await side.end();
      await record.close();
    },
  };
}

async function writeProject({ shipped, dir }: FleetWish, notes: string): Promise<string> {
  const work = await makeRepository(join(dir, "work"), [
    { subject: "Begin", files: { "check.mjs": checkProgram, ".gitignore": "report.json\n" } },
  ]);
  const remote = join(dir, "numbers.git");
  await git(dir, "clone", "--quiet", "--bare", work, remote);
  const project = await copyDefinitions(shipped, join(dir, "project"));
  const org = join(project, "policies", "org.yml");
  await edit(
    org,
    "repositories:",
    `repositories:\n  numbers: { remote: ${remote}, target: main, approvers: maintainers }`,
  );
  await edit(org, "trusted_loops: []", `trusted_loops: [${[...loops, "staging"].join(", ")}]`);
  for (const [group, name] of [...loops, "staging"].entries()) {
    const folder = join(project, "skills", name);
    await mkdir(folder);
    await writeFile(
      join(folder, "SKILL.md"),
      `---\nname: ${name}\ndescription: Mends numbers.\n---\nMend it.\n`,
    );
    await writeFile(join(folder, "maker.mjs"), makerProgram);
    const loop = {
      owner: "alice",
      repository: "numbers",
      cadence: "manual",
      channel: "triage",
      sources: ["checks"],
      maker: { command: ["node", "{skill}/maker.mjs", notes] },
      check: { command: ["node", "check.mjs", String(group)], report: "report.json" },
      stop: { findings_per_tick: 100 },
      ...(name === "staging" ? { claims: { mode: "exclusive", resources: ["env:staging"] } } : {}),
    };
    await writeFile(join(folder, "loop.yml"), JSON.stringify(loop));
  }
  return remote;
}

async function startWorker(
  { shipped, dir, databaseUrl, redisUrl, leaseMs }: FleetWish,
  home: string,
): Promise<Worker> {
  const env = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    LOOM_LEASE_MS: String(leaseMs),
    LOOM_SANDBOX: "none",
    LOOM_WORKERS_AT_ONCE: "4",
  };
  const { child, said } = launch(shipped, ["worker"], { home, env, cwd: join(dir, "project") });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const isUp = () => said().includes("up: worker");
  await until("the worker is up", () => isUp() || child.exitCode !== null, 30_000);
  if (!isUp()) throw new Error(`loom worker ended (${child.exitCode}): ${said()}`);
  return {
    pid: child.pid ?? 0,
    home,
    said,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
  };
}
