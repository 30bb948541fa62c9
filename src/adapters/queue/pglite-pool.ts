import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { PGlite, Results, Transaction } from "@electric-sql/pglite";
import { type PgPool, type PgPoolClient, type PgQueryable, type PgQueryResult, runMigrations } from "bullmq";
import pgUtils from "pg/lib/utils.js";
import pgTypes from "pg-types";

const failurePauseMs = 200;

type Session = Pick<PGlite | Transaction, "exec" | "query">;

// Values are written and read exactly as node-postgres does it, which is what BullMQ was tested with. PGlite copies the given
// parsers by their own keys, so these must be a plain table; serializers are only looked up.
const parsers = nodePostgresParsers();
const serializers = new Proxy<{ [oid: number]: (value: unknown) => string }>(
  {},
  { get: () => (value: unknown) => value },
);

/**
 * A pool in the shape of node-postgres over one PGlite instance, for BullMQ. All of its clients are the same connection, so
 * transactions must go through `pglite.transaction`, never through BEGIN here. While such a transaction is open every query
 * of this pool waits for it: awaiting the queue inside of one would wait for itself, forever.
 */
export function pglitePool(pglite: PGlite): PgPool {
  const query = unhurried(queryOn(pglite));
  const connect = async (): Promise<PgPoolClient> => pgliteClient(pglite, query);
  // BullMQ asks whether a silently lost LISTEN connection would be noticed; one inside the process cannot be lost.
  const options = { keepAlive: true };
  const pool = Object.assign(new EventEmitter(), { query, connect, end: async () => undefined, options });
  pool.setMaxListeners(0);
  return pool;
}

/** Brings BullMQ's tables up to date and makes them visible by their short names on this connection. */
export async function prepareBullmqSchema(pglite: PGlite): Promise<void> {
  // The migrator wants a connection of its own and opens a transaction there. There is only one connection, and others may be
  // using it, so the migrator is given a real transaction and its own BEGIN and COMMIT are left out.
  await pglite.transaction(async (tx) => {
    const run = queryOn(tx);
    const client: PgQueryable = {
      query: async <R>(text: string, params?: readonly unknown[]) =>
        /^(BEGIN|COMMIT|ROLLBACK)$/.test(text)
          ? { rows: [] satisfies R[], rowCount: 0 }
          : run<R>(text, params),
    };
    await runMigrations(client);
  });
  await pglite.exec("SET search_path TO bullmq, public");
}

function pgliteClient(pglite: PGlite, query: PgQueryable["query"]): PgPoolClient {
  const events = new EventEmitter();
  let stopListening: (() => void) | undefined;
  const listenOnce = () => {
    stopListening ??= pglite.onNotification((channel, payload) =>
      events.emit("notification", { channel, payload }),
    );
  };
  return Object.assign(events, {
    query: async <R>(text: string, params?: readonly unknown[]) => {
      if (/^\s*(--[^\n]*\n\s*)*LISTEN\b/i.test(text)) listenOnce();
      return query<R>(text, params);
    },
    release: () => {
      stopListening?.();
      stopListening = undefined;
      events.removeAllListeners("notification");
    },
  });
}

/**
 * Lets the rest of the process have its turn before a failure is heard. BullMQ asks again at once, and this database answers
 * without ever leaving the turn it was asked in: on a full disk nothing else would run any more.
 */
function unhurried(query: PgQueryable["query"]): PgQueryable["query"] {
  return async (text, params) => {
    try {
      return await query(text, params);
    } catch (error) {
      await sleep(failurePauseMs);
      throw error;
    }
  };
}

function queryOn(session: Session) {
  return async <R>(text: string, params: readonly unknown[] = []): Promise<PgQueryResult<R>> => {
    if (params.length === 0) {
      // Only the simple protocol takes several statements at once, as migrations have them.
      const results = await session.exec(text, { parsers });
      return asPgResult<R>(results.at(-1));
    }
    const values = params.map((value) => pgUtils.prepareValue(value));
    return asPgResult<R>(await session.query<R>(text, values, { parsers, serializers }));
  };
}

function asPgResult<R>(result: Results<unknown> | undefined): PgQueryResult<R> {
  const rows = (result?.rows ?? []) as R[];
  return { rows, rowCount: Math.max(result?.affectedRows ?? 0, rows.length) };
}

function nodePostgresParsers(): { [oid: number]: (text: string) => unknown } {
  const asText = pgTypes.getTypeParser(pgTypes.builtins.TEXT, "text");
  const builtInTypesEnd = 4_100;
  const table: { [oid: number]: (text: string) => unknown } = {};
  for (let oid = 1; oid < builtInTypesEnd; oid++) {
    const parser = pgTypes.getTypeParser(oid, "text");
    if (parser !== asText) table[oid] = parser;
  }
  return table;
}
