import type { z } from "zod";
import { isResource } from "../domain/claim.ts";
import type { ClaimSpec } from "../domain/loop.ts";
import { isEverything, isOnlyStars, whyNoPath } from "../domain/path-glob.ts";
import { claimLimits } from "./limits.ts";
import { type Parsed, quoted, refused, valid } from "./parsed.ts";
import { fields, listOf, oneOf, text } from "./shape.ts";

/** Which files a glob means is known only in a checkout; here goes what no checkout could make right. */
const glob = text("a glob such as src/prices/**", (given): Parsed<string> => {
  const why = whyNoPath(given);
  if (why !== undefined) return refused(`${quoted(given)} ${why}`);
  if (given.endsWith("/"))
    return refused(`${quoted(given)} names a folder; write ${quoted(`${given}**`)} for the files in it`);
  return isEverything(given)
    ? refused(`${quoted(given)} means every file; name what the loop really changes`)
    : valid(given);
});

const resource = text('a resource such as "env:staging"', (given) =>
  isResource(given)
    ? valid(given)
    : refused(`${quoted(given)} is not a resource; write its kind and its name, e.g. "env:staging"`),
);

const claimFields = fields({
  paths: listOf(glob, claimLimits.pathsMax).default([]),
  mode: oneOf(["exclusive", "shared"]).optional(),
  resources: listOf(resource, claimLimits.resourcesMax).default([]),
});

/** `claims` of loop.yml: globs over the repository's paths, and named resources. Shared unless it says exclusive. */
export const claims = claimFields
  .superRefine((given, context) => {
    const whole = given.paths.findIndex(isOnlyStars);
    if (given.mode === "exclusive" && whole >= 0)
      context.addIssue({
        code: "custom",
        path: ["paths", whole],
        message: `${quoted(given.paths[whole] ?? "")} means every file of a folder; name what the loop really changes, or share it (mode: shared)`,
      });
    if (given.mode !== undefined && given.paths.length + given.resources.length === 0)
      context.addIssue({
        code: "custom",
        path: ["mode"],
        message: "says how to claim, but nothing is claimed; add paths or resources, or leave it out",
      });
  })
  .transform(
    (given): ClaimSpec => ({
      paths: [...new Set(given.paths)],
      mode: given.mode ?? "shared",
      resources: [...new Set(given.resources)],
    }),
  ) satisfies z.ZodType<ClaimSpec>;
