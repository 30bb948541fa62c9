import { z } from "zod";
import type {
  CheckCommand,
  ClaimSpec,
  CommitRule,
  DeploySpec,
  LoopLimits,
  LoopTrigger,
  MakerSpec,
  SourceSpec,
} from "../domain/loop.ts";
import { parseSize } from "./amounts.ts";
import { parseCadence, type WrittenCadence } from "./cadence.ts";
import { claims } from "./claim-spec.ts";
import { command, duration, variables } from "./command.ts";
import { deploy } from "./deploy-spec.ts";
import {
  costLimit,
  dailyBudget,
  durationLimits,
  findingCostLimit,
  outputLimit,
  stopLimits,
  wholeLimits,
} from "./limits.ts";
import { channelName, plainName, repositoryName } from "./names.ts";
import { quoted, refused, shown, suggest, valid } from "./parsed.ts";
import { amount, delegate, fields, listOf, matching, numeric, oneOf, text, truth } from "./shape.ts";

/** `loop.yml` as it was written: names are not yet looked up, and the organisation's time zone is not yet filled in. */
export interface LoopFile {
  owner: string;
  repository: string;
  cadence: WrittenCadence;
  on: LoopTrigger[];
  channel: string;
  sources: SourceSpec[];
  maker: MakerSpec;
  checker: "tests";
  check: CheckCommand;
  claims: ClaimSpec;
  deploy?: DeploySpec | undefined;
  stop: {
    goal?: string[];
    findingsPerTickMax: number;
    failuresInRowMax: number;
    /** The last day, as `2027-01-31`. */
    untilDay?: string;
    budgetUsdPerDay?: number;
  };
  limits: LoopLimits;
}

const triggers: readonly LoopTrigger[] = ["push", "landed"];
const commitRules: readonly CommitRule[] = ["conflict-markers", "fixup", "whitespace"];
/** Whitespace is a matter of taste, so only a loop that names it looks for it. */
const commitRulesByDefault: CommitRule[] = ["conflict-markers", "fixup"];
const placeholders: readonly string[] = ["prompt", "skill", "node"];

const reportPath = text("a path inside the repository", (path) => {
  const leaves = path.startsWith("/") || path.includes("\\") || path.split("/").includes("..");
  return leaves ? refused(`is ${quoted(path)}; write a path inside the repository`) : valid(path);
});

const checkFields = fields({
  command,
  setup: command.optional(),
  report: reportPath.optional(),
  network: truth.default(false),
});

const check = z.preprocess(commandAlone, checkFields).transform(
  (raw): CheckCommand => ({
    argv: raw.command,
    ...(raw.setup === undefined ? {} : { setup: raw.setup }),
    ...(raw.report === undefined ? {} : { report: raw.report }),
    borrow: {},
    network: raw.network,
  }),
);

function commandAlone(raw: unknown): unknown {
  return typeof raw === "string" || Array.isArray(raw) ? { command: raw } : raw;
}

const makerCommand = command.transform((argv, context) => {
  for (const name of argv.flatMap((word) =>
    [...word.matchAll(/\{([A-Za-z_]+)\}/g)].map((found) => found[1] ?? ""),
  ))
    if (!placeholders.includes(name))
      context.addIssue({
        code: "custom",
        message: `has the unknown placeholder {${name}}; ${suggest(name, placeholders)}`,
      });
  return argv;
});

const makerFields = fields({
  command: makerCommand,
  stdin: oneOf(["prompt", "none"]).optional(),
  ...variables,
  network: truth.default(false),
});

const maker = z.unknown().transform((raw, context): MakerSpec => {
  if (raw === null || typeof raw !== "object" || Array.isArray(raw)) {
    if (raw === "bisect") return { kind: "bisect" };
    const read = raw === undefined ? "is missing" : `${shown(raw)} is not known`;
    context.addIssue({
      code: "custom",
      message: `${read}; write "bisect", or a program: { command: [claude, -p, "{prompt}"], network: true }`,
    });
    return z.NEVER;
  }
  const given = delegate(makerFields, raw, context);
  if (given === z.NEVER) return z.NEVER;
  const isInArgv = given.command.some((word) => word.includes("{prompt}"));
  return {
    kind: "command",
    argv: given.command,
    stdin: given.stdin ?? (isInArgv ? "none" : "prompt"),
    env: given.env,
    passEnv: given.pass_env,
    network: given.network,
  };
});

