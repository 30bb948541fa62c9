import { z } from "zod";
import { nearest } from "../domain/nearest.ts";
import { type Parsed, refused, shown, suggest, valid } from "./parsed.ts";
import type { YamlFile } from "./yaml-file.ts";

/** A value that one function reads. */
export const leaf = <T>(parse: (raw: unknown) => Parsed<T>) =>
  z.unknown().transform((raw, context): T => {
    const parsed = parse(raw);
    if (parsed.kind === "valid") return parsed.value;
    context.addIssue({ code: "custom", message: parsed.reason });
    return z.NEVER;
  });

/** A text, further read by `parse`; `wanted` says what to write when there is none. */
export const text = <T>(wanted: string, parse: (text: string) => Parsed<T>) =>
  leaf((raw) => {
    if (typeof raw === "string" && raw.trim() !== "") return parse(raw);
    const inQuotes = typeof raw === "number" || typeof raw === "boolean" ? ", in quotes" : "";
    return refused(`${absence(raw)}; write ${wanted}${inQuotes}`);
  });

export const matching = (pattern: RegExp, wanted: string) =>
  text(wanted, (given) =>
    pattern.test(given) ? valid(given) : refused(`is ${shown(given)}; write ${wanted}`),
  );

export const oneOf = <T extends string>(allowed: readonly T[]) =>
  text(listed(allowed), (given) => {
    const found = allowed.find((one) => one === given);
    return found === undefined
      ? refused(`${shown(given)} is not known; ${suggest(given, allowed)}`)
      : valid(found);
  });

export interface Bounds {
  min: number;
  max: number;
}

export const numeric = (bounds: Bounds, kind: "whole" | "any") =>
  leaf((raw) => {
    const wanted = `a ${kind === "whole" ? "whole " : ""}number from ${bounds.min} to ${bounds.max}`;
    if (typeof raw !== "number" || !Number.isFinite(raw)) return refused(`${absence(raw)}; write ${wanted}`);
    const fits = raw >= bounds.min && raw <= bounds.max && (kind === "any" || Number.isInteger(raw));
    return fits ? valid(raw) : refused(`is ${raw}; write ${wanted}`);
  });

/** A duration or a size between two others, all three as people write them. */
export const amount = (bounds: { min: string; max: string }, parse: (text: string) => Parsed<number>) =>
  text(`e.g. "${bounds.max}"`, (given) => {
    const parsed = parse(given);
    if (parsed.kind === "refused") return parsed;
    const [min, max] = [parse(bounds.min), parse(bounds.max)];
    const fits =
      min.kind === "valid" && max.kind === "valid" && parsed.value >= min.value && parsed.value <= max.value;
    return fits ? parsed : refused(`is ${shown(given)}; write "${bounds.min}" to "${bounds.max}"`);
  });

export const truth = leaf((raw) =>
  typeof raw === "boolean" ? valid(raw) : refused(`${absence(raw)}; write true or false`),
);

/** A map with exactly these keys. */
export const fields = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    // Of unknown keys zod tells the keys alone; the message carries what is allowed to `problemsOf`.
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? Object.keys(shape).join(", ")
        : `${absence(issue.input)}; write a map of ${Object.keys(shape).join(", ")}`,
  });

/** A list, or one item that stands for a list of it. */
export const listOf = <Item extends z.ZodType>(item: Item, lengthMax: number) =>
  z.preprocess(
    (raw) => (raw === undefined || raw === null || Array.isArray(raw) ? raw : [raw]),
    z.array(item, { error: (issue) => `${absence(issue.input)}; write a list` }).max(lengthMax, {
      error: `is too long; at most ${lengthMax} items are allowed`,
    }),
  );

/** A map from names to values. */
export const mapOf = <Value extends z.ZodType>(names: { pattern: RegExp; wanted: string }, value: Value) =>
  z.record(z.string().regex(names.pattern), value, {
    error: (issue) =>
      issue.code === "invalid_key"
        ? `is not allowed as a name; write ${names.wanted}`
        : `${absence(issue.input)}; write a map from names`,
  });

/** Hands a value to another schema and takes over what it finds, at the same place. */
export function delegate<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
  context: z.RefinementCtx,
): z.output<Schema> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.addIssue({ ...issue });
  return z.NEVER;
}

export type Shaped<T> = { kind: "valid"; value: T } | { kind: "refused"; problems: string[] };

export function readShape<Schema extends z.ZodType>(
  file: YamlFile,
  schema: Schema,
): Shaped<z.output<Schema>> {
  const result = schema.safeParse(file.value);
  if (result.success) return { kind: "valid", value: result.data };
  const found = result.error.issues
    .filter((issue) => !isMisspelt(issue, result.error.issues))
    .flatMap((issue) => problemsOf(file, issue));
  return { kind: "refused", problems: found.sort((a, b) => a.line - b.line).map((one) => one.problem) };
}

/** A key that is missing because it stands there misspelt: the unknown key beside it already says so. */
function isMisspelt(missing: z.core.$ZodIssue, issues: z.core.$ZodIssue[]): boolean {
  const key = String(missing.path.at(-1));
  const parent = missing.path.slice(0, -1).join("\0");
  return (
    missing.message.startsWith("is missing") &&
    issues.some(
      (issue) =>
        issue.code === "unrecognized_keys" &&
        issue.path.join("\0") === parent &&
        issue.keys.some((unknown) => nearest(unknown, issue.message.split(", ")) === key),
    )
  );
}

/** A problem with the part of a file that stands at `path`. */
export const problemAt = (file: YamlFile, path: readonly PropertyKey[], reason: string): string =>
  `${file.label}:${file.lineOf(path)}: ${pathText(path)} ${reason}`;

function problemsOf(file: YamlFile, issue: z.core.$ZodIssue): { line: number; problem: string }[] {
  if (issue.code !== "unrecognized_keys")
    return [{ line: file.lineOf(issue.path), problem: problemAt(file, issue.path, issue.message) }];
  const allowed = issue.message.split(", ");
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const problem = problemAt(file, path, `is not a known key; ${suggest(key, allowed)}`);
    return { line: file.lineOf(path), problem };
  });
}

/** `limits.make`, `sources[0]`; the whole file for an empty path. */
function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : `${at === 0 ? "" : "."}${String(step)}`))
    .join("")
    .slice(0, 120);
}

function absence(raw: unknown): string {
  if (raw === undefined) return "is missing";
  if (raw === null) return "is empty";
  return typeof raw === "string" && raw.trim() === "" ? "is empty" : `is ${shown(raw)}`;
}

const listed = (words: readonly string[]): string =>
  words.length === 1 ? `"${words[0]}"` : `one of ${words.join(", ")}`;
