import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chown, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { until } from "./until.ts";

export interface PostgresService {
  /** A server on which databases may be created. */
  url: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);

/** A Postgres for tests: the one at TEST_DATABASE_URL, else a private one from an installed `initdb`. */
export async function startPostgres(): Promise<PostgresService | { skipped: string }> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined && given !== "") return { url: given, stop: async () => undefined };
  const bin = await findBin();
  if (bin === null) {
    return { skipped: "no initdb installed and no TEST_DATABASE_URL (apt-get install -y postgresql)" };
  }
  const owner = await unprivilegedOwner();
  if (owner === "nobody else") {
    return { skipped: "Postgres does not run as root, and there is no system user postgres" };
  }
  const dir = await mkdtemp(join(tmpdir(), "loom-postgres-"));
  if (owner !== null) await chown(dir, owner.uid, owner.gid);
  const as = { cwd: dir, ...(owner ?? {}) };
  const data = join(dir, "data");
  await run(join(bin, "initdb"), ["-D", data, "-U", "loom", "-A", "trust", "-E", "UTF8", "--locale=C"], as);
  const port = await freePort();
  const listen = ["-h", "127.0.0.1", "-p", String(port), "-k", dir];
  const server = spawn(join(bin, "postgres"), ["-D", data, ...listen], { ...as, stdio: "ignore" });
  const url = `postgres://loom@127.0.0.1:${port}/postgres`;
  await until("Postgres answers", () => answers(url), 20_000);
  return {
    url,
    stop: async () => {
      // A fast shutdown: it does not wait for clients.
      server.kill("SIGINT");
      if (server.exitCode === null) await once(server, "exit");
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function findBin(): Promise<string | null> {
  const debian = "/usr/lib/postgresql";
  const versions = await readdir(debian).catch(() => []);
  const onPath = (process.env["PATH"] ?? "").split(delimiter);
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  for (const dir of [...onPath, ...newestFirst.map((version) => join(debian, version, "bin"))]) {
    const isThere = await Promise.all(["initdb", "postgres"].map((name) => access(join(dir, name)))).then(
      () => true,
      () => false,
    );
    if (isThere) return dir;
  }
  return null;
}

/** Null when this process may run Postgres itself. */
async function unprivilegedOwner(): Promise<{ uid: number; gid: number } | null | "nobody else"> {
  if (process.getuid?.() !== 0) return null;
  const users = await readFile("/etc/passwd", "utf8");
  const found = /^postgres:[^:]*:(\d+):(\d+):/m.exec(users);
  return found === null ? "nobody else" : { uid: Number(found[1]), gid: Number(found[2]) };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
