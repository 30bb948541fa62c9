import { AsyncLocalStorage } from "node:async_hooks";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type SQL, sql } from "drizzle-orm";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";

/** PGlite or Postgres, a connection of its own or one transaction: the same statements run on all of them. */
export type Database = PgDatabase<PgQueryResultHKT>;

/** The database's own clock. Not `now()`, which stands still in a transaction that had to wait for a lock. */
export const clock: SQL<Date> = sql`clock_timestamp()`;

/** That many milliseconds after the database's clock. */
export const inMs = (ms: number | SQL): SQL<Date> =>
  sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;

/** Only the fields that are there: rows say null where the domain leaves a field out. */
export function known<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

/** The rows of a statement that no query builder can say: both drivers answer them so. */
export async function rowsOf<T>(db: Database, statement: SQL): Promise<T[]> {
  return ((await db.execute(statement)) as unknown as { rows: T[] }).rows;
}

/** The one row of a statement that always answers one. */
export async function firstRow<T>(db: Database, statement: SQL): Promise<T> {
  const [row] = await rowsOf<T>(db, statement);
  if (row === undefined) throw new Error("the record's database answered no row where it always answers one");
  return row;
}

const inside = new AsyncLocalStorage<true>();
const retriesMax = 5;
/** A random wait before each new try, up to this: two that met do not meet again. */
const retryMsMax = 50;
/** Serialisation failure and deadlock: Postgres says of both that the transaction may simply be tried again. */
const retriable = new Set(["40001", "40P01"]);

/** Runs `work` in one transaction, again when the database asks for it. */
export async function inTransaction<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  return outsideTransaction(async () => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await db.transaction((tx) => inside.run(true, () => work(tx)));
      } catch (error) {
        if (attempt === retriesMax || !retriable.has(codeOf(error))) throw error;
        await sleep(randomInt(retryMsMax / 10, retryMsMax));
      }
    }
  });
}

/**
 * Refuses a call from inside a transaction: on PGlite, which has one connection, it would wait for ever for the transaction
 * that waits for it. Errors leave as the database's own words, without the parameters, which may be long or secret.
 */
export async function outsideTransaction<T>(work: () => Promise<T>): Promise<T> {
  if (inside.getStore())
    throw new Error(
      "using the record inside one of its transactions: this would hang; use the transaction that was handed in, or read before it",
    );
  try {
    return await work();
  } catch (error) {
    throw readable(error);
  }
}

const isQueryError = (error: unknown): error is Error & { query: string; cause: unknown } =>
  error instanceof Error &&
  "query" in error &&
  typeof error.query === "string" &&
  error.cause instanceof Error;

function codeOf(error: unknown): string {
  const cause = isQueryError(error) ? error.cause : error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function readable(error: unknown): unknown {
  if (!isQueryError(error) || !(error.cause instanceof Error)) return error;
  const statement = error.query.length > 160 ? `${error.query.slice(0, 160)}…` : error.query;
  return new Error(`the record's database: ${error.cause.message} (in: ${statement})`, {
    cause: error.cause,
  });
}
