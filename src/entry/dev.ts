import { join } from "node:path";
import { splitCommand } from "../config/argv.ts";
import { type Overrides, readDefinitions } from "../config/definitions.ts";
import type { Environment } from "../config/environment.ts";
import type { LoopDefinition } from "../domain/loop.ts";
import type { Organisation } from "../domain/organisation.ts";
import { createSample } from "../local/sample/sample.ts";
import { startLocalSlack } from "../local/slack/server.ts";
import type { Log } from "../ports.ts";
import { ruleOptions } from "./check-rules.ts";
import { copyRepository, ownHome } from "./own-repository.ts";
import { type Service, startService } from "./service.ts";
import { definitionsRoot, packageRoot } from "./settings.ts";

export interface DevOptions {
  environment: Environment;
  /** A person's own repository instead of the sample. */
  repo?: string;
  check?: string;
  log: Log;
  say: (line: string) => void;
}

interface Stage {
  home: string;
  remote: string;
  overrides: Overrides;
  hint: string;
}

/** Everything in one process: record, queue, worker, bot, the local Slack workspace and a repository with a history. */
export async function startDev(options: DevOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { say } = options;
  const stage =
    options.repo === undefined ? await sampleStage(options) : await ownStage(options, options.repo);
  const root = definitionsRoot();
  const definitions = await readDefinitions(root, stage.overrides, ruleOptions);
  if (definitions.kind === "refused") throw new Error(definitions.problems.join("\n"));

  const slack = await startLocalSlack({
    port: options.environment.localPort,
    manifestPath: join(packageRoot, "manifest.yml"),
    ...workspaceOf(definitions),
    statePath: join(stage.home, "slack.jsonl"),
  });
  say(`slack       a local workspace, ${definitions.organisation.people.length} people`);

  const access = {
    kind: "socket",
    botToken: slack.botToken,
    appToken: slack.appToken,
    apiUrl: `${slack.url}/api/`,
  } as const;
  const service = await startService({
    environment: { ...options.environment, home: stage.home, slack: access },
    root,
    overrides: stage.overrides,
    log: options.log,
    roles: ["bot", "worker"],
    gapsMs: { post: 50, update: 200 },
  }).catch(async (error: unknown) => {
    await slack.close();
    throw error;
  });
  sayStarted(service, stage, say);
  return {
    url: slack.url,
    async close() {
      await service.close();
      await slack.close();
    },
  };
}

function sayStarted({ wired }: Service, stage: Stage, say: (line: string) => void): void {
  const { definitions } = wired.ports;
  say(`record      ${wired.storage}`);
  say(`sandbox     ${wired.confinement}`);
  say(
    `loops       ${definitions
      .loops()
      .map((loop) => `${loop.name} (${loop.cadence.words})`)
      .join(", ")}`,
  );
  say(`try         ${stage.hint}`);
}

async function sampleStage({ environment, say }: DevOptions): Promise<Stage> {
  const sample = await createSample(join(environment.home, "sample"), { path: process.env["PATH"] ?? "" });
  say(`repository  the sample shop, ${sample.remote}`);
  return {
    home: environment.home,
    remote: sample.remote,
    overrides: { repositories: { shop: { remote: sample.remote } } },
    hint: "/loom start triage",
  };
}

async function ownStage({ environment, check, say }: DevOptions, repo: string): Promise<Stage> {
  const argv = splitCommand(check ?? "npm test");
  if (argv.kind === "refused") throw new Error(`--check ${argv.reason}`);
  const home = ownHome(environment.home, repo);
  const own = await copyRepository(repo, home);
  say(
    `repository  ${own.name}, branch ${own.target}; what lands goes to ${own.remote} and not to your checkout`,
  );
  say(`            to take it: git pull ${own.remote} ${own.target}`);
  return {
    home,
    remote: own.remote,
    overrides: {
      repositories: { [own.name]: { remote: own.remote, target: own.target } },
      loops: {
        triage: { repository: own.name, check: { argv: argv.value, borrow: own.borrow, network: false } },
      },
    },
    hint: `/loom start triage   (checks with: ${argv.value.join(" ")})`,
  };
}

function topicFor(channel: string, loops: LoopDefinition[]): string {
  const names = loops.filter((loop) => loop.channel === channel).map((loop) => loop.name);
  return `What ${names.join(" and ")} ${names.length === 1 ? "does" : "do"}`;
}

/** The people, groups and channels that the files speak of, as Slack would have them. */
function workspaceOf({ organisation, loops }: { organisation: Organisation; loops: LoopDefinition[] }) {
  const channels = [...new Set([organisation.digest.channel, ...loops.map((loop) => loop.channel)])];
  const slackId = (person: string) => organisation.people.find((one) => one.id === person)?.slack;
  return {
    users: organisation.people.flatMap((one) =>
      one.slack === undefined ? [] : { id: one.slack, name: one.id, realName: one.name },
    ),
    channels: channels.map((name, index) => ({
      id: `C${String(index + 1).padStart(2, "0")}${name.toUpperCase().replace(/[^A-Z0-9]/g, "")}`,
      name,
      topic: name === organisation.digest.channel ? "The day's digest" : topicFor(name, loops),
    })),
    userGroups: organisation.groups.map((group) => ({
      id: `S0${group.name.toUpperCase().replace(/[^A-Z0-9]/g, "")}`,
      handle: group.name,
      name: group.name,
      users: group.members.flatMap((person) => slackId(person) ?? []),
    })),
  };
}
