import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import { until } from "../services/until.ts";
import { installPackage, type Package } from "./package.ts";
import { git, launch, loom, type Product, residentMb, startDev, type TempHome, tempHome } from "./product.ts";
import { messageOf, type Outcomes, textOf, threeOutcomes, type Workspace, workspaceAt } from "./workspace.ts";

// One story, told in its order: each fact stands on those before it.
describe("the story through the control API", () => {
  let shipped: Package;
  let temp: TempHome;
  let dev: Product;
  let workspace: Workspace;
  let outcomes: Outcomes;
  let landed = "";
  const figures: Record<string, number> = {};

  const remote = () => join(temp.home, "sample", "shop.git");
  const start = async () => {
    dev = await startDev(shipped, temp);
    workspace = workspaceAt(dev.url);
  };
  const withinMs = 50_000;

  beforeAll(async () => {
    shipped = await installPackage();
    temp = await tempHome();
    await start();
    figures["first start, ms"] = Math.round(dev.readyMs);
  }, 180_000);

  afterAll(async () => {
    await dev?.stop();
    await temp?.remove();
    await shipped?.remove();
    console.info("figures of the story:", figures);
  }, 60_000);

  beforeEach(() => {
    onTestFailed(() => console.info(`what loom dev said:\n${dev.said()}`));
  });

  it("lets the triage loop find, hold and give up what is in the sample", async () => {
    const before = performance.now();
    expect(await workspace.command("alice", "start triage")).toMatchObject({ ok: true });
    outcomes = await threeOutcomes(workspace);
    figures["command to three outcomes, ms"] = Math.round(performance.now() - before);
    expect(textOf(outcomes.bug)).toContain("Revert");
    expect(textOf(outcomes.rounding)).toMatch(/deliberate change/);
    expect(textOf(outcomes.inbox)).toMatch(/never passed/);
  }, 180_000);

  it("tells both owners of the change that would be undone, once in each loop's channel", async () => {
    for (const channel of ["triage", "tidy"]) {
      const told = await workspace.withKey(channel, "conflict:");
      expect(told).toHaveLength(1);
      expect(textOf(told[0] ?? {})).toContain("<@U01ALICE>");
      expect(textOf(told[0] ?? {})).toContain("<@U02BOB>");
    }
  });

  it("refuses an approval by somebody outside the group, and says whom it is for", async () => {
    expect(await workspace.click("erin", outcomes.rounding, "hold_approve")).toMatchObject({ ok: true });
    await until(
      "erin's refusal",
      async () => (await workspace.whispers("erin")).some((one) => one.includes("maintainers")),
      withinMs,
    );
    expect(textOf(await messageOf(workspace, outcomes.rounding))).toContain("Approve landing");
  });

  it("lands what was approved, once, although two people click at the same moment", async () => {
    const before = performance.now();
    const clicks = await Promise.all(
      ["alice", "bob"].map((person) => workspace.click(person, outcomes.bug, "hold_approve")),
    );
    // The slower click may find the card answered already, its buttons gone.
    const isLate = clicks.some((one) => one.error === "no_such_action");
    await until(
      "the second of two clicks is told who was first",
      async () => {
        const said = [...(await workspace.whispers("alice")), ...(await workspace.whispers("bob"))];
        return isLate || said.filter((one) => /(alice|bob) has approved it already/.test(one)).length === 1;
      },
      withinMs,
    );
    await until(
      "the landing",
      async () => /^Loom-Run:/m.test(await git(remote(), "log", "-1", "--format=%B", "main")),
      withinMs,
    );
    figures["approval to landing, ms"] = Math.round(performance.now() - before);
    landed = await git(remote(), "rev-parse", "main");
    const message = await git(remote(), "log", "-1", "--format=%B", "main");
    expect(message).toMatch(/^Loom-Loop: triage$/m);
    expect(message).toMatch(/^Loom-Finding: f-/m);
    expect(message).toMatch(/^Loom-Approved-By: (alice|bob)$/m);
  });

  it("knows in a second process which loop made the commit", async () => {
    const traced = await loom(shipped, temp, "trace", landed, "--json");
    expect(traced.exit).toBe(0);
    expect(JSON.parse(traced.stdout)).toMatchObject({
      kind: "trace",
      trace: {
        kind: "traced",
        sha: landed,
        loop: "triage",
        runId: expect.stringMatching(/^r-/),
        finding: expect.stringContaining("free shipping"),
        maker: "bisect",
        checker: "tests",
        verdict: "pass",
        approvedBy: [expect.stringMatching(/^(alice|bob)$/)],
      },
    });
  });

  it("answers an unknown word with the nearest one", async () => {
    await workspace.command("carol", "stauts");
    await until(
      "the nearest word",
      async () => (await workspace.whispers("carol")).some((one) => one.includes("`status`")),
      withinMs,
    );
  });

  it("answers a mention in the thread that it stands in", async () => {
    const { app } = await workspace.state();
    const asked = await workspace.post("say", {
      user: "dan",
      channel: "triage",
      text: `<@${app.user}> why ${/r-[0-9a-z]{10}/.exec(textOf(outcomes.rounding))?.[0]}`,
      thread_ts: outcomes.rounding.ts,
    });
    expect(asked).toMatchObject({ ok: true });
    const answers = async () =>
      ((await workspace.state()).channels.find((one) => one.name === "triage")?.messages ?? []).filter(
        (one) => one.thread_ts === outcomes.rounding.ts && one.user === app.user,
      );
    await until("an answer in the thread", async () => (await answers()).length > 0, withinMs);
    expect(textOf((await answers())[0] ?? {})).toContain("half a cent");
  });

  it("pauses everything from App Home, and goes on from there", async () => {
    await workspace.post("home", { user: "alice" });
    const home = async () => textOf((await workspace.state()).homes["U01ALICE"] ?? {});
    await until("alice's home", async () => (await home()).includes("Pause everything"), withinMs);
    await workspace.post("click", { user: "alice", home: true, action_id: "home_pause" });
    await until(
      "the pause in alice's home",
      async () => (await home()).includes("Resume everything"),
      withinMs,
    );
    const status = JSON.parse((await loom(shipped, temp, "status", "--json")).stdout);
    expect(status.overview).toMatchObject({ stop: { by: "alice" } });
    await workspace.post("click", { user: "alice", home: true, action_id: "home_resume" });
    await until(
      "the resume in alice's home",
      async () => (await home()).includes("Pause everything"),
      withinMs,
    );
  });

  it("loses nothing while Slack is away", async () => {
    await workspace.post("fault", { away: true });
    await loom(shipped, temp, "do", "pause", "--as", "alice");
    await loom(shipped, temp, "do", "resume", "--as", "alice");
    await until(
      "the bot has noticed",
      async () => dev.said().includes("keeping it, and trying again"),
      withinMs,
    );
    expect(await workspace.withKey("loom", "pause:")).toHaveLength(2);
    await workspace.post("fault", { away: false });
    await until(
      "both notices",
      async () => (await workspace.withKey("loom", "pause:")).length === 4,
      withinMs,
    );
    const connected = async () => (await workspace.state()).app.connected;
    await until("the bot is connected again", connected, withinMs);
  }, 180_000);

  it("rejects with a note through the form, and refuses an empty one", async () => {
    await workspace.click("bob", outcomes.rounding, "hold_reject");
    const view = async () => (await workspace.state()).views.find((one) => one.user === "U02BOB");
    await until("the form", async () => (await view()) !== undefined, withinMs);
    const viewId = (await view())?.view_id ?? "";
    const empty = await workspace.post("submit", {
      user: "bob",
      view_id: viewId,
      values: { note: { text: "" } },
    });
    expect(empty).toMatchObject({ ok: false });
    const note = "Rounding half to even is what finance decided.";
    const sent = await workspace.post("submit", {
      user: "bob",
      view_id: viewId,
      values: { note: { text: note } },
    });
    expect(sent).toMatchObject({ ok: true });
    await until(
      "the rejection on the card",
      async () => textOf(await messageOf(workspace, outcomes.rounding)).includes(note),
      withinMs,
    );
  });

  it("tries again from the inbox, and comes to the same end in a card of its own", async () => {
    await workspace.click("carol", outcomes.inbox, "inbox_retry");
    await until(
      "a second item",
      async () => (await workspace.withKey("triage", "inbox:")).length === 2,
      withinMs,
    );
    expect(textOf(await messageOf(workspace, outcomes.inbox))).toContain("<@U03CAROL>");
  });

  it("refuses a second process on the same folder, with the first one's pid", async () => {
    const second = launch(shipped, ["dev"], temp);
    await until("the second process ends", async () => second.child.exitCode !== null, withinMs);
    expect(second.child.exitCode).toBe(1);
    expect(second.said()).toContain(`process ${dev.pid} has it`);
  });

  it("finds everything as it was after a stop and a start", async () => {
    await until(
      "every message is out",
      async () => (await workspace.state()).pendingEvents.length === 0,
      withinMs,
    );
    const lasting = async () =>
      (await workspace.state()).channels.map(({ name, messages }) => ({
        name,
        messages: messages.filter((one) => one.ephemeral_for === undefined),
      }));
    const quiet = await settled(lasting);
    const status = (await loom(shipped, temp, "status")).stdout;
    figures["memory after the story, MB"] = await residentMb(dev.pid);
    expect(figures["memory after the story, MB"]).toBeLessThan(500);
    expect(await dev.stop()).toBe(0);
    await start();
    figures["second start, ms"] = Math.round(dev.readyMs);
    expect(await lasting()).toEqual(quiet);
    expect((await loom(shipped, temp, "status")).stdout).toBe(status);
    expect(await git(remote(), "rev-parse", "main")).toBe(landed);
  }, 120_000);

  it("keeps a trace whose chain is whole", async () => {
    expect(await dev.stop()).toBe(0);
    expect(await loom(shipped, temp, "verify")).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^whole: /),
    });
    expect(execFileSync("ls", [join(temp.home, "checkouts")], { encoding: "utf8" })).toBe("");
  });

  async function settled<T>(look: () => Promise<T>): Promise<T> {
    let last = await look();
    let sameSince = performance.now();
    await until(
      "nothing changes any more",
      async () => {
        const now = await look();
        if (JSON.stringify(now) !== JSON.stringify(last)) sameSince = performance.now();
        last = now;
        return performance.now() - sameSince > 1_500;
      },
      withinMs,
    );
    return last;
  }
});
