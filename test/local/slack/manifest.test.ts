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
