import { rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type WatchOptions, watchDefinitions } from "../../src/config/watch-definitions.ts";
import { goodFiles, goodLoop, goodOrganisation, put, skill, temporaryRoot } from "./temporary-root.ts";

/** Nothing is read again unless the test asks: the poll and the quiet time are an hour. */
const onlyWhenAsked = { quietMs: 3_600_000, pollMs: 3_600_000 };

async function watched(files: Record<string, string> = goodFiles, options: WatchOptions = onlyWhenAsked) {
  const root = await temporaryRoot(files);
  const changes: string[][] = [];
  const definitions = await watchDefinitions(root, {
    onChange: (problems) => changes.push(problems),
    ...options,
  });
  onTestFinished(() => definitions.close());
  const change = async (next: Record<string, string>) => {
    await put(root, next);
    await definitions.reload();
  };
  const channels = () => Object.fromEntries(definitions.loops().map((loop) => [loop.name, loop.channel]));
  return { root, definitions, changes, change, channels };
}

const tidy = {
  "skills/tidy/SKILL.md": skill("tidy"),
  "skills/tidy/loop.yml": goodLoop.replace("channel: triage", "channel: tidy"),
};
const bothLoops = { ...goodFiles, ...tidy };

describe("the last good version stays in force, file by file", () => {
  test("a wrong loop keeps its version while another one changes", async () => {
    const { definitions, change, channels } = await watched(bothLoops);

    await change({
      "skills/triage/loop.yml": `${goodLoop.replace("channel: triage", "channel: news")}typo: 1\n`,
      "skills/tidy/loop.yml": goodLoop.replace("channel: triage", "channel: cleaning"),
    });

    expect(channels()).toEqual({ triage: "triage", tidy: "cleaning" });
    expect(definitions.problems()).toEqual([
      expect.stringContaining("skills/triage/loop.yml:8: typo is not a known key"),
    ]);
  });

  test("a wrong organisation stays as it was, and loops change under it", async () => {
    const { definitions, change, channels } = await watched();

    await change({
      "policies/org.yml": goodOrganisation.replace("name: Shop", "name: Store\nmore: 1"),
      "skills/triage/loop.yml": goodLoop.replace("channel: triage", "channel: news"),
    });

    expect(definitions.organisation().name).toBe("Shop");
    expect(channels()).toEqual({ triage: "news" });
    expect(definitions.problems()).toEqual([
      expect.stringContaining("policies/org.yml:2: more is not a known key"),
    ]);
  });

  test("once the file is right, its newest version is in force and no problem is left", async () => {
    const { definitions, changes, change, channels } = await watched();
    await change({ "skills/triage/loop.yml": "owner: nobody" });

    await change({ "skills/triage/loop.yml": goodLoop.replace("channel: triage", "channel: news") });

    expect(channels()).toEqual({ triage: "news" });
    expect(definitions.problems()).toEqual([]);
    expect(changes.map((problems) => problems.length > 0)).toEqual([true, false]);
  });

  test("a loop whose SKILL.md is gone keeps its version; one whose folder is gone leaves", async () => {
    const { root, definitions, channels } = await watched(bothLoops);

    await rm(join(root, "skills/triage/SKILL.md"));
    await rm(join(root, "skills/tidy"), { recursive: true });
    await definitions.reload();

    expect(channels()).toEqual({ triage: "triage" });
    expect(definitions.problems()).toEqual([expect.stringContaining("skills/triage/SKILL.md: is missing")]);
  });

  test("while skills/ cannot be listed, the loops are what they were", async () => {
    const { root, definitions, channels } = await watched(bothLoops);

    await rm(join(root, "skills"), { recursive: true });
    await definitions.reload();

    expect(channels()).toEqual({ triage: "triage", tidy: "tidy" });
    expect(definitions.problems()).toEqual([expect.stringContaining("skills: reading the folder")]);
  });

  test("a new loop that is wrong has no version, and harms no other", async () => {
    const { definitions, change, channels } = await watched();

    await change({ "skills/tidy/SKILL.md": skill("tidy"), "skills/tidy/loop.yml": "owner: bob" });

    expect(channels()).toEqual({ triage: "triage" });
    expect(definitions.problems().length).toBeGreaterThan(0);
  });

  test("an organisation that takes away what a loop stands on waits for the loop", async () => {
    const { definitions, change, channels } = await watched(bothLoops);
    const renamed = goodOrganisation.replace("  shop: {", "  store: {");
    const moved = goodLoop.replace("repository: shop", "repository: store");

    await change({ "policies/org.yml": renamed, "skills/triage/loop.yml": moved });

    expect(definitions.organisation().repositories.map((one) => one.name)).toEqual(["shop"]);
    expect(definitions.loops().map((loop) => loop.repository)).toEqual(["shop", "shop"]);
    expect(definitions.problems()).toEqual([
      "policies/org.yml: the last good version stays in force, for the loop tidy does not fit the new one",
      'skills/tidy/loop.yml:2: repository "shop" is not among the repositories of policies/org.yml; allowed: store',
    ]);

    await change({ "skills/tidy/loop.yml": moved });

    expect(definitions.organisation().repositories.map((one) => one.name)).toEqual(["store"]);
    expect(channels()).toEqual({ triage: "triage", tidy: "triage" });
    expect(definitions.problems()).toEqual([]);
  });

  test("the organisation's new time zone holds for a loop whose file is wrong now", async () => {
    const { definitions, change } = await watched();

    await change({
      "policies/org.yml": goodOrganisation.replace("Europe/Berlin", "Asia/Tokyo"),
      "skills/triage/loop.yml": "owner: [",
    });

    expect(definitions.loops()[0]?.cadence).toMatchObject({ pattern: "0 7 * * 1-5", timezone: "Asia/Tokyo" });
  });
});

