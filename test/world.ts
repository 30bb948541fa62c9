import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, afterEach, expect } from "vitest";
import { openDeploys } from "../src/adapters/agents/open-deploys.ts";
import { openChecks } from "../src/adapters/checks/open-checks.ts";
import { openCode } from "../src/adapters/git/code.ts";
import { openPglite } from "../src/adapters/record/open-pglite.ts";
import { openSandbox } from "../src/adapters/sandbox/open-sandbox.ts";
import { openSymbols } from "../src/adapters/treesitter/open-symbols.ts";
import { due } from "../src/config/cadence.ts";
import type { Answer } from "../src/domain/answer.ts";
import type { Card, Message } from "../src/domain/card.ts";
import type { Command } from "../src/domain/command.ts";
import type { Hold } from "../src/domain/hold.ts";
import type { LoopDefinition } from "../src/domain/loop.ts";
import type { Organisation } from "../src/domain/organisation.ts";
import type { Run } from "../src/domain/run.ts";
import { sendDigest } from "../src/loop/digest.ts";
import { perform } from "../src/loop/perform.ts";
import { pump } from "../src/loop/pump.ts";
import { advance } from "../src/loop/run.ts";
import { tick } from "../src/loop/tick.ts";
import type { Ended, Makers } from "../src/ports/processes.ts";
import type { RecordStore } from "../src/ports/record.ts";
import type { Ports } from "../src/ports.ts";
import { tempFolder } from "./adapters/git/world.ts";
import { type DrainedQueue, openDrainedQueue } from "./fakes/queue.ts";
import { loopOf, organisationOf } from "./world/definitions.ts";
import { openShop, type Shop, shopAt } from "./world/shop.ts";

/** What a maker's program does in its checkout; without an answer it has exited with 0. */
type MakerProgram = (
  job: Parameters<Makers["run"]>[1],
  signal: AbortSignal,
) => Promise<Ended | undefined> | Ended | undefined;

/**
 * The whole line without doors: the record in a PGlite, real git on real repositories, the real checks; a queue that works when
 * asked, definitions and a clock that a test sets.
 */
export interface World {
  shop: Shop;
  home: string;
  ports: Ports;
  record: RecordStore;
  queue: DrainedQueue;
  organisation: Organisation;
  loops: LoopDefinition[];
  logged: string[];
  /** Errors that handlers threw in `drain`. */
  thrown: string[];
  maker: MakerProgram;
  /** Prompts that makers were given. */
  prompts: string[];
  later: (ms: number) => void;
  /** Hands out hints and works until there is none. */
  drain: (ports?: Ports, isDead?: () => boolean) => Promise<void>;
  ask: (person: string, command: Command) => Promise<Answer>;
  /** Asks, and works until it is quiet. */
  say: (person: string, command: Command) => Promise<Answer>;
  /** Starts a loop and works until it is quiet. */
  start: (loop?: string) => Promise<void>;
  tick: (loop?: string) => Promise<void>;
  runs: () => Promise<Run[]>;
  /** The one run there is. */
  run: () => Promise<Run>;
  /** The one hold that waits. */
  waiting: () => Promise<Hold>;
  holds: () => Promise<Hold[]>;
  /** What was said by now, as a chat shows it: the newest version of each message. */
  messages: () => Promise<Map<string, Message>>;
  cards: <K extends Card["kind"]>(kind: K) => Promise<Extract<Card, { kind: K }>[]>;
  events: (type: string) => Promise<{ [key: string]: unknown }[]>;
  sql: <T>(statement: string) => Promise<T[]>;
  /** As when more time passed in the record than a lease, or a wait before another try, lasts. */
  lapse: () => Promise<void>;
  /** Keeps the world as it is now, for other tests of this file to begin with. */
  save: () => Promise<Saved>;
}

interface Saved {
  root: string;
  schema: string;
  nowMs: number;
  ids: number;
}

let opened: Promise<{ pglite: PGlite; record: RecordStore }> | undefined;
const homes: string[] = [];
const saves: Saved[] = [];

