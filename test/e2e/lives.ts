import { setTimeout as sleep } from "node:timers/promises";
import { overviewOf, type SeenOverview } from "./door.ts";
import type { Package } from "./package.ts";
import { launch, programsOf } from "./product.ts";
import type { Random } from "./random.ts";
import { hasButton, textOf, type Workspace, workspaceAt } from "./workspace.ts";

/** One process between its start and its end, by SIGKILL or because the story was over. */
export interface Life {
  end: "killed" | "story over";
  pid: number;
  said: string;
  ms: number;
  /** Where the kill fell. */
  at: string;
}

interface Plan {
  /** The kill falls so long after the process was started, was ready, or alice has approved. */
  anchor: "spawn" | "ready" | "approval";
  ms: number;
  whom: "process" | "group";
}

export interface Home {
  home: string;
  sandbox: "auto" | "none";
  /** What the folder holds: nothing, so that the start takes longer; a story in its middle; or one in which all is held. */
  holds: "nothing" | "work" | "questions";
}

/** When the next kill falls: anywhere in a start and in the work, and most of all around an approval and its landing. */
export function planKill(random: Random, { holds }: Home): Plan {
  const whom = random.chance(0.5) ? "process" : "group";
  if (random.chance(holds === "nothing" ? 0.6 : 0.15))
    return { anchor: "spawn", ms: random.between(50, holds === "nothing" ? 9_000 : 2_500), whom };
  if (holds === "questions" && random.chance(0.8))
    return { anchor: "approval", ms: random.between(0, 1_500), whom };
  return { anchor: "ready", ms: random.between(50, holds === "questions" ? 1_500 : 4_000), whom };
}

const lifeMaxMs = 120_000;

interface Running {
  at: Home;
  pid: number;
  said: () => string;
  url: () => string | undefined;
  /** How it ended, in words; null while it lives. */
  ended: () => string | null;
  /** Whether alice's click is under way, or is a thing of an earlier life. */
  approval: "none" | "clicked" | "done";
}

/** Lives one life of the story: does what people do in it, and dies at its planned moment or when nothing is left to do. */
export async function live(product: Package, at: Home, plan: Plan | null): Promise<Life> {
  const startedAt = performance.now();
  const { child, said } = launch(product, ["dev"], { home: at.home, env: { LOOM_SANDBOX: at.sandbox } });
  const pid = child.pid ?? 0;
  const running: Running = {
    at,
    pid,
    said,
    url: () => /^ready {2}(http:\S+)/m.exec(said())?.[1],
    ended: () =>
      child.exitCode === null && child.signalCode === null ? null : `${child.exitCode ?? child.signalCode}`,
    approval: "none",
  };
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const acting = act(running);
  const end = await Promise.race([acting, killAsPlanned(running, plan)]);
  process.kill(
    end === "story over" || plan?.whom !== "group" ? pid : -pid,
    end === "story over" ? "SIGTERM" : "SIGKILL",
  );
  await exited;
  await acting.catch(() => undefined);
  return {
    end: end === "story over" ? end : "killed",
    pid,
    said: said(),
    ms: performance.now() - startedAt,
    at: end,
  };
}

/** Waits for the planned moment; for ever when there is none. Answers in words where it fell. */
async function killAsPlanned(running: Running, plan: Plan | null): Promise<string> {
  if (plan === null) return new Promise(() => undefined);
  if (plan.anchor !== "spawn") while (running.url() === undefined) await breathe(running);
  if (plan.anchor === "approval") while (running.approval === "none") await breathe(running);
  await sleep(plan.ms);
  return `${Math.round(plan.ms)} ms after ${plan.anchor}, ${plan.whom}`;
}

async function breathe(running: Running): Promise<void> {
  const ended = running.ended();
  if (ended !== null) throw new Error(`loom dev ended by itself (${ended}): ${running.said()}`);
  await sleep(5);
}

/** What people do in the story: start the loop, approve the bug's revert. Answers when everything that is left waits for them. */
async function act(running: Running): Promise<"story over"> {
  const deadline = performance.now() + lifeMaxMs;
  for (;;) {
    if (performance.now() > deadline) throw new Error(await whyStuck(running));
    const url = running.url();
    const overview = url === undefined ? null : await overviewOf(running.at.home);
    if (url === undefined || overview === null) {
      await breathe(running);
      continue;
    }
    if (await takePart(running, workspaceAt(url), overview).catch(() => false)) return "story over";
    await sleep(40);
  }
}

async function whyStuck({ at, url, said }: Running): Promise<string> {
  const overview = await overviewOf(at.home);
  const workspace = workspaceAt(url() ?? "");
  const messages = (await workspace.withKey("triage", "")).map(
    ({ key, text }) => `${key} ${text.slice(0, 100)}`,
  );
  return [
    `the story is stuck; not said: ${(await unsaid(workspace)).join(", ")}`,
    JSON.stringify(overview),
    ...messages,
    said(),
  ].join("\n");
}

async function takePart(running: Running, workspace: Workspace, overview: SeenOverview): Promise<boolean> {
  const isStarted = overview.loops.some(({ state }) => state.loop === "triage" && state.switch === "running");
  if (!isStarted) {
    await workspace.command("alice", "start triage");
    return false;
  }
  const bug = overview.held.find((one) => one.title.includes("shipping:"));
  if (bug !== undefined) {
    const [card] = await workspace.withKey("triage", `hold:${bug.hold.id}`);
    if (card === undefined || !hasButton(card, "hold_approve")) return false;
    running.approval = "clicked";
    await workspace.click("alice", card, "hold_approve");
    return false;
  }
  if (overview.held.length < 2 && overview.inbox.length > 0 && running.approval === "none")
    running.approval = "done";
  return isOver(overview) && (await unsaid(workspace)).length === 0;
}

const isOver = ({ running, held, inbox, landedToday }: SeenOverview): boolean =>
  running.length === 0 && held.length === 1 && inbox.length === 1 && landedToday.length === 1;

/** What the cards do not show yet of the ends: one landed, one given up, one waiting. */
async function unsaid(workspace: Workspace): Promise<string[]> {
  const runs = (await workspace.withKey("triage", "run:")).map(textOf);
  const holds = await workspace.withKey("triage", "hold:");
  const items = await workspace.withKey("triage", "inbox:");
  const facts: [string, boolean][] = [
    ["a run that landed", runs.some((one) => /Landed as/.test(one))],
    ["a run that gave up", runs.some((one) => /Gave up/.test(one))],
    ["a run that waits", runs.some((one) => /○ hold/.test(one))],
    ["one open question", holds.filter((one) => hasButton(one, "hold_approve")).length === 1],
    ["an item of the inbox", items.length > 0],
  ];
  return facts.flatMap(([fact, isTrue]) => (isTrue ? [] : [fact]));
}

/** Programs of dead processes that still live. */
export async function orphansOf(pids: number[]): Promise<number[]> {
  return (await Promise.all(pids.map(programsOf))).flat();
}
