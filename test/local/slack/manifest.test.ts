import { expect, it } from "vitest";
import { deliversEvent, parseManifest, readManifest } from "../../../src/local/slack/manifest.ts";
import { manifestPath } from "./workspace-world.ts";

it("reads the app's own manifest", () => {
  const manifest = readManifest(manifestPath);

  expect(manifest).toMatchObject({
    appName: "LoomStack",
    botName: "loom",
    homeTab: true,
    interactivity: true,
    socketMode: true,
  });
  expect(manifest.commands.map((one) => one.command)).toEqual(["/loom"]);
  expect(manifest.shortcuts.map((one) => [one.name, one.callbackId])).toEqual([
    ["Remember as a decision", "remember_decision"],
  ]);
});

it("offers shortcuts on messages only, and only with the scope that they need", () => {
  const yaml = (scopes: string, name = "Keep") =>
    `display_information: {name: X}
features:
  bot_user: {display_name: x}
  shortcuts:
    - {name: ${name}, type: message, callback_id: keep, description: Keeps it}
    - {name: Anywhere, type: global, callback_id: any, description: Asks}
oauth_config: {scopes: {bot: [${scopes}]}}
`;

  expect(parseManifest(yaml("commands"), "m.yml").shortcuts).toEqual([
    { name: "Keep", callbackId: "keep", description: "Keeps it" },
  ]);
  expect(parseManifest(yaml("chat:write"), "m.yml").shortcuts).toEqual([]);
  expect(() => parseManifest(yaml("commands", "K".repeat(25)), "m.yml")).toThrow("features.shortcuts.0.name");
});

it("delivers an event only with its subscription and its scope", () => {
  const manifest = readManifest(manifestPath);

  expect(deliversEvent(manifest, "app_mention")).toBe(true);
  expect(deliversEvent(manifest, "message.channels")).toBe(false);
  expect(deliversEvent({ ...manifest, scopes: new Set() }, "app_mention")).toBe(false);
});

it("refuses a wrong manifest, naming file and place", () => {
  const wrong =
    "display_information: {name: X}\nfeatures: {bot_user: {display_name: x}, slash_commands: [{command: loom, description: d}]}\noauth_config: {scopes: {}}\n";

  expect(() => parseManifest(wrong, "m.yml")).toThrow(
    "m.yml: correct features.slash_commands.0.command: must be one word that begins with /",
  );
  expect(() => parseManifest("a: [", "m.yml")).toThrow("m.yml: it is not YAML");
});
