import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import type { RecordStore } from "../../ports/record.ts";
import { migrations } from "./migrations.ts";
import { makeRecord, type RecordOptions } from "./record.ts";

const connectMs = 5000;
const statementMs = 30_000;
const migrationMs = 300_000;
/** One process migrates at a time; the others wait, and then find nothing left to do. */
const migrationLock = 0x6c6f6f6d02;

/**
 * The record on a Postgres server, with a pool of connections; its tables are brought up to date. Throws with the server's
 * address and a remedy, never with the password, when the server cannot be used.
 */
export async function openPostgres(
  databaseUrl: string,
  options: RecordOptions & { connectionsMax?: number } = {},
): Promise<{ record: RecordStore }> {
  const server = describe(databaseUrl);
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: "loomstack",
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: statementMs,
  });
  // An idle connection that breaks is dropped by the pool, and the next statement opens another or says what is wrong.
  // Without a listener, Node would end the process for it.
  pool.on("error", () => undefined);
  try {
    await migrateOnce(pool);
  } catch (error) {
    await pool.end();
    throw new Error(`opening the record on ${server}: ${wordsOf(error)}`, { cause: error });
  }
  return { record: makeRecord(drizzle(pool), () => pool.end(), options) };
}

async function migrateOnce(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`set statement_timeout = ${migrationMs}`);
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    await migrate(drizzle(client), migrations);
  } finally {
    // Closed rather than given back: that frees the lock and the longer timeout, whatever happened.
    client.release(true);
  }
}

/** Where the server is, for people. */
function describe(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl) || !/^postgres(ql)?:$/.test(new URL(databaseUrl).protocol))
    throw new Error(
      "DATABASE_URL is not an address like postgres://user:password@host:5432/name; correct it or leave it out",
    );
  const { hostname, port, pathname, username } = new URL(databaseUrl);
  return `Postgres ${hostname || "localhost"}:${port || "5432"}${pathname}${username ? ` as ${username}` : ""}`;
}

const remedies: Record<string, string> = {
  ECONNREFUSED: "nothing listens there; start Postgres or correct DATABASE_URL",
  ENOTFOUND: "no such host; correct DATABASE_URL",
  EAI_AGAIN: "the host's name cannot be resolved now; check the network or DATABASE_URL",
  "28P01": "the password is wrong; correct DATABASE_URL",
  "28000": "this user may not sign in; correct DATABASE_URL or the server's pg_hba.conf",
  "3D000": "no such database; create it or correct DATABASE_URL",
  "42501": "this user may not create the schema loom; grant CREATE on the database",
  "25006": "the server is read-only; use the primary",
};

function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const first = cause instanceof AggregateError && cause.errors[0] instanceof Error ? cause.errors[0] : cause;
  const code = "code" in first ? String(first.code) : "";
  const remedy =
    remedies[code] ??
    (/timeout/i.test(first.message) ? "it does not answer; check the address and the network" : "");
  return [first.message || code, remedy].filter((words) => words !== "").join(": ");
}
