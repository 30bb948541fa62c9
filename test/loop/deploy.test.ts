import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Hold } from "../../src/domain/hold.ts";
import type { DeploySpec } from "../../src/domain/loop.ts";
import type { Outcome } from "../../src/domain/run.ts";
import { gatherDigest } from "../../src/loop/digest.ts";
import { perform } from "../../src/loop/perform.ts";
import { sweep } from "../../src/loop/sweep.ts";
import { traceWhat } from "../../src/loop/trace-commit.ts";
import { FencedOut } from "../../src/ports/record.ts";
import type { Ports } from "../../src/ports.ts";
import { type Crash, crashingPorts } from "../world/crash.ts";
import { loopOf } from "../world/definitions.ts";
import { openBrokenShop } from "../world/shop.ts";
import { answering, openWorld, present, type World } from "../world.ts";

const hourMs = 60 * 60 * 1000;

/** Writes what it was told into a file outside the checkout, a line a start, and what it was told to say; exits as told. */
const script = `
  const fs = require("node:fs");
  const [log, exit] = process.argv.slice(1);
  const { LOOM_DEPLOY_KEY: key, LOOM_DEPLOY_COMMIT: commit, LOOM_DEPLOY_TO: to } = process.env;
  fs.appendFileSync(log, JSON.stringify({ key, commit, to, price: fs.readFileSync("src/price.txt", "utf8").trim() }) + "\\n");
  console.error("one line\\nthe last line");
  process.exit(Number(fs.existsSync(log + ".exit") ? fs.readFileSync(log + ".exit", "utf8") : exit));
`;

const specOf = (log: string, more: Partial<DeploySpec> = {}): DeploySpec => ({
  to: "production",
  argv: [process.execPath, "-e", script, log, "0"],
  env: {},
  passEnv: [],
  wallMs: 20_000,
  ...more,
});

interface Deployed extends World {
  log: string;
  /** What the command was told, by start. */
  started: () => { key: string; commit: string; to: string; price: string }[];
  /** Lets so much time pass and works on what is due then. */
  passing: (ms: number) => Promise<void>;
  outcome: () => Promise<Extract<Outcome, { kind: "landed" }>>;
}

let saved: ReturnType<World["save"]> | undefined;
beforeAll(async () => void (await openWaiting()), 180_000);

/** A trusted loop's change has landed on a Tuesday at 03:00 in Berlin, and waits for the window; the same for every test. */
async function openWaiting(more: Partial<DeploySpec> = {}, mayLeaveCheckouts = false): Promise<Deployed> {
  saved ??= openNight().then(async (first) => {
    await first.start();
    return first.save();
  });
  return deploying(await openWorld({ from: await saved, mayLeaveCheckouts }), more);
}

/** Before the loop has begun. The world's clock begins on Monday at 11:00 in Berlin. */
async function openNight(): Promise<Deployed> {
  const world = deploying(await openWorld({ shop: await openBrokenShop() }), {});
  world.later(16 * hourMs);
  return world;
}

function deploying(world: World, more: Partial<DeploySpec>): Deployed {
  const log = join(world.home, "..", "deployed.jsonl");
  world.organisation.trustedLoops.push("triage");
  world.loops.splice(0, 1, loopOf({ deploy: specOf(log, more) }));
  return {
    ...world,
    log,
    started: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line))
        : [],
    async passing(ms) {
      world.later(ms);
      await sweep(world.ports);
      await world.drain();
    },
    async outcome() {
      const { outcome } = present((await world.runs())[0], "run");
      if (outcome?.kind !== "landed") throw new Error(`the run ended as ${outcome?.kind ?? "not at all"}`);
      return outcome;
    },
  };
}

/** Ports under which the organisation has one more rule. */
function withRule(world: World, text: string): Ports {
  const organisation = { ...world.organisation };
  organisation.rules = [...organisation.rules, { label: "policies/90-test.cedar", text }];
  return { ...world.ports, definitions: { ...world.ports.definitions, organisation: () => organisation } };
}

const approve = (world: World, hold: Hold, person = "ben") =>
  world.say(person, { kind: "approve", ...answering(hold) });

const deployNote = async (world: World): Promise<string> => {
  const [card] = await world.cards("run");
  return present(
    card?.steps.find((one) => one.step === "deploy"),
    "step deploy",
  ).note;
};

