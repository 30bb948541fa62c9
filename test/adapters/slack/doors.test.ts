import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../local/slack/workspace-world.ts";
import * as sample from "./samples.ts";
import {
  command,
  control,
  type Json,
  messagesIn,
  messageWith,
  startWorld,
  until,
  type World,
} from "./world.ts";

let world: World;

const holdMessage = async (): Promise<Json> => {
  world.messages.say({ key: "hold:1", channel: "ops", card: sample.holdCard });
  return messageWith(world, "hold_approve");
};

const click = (ts: string, actionId: string, user = "alice"): Promise<Json> =>
  control(world, "click", { user, channel: "ops", ts, action_id: actionId });

const openView = (user = "U01"): Promise<Json> =>
  until(async () => (await control(world, "state")).views.find((one: Json) => one.user === user));

describe.each(["socket", "http"] as const)("over %s", (mode) => {
  beforeEach(async () => {
    if (mode === "socket") {
      world = await startWorld();
      return;
    }
    const httpPort = await freePort();
    world = await startWorld({ httpPort }, `http://127.0.0.1:${httpPort}/slack/events`);
  });

  afterEach(() => world.stop());

  it("answers a command to the asking person only", async () => {
    expect(await command(world, "start triage")).toMatchObject({ ok: true });

    const answer = await messageWith(world, "start is done");
    expect(answer).toMatchObject({ ephemeral_for: "U01", text: "start is done" });
    expect(world.asked).toEqual([
      { actor: { kind: "person", person: "alice" }, command: { kind: "start", loop: "triage" } },
    ]);
  });

  it("turns a click into a command of the one who clicked", async () => {
    const { ts } = await holdMessage();

    expect(await click(ts, "hold_approve", "bob")).toMatchObject({ ok: true });

    await until(() => world.asked.length === 1);
    expect(world.asked).toEqual([
      {
        actor: { kind: "person", person: "bob" },
        command: { kind: "approve", holdId: "h-aaaaaaaaaa", digest: "ab12cd34ef560000" },
      },
    ]);
  });
});

describe("signed requests", () => {
  it("for another workspace are ignored", async () => {
    const httpPort = await freePort();
    const address = `http://127.0.0.1:${httpPort}/slack/events`;
    world = await startWorld({ httpPort }, address);
    const send = async (fields: Record<string, string>) => {
      const body = new URLSearchParams({
        command: "/loom",
        text: "start triage",
        user_id: "U01",
        user_name: "alice",
        ...fields,
      }).toString();
      const timestamp = String(Math.floor(Date.now() / 1000));
      const hash = createHmac("sha256", world.local.signingSecret).update(`v0:${timestamp}:${body}`);
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": `v0=${hash.digest("hex")}`,
      };
      void fetch(address, { method: "POST", headers, body }).catch(() => undefined);
    };

    await send({ team_id: "T99" });
    await until(() => world.logged.some((line) => line.includes("workspace T99")));
    await send({ team_id: "T01" });

    await until(() => world.asked.length > 0);
    expect(world.asked).toHaveLength(1);
    await world.stop();
  });
});

