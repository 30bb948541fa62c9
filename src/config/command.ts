import { z } from "zod";
import { parseDuration } from "./amounts.ts";
import { checkArgv, splitCommand } from "./argv.ts";
import { variableName } from "./names.ts";
import { type Parsed, quoted, refused, shown, valid } from "./parsed.ts";
import { amount, leaf, listOf, mapOf, matching, text } from "./shape.ts";

/** One text, split as a shell would, or a list of words that are taken as they are. */
export const command = leaf((raw): Parsed<string[]> => {
  const wanted = 'write e.g. "npm test" or [npm, test]';
  if (raw === undefined || raw === null)
    return refused(`is ${raw === null ? "empty" : "missing"}; ${wanted}`);
  if (typeof raw === "string") return inSentence(splitCommand(raw), quoted(raw));
  if (!Array.isArray(raw)) return refused(`is ${shown(raw)}; ${wanted}`);
  const wrong = raw.findIndex((word) => typeof word !== "string");
  if (wrong >= 0)
    return refused(`has ${shown(raw[wrong])} as its word ${wrong + 1}; put each word in quotes`);
  return inSentence(checkArgv(raw), "the command");
});

const inSentence = (parsed: Parsed<string[]>, subject: string): Parsed<string[]> =>
  parsed.kind === "valid" ? parsed : refused(`${subject} ${parsed.reason}`);

const ownSecrets = /^(?:SLACK_|LOOM_|DATABASE_URL$|REDIS_URL$)/;
const passedVariable = matching(variableName.pattern, variableName.wanted).refine(
  (name) => !ownSecrets.test(name),
  {
    error: "is one of LoomStack's own variables; no program of a loop gets those",
  },
);

/** What of the environment a program of a loop's file gets. */
export const variables = {
  env: mapOf(variableName, text("a text", valid)).default({}),
  pass_env: listOf(passedVariable, 50).default([]),
};

export const duration = (rule: { byDefault: string; min: string; max: string }) =>
  // The default goes through the same parser, so that the tables hold one form only.
  z.preprocess((raw) => (raw === undefined ? rule.byDefault : raw), amount(rule, parseDuration));
