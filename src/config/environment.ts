import { resolve } from "node:path";
import { z } from "zod";
import { nearest } from "../domain/nearest.ts";
import { type Parsed, quoted, refused, suggest, valid } from "./parsed.ts";

/** What the environment says, checked. */
export interface Environment {
  /** Absolute: where LoomStack keeps its own files. */
  home: string;
  /** Of the local Slack workspace; 0 takes any free port. */
  localPort: number;
  databaseUrl?: string;
  redisUrl?: string;
  slack: SlackAccess;
  sandbox: "auto" | "bwrap" | "none";
  /** Runs that this process works on at once. */
  workersAtOnce: number;
  /** A worker that was silent for so long counts as dead, and another takes its runs; the same for all workers of a record. */
  leaseMs: number;
  log: "info" | "warn" | "error";
}

/** Socket Mode when there is an app token, else HTTP when there is a signing secret. */
export type SlackAccess =
  | { kind: "none" }
  | { kind: "socket"; botToken: string; appToken: string; apiUrl?: string }
  | { kind: "http"; botToken: string; signingSecret: string; port: number; apiUrl?: string };

export type ReadEnvironment =
  | { kind: "valid"; environment: Environment }
  | { kind: "refused"; problems: string[] };

/** A variable that may be absent: an empty one counts as absent, as in a `.env` file with nothing after the sign. */
const variable = <T>(parse: (value: string) => Parsed<T>) =>
  z
    .string()
    .optional()
    .transform((raw, context): T | undefined => {
      const value = raw?.trim() ?? "";
      if (value === "") return undefined;
      const parsed = parse(value);
      if (parsed.kind === "valid") return parsed.value;
      context.addIssue({ code: "custom", message: parsed.reason });
      return z.NEVER;
    });

const oneOf = <T extends string>(allowed: readonly T[]) =>
  variable<T>((value) => {
    const found = allowed.find((one) => one === value);
    return found === undefined ? refused(`is ${quoted(value)}; ${suggest(value, allowed)}`) : valid(found);
  });

const wholeNumber = (min: number, max: number) =>
  variable<number>((value) => {
    const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max
      ? valid(number)
      : refused(`is ${quoted(value)}; write a whole number from ${min} to ${max}`);
  });

/** Only the scheme of a wrong address is shown: the rest may hold a password. */
const address = (schemes: readonly string[], example: string) =>
  variable<string>((value) => {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase();
    const read = scheme === undefined ? "holds no address" : `holds an address that begins with ${scheme}://`;
    const isRight = scheme !== undefined && schemes.includes(scheme) && URL.canParse(value);
    return isRight ? valid(value) : refused(`${read}; write e.g. ${example}`);
  });

const botWhere = "copy the Bot User OAuth Token (xoxb-…) from the app's page OAuth & Permissions";
const appWhere =
  "make an App-Level Token (xapp-…) with connections:write on the app's page Basic Information";
const secretWhere = "copy the Signing Secret from the app's page Basic Information";

const token = (prefix: "xoxb-" | "xapp-", where: string) =>
  variable<string>((value) => {
    if (/^["'].*["']$/.test(value)) return refused(`holds a token with quotes around it; remove the quotes`);
    const isRight = value.startsWith(prefix) && /^[\w-]{8,}$/.test(value);
    return isRight ? valid(value) : refused(`holds ${tokenKind(value)}; ${where}`);
  });

const signingSecret = variable<string>((value) => {
  if (/^x[a-z]{3}-/.test(value)) return refused(`holds ${tokenKind(value)}; ${secretWhere}`);
  return /^[\w-]{16,128}$/.test(value)
    ? valid(value)
    : refused(`holds ${value.length} characters that no signing secret has; ${secretWhere}`);
});

/** What a secret looks like, without any of it. */
function tokenKind(value: string): string {
  const kinds: Record<string, string> = {
    "xoxb-": "a bot token that is cut short or has foreign characters in it",
    "xapp-": "an app-level token (xapp-…)",
    "xoxp-": "a user token (xoxp-…)",
    "xoxe-": "a refresh token (xoxe-…)",
  };
  return kinds[value.slice(0, 5)] ?? `${value.length} characters that are no Slack token of this kind`;
}

const slackApiUrl = variable<string>((value) => {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value))
    return refused(`is ${quoted(value)}; write e.g. https://slack.com/api/, or leave it out`);
  const { protocol, hostname } = new URL(value);
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return protocol === "https:" || isHere
    ? valid(value)
    : refused(
        `is ${quoted(value)}; tokens would travel unencrypted: write https://, or an address of this machine`,
      );
});

