import { afterEach, describe, expect, it } from "vitest";
import { startSlack } from "../../../src/adapters/slack/app.ts";
import { control, startWorld, type World } from "./world.ts";

let world: World | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
});

describe("starting", () => {
  it.each([
    ["swapped tokens", { botToken: "xapp-1-A01-b", appToken: "xoxb-a" }, "the two tokens are swapped"],
    ["no bot token", { botToken: "" }, "the bot token is missing"],
    ["no app token and no signing secret", { botToken: "xoxb-a" }, "neither an app token"],
    ["an app token of another kind", { botToken: "xoxb-a", appToken: "xoxp-a" }, "does not begin with xapp-"],
  ])("refuses %s at once, with the remedy", async (_, tokens, words) => {
    world = await startWorld();
    const { appToken: _unused, ...rest } = world.options;

    await expect(startSlack({ ...rest, ...tokens })).rejects.toThrow(words);
  });

  it("refuses a bot token that Slack does not know", async () => {
    world = await startWorld();

    await expect(startSlack({ ...world.options, botToken: "xoxb-unknown" })).rejects.toThrow(
      "the bot token is no longer valid",
    );
  });

  it("refuses an app token that Slack does not know", async () => {
    world = await startWorld();

    await expect(startSlack({ ...world.options, appToken: "xapp-1-A01-unknown" })).rejects.toThrow(
      "invalid_auth; check that the app token (xapp-) belongs to this app",
    );
  });

  it("says which port is taken", async () => {
    world = await startWorld();
    const { appToken: _unused, ...rest } = world.options;
    const taken = { signingSecret: world.local.signingSecret, httpPort: world.local.port };

    await expect(startSlack({ ...rest, ...taken })).rejects.toThrow("choose another port");
  });

  it("says which workspace it is in", async () => {
    world = await startWorld();

    expect(world.logged).toContain("info connected to the Slack workspace Local");
    expect(world.slack.teamUrl).toContain(world.local.url);
  });

  it("closes in time although Slack has vanished", async () => {
    world = await startWorld();
    await control(world, "fault", { away: true });
    world.messages.notice("n:1", "never sent");

    const before = performance.now();
    await world.slack.close(500);

    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
