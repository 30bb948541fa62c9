import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { openDeploys } from "../adapters/agents/open-deploys.ts";
import { openMakers } from "../adapters/agents/open-makers.ts";
import { openChecks } from "../adapters/checks/open-checks.ts";
import { openCode } from "../adapters/git/code.ts";
import { openQueue, type QueuePlace } from "../adapters/queue/open-queue.ts";
import { openEmbedded } from "../adapters/record/embedded.ts";
import { openPostgres } from "../adapters/record/postgres.ts";
import { openSandbox } from "../adapters/sandbox/open-sandbox.ts";
import { openSymbols } from "../adapters/treesitter/open-symbols.ts";
import type { Overrides } from "../config/definitions.ts";
import type { Environment } from "../config/environment.ts";
import { watchDefinitions } from "../config/watch-definitions.ts";
import type { RecordStore } from "../ports/record.ts";
import type { Log, Ports } from "../ports.ts";
import { ruleOptions } from "./check-rules.ts";

export interface Wiring {
  environment: Environment;
  /** Where skills and policies are. */
  root: string;
  overrides?: Overrides;
  log: Log;
  onDefinitions?: (problems: string[]) => void;
}

export interface Wired {
  ports: Ports;
  /** What confines makers and checks here, in words. */
  confinement: string;
  /** Where the record and the queue are, in words. */
  storage: string;
  /** Ends work, at most `graceMs`, then the queue, then the record that it may live in. */
  close(graceMs: number): Promise<void>;
}

/** Chooses the adapters and joins them: the one place that knows which database, queue, git and sandbox there are. */
export async function wire({ environment, root, overrides, log, onDefinitions }: Wiring): Promise<Wired> {
  const { home } = environment;
  mkdirSync(home, { recursive: true });
  const definitions = await watchDefinitions(root, {
    ...ruleOptions,
    ...(overrides === undefined ? {} : { overrides }),
    ...(onDefinitions === undefined ? {} : { onChange: onDefinitions }),
  });
  const storage = await openStorage(environment, log);
  const queue = await openQueue(storage.queuePlace, {
    concurrency: environment.workersAtOnce,
    leaseMs: environment.leaseMs,
    log,
  });
  const sandbox = await openSandbox({
    home,
    mode: environment.sandbox,
    readable: [],
    path: process.env["PATH"] ?? "",
    log,
  });

  const repository = (name: string) =>
    definitions.organisation().repositories.find((one) => one.name === name);
  const ports: Ports = {
    record: storage.record,
    queue,
    code: openCode({ home, remotes: repository, log, environment: process.env }),
    checks: openChecks({ run: sandbox.run, log }),
    makers: openMakers({
      run: sandbox.run,
      env: process.env,
      node: process.execPath,
      mirrors: join(home, "mirrors"),
      log,
    }),
    symbols: openSymbols(),
    deploys: openDeploys({ run: sandbox.run, env: process.env }),
    definitions,
    now: () => new Date(),
    newId,
    worker: `${hostname()}-${process.pid}`,
    leaseMs: environment.leaseMs,
    log,
  };
  return {
    ports,
    confinement: sandbox.why,
    storage: storage.words,
    async close(graceMs) {
      definitions.close();
      await queue.close(graceMs);
      await storage.record.close();
    },
  };
}

interface Storage {
  record: RecordStore;
  queuePlace: QueuePlace;
  words: string;
}

async function openStorage({ home, databaseUrl, redisUrl }: Environment, log: Log): Promise<Storage> {
  if (databaseUrl !== undefined) {
    const { record } = await openPostgres(databaseUrl);
    if (redisUrl !== undefined)
      return { record, queuePlace: { redisUrl }, words: "Postgres, queue on Redis" };
    log(
      "warn",
      "DATABASE_URL without REDIS_URL: the queue lives in Postgres, which is for one worker; set REDIS_URL before you start a second",
    );
    return { record, queuePlace: { databaseUrl }, words: "Postgres, queue in it" };
  }
  const { record, pglite } = await openEmbedded(home, { log });
  if (redisUrl !== undefined) return { record, queuePlace: { redisUrl }, words: `${home}, queue on Redis` };
  return { record, queuePlace: { pglite }, words: home };
}

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

const newId: Ports["newId"] = (prefix) =>
  `${prefix}-${Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join("")}`;
