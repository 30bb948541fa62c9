import type { z } from "zod";
import type { Organisation, StandingFreeze, Tool, Zone } from "../domain/organisation.ts";
import { isEverything, isOnlyStars, whyNoPath } from "../domain/path-glob.ts";
import { builtInZones, reservedZones, specialApprovers, withBuiltIn } from "../domain/zones.ts";
import { plainName } from "./names.ts";
import { quoted, refused, suggest, valid } from "./parsed.ts";
import { fields, listOf, mapOf, matching, numeric, problemAt, text, truth } from "./shape.ts";
import type { YamlFile } from "./yaml-file.ts";

/** The part of `policies/org.yml` that rules speak of: zones, environments, tools, trust, freezes, budgets. */

const starsMax = 6;
const globsMax = 200;

const glob = text("a glob such as services/payments/**", (given) => {
  const why = whyNoPath(given);
  if (why !== undefined) return refused(`${quoted(given)} ${why}`);
  if (isEverything(given) || isOnlyStars(given))
    return refused(
      `${quoted(given)} matches every file, so the zone would say nothing; rules without a zone are for everything`,
    );
  // A glob becomes a regular expression, and many stars in one make it slow on a path that somebody made for that.
  if ((given.match(/\*+/g) ?? []).length > starsMax)
    return refused(`${quoted(given)} has more than ${starsMax} stars; write several simpler globs`);
  return valid(given);
});

const dottedName = {
  pattern: /^[a-z0-9][a-z0-9_-]{0,63}(?:\.[a-z0-9][a-z0-9_-]{0,63})*$/,
  wanted: "a tool's name such as jira.comment, of a-z, 0-9, -, _ and dots",
};

const moment = text('a moment such as "2026-12-23T18:00+01:00"', (given) => {
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(given);
  const at = new Date(given);
  return isWhole && !Number.isNaN(at.getTime())
    ? valid(at)
    : refused(
        `is ${quoted(given)}; write a moment with its offset from UTC, such as "2026-12-23T18:00+01:00"`,
      );
});

const sentence = text("why, in a sentence", (given) => valid(given.trim()));
const loopName = matching(plainName.pattern, "the name of a loop");

export const governedFields = {
  zones: mapOf(plainName, listOf(glob, globsMax)).default({}),
  environments: listOf(matching(plainName.pattern, "an environment such as production"), 50).default([
    "staging",
    "production",
  ]),
  tools: mapOf(dottedName, fields({ writes: truth, loops: listOf(loopName, 200).default([]) })).default({}),
  trust: mapOf(plainName, numeric({ min: 0, max: 3 }, "whole")).default({}),
  freezes: mapOf(
    plainName,
    fields({
      from: moment,
      until: moment,
      why: sentence,
      zone: matching(plainName.pattern, "a zone").optional(),
    }),
  ).default({}),
  budgets: fields({ run_usd: numeric({ min: 0, max: 100_000 }, "any").default(100) }).default({
    run_usd: 100,
  }),
};

export type RawGoverned = {
  [Key in keyof typeof governedFields]: z.output<(typeof governedFields)[Key]>;
};

export function governedProblems(file: YamlFile, raw: RawGoverned & { groups: object }): string[] {
  const zones = [...builtInZones.map((zone) => zone.name), ...Object.keys(raw.zones)];
  return [
    ...Object.keys(raw.zones)
      .filter((name) => reservedZones.includes(name))
      .map((name) =>
        problemAt(file, ["zones", name], "is what paths in no zone are called; choose another name"),
      ),
    ...Object.entries(raw.zones)
      .filter(([, globs]) => globs.length === 0)
      .map(([name]) => problemAt(file, ["zones", name], "has no globs; nothing could ever be in it")),
    ...Object.entries(raw.freezes).flatMap(([name, freeze]) => [
      ...(freeze.zone === undefined || zones.includes(freeze.zone)
        ? []
        : [
            problemAt(
              file,
              ["freezes", name, "zone"],
              `"${freeze.zone}" is not among the zones; ${suggest(freeze.zone, zones)}`,
            ),
          ]),
      ...(freeze.from < freeze.until
        ? []
        : [problemAt(file, ["freezes", name, "until"], "is not after its beginning; swap the two")]),
    ]),
    ...specialApprovers
      .filter((name) => Object.hasOwn(raw.groups, name))
      .map((name) =>
        problemAt(
          file,
          ["groups", name],
          "is a word that rules use for people of the moment; rename the group",
        ),
      ),
    ...(raw.environments.length > 0
      ? []
      : [problemAt(file, ["environments"], "is empty; leave the key out, or name at least one")]),
  ];
}

export function toGoverned(
  raw: RawGoverned,
): Pick<Organisation, "zones" | "environments" | "tools" | "trust" | "freezes" | "budgets"> {
  return {
    zones: withBuiltIn(Object.entries(raw.zones).map(([name, globs]): Zone => ({ name, globs }))),
    environments: [...new Set(raw.environments)],
    tools: Object.entries(raw.tools).map(([name, one]): Tool => ({ name, ...one })),
    trust: raw.trust,
    freezes: Object.entries(raw.freezes).map(
      ([name, one]): StandingFreeze => ({
        name,
        zone: one.zone ?? null,
        from: one.from,
        until: one.until,
        why: one.why,
      }),
    ),
    budgets: { runUsdMax: raw.budgets.run_usd },
  };
}
