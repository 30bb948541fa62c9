import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { until } from "../services/until.ts";
import { overviewOf, storyOf } from "./door.ts";
import { type Home, type Life, live, orphansOf, planKill } from "./lives.ts";
import { installPackage, type Package } from "./package.ts";
import { git, loom, startDev, type TempHome, tempHome } from "./product.ts";
import { seeded } from "./random.ts";
import { threeOutcomes, workspaceAt } from "./workspace.ts";

// Everything of the story happens exactly once, however often and wherever its process is killed. CRASH_SEED and CRASH_KILLS
// repeat a failed run's plan; the moments themselves shift with the machine.
const seed = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);
const killsWanted = Number(process.env["CRASH_KILLS"] ?? 15);
const minutesMax = 20;

let shipped: Package;
const homes: TempHome[] = [];

beforeAll(async () => {
  shipped = await installPackage();
}, 120_000);

afterAll(async () => {
  for (const one of process.env["CRASH_KEEP"] === undefined ? homes : []) await one.remove();
  await shipped?.remove();
});

it(
  `does everything exactly once although it is killed ${killsWanted} times`,
  async () => {
    const lives: Life[] = [];
    onTestFailed(() => {
      console.error(`repeat with CRASH_SEED=${seed}; the lives were:`);
      for (const one of lives)
        console.error(`${one.end} ${one.at} (${Math.round(one.ms)} ms, pid ${one.pid})`);
      console.error(`the last one said:\n${lives.at(-1)?.said}`);
    });
    const random = seeded(seed);
    const startedAt = performance.now();
    const kills = () => lives.filter((one) => one.end === "killed").length;
    const planFor = (at: Home, killsMax: number) => () => (kills() < killsMax ? planKill(random, at) : null);

    // From the very first start to the end, and then again and again the part with the approval and the landing.
    const whole: Home = { home: await temp(), sandbox: "auto", holds: "nothing" };
    await tellStory(whole, lives, planFor(whole, Math.ceil(killsWanted / 3)));
    await checkStory(whole, lives);
    const questions = await storyWithQuestions();
    for (let story = 0; kills() < killsWanted; story += 1) {
      const at: Home = { home: await temp(), sandbox: story % 2 === 0 ? "none" : "auto", holds: "questions" };
      await cp(questions, at.home, { recursive: true });
      await tellStory(at, lives, planFor(at, killsWanted));
      await checkStory(at, lives);
    }
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    console.info(`${kills()} kills in ${lives.length} lives, ${seconds} s, CRASH_SEED=${seed}`);
  },
  minutesMax * 60_000,
);

async function temp(): Promise<string> {
  const made = await tempHome();
  homes.push(made);
  return made.home;
}

async function tellStory(
  at: Home,
  lives: Life[],
  plan: () => ReturnType<typeof planKill> | null,
): Promise<void> {
  do {
    const life = await live(shipped, at, plan());
    lives.push(life);
    if (at.holds === "nothing" && life.said.includes("ready  ")) at.holds = "work";
    expect(life.said).not.toMatch(/ error /);
  } while (lives.at(-1)?.end === "killed");
}

/** A folder in which the loop has done its part and everything waits for people. */
async function storyWithQuestions(): Promise<string> {
  const home = await temp();
  const dev = await startDev(shipped, { home });
  const workspace = workspaceAt(dev.url);
  await workspace.command("alice", "start triage");
  await threeOutcomes(workspace);
  await until("nothing runs", async () => (await overviewOf(home))?.running.length === 0, 30_000);
  expect(await dev.stop()).toBe(0);
  return home;
}

/** After a last clean start, what is to be seen from outside. */
async function checkStory({ home }: Home, lives: Life[]): Promise<void> {
  const remote = join(home, "sample", "shop.git");
  const dev = await startDev(shipped, { home });
  const workspace = workspaceAt(dev.url);
  await until("the status", async () => (await overviewOf(home)) !== null);
  const overview = await overviewOf(home);
  expect(await orphansOf(lives.map((one) => one.pid))).toEqual([]);

  const loops = await git(
    remote,
    "log",
    "--first-parent",
    "main",
    "--format=%(trailers:key=Loom-Loop,valueonly,separator=)",
  );
  expect(loops.split("\n").filter((one) => one === "triage")).toHaveLength(1);
  expect(await git(remote, "branch", "--list", "loom/*", "--format=%(refname:short)")).toBe(
    `loom/triage/${overview?.held[0]?.hold.runId}`,
  );

  const keys = (await workspace.state()).channels.flatMap(({ messages }) =>
    messages.flatMap((one) => one.metadata?.event_payload.key ?? []),
  );
  expect(new Set(keys).size).toBe(keys.length);
  const kinds = keys.map((key) => key.split(":")[0]).sort();
  expect(kinds).toEqual(["conflict", "conflict", "hold", "hold", "inbox", "run", "run", "run", "tick"]);

  expect(overview).toMatchObject({
    running: [],
    problems: [],
    held: [{}],
    inbox: [{}],
    landedToday: [{ approvedBy: ["alice"] }],
  });
  const landed = await storyOf(home, overview?.landedToday[0]?.runId ?? "");
  const count = (type: string) => landed?.events.filter((event) => event.type === type).length;
  for (const type of ["change.made", "hold.asked", "hold.answered", "change.landed", "run.ended"])
    expect({ type, times: count(type) }).toEqual({ type, times: 1 });

  expect(await readdir(join(home, "checkouts"))).toEqual([]);
  expect(await dev.stop()).toBe(0);
  const { exit, stdout } = await loom(shipped, { home }, "verify");
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: expect.stringMatching(/^whole: \d+ events/) });
  expect((await readdir(home)).filter((name) => name.startsWith("lock"))).toEqual([]);
}
