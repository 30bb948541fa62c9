import type { App } from "@slack/bolt";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { LocalSlack } from "../../../src/local/slack/server.ts";
import {
  type Answer,
  api,
  form,
  local,
  messagesOf,
  socketApp,
  startWorkspace,
  until,
} from "./workspace-world.ts";

let slack: LocalSlack;
let apps: App[];

beforeEach(async () => {
  slack = await startWorkspace();
  apps = [];
});

afterEach(async () => {
  for (const app of apps) await app.stop();
  await slack.close();
});

async function startApp(register: (app: App) => void): Promise<App> {
  const { app } = socketApp(slack);
  register(app);
  apps.push(app);
  await app.start();
  return app;
}

const command = (text: string) =>
  local(slack, "command", { user: "alice", channel: "ops", command: "/loom", text });
const connected = async () => (await local(slack, "state")).app.connected;

it("tells the user when no app is connected", async () => {
  expect(await command("start")).toMatchObject({ ok: false, error: "dispatch_failed" });

  expect(await messagesOf(slack, "ops")).toMatchObject([
    {
      ephemeral_for: "U01",
      user: "USLACKBOT",
      text: "/loom failed: the app is not connected (dispatch_failed)",
    },
  ]);
});

it("tells the user of operation_timeout when the ack is late, and takes no late ack", async () => {
  let acked = false;
  await startApp((app) =>
    app.command("/loom", async ({ ack }) => {
      await new Promise((resolve) => setTimeout(resolve, 3200));
      await ack("too late");
      acked = true;
    }),
  );

  expect(await command("start")).toMatchObject({ ok: false, error: "operation_timeout" });
  await until(() => acked);

  const texts = (await messagesOf(slack, "ops")).map((one: Answer) => one.text);
  expect(texts).toEqual(["/loom failed: the app did not answer within 3 seconds (operation_timeout)"]);
});

it("refuses a command that the manifest does not offer, without asking the app", async () => {
  const answer = await local(slack, "command", {
    user: "alice",
    channel: "ops",
    command: "/weave",
    text: "",
  });

  expect(answer).toMatchObject({
    ok: false,
    error: "unknown_command",
    message: expect.stringContaining("/loom"),
  });
});

it("shows the text of an ack to the person who typed, with names and control characters escaped for the app", async () => {
  let text = "";
  await startApp((app) =>
    app.command("/loom", async ({ ack, command: typed }) => {
      text = typed.text;
      await ack("done");
    }),
  );

  await command("ask @bob in #general about <!channel> & co");

  expect(text).toBe("ask <@U02|bob> in <#C01|general> about &lt;!channel&gt; &amp; co");
  expect(await messagesOf(slack, "ops")).toMatchObject([
    { text: "done", ephemeral_for: "U01", user: "U01BOT" },
  ]);
});

it("lets a trigger open one modal, once", async () => {
  const errors: string[] = [];
  await startApp((app) =>
    app.command("/loom", async ({ ack, body, client }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view: form as Answer });
      await client.views
        .open({ trigger_id: body.trigger_id, view: form as Answer })
        .catch((error: Answer) => errors.push(error.data.error));
    }),
  );

  await command("form");
  await until(() => errors.length > 0);

  expect(errors).toEqual(["exchanged_trigger_id"]);
  expect((await local(slack, "state")).views).toHaveLength(1);
});

it("loses no event over a refresh of the connection", async () => {
  const seen: string[] = [];
  await startApp((app) => {
    app.event("app_mention", async ({ event }) => {
      seen.push(event.text);
    });
  });

  await local(slack, "disconnect", { reason: "refresh_requested" });
  for (const word of ["one", "two", "three"])
    await local(slack, "say", { user: "bob", channel: "ops", text: `@loom ${word}` });
  await until(() => seen.length === 3);

  expect(seen).toEqual(["<@U01BOT> one", "<@U01BOT> two", "<@U01BOT> three"]);
  expect((await local(slack, "state")).pendingEvents).toEqual([]);
});

it("delivers an event again with the same event_id, marked as a retry", async () => {
  const seen: Answer[] = [];
  await startApp((app) => {
    app.event("app_mention", async ({ body, context }) => {
      seen.push([body.event_id, context.retryNum, context.retryReason]);
    });
  });
  await local(slack, "say", { user: "bob", channel: "ops", text: "@loom hi" });
  await until(() => seen.length === 1);

  const { event_id } = await local(slack, "redeliver", {});
  await until(() => seen.length === 2);

  expect(seen).toEqual([
    [event_id, 0, ""],
    [event_id, 1, "timeout"],
  ]);
});

it("sends an event again when its ack is lost", async () => {
  const seen: Answer[] = [];
  await startApp((app) => {
    app.event("app_mention", async ({ body, context }) => {
      seen.push([body.event_id, context.retryNum]);
    });
  });
  await local(slack, "fault", { acks: "lose", times: 1 });

  await local(slack, "say", { user: "bob", channel: "ops", text: "@loom hi" });
  await until(() => seen.length === 2);

  expect(seen[0][0]).toBe(seen[1][0]);
  expect(seen.map((one) => one[1])).toEqual([0, 1]);
});

it("gives each event to one connection only", async () => {
  const seen: string[] = [];
  for (const name of ["first", "second"]) {
    await startApp((app) => {
      app.event("app_mention", async ({ event }) => {
        seen.push(`${name} ${event.text.slice(-1)}`);
      });
    });
  }

  for (const word of ["1", "2", "3", "4"])
    await local(slack, "say", { user: "bob", channel: "ops", text: `@loom ${word}` });
  await until(() => seen.length === 4);

  expect(seen.map((one) => one.slice(-1)).sort()).toEqual(["1", "2", "3", "4"]);
  expect(new Set(seen.map((one) => one.slice(0, -2)))).toEqual(new Set(["first", "second"]));
});

it("has the app back, with what was said meanwhile, after Slack was away", async () => {
  const seen: string[] = [];
  await startApp((app) => {
    app.event("app_mention", async ({ event }) => {
      seen.push(event.text);
    });
  });

  await local(slack, "fault", { away: true });
  await local(slack, "say", { user: "bob", channel: "ops", text: "@loom anybody?" });
  expect(await command("start")).toMatchObject({ ok: false, error: "dispatch_failed" });
  await local(slack, "fault", { away: false });

  await until(connected);
  await until(() => seen.length === 1);
});

it("opens a connection with a ticket once only", async () => {
  const { url } = await api(slack, "apps.connections.open", {}, slack.appToken);
  const open = () =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(url);
      socket.onmessage = (event) => {
        resolve(JSON.parse(String(event.data)).type);
        socket.close();
      };
      socket.onerror = () => resolve("refused");
    });

  expect(await open()).toBe("hello");
  expect(await open()).toBe("refused");
});
