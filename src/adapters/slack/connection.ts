import { setTimeout as sleep } from "node:timers/promises";
import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { type AuthTestResponse, WebClient, type WebClientOptions } from "@slack/web-api";
import type { Log } from "../../ports.ts";
import { readFailure } from "./sender/failure.ts";
import type { Connection } from "./tokens.ts";

/** Who the bot is in which workspace, as `auth.test` says. */
export interface Identity {
  teamId: string;
  teamName: string;
  teamUrl?: string | undefined;
  botUserId: string;
  botId: string;
}

const startMs = 60_000;
const reconnectMs = 30_000;

/** Listeners' calls are few and short-lived: a trigger lives three seconds. Messages have their own way to try again. */
const fewRetries = { retries: 2, minTimeout: 150, maxTimeout: 400 };

/** The socket comes back however long Slack is away; its timers alone keep no process alive. */
const patientRetries = { forever: true, factor: 1.5, minTimeout: 1_000, maxTimeout: 10_000, unref: true };

/** Bolt's and the client's own words; what is only informative is left out. Tokens never reach the log. */
export function boltLogger(log: Log): Logger {
  const line =
    (level: "warn" | "error") =>
    (...parts: unknown[]) =>
      log(
        level,
        `Slack: ${parts
          .map(String)
          .join(" ")
          .replace(/x(?:ox[a-z]|app)-[\w-]+/g, "x…")}`,
      );
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: line("warn"),
    error: line("error"),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}

/** A client whose 429 comes back at once: waiting inside it would hold back, and reorder, every other call. */
export function createClient(
  token: string,
  options: { apiUrl?: string | undefined; logger: Logger; retries: "none" | "few"; timeoutMs: number },
): WebClient {
  return new WebClient(token, {
    ...apiUrl(options.apiUrl),
    logger: options.logger,
    rejectRateLimitedCalls: true,
    retryConfig: options.retries === "none" ? { retries: 0 } : fewRetries,
    timeout: options.timeoutMs,
  });
}

const apiUrl = (url: string | undefined): Pick<WebClientOptions, "slackApiUrl"> =>
  url === undefined ? {} : { slackApiUrl: url };

/** Asks Slack who we are; waits a minute for a Slack that is away. Throws with the remedy. */
export async function identify(client: WebClient, log: Log): Promise<Identity> {
  const untilMs = performance.now() + startMs;
  for (;;) {
    try {
      return identityIn(await client.auth.test());
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind === "refused") throw new Error(`connecting to Slack: ${failure.why}`);
      if (performance.now() > untilMs) {
        throw new Error(
          `connecting to Slack: no answer within a minute (${String(error)}); is it reachable from here?`,
        );
      }
      log("warn", `connecting to Slack: ${String(error)}; trying again`);
      await sleep(failure.kind === "rate-limited" ? failure.afterMs : 2_000);
    }
  }
}

function identityIn(answer: AuthTestResponse): Identity {
  const { team_id: teamId = "", team, url: teamUrl, user_id: botUserId = "", bot_id: botId = "" } = answer;
  return { teamId, teamName: team ?? teamId, teamUrl, botUserId, botId };
}

export interface AppOptions {
  botToken: string;
  connection: Connection;
  identity: Identity;
  apiUrl?: string | undefined;
  socketPingTimeoutMs?: number | undefined;
  httpPort?: number | undefined;
  httpHost?: string | undefined;
  logger: Logger;
  log: Log;
}

export interface Connected {
  app: App;
  /** Connects, and resolves when events can arrive. */
  start(): Promise<void>;
  /** Takes nothing more in; waits for a polite goodbye for at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Builds the Bolt app and the way in which Slack reaches it; nothing is connected yet. */
export function createApp(options: AppOptions): Connected {
  return options.connection.kind === "socket"
    ? socketApp(options, options.connection.appToken)
    : httpApp(options, options.connection.signingSecret);
}

/** Identity is known already, so that Bolt asks for nothing by itself. Its own client is not used for sending. */
const boltOptions = ({ botToken, identity, apiUrl: url, logger }: AppOptions) => ({
  token: botToken,
  botId: identity.botId,
  botUserId: identity.botUserId,
  tokenVerificationEnabled: false,
  convoStore: false as const,
  logger,
  logLevel: LogLevel.WARN,
  clientOptions: { ...apiUrl(url), retryConfig: fewRetries, rejectRateLimitedCalls: true },
});

function socketApp(options: AppOptions, appToken: string): Connected {
  const receiver = new SocketModeReceiver({
    appToken,
    logger: options.logger,
    logLevel: LogLevel.WARN,
    ...(options.socketPingTimeoutMs === undefined ? {} : { clientPingTimeout: options.socketPingTimeoutMs }),
    // Its own object, because the socket's client writes into it.
    installerOptions: { clientOptions: { ...apiUrl(options.apiUrl), retryConfig: patientRetries } },
    processEventErrorHandler: async ({ error }) => {
      options.log("warn", `an event from Slack was not handled, Slack sends it again: ${error.message}`);
      return false;
    },
  });
  const app = new App({ ...boltOptions(options), receiver, socketMode: true });
  const closing = new AbortController();
  keepReconnecting(receiver, closing.signal, options.log);
  return {
    app,
    async start() {
      try {
        await within(startMs, app.start());
      } catch (error) {
        closing.abort();
        void receiver.client.disconnect().catch(() => undefined);
        const text = error instanceof Error ? error.message : String(error);
        throw new Error(
          `opening a socket to Slack: ${text}; check that the app token (xapp-) belongs to this app and has the scope connections:write`,
        );
      }
    },
    async stop(graceMs) {
      closing.abort();
      await Promise.race([receiver.client.disconnect(), sleep(graceMs, undefined, { ref: false })]);
    },
  };
}

/**
 * The socket client reconnects by calling its own `start` and drops the promise, so a rejection there (a revoked token, a
 * disconnect in the middle of it) would end the process. It is logged and tried again instead.
 */
function keepReconnecting(receiver: SocketModeReceiver, closing: AbortSignal, log: Log): void {
  const { client } = receiver;
  const start = client.start.bind(client);
  let isFirst = true;
  client.start = async () => {
    if (isFirst) {
      isFirst = false;
      return start();
    }
    for (;;) {
      try {
        return await start();
      } catch (error) {
        if (closing.aborted) return { ok: true };
        log("error", `reconnecting to Slack: ${String(error)}; trying again in ${reconnectMs / 1000} s`);
        await sleep(reconnectMs, undefined, { signal: closing, ref: false }).catch(() => undefined);
        if (closing.aborted) return { ok: true };
      }
    }
  };
}

function httpApp(options: AppOptions, signingSecret: string): Connected {
  const { httpPort: port = 3000, httpHost: host = "127.0.0.1", logger } = options;
  const receiver = new HTTPReceiver({ signingSecret, logger, logLevel: LogLevel.WARN });
  const app = new App({ ...boltOptions(options), receiver });
  return {
    app,
    async start() {
      try {
        await app.start({ port, host });
      } catch (error) {
        throw new Error(`listening for Slack on ${host}:${port}: ${String(error)}; choose another port`);
      }
      options.log("info", `Slack reaches the bot at http://${host}:${port}/slack/events`);
    },
    async stop(graceMs) {
      await Promise.race([receiver.stop(), sleep(graceMs, undefined, { ref: false })]);
    },
  };
}

async function within(ms: number, started: Promise<unknown>): Promise<void> {
  const late = sleep(ms, "late" as const, { ref: false });
  if ((await Promise.race([started, late])) !== "late") return;
  throw new Error("no answer within a minute");
}