describe("a deployment outside its window", () => {
  it("waits without a worker, lock, job or claim, while the landing stands", async () => {
    const world = await openWaiting();
    expect(world.shop.show("src/price.txt")).toBe("price 10");
    expect(await world.run()).toMatchObject({ status: "held" });
    expect(world.queue.waiting.size).toBe(0);
    expect(await world.sql("select key from loom.claim")).toEqual([]);
    expect(await world.sql("select 1 from loom.run where lease_until is not null")).toEqual([]);
    const [finding] = await world.record.findings({ limit: 10 });
    expect(finding?.fate).toBe("landed");
    expect(await world.events("change.landed")).toHaveLength(1);
    expect(await world.events("deploy.waiting")).toEqual([
      { by: "triage", to: "production", commit: world.shop.main(), until: "2026-03-03T06:00:00.000Z" },
    ]);
    expect(await deployNote(world)).toBe("until Tue 3 Mar, 07:00 (policy: deploy-window)");
  });

  it("deploys what landed once the window opens, once, and says so", async () => {
    const world = await openWaiting();
    await world.passing(4 * hourMs - 60_000);
    expect(world.started()).toEqual([]);
    await world.passing(60_000);
    const { id } = await world.run();
    const commit = world.shop.main();
    expect(world.started()).toEqual([
      { key: `${id}-production`, commit, to: "production", price: "price 10" },
    ]);
    expect(await world.outcome()).toMatchObject({
      sha: commit,
      deployment: { kind: "deployed", to: "production" },
    });
    await world.passing(24 * hourMs);
    expect(world.started()).toHaveLength(1);
    expect((await world.events("run.ended")).length).toBe(1);
    expect(await world.events("change.landed")).toHaveLength(1);
    expect(await world.events("deploy.done")).toHaveLength(1);
    expect(await world.sql("select key from loom.claim")).toEqual([]);
  });

  it("is named by the trace of its commit, while it waits and after, and counted in the digest", async () => {
    const world = await openWaiting();
    const commit = world.shop.main();
    expect(await traceWhat(world.ports, commit)).toMatchObject({
      deployment: "to production, waits until 2026-03-03T06:00:00.000Z",
    });
    await world.passing(4 * hourMs);
    expect(await traceWhat(world.ports, commit)).toMatchObject({
      deployment: expect.stringMatching(/^to production, 2026-03-03T06:00:/),
    });
    expect(await gatherDigest(world.ports)).toMatchObject({ deployed: 1 });
  });
});