/** One database for all tests of a file; each begins with empty tables, or with those of a saved world. */
async function openRecord(saved: Saved | undefined) {
  opened ??= PGlite.create().then(async (pglite) => ({ pglite, record: await openPglite(pglite) }));
  const { pglite, record } = await opened;
  const tables = await tablesOf(pglite);
  await pglite.exec(`truncate ${tables.map((name) => `loom.${name}`).join(", ")} restart identity`);
  if (saved !== undefined) {
    const copies: string[] = [];
    for (const name of tables) {
      const columns = await columnsOf(pglite, name);
      copies.push(`insert into loom.${name} (${columns}) select ${columns} from ${saved.schema}.${name};`);
    }
    const { rows } = await pglite.query<{ name: string }>(
      "select schemaname || '.' || sequencename as name from pg_sequences where schemaname = 'loom'",
    );
    const sequences = rows.map(({ name }) => `select setval('${name}', 1000);`);
    // Foreign keys would ask for the tables in their order.
    const [off, on] = ["set session_replication_role = replica;", "set session_replication_role = default;"];
    await pglite.exec([off, ...copies, ...sequences, on].join("\n"));
  }
  return { pglite, record };
}

/** What may be written: a generated column makes itself. */
async function columnsOf(pglite: PGlite, table: string): Promise<string> {
  const { rows } = await pglite.query<{ name: string }>(
    "select quote_ident(column_name) as name from information_schema.columns where table_schema = 'loom' and table_name = $1 and is_generated = 'NEVER'",
    [table],
  );
  return rows.map((row) => row.name).join(", ");
}

async function tablesOf(pglite: PGlite): Promise<string[]> {
  const { rows } = await pglite.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'loom' and tablename not like '%migrations%'",
  );
  return rows.map((row) => row.name);
}

function copyOf(saved: Saved): Shop {
  const root = tempFolder();
  cpSync(saved.root, root, { recursive: true, verbatimSymlinks: true });
  const shop = shopAt(root);
  shop.git("remote", "set-url", "origin", shop.remote);
  return shop;
}

afterEach(() => {
  const left = homes
    .splice(0)
    .flatMap((home) => (existsSync(join(home, "checkouts")) ? readdirSync(join(home, "checkouts")) : []));
  expect(left, "checkouts that nobody removed").toEqual([]);
});
afterAll(async () => {
  for (const { root } of saves.splice(0)) rmSync(root, { recursive: true, force: true });
  await (await opened)?.record.close();
});

export interface WorldWish {
  /** Begins as that world was when it was saved. */
  from?: Saved;
  shop?: Shop;
  loops?: LoopDefinition[];
  maker?: MakerProgram;
  sandbox?: "none" | "auto";
  /** For tests in which a worker dies and its checkouts wait for the next process. */
  mayLeaveCheckouts?: boolean;
}

