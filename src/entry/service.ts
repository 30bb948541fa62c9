import { startSlack } from "../adapters/slack/app.ts";
import type { SlackAccess } from "../config/environment.ts";
import { lookAround } from "../loop/look.ts";
import { perform } from "../loop/perform.ts";
import type { Log, Ports } from "../ports.ts";
import { openDoor } from "./door.ts";
import { type Wired, type Wiring, wire } from "./wire.ts";
import { startWorker, type Worker } from "./worker.ts";

export interface ServiceOptions extends Wiring {
  roles: ("bot" | "worker")[];
  /** How fast messages may follow each other; absent: as fast as Slack likes it. */
  gapsMs?: { post: number; update: number };
}

export interface Service {
  wired: Wired;
  teamUrl?: string;
  close(): Promise<void>;
}

/** How long a stopping process waits for what it is doing; what is cut off is done again by the next one. */
const graceMs = 5_000;

/** One running process of LoomStack: a bot, a worker, or both, and the command line's door into it. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { environment, log } = options;
  const reload: { worker?: Worker; ports?: Ports } = {};
  const wired = await wire({
    ...options,
    onDefinitions: (problems) => {
      if (reload.ports !== undefined) noteDefinitions(reload.ports, problems, log);
      reload.worker?.reschedule().catch((error: unknown) => log("warn", `scheduling: ${String(error)}`));
    },
  });
  const { ports } = wired;
  reload.ports = ports;
  for (const problem of ports.definitions.problems()) log("warn", problem);

  const worker = options.roles.includes("worker") ? await startWorker(ports) : null;
  if (worker !== null) reload.worker = worker;
  const slack = options.roles.includes("bot") ? await connect(ports, options) : null;
  const door = await openDoor(environment.home, ports);
  return {
    wired,
    ...(slack?.teamUrl === undefined ? {} : { teamUrl: slack.teamUrl }),
    async close() {
      await door.close();
      await slack?.close(2_000);
      worker?.stop();
      await wired.close(graceMs);
    },
  };
}

function connect(ports: Ports, { environment, gapsMs }: ServiceOptions) {
  const { slack } = environment;
  if (slack.kind === "none")
    throw new Error(
      "connecting to Slack: there is no SLACK_BOT_TOKEN; README, Going live, says where it comes from",
    );
  return startSlack({
    ...tokensOf(slack),
    record: ports.record,
    organisation: ports.definitions.organisation,
    loopNames: () => ports.definitions.loops().map((loop) => loop.name),
    perform: (actor, command) => perform(actor, command, ports),
    overview: () => lookAround(ports),
    now: ports.now,
    log: ports.log,
    ...(gapsMs === undefined ? {} : { postGapMs: gapsMs.post, updateGapMs: gapsMs.update }),
  });
}

function tokensOf(slack: Exclude<SlackAccess, { kind: "none" }>) {
  const api = slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl };
  return slack.kind === "socket"
    ? { botToken: slack.botToken, appToken: slack.appToken, ...api }
    : { botToken: slack.botToken, signingSecret: slack.signingSecret, httpPort: slack.port, ...api };
}

/** Files that became wrong are said where people look; the last good version stays in force. */
function noteDefinitions(ports: Ports, problems: string[], log: Log): void {
  if (problems.length === 0) {
    log("info", "skills and policies are read again");
    return;
  }
  for (const problem of problems) log("warn", problem);
  const at = ports.now();
  const { channel } = ports.definitions.organisation().digest;
  const text = `A change to the skills or policies is not taken; the last good version stays:\n${problems.slice(0, 5).join("\n")}`;
  ports.record
    .transact(async (tx) => {
      await tx.append({
        type: "definitions.refused",
        at,
        by: "loomstack",
        data: { problems: problems.slice(0, 20) },
      });
      await tx.say({
        key: `definitions:${at.toISOString()}`,
        channel,
        card: { kind: "notice", tone: "warning", text, people: [] },
      });
    })
    .catch((error: unknown) => log("error", `saying that definitions are refused: ${String(error)}`));
}