describe("when the window opens", () => {
  it("respects a freeze that was set meanwhile, and deploys after it", async () => {
    const world = await openWaiting();
    await world.say("ada", { kind: "freeze", zone: null, until: "2026-03-03 12:00", why: "the fair" });
    await world.passing(4 * hourMs);
    expect(world.started()).toEqual([]);
    expect(await deployNote(world)).toBe("until Tue 3 Mar, 12:00 (policy: frozen)");
    await world.passing(5 * hourMs - 60_000);
    expect(world.started()).toEqual([]);
    await world.passing(60_000);
    expect(world.started()).toHaveLength(1);
  });

  it("respects a freeze that comes while the files are got ready", async () => {
    const world = await openWaiting();
    const { checkout } = world.ports.code;
    let isFrozen = false;
    world.ports.code.checkout = async (...asked) => {
      if (!isFrozen) {
        isFrozen = true;
        await world.ask("ada", { kind: "freeze", zone: null, until: "2026-03-03 12:00", why: "the fair" });
      }
      return checkout(...asked);
    };
    await world.passing(4 * hourMs);
    expect({ isFrozen, started: world.started() }).toEqual({ isFrozen: true, started: [] });
    await world.passing(5 * hourMs);
    expect(world.started()).toHaveLength(1);
  });

  it("waits for the end of a freeze of a zone that goes out with it, and for no other", async () => {
    const world = await openWaiting();
    const own = { name: "prices", globs: ["src/price.txt"] };
    world.organisation.zones.push(own, { name: "other", globs: ["docs/**"] });
    const frozen = (zone: string, until: string) =>
      world.say("ada", { kind: "freeze", zone, until, why: "the fair" });
    await frozen("other", "2026-03-03 18:00");
    await frozen("prices", "2026-03-03 12:00");
    await world.passing(4 * hourMs);
    expect(world.started()).toEqual([]);
    expect(await deployNote(world)).toBe("until Tue 3 Mar, 12:00 (policy: frozen)");
    await world.passing(5 * hourMs);
    expect(world.started()).toHaveLength(1);
  });

  it("deploys nothing while a person's pause stands, and goes on when it is lifted", async () => {
    const world = await openWaiting();
    await world.say("ada", { kind: "pause", loop: "everything", why: "" });
    await world.passing(5 * hourMs);
    expect(world.started()).toEqual([]);
    expect(await deployNote(world)).toBe("paused by ada");
    await world.say("ada", { kind: "resume", loop: "everything" });
    expect(world.started()).toHaveLength(1);
  });

  it("leaves it when the loop was stopped, and says so", async () => {
    const world = await openWaiting();
    await world.say("ada", { kind: "stop", loop: "triage" });
    await world.passing(4 * hourMs);
    expect(world.started()).toEqual([]);
    expect(await world.outcome()).toMatchObject({
      deployment: { kind: "not-deployed", reason: "its loop was stopped before it was deployed" },
    });
    expect(await world.events("deploy.skipped")).toHaveLength(1);
    expect(await world.record.inbox()).toEqual([]);
  });

  it("leaves what the target has taken back", async () => {
    const world = await openWaiting();
    world.shop.git("pull", "-q", "origin", "main");
    world.shop.git("revert", "-m", "1", "--no-edit", "HEAD");
    world.shop.push();
    await world.passing(4 * hourMs);
    expect(world.started()).toEqual([]);
    expect(await world.outcome()).toMatchObject({ deployment: { reason: "main has taken it back since" } });
  });

  it("leaves what is not on the target any more", async () => {
    const world = await openWaiting();
    world.shop.push("--force", "HEAD:main");
    await world.passing(4 * hourMs);
    expect(world.started()).toEqual([]);
    expect(await world.outcome()).toMatchObject({
      deployment: { reason: expect.stringContaining("is not on main any more") },
    });
  });

  it("deploys what landed, not what came to the target after it", async () => {
    const world = await openWaiting();
    const commit = world.shop.main();
    world.shop.git("pull", "-q", "origin", "main");
    await world.shop.land({ "src/price.txt": "price 11\n", "test/price.txt": "" });
    await world.passing(4 * hourMs);
    expect(world.started()).toMatchObject([{ commit, price: "price 10" }]);
  });

  it("does not deploy over a newer deployment that has it in", async () => {
    const world = await openWaiting();
    world.shop.git("pull", "-q", "origin", "main");
    const newer = await world.shop.land({ "src/stock.txt": "stock 5\n" });
    const { finding } = present((await world.record.findings({ limit: 1 }))[0], "finding");
    await world.record.transact(async (tx) => {
      await tx.seeFinding({ ...finding, id: "f-other" }, "triage", world.ports.now());
      await tx.openRun({
        id: "r-other",
        loop: "triage",
        findingId: "f-other",
        repository: "shop",
        startedAt: new Date(),
      });
      await tx.keepStage("r-other", "deploy-start:production:1", { commit: newer, at: new Date() });
      await tx.endRun("r-other", { kind: "stopped", reason: "a test" }, new Date());
    });
    await world.passing(4 * hourMs);
    expect(world.started()).toEqual([]);
    expect(await world.outcome()).toMatchObject({
      deployment: { reason: `${newer.slice(0, 8)}, which has it in, was deployed or tried since` },
    });
  });

  it("waits while somebody else holds the environment", async () => {
    const world = await openWaiting();
    const holder = { kind: "guest", guest: "s-1", person: "dan" } as const;
    const wish = {
      keys: ["resource:env:production"],
      mode: "exclusive",
      holder,
      reason: "a drill",
      ttlMs: 60_000,
    } as const;
    await world.record.transact((tx) => tx.claim({ ...wish, keys: [...wish.keys] }));
    await world.passing(4 * hourMs);
    expect(world.started()).toEqual([]);
    expect(await deployNote(world)).toContain("dan's s-1 has resource:env:production");
    const { id } = await world.run();
    await world.record.transact(async (tx) => {
      await tx.releaseClaims(holder);
      await tx.wake(id);
    });
    await world.drain();
    expect(world.started()).toHaveLength(1);
  });

  it("ends with the landing when its loop is gone, and the finding stays landed", async () => {
    const world = await openWaiting();
    world.loops.splice(0);
    await world.passing(4 * hourMs);
    expect(world.started()).toEqual([]);
    expect(await world.run()).toMatchObject({ status: "ended" });
    expect((await world.record.findings({ limit: 1 }))[0]?.fate).toBe("landed");
  });

  it("gives way when the finding is seen again, and the loop works on it anew", async () => {
    const world = await openWaiting();
    const { id } = await world.run();
    world.shop.git("pull", "-q", "origin", "main");
    await world.shop.land({ "src/price.txt": "price 13\n" }, "Raise it again");
    await world.tick();
    const runs = await world.runs();
    expect(runs.find((one) => one.id === id)?.outcome).toMatchObject({
      kind: "landed",
      deployment: { reason: "its finding was seen again since it landed" },
    });
    expect(runs).toHaveLength(2);
    expect(world.shop.show("src/price.txt")).toBe("price 10");
    await world.passing(5 * hourMs);
    expect(world.started()).toHaveLength(1);
  });

  it.each([
    ["spring", "2026-03-27T15:00:00Z", "2026-03-30T05:00:00Z"],
    ["autumn", "2026-10-23T14:00:00Z", "2026-10-26T06:00:00Z"],
  ])("opens at seven on the wall clock after the clocks change in %s", async (_, from, opens) => {
    const world = await openWaiting();
    // Friday at 16:00 in Berlin: shut until Monday, with the change on the Sunday in between.
    await world.passing(Date.parse(from) - world.ports.now().getTime());
    expect((await world.events("deploy.waiting")).at(-1)).toMatchObject({
      until: new Date(opens).toISOString(),
    });
    await world.passing(Date.parse(opens) - world.ports.now().getTime() - 60_000);
    expect(world.started()).toEqual([]);
    await world.passing(60_000);
    expect(world.started()).toHaveLength(1);
  });

  it("says the same moment once, however often something wakes it before", async () => {
    const world = await openWaiting();
    const { id } = await world.run();
    for (let times = 0; times < 3; times += 1) {
      await world.record.transact((tx) => tx.wake(id));
      await world.drain();
    }
    expect(await world.events("deploy.waiting")).toHaveLength(1);
    await world.passing(4 * hourMs);
    expect(world.started()).toHaveLength(1);
  });
});