const commitsFields = fields({ commits: listOf(oneOf(commitRules), commitRules.length) });
const source = z.unknown().transform((raw, context): SourceSpec => {
  if (raw === "checks" || raw === "issues") return { kind: raw };
  if (raw === "commits") return { kind: "commits", rules: commitRulesByDefault };
  if (raw !== null && typeof raw === "object" && !Array.isArray(raw)) {
    const given = delegate(commitsFields, raw, context);
    return given === z.NEVER ? z.NEVER : { kind: "commits", rules: [...new Set(given.commits)] };
  }
  const hint = suggest(String(raw), ["checks", "issues", "commits"]);
  context.addIssue({ code: "custom", message: `${shown(raw)} is not known; ${hint}` });
  return z.NEVER;
});

const sources = listOf(source, 10).superRefine((given, context) => {
  const kinds = given.map((one) => one.kind);
  const twice = kinds.findIndex((kind, at) => kinds.indexOf(kind) !== at);
  if (twice >= 0)
    context.addIssue({
      code: "custom",
      path: [twice],
      message: `names ${kinds[twice]} for the second time; keep one`,
    });
  if (kinds.length === 0)
    context.addIssue({ code: "custom", message: "is an empty list; a loop needs checks, issues or commits" });
});

const day = text('a day such as "2027-01-31"', (given) => {
  const at = new Date(`${given}T00:00:00Z`);
  const isDay =
    /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(given);
  return isDay ? valid(given) : refused(`is ${quoted(given)}; write a day such as "2027-01-31"`);
});

const whole = (rule: { byDefault: number; min: number; max: number }) =>
  numeric(rule, "whole").default(rule.byDefault);
const stop = fields({
  goal: command.optional(),
  findings_per_tick: whole(stopLimits.findings_per_tick),
  failures_in_row: whole(stopLimits.failures_in_row),
  until: day.optional(),
  budget_usd_per_day: numeric(dailyBudget, "any").optional(),
}).transform((raw) => ({
  ...(raw.goal === undefined ? {} : { goal: raw.goal }),
  findingsPerTickMax: raw.findings_per_tick,
  failuresInRowMax: raw.failures_in_row,
  ...(raw.until === undefined ? {} : { untilDay: raw.until }),
  ...(raw.budget_usd_per_day === undefined ? {} : { budgetUsdPerDay: raw.budget_usd_per_day }),
}));

const limits = fields({
  attempts: whole(wholeLimits.attempts),
  review_rounds: whole(wholeLimits.review_rounds),
  make: duration(durationLimits.make),
  check: duration(durationLimits.check),
  output: z.preprocess(
    (raw) => (raw === undefined ? outputLimit.byDefault : raw),
    amount(outputLimit, parseSize),
  ),
  files: whole(wholeLimits.files),
  lines: whole(wholeLimits.lines),
  hold: duration(durationLimits.hold),
  cost_usd: numeric(costLimit, "any").default(costLimit.byDefault),
  finding_cost_usd: numeric(findingCostLimit, "any").default(findingCostLimit.byDefault),
}).transform(
  (raw): LoopLimits => ({
    attemptsMax: raw.attempts,
    makeMs: raw.make,
    checkMs: raw.check,
    outputBytesMax: raw.output,
    filesMax: raw.files,
    linesMax: raw.lines,
    holdMs: raw.hold,
    costUsdMax: raw.cost_usd,
    findingCostUsdMax: raw.finding_cost_usd,
    reviewRoundsMax: raw.review_rounds,
  }),
);

/** A section that may be left out whole: then every key has its default. */
const section = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((raw) => (raw === undefined ? {} : raw), schema);

export const loopFile = fields({
  owner: matching(plainName.pattern, "the name of a person in policies/org.yml"),
  repository: matching(repositoryName.pattern, "the name of a repository in policies/org.yml"),
  cadence: text('e.g. "weekdays 07:00" or "manual"', parseCadence),
  on: listOf(oneOf(triggers), triggers.length).default([]),
  channel: matching(channelName.pattern, channelName.wanted),
  sources,
  maker,
  checker: oneOf(["tests"]).default("tests"),
  check,
  claims: section(claims),
  deploy: deploy.optional(),
  stop: section(stop),
  limits: section(limits),
}) satisfies z.ZodType<LoopFile>;
