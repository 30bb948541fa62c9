import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readDefinitions } from "../../src/config/definitions.ts";
import {
  claimLimits,
  costLimit,
  deployLimit,
  durationLimits,
  findingCostLimit,
  outputLimit,
  stopLimits,
  wholeLimits,
} from "../../src/config/limits.ts";
import { goodFiles, put, temporaryRoot } from "./temporary-root.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("the files that LoomStack ships are right, and their people and loops are those of the demonstration", async () => {
  const read = await readDefinitions(root);
  if (read.kind === "refused") throw new Error(read.problems.join("\n"));

  expect(
    read.loops.map((loop) => [loop.name, loop.owner, loop.channel, loop.repository, loop.cadence.words]),
  ).toEqual([
    ["finance", "bob", "tidy", "shop", "daily 02:00"],
    ["tidy", "bob", "tidy", "shop", "manual"],
    ["triage", "alice", "triage", "shop", "weekdays 07:00"],
  ]);
  expect(read.organisation.people.map((person) => [person.name, person.slack])).toEqual([
    ["Alice Adler", "U01ALICE"],
    ["Bob Okafor", "U02BOB"],
    ["Carol Lindqvist", "U03CAROL"],
    ["Dan Moreau", "U04DAN"],
    ["Erin Castillo", "U05ERIN"],
  ]);
  expect(read.organisation.groups.flatMap((group) => group.members)).not.toContain("erin");
});

test("skills/README.md tells every limit's true default", async () => {
  const text = await readFile(`${root}/skills/README.md`, "utf8");
  const limits = {
    ...wholeLimits,
    ...durationLimits,
    output: outputLimit,
    cost_usd: costLimit,
    finding_cost_usd: findingCostLimit,
  };
  const rows = [
    ...Object.entries(limits).map(([name, rule]) => [`limits.${name}`, rule.byDefault]),
    ["deploy.within", deployLimit.byDefault],
    ...Object.entries(stopLimits).map(([name, rule]) => [`stop.${name}`, rule.byDefault]),
  ];

  for (const [name, byDefault] of rows)
    expect(text.split("\n")).toContainEqual(
      expect.stringMatching(new RegExp(`^\\| \`${name}\` +\\|.*\\| \`${byDefault}\` +\\|$`)),
    );
  expect(text).toContain(`up to ${claimLimits.pathsMax}, that a run claims`);
  expect(text).toContain(`up to ${claimLimits.resourcesMax}: a kind and a name`);
});

test("the loop that skills/README.md shows can be used as it is", async () => {
  const text = await readFile(`${root}/skills/README.md`, "utf8");
  const shown = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  const elsewhere = await temporaryRoot();
  await put(elsewhere, { ...goodFiles, "skills/triage/loop.yml": shown });

  expect(await readDefinitions(elsewhere)).toMatchObject({
    kind: "valid",
    loops: [{ cadence: { pattern: "0 7 * * 1-5" } }],
  });
});
