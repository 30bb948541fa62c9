import { describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/config/environment.ts";

const bot = "xoxb-local-0123456789abcdef";
const app = "xapp-1-A01-0123456789abcdef";
const problemsOf = (env: Record<string, string>) => {
  const read = readEnvironment(env, "/srv/loom");
  return read.kind === "refused" ? read.problems : [];
};
const environmentOf = (env: Record<string, string>) => {
  const read = readEnvironment(env, "/srv/loom");
  return read.kind === "valid" ? read.environment : read.problems;
};

test("nothing set gives the defaults", () => {
  expect(environmentOf({ PATH: "/bin", SLACK_APP_TOKEN: "", LOOM_HOME: " " })).toEqual({
    home: "/srv/loom/.loomstack",
    localPort: 4390,
    slack: { kind: "none" },
    sandbox: "auto",
    workersAtOnce: 2,
    leaseMs: 30_000,
    log: "info",
  });
});

test("everything set", () => {
  expect(
    environmentOf({
      LOOM_HOME: "/var/lib/loom",
      LOOM_LOCAL_PORT: "0",
      DATABASE_URL: "postgres://loom:secret@db/loom",
      REDIS_URL: "rediss://cache:6380",
      SLACK_BOT_TOKEN: ` ${bot} `,
      SLACK_APP_TOKEN: app,
      SLACK_SIGNING_SECRET: "0123456789abcdef0123456789abcdef",
      SLACK_API_URL: "http://127.0.0.1:4390/api/",
      LOOM_SANDBOX: "bwrap",
      LOOM_WORKERS_AT_ONCE: "8",
      LOOM_LEASE_MS: "5000",
      LOOM_LOG: "warn",
    }),
  ).toEqual({
    home: "/var/lib/loom",
    localPort: 0,
    databaseUrl: "postgres://loom:secret@db/loom",
    redisUrl: "rediss://cache:6380",
    slack: { kind: "socket", botToken: bot, appToken: app, apiUrl: "http://127.0.0.1:4390/api/" },
    sandbox: "bwrap",
    workersAtOnce: 8,
    leaseMs: 5000,
    log: "warn",
  });
});

test("a signing secret without an app token means HTTP", () => {
  const secret = "0123456789abcdef0123456789abcdef";

  expect(environmentOf({ SLACK_BOT_TOKEN: bot, SLACK_SIGNING_SECRET: secret })).toMatchObject({
    slack: { kind: "http", botToken: bot, signingSecret: secret, port: 3000 },
  });
  expect(environmentOf({ SLACK_BOT_TOKEN: bot, SLACK_SIGNING_SECRET: secret, PORT: "8080" })).toMatchObject({
    slack: { port: 8080 },
  });
});

describe("each wrong variable is named with its remedy", () => {
  test.each([
    [
      { SLACK_BOT_TOKEN: app, SLACK_APP_TOKEN: bot },
      "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped: the bot's begins with xoxb-, the app's with xapp-",
    ],
    [
      { SLACK_BOT_TOKEN: app, SLACK_APP_TOKEN: app },
      "SLACK_BOT_TOKEN holds an app-level token (xapp-…); copy the Bot User OAuth Token (xoxb-…)",
    ],
    [{ SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: bot }, "SLACK_APP_TOKEN holds a bot token"],
    [
      { SLACK_BOT_TOKEN: "xoxp-0123456789", SLACK_APP_TOKEN: app },
      "SLACK_BOT_TOKEN holds a user token (xoxp-…); copy the Bot User",
    ],
    [
      { SLACK_BOT_TOKEN: "hunter2", SLACK_APP_TOKEN: app },
      "SLACK_BOT_TOKEN holds 7 characters that are no Slack token",
    ],
    [
      { SLACK_BOT_TOKEN: `"${bot}"`, SLACK_APP_TOKEN: app },
      "SLACK_BOT_TOKEN holds a token with quotes around it; remove the quotes",
    ],
    [
      { SLACK_BOT_TOKEN: bot },
      "SLACK_APP_TOKEN is missing beside SLACK_BOT_TOKEN; make an App-Level Token (xapp-…) with connections:write",
    ],
    [
      { SLACK_APP_TOKEN: app },
      "SLACK_BOT_TOKEN is missing beside the other Slack variables; copy the Bot User OAuth Token",
    ],
    [
      { SLACK_BOT_TOKEN: bot, SLACK_SIGNING_SECRET: app },
      "SLACK_SIGNING_SECRET holds an app-level token (xapp-…); copy the Signing Secret",
    ],
    [
      { SLACK_BOT_TOKEN: bot, SLACK_SIGNING_SECRET: "short" },
      "SLACK_SIGNING_SECRET holds 5 characters that no signing secret has",
    ],
    [
      { SLACK_API_URL: "http://slack.example/api/" },
      'SLACK_API_URL is "http://slack.example/api/"; tokens would travel unencrypted',
    ],
    [{ SLACK_API_URL: "slack.com" }, 'SLACK_API_URL is "slack.com"; write e.g. https://slack.com/api/'],
    [
      { DATABASE_URL: "mysql://loom:hunter2@db/loom" },
      "DATABASE_URL holds an address that begins with mysql://; write e.g. postgres://",
    ],
    [{ DATABASE_URL: "hunter2" }, "DATABASE_URL holds no address; write e.g. postgres://"],
    [
      { REDIS_URL: "http://hunter2@cache" },
      "REDIS_URL holds an address that begins with http://; write e.g. redis://localhost:6379",
    ],
    [{ LOOM_LOCAL_PORT: "70000" }, 'LOOM_LOCAL_PORT is "70000"; write a whole number from 0 to 65535'],
    [{ LOOM_LOCAL_PORT: "43e2" }, 'LOOM_LOCAL_PORT is "43e2"'],
    [{ PORT: "-1" }, 'PORT is "-1"; write a whole number'],
    [{ LOOM_LEASE_MS: "30" }, 'LOOM_LEASE_MS is "30"; write a whole number from 2000 to 600000'],
    [{ LOOM_WORKERS_AT_ONCE: "0" }, 'LOOM_WORKERS_AT_ONCE is "0"; write a whole number from 1 to 64'],
    [{ LOOM_SANDBOX: "bwarp" }, 'LOOM_SANDBOX is "bwarp"; did you mean "bwrap"?'],
    [{ LOOM_SANDBOX: "docker" }, 'LOOM_SANDBOX is "docker"; allowed: auto, bwrap, none'],
    [{ LOOM_LOG: "debug" }, 'LOOM_LOG is "debug"; allowed: info, warn, error'],
    [{ LOOM_HOME: "~/loom" }, 'LOOM_HOME is "~/loom"; only a shell knows ~'],
    [{ LOOM_LOCALPORT: "4391" }, "LOOM_LOCALPORT is not read; did you mean LOOM_LOCAL_PORT?"],
  ])("%j", (env, problem) => {
    const problems = problemsOf(env);

    expect(problems).toEqual([expect.stringContaining(problem)]);
    for (const secret of ["hunter2", "0123456789"]) expect(problems.join()).not.toContain(secret);
  });

  test("all at once", () => {
    const env = { LOOM_LOG: "loud", PORT: "x", REDIS_URL: "x", SLACK_BOT_TOKEN: "x", LOOM_SANDBX: "none" };

    expect(problemsOf(env).map((problem) => problem.split(" ")[0])).toEqual([
      "LOOM_LOG",
      "REDIS_URL",
      "SLACK_BOT_TOKEN",
      "PORT",
      "SLACK_APP_TOKEN",
      "LOOM_SANDBX",
    ]);
  });
});