describe("the doors", () => {
  beforeEach(async () => {
    world = await startWorld();
  });

  afterEach(() => world.stop());

  it("says what it understood when a word is unknown, without asking the loop", async () => {
    await command(world, "statsu");

    expect(await messageWith(world, "status")).toMatchObject({ ephemeral_for: "U01" });
    expect(world.asked).toEqual([]);
  });

  it("turns every button of a conflict into its answer", async () => {
    world.messages.say({ key: "conflict:1", channel: "ops", card: sample.conflictCard });
    const { ts } = await messageWith(world, "conflict_keep_left");
    const answers = ["keep_left", "keep_right", "order", "both_fine", "pause_both", "ask"];
    for (const answer of answers) await click(ts, `conflict_${answer}`, "bob");

    await until(() => world.asked.length === answers.length);
    expect(world.asked.map((one) => one.command)).toEqual(
      answers.map((answer) => ({
        kind: "settle",
        conflictId: sample.conflict.id,
        how: answer.replace("_", "-"),
        note: "",
      })),
    );
  });

  it("passes on a stranger as a stranger", async () => {
    await command(world, "start triage", "zoe");

    await until(() => world.asked.length === 1);
    expect(world.asked[0]?.actor).toEqual({ kind: "stranger", name: "zoe (U09)" });
  });

  it("acknowledges before it works, and shows an answer that comes late", async () => {
    let finish: () => void = () => {};
    world.answers = () =>
      new Promise((resolve) => {
        finish = () => resolve({ kind: "done", text: "late answer" });
      });

    expect(await command(world, "start triage")).toMatchObject({ ok: true });

    finish();
    await messageWith(world, "late answer");
  });

  it("says and logs what broke behind the door", async () => {
    world.answers = () => Promise.reject(new Error("the record is <!channel> away"));

    await command(world, "start triage");

    const answer = await messageWith(world, "did not work");
    expect(answer.ephemeral_for).toBe("U01");
    expect(answer.text).toBe("start did not work: the record is &lt;!channel&gt; away; it was logged");
    expect(world.logged.join("\n")).toContain("performing start for Slack user U01");
  });

  it("answers a mention in its thread", async () => {
    const parent = await control(world, "say", { user: "alice", channel: "ops", text: "hm" });

    await control(world, "say", {
      user: "alice",
      channel: "ops",
      text: "@loom pause tidy",
      thread_ts: parent.ts,
    });

    const answer = await messageWith(world, "pause is done");
    expect(answer).toMatchObject({ ephemeral_for: "U01", thread_ts: parent.ts });
    expect(world.asked[0]?.command).toEqual({ kind: "pause", loop: "tidy", why: "" });
  });

  it("answers a direct message there", async () => {
    await control(world, "say", { user: "bob", channel: "D02", text: "status" });

    await messageWith(world, "status is done", "D02");
    expect(world.asked[0]).toMatchObject({ actor: { person: "bob" }, command: { kind: "status" } });
  });

  it("handles a redelivered event once", async () => {
    await control(world, "say", { user: "alice", channel: "ops", text: "@loom status" });
    await messageWith(world, "status is done");

    await control(world, "redeliver", {});
    await control(world, "say", { user: "alice", channel: "ops", text: "@loom inbox" });

    await messageWith(world, "inbox is done");
    expect(world.asked.map((one) => one.command.kind)).toEqual(["status", "inbox"]);
  });

  it("tells the second of two clicks who was first, and says nothing more to the first", async () => {
    const { ts } = await holdMessage();
    let winner = true;
    world.answers = () => {
      const answer = winner
        ? ({ kind: "done", text: "approved" } as const)
        : ({ kind: "refused", reason: "already approved by Alice Adler" } as const);
      winner = false;
      return answer;
    };

    await click(ts, "hold_approve");
    await click(ts, "hold_approve", "bob");

    expect(await messageWith(world, "already approved by")).toMatchObject({ ephemeral_for: "U02" });
    const private_ = (await messagesIn(world)).filter((one) => one.ephemeral_for !== undefined);
    expect(private_).toHaveLength(1);
  });

  it("asks for a note before it rejects", async () => {
    const { ts } = await holdMessage();
    await click(ts, "hold_reject");
    const { view_id: viewId } = await openView();

    const sent = await control(world, "submit", {
      user: "alice",
      view_id: viewId,
      values: { text: "tidy did this on purpose" },
    });

    expect(sent).toMatchObject({ ok: true });
    expect(world.asked[0]?.command).toEqual({
      kind: "reject",
      holdId: "h-aaaaaaaaaa",
      digest: "ab12cd34ef560000",
      note: "tidy did this on purpose",
    });
    expect((await control(world, "state")).views).toEqual([]);
  });

  it("shows a refused rejection at the note", async () => {
    world.answers = () => ({ kind: "refused", reason: "already approved by Bob Okafor" });
    const { ts } = await holdMessage();
    await click(ts, "hold_reject");
    const { view_id: viewId } = await openView();

    const sent = await control(world, "submit", { user: "alice", view_id: viewId, values: { text: "no" } });

    expect(sent).toMatchObject({ ok: false, errors: { note: "already approved by Bob Okafor" } });
  });

  it("asks for a claim back, and says so beside a list that is not kept true", async () => {
    world.answers = (_, asked) =>
      asked.kind === "who"
        ? { kind: "who", doing: sample.doing }
        : { kind: "done", text: "triage (r-cccccccccc) is asked" };
    await control(world, "say", { user: "bob", channel: "D02", text: "who src/cart" });
    const { ts } = await messageWith(world, "claim_release", "D02");

    await control(world, "click", {
      user: "bob",
      channel: "D02",
      ts,
      action_id: "claim_release",
      value: "finding:f-cccccccccccc",
    });

    await messageWith(world, "is asked", "D02");
    expect(world.asked.map((one) => one.command)).toEqual([
      { kind: "who", about: "src/cart" },
      { kind: "release", what: "finding:f-cccccccccccc" },
    ]);
  });

  it("understands a mentioned person as the organisation calls them, not as Slack does", async () => {
    await control(world, "say", { user: "zoe", channel: "ops", text: "@loom who <@U01>" });
    await messageWith(world, "who is done");
    await command(world, "who @bob");
    await until(() => world.asked.length === 2);
    await command(world, "who @zoe");
    await until(() => world.asked.length === 3);

    expect(world.asked.map((one) => one.command)).toEqual([
      { kind: "who", about: "@alice" },
      { kind: "who", about: "@bob" },
      { kind: "who", about: "@zoe" },
    ]);
  });

  it("keeps a decision as it was typed, with curly quotes and signs that Slack escapes", async () => {
    await command(world, "decide “a < b & c, because of d” because it’s so paths: src/my_file.js, src/x/");

    await messageWith(world, "decide is done");
    expect(world.asked[0]?.command).toEqual({
      kind: "decide",
      statement: "a < b & c, because of d",
      reason: "it’s so",
      paths: ["src/my_file.js", "src/x/"],
    });
  });

  it("shows a diff in a modal, as it is", async () => {
    world.answers = () => ({ kind: "diff", title: "git diff a...b", text: "+<!channel> *x*", isCut: false });
    const { ts } = await holdMessage();

    await click(ts, "hold_diff");

    const view = await until(async () => {
      const { views } = await control(world, "state");
      const text = JSON.stringify(views);
      return text.includes("git diff") && text;
    });
    expect(view).toContain("+<!channel> *x*");
  });

  describe("the shortcut of a message", () => {
    const form = async (text: string, user = "alice"): Promise<Json> => {
      const { ts } = await control(world, "say", { user: "bob", channel: "ops", text });
      const used = await control(world, "shortcut", {
        user,
        channel: "ops",
        ts,
        callback_id: "remember_decision",
      });
      expect(used).toMatchObject({ ok: true });
      const found = await until(async () => (await control(world, "state")).views[0]);
      return { ...found, ts };
    };
    const submit = (viewId: string, values: object) =>
      control(world, "submit", { user: "alice", view_id: viewId, values });

    it("opens a form with what the message says, and keeps it with the message as its source", async () => {
      const { view, view_id: viewId, ts } = await form("@alice: round\nhalf to even & <b>never</b> up");
      expect(JSON.stringify(view)).toContain('"@alice: round half to even & <b>never</b> up"');

      const sent = await submit(viewId, {
        statement: { statement: "Round half to even" },
        reason: { reason: " finance said so " },
        paths: { paths: "src/pricing.js, test/" },
      });

      expect(sent).toMatchObject({ ok: true });
      expect(world.asked).toEqual([
        {
          actor: { kind: "person", person: "alice" },
          command: {
            kind: "decide",
            statement: "Round half to even",
            reason: "finance said so",
            paths: ["src/pricing.js", "test/"],
            source: `${world.local.url}/archives/C02/p${ts.replace(".", "")}`,
          },
        },
      ]);
      expect(await messageWith(world, "decide is done")).toMatchObject({ ephemeral_for: "U01" });
    });

    it("says at its input what is wrong", async () => {
      world.answers = () => ({ kind: "refused", reason: "Not kept: it looks like it holds a secret." });
      const { view_id: viewId } = await form("hm");

      const paths = await submit(viewId, { paths: { paths: "../outside" } });
      const empty = await submit(viewId, { statement: { statement: "  " } });
      const refused = await submit(viewId, {});

      expect(paths.errors.paths).toContain("leaves the repository");
      expect(empty.errors.statement).toContain("Say what is decided");
      expect(refused.errors.statement).toBe("Not kept: it looks like it holds a secret.");
      expect(world.asked).toHaveLength(1);
    });

    it("cuts a long message to what a decision may hold, and leaves a message without text empty", async () => {
      const { view } = await form(`${"long ".repeat(300)}`);
      const element = view.blocks[0].element;
      expect(element.initial_value.length).toBeLessThanOrEqual(element.max_length);

      await control(world, "close", { user: "alice", view_id: view.id });
      const { view: blank } = await form(" ");
      expect(blank.blocks[0].element.initial_value).toBeUndefined();
    });

    it("uses a link's usual form, and answers directly, where the bot cannot reach the channel", async () => {
      await control(world, "fault", { method: "chat.getPermalink", error: "channel_not_found" });
      await control(world, "fault", { method: "chat.postEphemeral", error: "not_in_channel" });
      const { view_id: viewId, ts } = await form("keep it");

      await submit(viewId, {});

      await messageWith(world, "decide is done", "D01");
      expect(world.logged.join("\n")).toContain("using its usual form");
      expect(world.asked[0]?.command).toMatchObject({
        source: `${world.local.url}/archives/C02/p${ts.replace(".", "")}`,
      });
    });
  });

  it("keeps the home tab of those who opened it", async () => {
    let isPaused = false;
    await world.stop();
    world = await startWorld({
      overview: async () => ({ ...sample.overview, stop: isPaused ? { by: "bob", why: "" } : null }),
    });
    await control(world, "home", { user: "alice" });
    const homeText = async () => JSON.stringify((await control(world, "state")).homes.U01 ?? "");
    await until(async () => (await homeText()).includes("home_pause"));

    isPaused = true;
    await control(world, "click", { user: "alice", home: true, action_id: "home_pause" });

    await until(async () => (await homeText()).includes("home_resume"));
    expect(await homeText()).toContain("pause is done");
    expect(world.asked[0]?.command).toEqual({ kind: "pause", loop: "everything", why: "" });

    isPaused = false;
    world.messages.notice("n:1", "somebody else resumed");
    await until(async () => (await homeText()).includes("home_pause"));
  });

  it("still hears commands after Slack asked for another socket", async () => {
    await control(world, "disconnect", { reason: "refresh_requested" });

    await until(async () => (await command(world, "status")).ok === true);

    await messageWith(world, "status is done");
  });
});
