import type { Log } from "../../ports.ts";

export interface Outage {
  /** The server did not answer on this connection. */
  lost(connection: string, error: Error): void;
  answered(connection: string): void;
}

/** One line when a server goes away and one when it is back, however many connections and retries notice. */
export function watchOutage(log: Log, at: string, remedy: string): Outage {
  const away = new Set<string>();
  return {
    lost: (connection, error) => {
      const isNews = away.size === 0;
      away.add(connection);
      if (isNews) {
        log("error", `queue: ${at} does not answer (${reasonOf(error)}); ${remedy}. Reconnecting by itself.`);
      }
    },
    answered: (connection) => {
      if (away.delete(connection) && away.size === 0) log("info", `queue: ${at} answers again`);
    },
  };
}

/** Logs the same text once a minute at most: BullMQ repeats an error on every round of its loop. */
export function sparingLog(log: Log, everyMs = 60_000): Log {
  const lastAt = new Map<string, number>();
  return (level, text, fields) => {
    const now = performance.now();
    if (now - (lastAt.get(text) ?? Number.NEGATIVE_INFINITY) < everyMs) return;
    if (lastAt.size >= 100) lastAt.clear();
    lastAt.set(text, now);
    log(level, text, fields);
  };
}

/** Whether an error only says that the server is away, which `watchOutage` tells once. */
export function isConnectionError(error: Error): boolean {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|08|57P0)/.test(code) ||
    /Connection is closed|Connection terminated|ECONNREFUSED|Stream isn't writeable|timeout exceeded/i.test(
      error.message,
    )
  );
}

/** The first words that say something: connection errors to several addresses come with an empty message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}