describe("a deployment that fails", () => {
  const failing = (world: Deployed, exit: number) => writeFileSync(`${world.log}.exit`, String(exit));

  it("asks before it is started again, with the last words of the command; an approval starts it once", async () => {
    const world = await openWaiting();
    failing(world, 3);
    await world.passing(4 * hourMs);
    const hold = await world.waiting();
    expect(hold).toMatchObject({ environment: "production", group: "leads" });
    expect(hold.reasons.map((one) => one.text)).toEqual([
      expect.stringMatching(
        /^Try 1 to deploy to production failed: .*node ended with exit status 3: the last line\./,
      ),
    ]);
    expect(await world.sql("select key from loom.claim")).toEqual([]);
    expect(await approve(world, hold, "dan")).toMatchObject({ kind: "refused" });
    expect(world.started()).toHaveLength(1);

    failing(world, 0);
    expect(await approve(world, hold)).toMatchObject({ kind: "done" });
    const keys = world.started().map((one) => one.key);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(await world.outcome()).toMatchObject({ deployment: { kind: "deployed" } });
  });

  it("asks anew after each failure: an approval is for one try", async () => {
    const world = await openWaiting();
    failing(world, 3);
    await world.passing(4 * hourMs);
    const first = await world.waiting();
    await approve(world, first);
    const second = await world.waiting();
    expect(second.id).not.toBe(first.id);
    expect(second.digest).not.toBe(first.digest);
    expect(world.started()).toHaveLength(2);
  });

  it("is left when a person rejects it, with the note", async () => {
    const world = await openWaiting();
    failing(world, 3);
    await world.passing(4 * hourMs);
    const hold = await world.waiting();
    await world.say("ben", { kind: "reject", ...answering(hold), note: "not today" });
    expect(await world.outcome()).toMatchObject({
      sha: world.shop.main(),
      deployment: { kind: "not-deployed", reason: "ben decided against it: not today" },
    });
    expect(await world.record.inbox()).toEqual([]);
    expect((await world.record.findings({ limit: 1 }))[0]?.fate).toBe("landed");
  });

  it("goes to the inbox when nobody answers; what landed cannot be tried again there", async () => {
    const world = await openWaiting();
    failing(world, 3);
    await world.passing(4 * hourMs);
    await world.passing(3 * 24 * hourMs);
    expect(await world.outcome()).toMatchObject({ deployment: { reason: "leads did not answer in time" } });
    const [item] = await world.record.inbox();
    expect(item?.reason).toMatch(
      /^It landed as [0-9a-f]{8}, but it is not deployed to production: leads did not/,
    );
    const findingId = present(item, "item").findingId;
    expect(await world.say("ada", { kind: "retry", findingId })).toMatchObject({ kind: "refused" });
    expect(await world.say("ada", { kind: "ignore", findingId })).toMatchObject({ kind: "done" });
    expect(await world.record.inbox()).toEqual([]);
    expect((await world.record.findings({ limit: 1 }))[0]?.fate).toBe("landed");
  });

  it("names a command that does not start, or is not over in time", async () => {
    const absent = await openWaiting({ argv: ["/nonexistent/deploy"] });
    await absent.passing(4 * hourMs);
    expect((await absent.waiting()).reasons[0]?.text).toContain("it did not start: ");
    const slow = await openWaiting({
      argv: [process.execPath, "-e", "setTimeout(() => {}, 60_000)"],
      wallMs: 300,
    });
    await slow.passing(4 * hourMs);
    expect((await slow.waiting()).reasons[0]?.text).toContain("did not end within 0.3 s");
  });
});