export async function openWorld(wish: WorldWish = {}): Promise<World> {
  const shop = wish.shop ?? (wish.from === undefined ? await openShop() : copyOf(wish.from));
  const home = join(shop.root, "home");
  if (wish.mayLeaveCheckouts !== true) homes.push(home);
  const { pglite, record } = await openRecord(wish.from);
  const logged: string[] = [];
  const log: Ports["log"] = (level, text) => void logged.push(`${level} ${text}`);
  const organisation = organisationOf(shop.remote);
  const loops = wish.loops ?? [loopOf()];
  const queue = openDrainedQueue();
  const { run } = await openSandbox({ home, mode: wish.sandbox ?? "none", readable: [], log });
  logged.length = 0;

  let nowMs = wish.from?.nowMs ?? Date.parse("2026-03-02T10:00:00Z");
  let ids = wish.from?.ids ?? 0;
  const ports: Ports = {
    record,
    queue,
    code: openCode({
      home,
      remotes: (name) => organisation.repositories.find((one) => one.name === name),
      log,
      environment: { PATH: process.env["PATH"], HOME: shop.root },
    }),
    checks: openChecks({ run, log }),
    symbols: openSymbols(),
    makers: {
      async run(_maker, job, signal) {
        world.prompts.push(job.prompt);
        const ended = await world.maker(job, signal);
        return ended ?? { kind: "exited", exit: 0, output: "done", isCut: false, ms: 1 };
      },
    },
    deploys: openDeploys({ run, env: {} }),
    definitions: { organisation: () => organisation, loops: () => loops, problems: () => [], due },
    now: () => {
      nowMs += 1;
      return new Date(nowMs);
    },
    newId: (prefix) => {
      ids += 1;
      return `${prefix}-${String(ids).padStart(10, "0")}`;
    },
    worker: "worker-1",
    leaseMs: 30_000,
    log,
  };

  const said = new Map<string, Message>();
  const world: World = {
    shop,
    home,
    ports,
    record,
    queue,
    organisation,
    loops,
    logged,
    thrown: [],
    prompts: [],
    maker: wish.maker ?? (() => undefined),
    later: (ms) => {
      nowMs += ms;
    },
    async drain(by = ports, isDead = () => false) {
      for (let steps = 0; steps < 100 && !isDead(); steps += 1) {
        try {
          await pump(by);
          const worked = await queue.step({
            advance: (runId, signal) => advance(runId, by, signal),
            tick: (loop, why) => tick(loop, why, by, new AbortController().signal),
            digest: () => sendDigest(by),
          });
          if (!worked) return;
        } catch (error) {
          world.thrown.push(error instanceof Error ? error.message : String(error));
        }
      }
      if (!isDead()) throw new Error("the queue never came to rest");
    },
    ask: (person, command) => perform({ kind: "person", person }, command, ports),
    async say(person, command) {
      const answer = await world.ask(person, command);
      await world.drain();
      return answer;
    },
    async start(loop = "triage") {
      const answer = await world.say("ada", { kind: "start", loop });
      expect(answer).toMatchObject({ kind: "done" });
    },
    async tick(loop = "triage") {
      await tick(loop, "test", ports, new AbortController().signal);
      await world.drain();
    },
    async runs() {
      const rows = await world.sql<{ id: string }>("select id from loom.run order by started_at, id");
      return Promise.all(rows.map(async ({ id }) => present(await record.run(id), `run ${id}`)));
    },
    run: async () => only(await world.runs(), "run"),
    waiting: async () =>
      only(
        (await world.holds()).filter((one) => one.state === "waiting"),
        "waiting hold",
      ),
    async holds() {
      const runs = await world.runs();
      return (await Promise.all(runs.map((one) => record.holds(one.id)))).flat();
    },
    async messages() {
      for (;;) {
        const batch = await record.takeUnsentMessages(100, 60_000);
        if (batch.length === 0) return said;
        for (const { message, version } of batch) {
          said.set(message.key, message);
          const sent = { channel: message.channel, ts: `${said.size}.${version}` };
          await record.markMessageSent(message.key, version, sent);
        }
      }
    },
    async cards(kind) {
      const all = [...(await world.messages()).values()].map((message) => message.card);
      return all.filter((card) => card.kind === kind) as never;
    },
    async events(type) {
      const events = await record.events({ limit: 1000 });
      return events.filter((one) => one.type === type).map((one) => ({ by: one.by, ...one.data }));
    },
    sql: async <T>(statement: string) => (await pglite.query<T>(statement)).rows,
    async lapse() {
      await pglite.exec(
        "update loom.run set lease_until = lease_until - interval '1 hour', moved_at = moved_at - interval '1 hour'; update loom.claim set expires_at = clock_timestamp() - interval '1 second' where expires_at < '9999-01-01'; update loom.outbox set due_at = clock_timestamp() where topic not like 'wake %'",
      );
    },
    async save() {
      const saved = {
        root: mkdtempSync(join(tmpdir(), "loom-saved-")),
        schema: `saved_${saves.length}`,
        nowMs,
        ids,
      };
      cpSync(shop.root, saved.root, { recursive: true, verbatimSymlinks: true });
      const copies = (await tablesOf(pglite)).map(
        (name) => `create table ${saved.schema}.${name} as table loom.${name};`,
      );
      await pglite.exec(`create schema ${saved.schema};\n${copies.join("\n")}`);
      saves.push(saved);
      return saved;
    },
  };
  return world;
}

/** What an answer to this hold names. */
export const answering = ({ id, digest }: Pick<Hold, "id" | "digest">) => ({ holdId: id, digest });

export function only<T>(all: T[], what: string): T {
  const [first, ...others] = all;
  if (first === undefined || others.length > 0)
    throw new Error(`expected one ${what}, there are ${all.length}`);
  return first;
}

export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