describe("the start", () => {
  test("without a good organisation throws with all problems", async () => {
    const root = await temporaryRoot({
      ...goodFiles,
      "policies/org.yml": "name: x",
      "skills/triage/loop.yml": "{",
    });

    const start = watchDefinitions(root, onlyWhenAsked);

    await expect(start).rejects.toThrow(
      /policies\/org\.yml:1: timezone is missing[\s\S]*skills\/triage\/loop\.yml:1: /,
    );
  });

  test("without a good loop throws when there are files for some", async () => {
    const root = await temporaryRoot({ ...goodFiles, "skills/triage/loop.yml": "{}" });

    await expect(watchDefinitions(root, onlyWhenAsked)).rejects.toThrow(
      "skills/triage/loop.yml:1: owner is missing",
    );
  });

  test("with one good loop goes ahead and tells what is wrong with the other", async () => {
    const { definitions, channels } = await watched({ ...bothLoops, "skills/tidy/loop.yml": "{}" });

    expect(channels()).toEqual({ triage: "triage" });
    expect(definitions.problems()[0]).toContain("skills/tidy/loop.yml:1:");
  });
});

describe("noticing", () => {
  test("a change on disk is noticed by itself", async () => {
    const { root, changes, channels } = await watched(goodFiles, { quietMs: 20, pollMs: 3_600_000 });

    await put(root, { "skills/triage/loop.yml": goodLoop.replace("channel: triage", "channel: news") });

    await vi.waitFor(() => expect(channels()).toEqual({ triage: "news" }), { timeout: 10_000, interval: 10 });
    expect(changes.at(-1)).toEqual([]);
  });

  test("files of a new folder are noticed too", async () => {
    const { root, channels } = await watched(goodFiles, { quietMs: 20, pollMs: 3_600_000 });
    await put(root, { "skills/tidy/SKILL.md": skill("tidy") });
    await put(root, tidy);

    await vi.waitFor(() => expect(channels()).toHaveProperty("tidy"), { timeout: 10_000, interval: 10 });
  });

  test("the poll notices where nothing notifies", async () => {
    // Configuration that is deployed by switching a link somewhere else: no watched folder changes.
    const deployed = await temporaryRoot({});
    await symlink(await temporaryRoot(), join(deployed, "current"));
    const root = await temporaryRoot({});
    for (const folder of ["policies", "skills"])
      await symlink(join(deployed, "current", folder), join(root, folder));
    const definitions = await watchDefinitions(root, { quietMs: 5, pollMs: 20 });
    onTestFinished(() => definitions.close());

    await symlink(await temporaryRoot(bothLoops), join(deployed, "next"));
    await rename(join(deployed, "next"), join(deployed, "current"));

    await vi.waitFor(() => expect(definitions.loops()).toHaveLength(2), { timeout: 10_000, interval: 10 });
  });

  test("reading the same files again tells nobody", async () => {
    const { definitions, changes } = await watched();

    await definitions.reload();

    expect(changes).toEqual([]);
  });

  test("many readings at once end with the newest files", async () => {
    const { root, definitions, channels } = await watched();

    const readings: Promise<void>[] = [];
    for (const channel of ["a", "b", "c", "d"]) {
      await put(root, {
        "skills/triage/loop.yml": goodLoop.replace("channel: triage", `channel: ${channel}`),
      });
      readings.push(definitions.reload());
    }
    await Promise.all(readings);

    expect(channels()).toEqual({ triage: "d" });
  });

  test("after close nothing changes any more", async () => {
    const { definitions, changes, change, channels } = await watched();
    definitions.close();

    await change({ "skills/triage/loop.yml": goodLoop.replace("channel: triage", "channel: news") });

    expect(channels()).toEqual({ triage: "triage" });
    expect(changes).toEqual([]);
  });
});
