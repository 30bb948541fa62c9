import { expect, it } from "vitest";
import { completionsFor, insertCompletion } from "../../../src/local/slack/page/completions.ts";
import type { Snapshot } from "../../../src/local/slack/page/feed.ts";

const data: Snapshot = {
  kind: "snapshot",
  me: "U01",
  people: [{ id: "U01", name: "alice", realName: "Alice Adams" }],
  app: { id: "U01BOT", name: "loom", title: "LoomStack", description: "" },
  commands: [{ command: "/loom", description: "Loops", usageHint: "start|stop|status|help" }],
  shortcuts: [],
  homeTab: true,
  messagesTab: true,
  channels: [{ id: "C01", name: "general", topic: "", kind: "channel", unread: 0, messages: [] }],
  modals: [],
  home: null,
  connected: true,
};
const labels = (text: string) => completionsFor(text, text.length, data, false).map((one) => one.label);

it("offers the manifest's commands, the words of their usage hint, people and channels", () => {
  expect(labels("/")).toEqual(["/loom"]);
  expect(labels("/loom ")).toEqual(["start", "stop", "status", "help"]);
  expect(labels("/loom st")).toEqual(["start", "stop", "status"]);
  expect(labels("/loom start x")).toEqual([]);
  expect(labels("ask @")).toEqual(["@loom", "@alice"]);
  expect(labels("in #g")).toEqual(["#general"]);
  expect(labels("mail@a")).toEqual([]);
  expect(completionsFor("/lo", 3, data, true)).toEqual([]);
});

it("puts a completion in place of what was typed", () => {
  const [completion] = completionsFor("hey @lo, look", 7, data, false);

  expect(completion && insertCompletion("hey @lo, look", completion)).toEqual({
    text: "hey @loom , look",
    caret: 10,
  });
});
