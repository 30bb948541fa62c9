import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";

const run = promisify(execFile);
const readyMs = 30_000;

export type PostgresService = { url: string; stop: () => Promise<void> } | { skipped: string };

/**
 * A Postgres for tests, with an empty database: the server of TEST_DATABASE_URL (a new database there), else a private
 * server from the installed programs with these settings, else the reason why there is none.
 */
export async function startPostgres(settings = ["fsync=off"]): Promise<PostgresService> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given) return newDatabase(given);
  const bin = installedPrograms();
  if (bin === null) return { skipped: "no Postgres: set TEST_DATABASE_URL or install postgresql" };
  const user = serverUser();
  if (user === null)
    return { skipped: "no Postgres: it does not run as root, and there is no user postgres" };
  return privateServer(bin, user, settings);
}

async function newDatabase(url: string): Promise<PostgresService> {
  const name = `loom_test_${process.pid}_${Date.now()}`;
  await administer(url, `create database ${name}`);
  const address = new URL(url);
  address.pathname = `/${name}`;
  return {
    url: address.href,
    stop: () => administer(url, `drop database if exists ${name} with (force)`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function privateServer(
  bin: string,
  user: { uid?: number; gid?: number },
  settings: string[],
): Promise<PostgresService> {
  const dir = mkdtempSync(join(tmpdir(), "loom-postgres-"));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(dir, user.uid, user.gid);
  const data = join(dir, "data");
  const options = { ...user, cwd: dir, env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" } };
  await run(
    join(bin, "initdb"),
    ["-D", data, "-U", "loom", "-A", "trust", "-E", "UTF8", "--no-sync"],
    options,
  );
  const port = await freePort();
  const argv = [
    "-D",
    data,
    "-p",
    String(port),
    "-k",
    dir,
    ...["listen_addresses=127.0.0.1", ...settings].flatMap((setting) => ["-c", setting]),
  ];
  const server = spawn(join(bin, "postgres"), argv, { ...options, stdio: "ignore" });
  const ended = once(server, "exit");
  const url = `postgres://loom@127.0.0.1:${port}/postgres`;
  const stop = async () => {
    // SIGINT is Postgres's fast shutdown: it ends open connections instead of waiting for them.
    if (server.exitCode === null && server.signalCode === null) server.kill("SIGINT");
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await untilReady(url, () => server.exitCode !== null);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function untilReady(url: string, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + readyMs;
  for (;;) {
    try {
      return await administer(url, "select 1");
    } catch (error) {
      if (hasEnded() || Date.now() > deadline)
        throw new Error("the private Postgres did not start", { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The programs of the newest installed version. */
function installedPrograms(): string | null {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isInteger) : [];
  const newest = versions.sort((left, right) => right - left)[0];
  const bin = join(root, String(newest), "bin");
  return newest !== undefined && existsSync(join(bin, "postgres")) ? bin : null;
}

/** Postgres refuses to run as root: then as the system user that its package made. */
function serverUser(): { uid?: number; gid?: number } | null {
  if (userInfo().uid !== 0) return {};
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const postgres = users.find(([name]) => name === "postgres");
  return postgres ? { uid: Number(postgres[2]), gid: Number(postgres[3]) } : null;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
