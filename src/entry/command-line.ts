import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backup, restore } from "../adapters/record/backup.ts";
import type { Environment } from "../config/environment.ts";
import type { Answer } from "../domain/answer.ts";
import { startDev } from "./dev.ts";
import { examine } from "./doctor.ts";
import { answerWords, askDoor } from "./door.ts";
import { makeLog } from "./log.ts";
import { runPolicy } from "./policy.ts";
import { printAnswer } from "./print-answer.ts";
import { runReplay } from "./replay/replay.ts";
import { startService } from "./service.ts";
import { definitionsRoot, packageRoot, readSettings } from "./settings.ts";
import { wire } from "./wire.ts";

type Flags = { [name: string]: string | boolean | undefined };

const usage = `loom: the layer above your loops

  loom dev [--repo PATH --check "npm test"]   everything on this machine, with a local Slack in the browser
  loom start                                  bot and worker in one process (tokens in .env)
  loom bot | loom worker                      one of them; any number of workers on Postgres and Redis
  loom status | inbox | digest                one look at everything; what needs people; the day's outcomes
  loom trace SHA|RUN                          which loop made this commit
  loom why RUN|FINDING                        what a run did, step by step
  loom who [PATH|LOOP|PERSON]                 runs, claims, open changes and holds there
  loom state LOOP                             what a loop knows: open, tried, waiting, decided
  loom memory [list|show ID|forget ID]        what was decided and learned (forget wants --as PERSON)
  loom do WORDS --as PERSON                   any command that Slack takes, e.g. loom do start triage --as alice
  loom replay report|undo|pairs|dependency    what a repository's own history would have met
  loom policy validate|test|explain|try       the rules: check them, try them, ask why (loom policy says more)
  loom verify                                 recompute the trace's hash chain
  loom backup FILE | loom restore FILE        the embedded record as one file
  loom doctor                                 what this machine offers, and what is missing
  loom health                                 exit 0 when a process of this LOOM_HOME answers

  --json prints answers as JSON. LOOM_HOME names the data folder (default .loomstack).
`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Runs one command line and answers its exit status: 0 done, 1 refused or broken, 2 not understood. */
export async function runCommandLine(words: string[], flags: Flags): Promise<number> {
  const [verb, ...rest] = words;
  if (flags["version"] === true) {
    say(String(JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version));
    return 0;
  }
  if (verb === undefined || verb === "help" || flags["help"] === true) {
    say(usage);
    return 0;
  }
  const environment = readSettings();
  switch (verb) {
    case "dev":
      return runDev(environment, flags);
    case "start":
      return rest.length > 0
        ? ask(environment, `start ${rest.join(" ")}`, flags)
        : runService(environment, ["bot", "worker"]);
    case "bot":
    case "worker":
      return runService(environment, [verb]);
    case "do":
      return ask(environment, rest.join(" "), flags);
    case "status":
    case "inbox":
    case "digest":
    case "trace":
    case "why":
    case "who":
    case "state":
    case "memory":
      return ask(environment, words.join(" "), flags);
    case "replay":
      return runReplay(rest, flags, process.env["PATH"] ?? "");
    case "policy":
      return runPolicy(rest, flags, environment);
    case "verify":
      return verify(environment);
    case "backup":
    case "restore":
      return copyRecord(environment, verb, rest[0]);
    case "doctor":
      return doctor(environment);
    case "health":
      return health(environment);
    default:
      process.stderr.write(`loom: I don't know "${verb.slice(0, 40)}"\n\n${usage}`);
      return 2;
  }
}

async function runDev(environment: Environment, flags: Flags): Promise<number> {
  const text = (name: string) => (typeof flags[name] === "string" ? { [name]: flags[name] } : {});
  const startedAt = performance.now();
  const dev = await startDev({
    environment,
    log: makeLog(environment.log),
    say,
    ...text("repo"),
    ...text("check"),
  });
  say(`ready  ${dev.url}   (${((performance.now() - startedAt) / 1000).toFixed(1)} s; Ctrl-C stops)`);
  return untilStopped(dev.close);
}

async function runService(environment: Environment, roles: ("bot" | "worker")[]): Promise<number> {
  const log = makeLog(environment.log);
  const service = await startService({ environment, root: definitionsRoot(), log, roles });
  log(
    "info",
    `up: ${roles.join(" and ")}, record in ${service.wired.storage}, programs: ${service.wired.confinement}`,
  );
  return untilStopped(service.close);
}

/** Waits for Ctrl-C or SIGTERM, then closes; a second signal ends at once. */
async function untilStopped(close: () => Promise<void>): Promise<number> {
  await new Promise<void>((resolve) => {
    const stop = () => {
      for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  });
  say("stopping");
  await close();
  // Libraries may leave a timer or a socket behind; everything of ours is closed.
  process.exit(0);
}

/** Through the running process when there is one; else on the record itself. */
async function ask(environment: Environment, words: string, flags: Flags): Promise<number> {
  const person = typeof flags["as"] === "string" ? flags["as"] : "";
  const answer =
    (await askDoor(environment.home, "/command", { person, words })) ??
    (await askRecord(environment, person, words));
  say(flags["json"] === true ? JSON.stringify(answer, null, 2) : printAnswer(answer));
  return answer.kind === "refused" ? 1 : 0;
}

async function askRecord(environment: Environment, person: string, words: string): Promise<Answer> {
  const wired = await wire({ environment, root: definitionsRoot(), log: makeLog("error") });
  try {
    return await answerWords(wired.ports, person, words);
  } finally {
    await wired.close(1_000);
  }
}

async function verify(environment: Environment): Promise<number> {
  const wired = await wire({ environment, root: definitionsRoot(), log: makeLog("error") });
  try {
    const chain = await wired.ports.record.verifyChain();
    say(
      chain.kind === "whole"
        ? `whole: ${chain.events} events`
        : `broken at event ${chain.brokenAt}: it or an earlier one was changed`,
    );
    return chain.kind === "whole" ? 0 : 1;
  } finally {
    await wired.close(1_000);
  }
}

async function copyRecord(
  { home, databaseUrl }: Environment,
  verb: "backup" | "restore",
  file: string | undefined,
): Promise<number> {
  if (file === undefined) throw new Error(`${verb}: name the file, e.g. loom ${verb} loom-backup.tar.gz`);
  if (databaseUrl !== undefined)
    throw new Error(`${verb}: the record is in Postgres; use pg_dump and pg_restore`);
  if (verb === "backup") await backup(home, file);
  else await restore(file, home);
  say(verb === "backup" ? `${file} holds the record of ${home}` : `${home} holds the record of ${file}`);
  return 0;
}

async function doctor(environment: Environment): Promise<number> {
  const findings = await examine(environment);
  const marks = { good: "✓", warning: "!", trouble: "✗" };
  for (const { state, text } of findings) say(`${marks[state]} ${text}`);
  return findings.some((one) => one.state === "trouble") ? 1 : 0;
}

async function health({ home }: Environment): Promise<number> {
  const answer = await askDoor(home, "/health", { person: "", words: "" });
  say(answer === null ? "nothing answers" : "up");
  return answer === null ? 1 : 0;
}