const variables = z.object({
  LOOM_HOME: variable((value) =>
    value.startsWith("~")
      ? refused(`is ${quoted(value)}; only a shell knows ~: write the whole path`)
      : valid(value),
  ),
  LOOM_LOCAL_PORT: wholeNumber(0, 65_535),
  LOOM_SANDBOX: oneOf(["auto", "bwrap", "none"]),
  LOOM_WORKERS_AT_ONCE: wholeNumber(1, 64),
  LOOM_LEASE_MS: wholeNumber(2_000, 600_000),
  LOOM_LOG: oneOf(["info", "warn", "error"]),
  DATABASE_URL: address(["postgres", "postgresql"], "postgres://loom@localhost:5432/loom"),
  REDIS_URL: address(["redis", "rediss"], "redis://localhost:6379"),
  SLACK_BOT_TOKEN: token("xoxb-", botWhere),
  SLACK_APP_TOKEN: token("xapp-", appWhere),
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_API_URL: slackApiUrl,
  PORT: wholeNumber(0, 65_535),
});

const names = Object.keys(variables.shape);

/** Reads every variable that LoomStack knows. Problems come all at once, name their variable and never repeat a secret. */
export function readEnvironment(env: Record<string, string | undefined>, cwd: string): ReadEnvironment {
  const swapped = areSwapped(env);
  const result = variables.safeParse(env);
  const wrong = (result.error?.issues ?? []).map((issue) => ({
    name: String(issue.path[0]),
    problem: `${String(issue.path[0])} ${issue.message}`,
  }));
  const tokens = ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"];
  const problems = [
    ...(swapped
      ? ["SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped: the bot's begins with xoxb-, the app's with xapp-"]
      : []),
    ...wrong.filter((one) => !(swapped && tokens.includes(one.name))).map((one) => one.problem),
    ...slackGaps(env),
    ...misspelt(env),
  ];
  if (result.data === undefined || problems.length > 0) return { kind: "refused", problems };
  const raw = result.data;
  return {
    kind: "valid",
    environment: {
      home: resolve(cwd, raw.LOOM_HOME ?? ".loomstack"),
      localPort: raw.LOOM_LOCAL_PORT ?? 4390,
      ...(raw.DATABASE_URL === undefined ? {} : { databaseUrl: raw.DATABASE_URL }),
      ...(raw.REDIS_URL === undefined ? {} : { redisUrl: raw.REDIS_URL }),
      slack: slackOf(raw),
      sandbox: raw.LOOM_SANDBOX ?? "auto",
      workersAtOnce: raw.LOOM_WORKERS_AT_ONCE ?? 2,
      leaseMs: raw.LOOM_LEASE_MS ?? 30_000,
      log: raw.LOOM_LOG ?? "info",
    },
  };
}

function slackOf(raw: z.output<typeof variables>): SlackAccess {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = raw;
  const api = raw.SLACK_API_URL === undefined ? {} : { apiUrl: raw.SLACK_API_URL };
  if (botToken === undefined) return { kind: "none" };
  if (appToken !== undefined) return { kind: "socket", botToken, appToken, ...api };
  if (signingSecret === undefined) return { kind: "none" };
  return { kind: "http", botToken, signingSecret, port: raw.PORT ?? 3000, ...api };
}

function areSwapped(env: Record<string, string | undefined>): boolean {
  const begins = (name: string, prefix: string) => env[name]?.trim().startsWith(prefix) === true;
  return begins("SLACK_BOT_TOKEN", "xapp-") && begins("SLACK_APP_TOKEN", "xoxb-");
}

function slackGaps(env: Record<string, string | undefined>): string[] {
  const has = (name: string) => (env[name]?.trim() ?? "") !== "";
  const hasDoor = has("SLACK_APP_TOKEN") || has("SLACK_SIGNING_SECRET");
  if (has("SLACK_BOT_TOKEN") && !hasDoor)
    return [
      `SLACK_APP_TOKEN is missing beside SLACK_BOT_TOKEN; ${appWhere} (or, for HTTP, set SLACK_SIGNING_SECRET)`,
    ];
  if (!has("SLACK_BOT_TOKEN") && hasDoor)
    return [`SLACK_BOT_TOKEN is missing beside the other Slack variables; ${botWhere}`];
  return [];
}

/** A LOOM_ variable that nobody reads and that looks like one that is read. */
function misspelt(env: Record<string, string | undefined>): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith("LOOM_") && !names.includes(name))
    .flatMap((name) => {
      const meant = nearest(
        name.slice("LOOM_".length),
        names.map((known) => known.replace(/^LOOM_/, "")),
      );
      const known = names.find((one) => one === `LOOM_${meant}`);
      return known === undefined ? [] : [`${name} is not read; did you mean ${known}?`];
    });
}