describe("policy on deploying", () => {
  it("asks the group that a rule names, and deploys with its approval", async () => {
    const world = await openWaiting();
    const by = withRule(
      world,
      '@id("prod-is-asked") @message("{loop} wants to deploy.") @hold("leads:1") forbid (principal, action == Loom::Action::"deploy", resource == Loom::Environment::"production");',
    );
    world.later(4 * hourMs);
    await sweep(by);
    await world.drain(by);
    const hold = await world.waiting();
    expect(hold).toMatchObject({ environment: "production", reasons: [{ rule: "prod-is-asked" }] });
    expect(world.started()).toEqual([]);
    const command = { kind: "approve", ...answering(hold) } as const;
    expect(await perform({ kind: "person", person: "ben" }, command, by)).toMatchObject({ kind: "done" });
    await world.drain(by);
    expect(world.started()).toHaveLength(1);
    expect(await world.outcome()).toMatchObject({ deployment: { kind: "deployed" } });
  });

  it("leaves what a rule denies, and puts it into the inbox", async () => {
    const world = await openWaiting();
    const by = withRule(
      world,
      '@id("never") @message("Production is deployed by hand.") forbid (principal, action == Loom::Action::"deploy", resource);',
    );
    world.later(4 * hourMs);
    await sweep(by);
    await world.drain(by);
    expect(world.started()).toEqual([]);
    expect(await world.outcome()).toMatchObject({
      deployment: { reason: "Policy denies it: Production is deployed by hand." },
    });
    expect(await world.record.inbox()).toHaveLength(1);
    expect((await world.cards("inbox"))[0]?.item.reason).toContain("Production is deployed by hand.");
  });

  it("lets what has no window go out with the landing", async () => {
    const world = await openWaiting({ to: "staging" });
    const { id } = await world.run();
    await world.record.transact((tx) => tx.wake(id));
    await world.drain();
    expect(world.started()).toMatchObject([{ to: "staging", key: `${id}-staging` }]);
  });
});

describe("a worker that dies", () => {
  it("leaves a deployment whose end nobody knows: people are asked, and it is not started twice", async () => {
    const world = await openWaiting();
    world.later(4 * hourMs);
    await sweep(world.ports);
    const dying = {
      ...world.ports,
      deploys: {
        run: async (...given: Parameters<Ports["deploys"]["run"]>) => {
          await world.ports.deploys.run(...given);
          throw new FencedOut("the process is gone");
        },
      },
    };
    await world.drain(dying);
    expect(world.started()).toHaveLength(1);
    await world.lapse();
    await world.passing(60_000);
    const hold = await world.waiting();
    expect(hold.reasons[0]?.text).toMatch(/^Nobody knows how far try 1 to deploy to production came/);
    expect(world.started()).toHaveLength(1);
    await approve(world, hold);
    expect(world.started()).toHaveLength(2);
    expect(await world.outcome()).toMatchObject({ deployment: { kind: "deployed" } });
  });

  it("never starts it a second time by itself, wherever it dies or trips", async () => {
    const healthy = await crashed(null);
    expect(healthy.world.started()).toHaveLength(1);
    for (const crash of crashesOf(healthy.calls.length)) {
      const { world, calls } = await crashed(crash);
      const where = `${crash.how} ${crash.at} ${calls[crash.at]}`;
      const [asking] = (await world.holds()).filter((one) => one.state === "waiting");
      const { outcome } = await world.run();
      expect(world.started().length, where).toBeLessThanOrEqual(1);
      if (asking !== undefined) expect(asking.reasons[0]?.rule, where).toBe("deploy-again");
      else {
        expect(outcome, where).toMatchObject({ kind: "landed", deployment: { kind: "deployed" } });
        expect(world.started(), where).toHaveLength(1);
      }
      expect(await world.events("change.landed"), where).toHaveLength(1);
    }
  }, 300_000);

  /** Deploys at the window by a worker that may crash, then by a healthy one after a sweep. */
  async function crashed(crash: Crash | null): Promise<{ world: Deployed; calls: string[] }> {
    const world = await openWaiting({}, true);
    world.later(4 * hourMs);
    await sweep(world.ports);
    const crashing = crashingPorts(world.ports, crash);
    await world.drain(crashing.ports, crashing.isDead);
    await world.lapse();
    await world.passing(60_000);
    return { world, calls: crashing.calls };
  }

  /** Every crash with LOOM_TEST_CRASHES=all, else a seventh of them, spread over all calls and ways of crashing. */
  function crashesOf(calls: number): Crash[] {
    const hows = ["dies-after", "trips-before", "trips-after"] as const;
    const all = Array.from({ length: calls }, (_, at) => hows.map((how) => ({ at, how }))).flat();
    return process.env["LOOM_TEST_CRASHES"] === "all" ? all : all.filter((_, index) => index % 7 === 0);
  }

  it("right after the landing was recorded changes nothing: it has landed once, and waits", async () => {
    const world = await openNight();
    let hasLanded = false;
    const dying: Ports = {
      ...world.ports,
      code: {
        ...world.ports.code,
        async land(...given) {
          hasLanded = true;
          return world.ports.code.land(...given);
        },
      },
      record: {
        ...world.ports.record,
        async fenced(lease, work) {
          const result = await world.ports.record.fenced(lease, work);
          const change = await world.record.change(lease.runId);
          if (hasLanded && change?.state === "landed") throw new FencedOut("the process is gone");
          return result;
        },
      },
    };
    await world.ask("ada", { kind: "start", loop: "triage" });
    await world.drain(dying);
    expect(await world.run()).toMatchObject({ status: "running" });
    await world.lapse();
    await world.passing(0);
    expect(await world.run()).toMatchObject({ status: "held" });
    expect(await world.events("change.landed")).toHaveLength(1);
    await world.passing(4 * hourMs);
    expect(world.started()).toHaveLength(1);
  });
});

describe("a landing that policy lets wait", () => {
  it("parks until its moment, keeps its claims, and lands then", async () => {
    const world = await openNight();
    await world.say("ada", { kind: "freeze", zone: null, until: "2026-03-03 12:00", why: "the fair" });
    const before = world.shop.main();
    await world.start();
    expect(await world.events("run.failed")).toEqual([]);
    expect(await world.run()).toMatchObject({ status: "held" });
    expect(world.shop.main()).toBe(before);
    expect(await world.sql("select 1 from loom.claim")).not.toEqual([]);
    const [card] = await world.cards("run");
    expect(card?.steps.at(-1)).toEqual({
      step: "decide",
      state: "waiting",
      note: "until Tue 3 Mar, 12:00 (policy: frozen)",
    });
    await world.passing(9 * hourMs - 60_000);
    expect(world.shop.main()).toBe(before);
    await world.passing(60_000);
    expect(world.shop.show("src/price.txt")).toBe("price 10");
    expect(world.started()).toHaveLength(1);
  });
});
