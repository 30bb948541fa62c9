import { nearest } from "../domain/nearest.ts";

/** What came of reading one value. The reason follows the value's name in a sentence: `is missing; write …`. */
export type Parsed<T> = { kind: "valid"; value: T } | { kind: "refused"; reason: string };

export const valid = <T>(value: T): Parsed<T> => ({ kind: "valid", value });
export const refused = (reason: string): { kind: "refused"; reason: string } => ({ kind: "refused", reason });

const shownMax = 60;

/** A value from a file as a person would name it in a sentence, on one line and short. */
export function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean") return `the truth value ${value}`;
  if (value === null || value === undefined) return "nothing";
  return Array.isArray(value) ? "a list" : "a map";
}

export function quoted(text: string): string {
  const line = JSON.stringify(text);
  return line.length <= shownMax ? line : `${line.slice(0, shownMax - 2)}…"`;
}

/** The end of a refusal: the nearest of what is allowed, or all of it. */
export function suggest(word: string, allowed: readonly string[]): string {
  const meant = nearest(word, allowed);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return allowed.length === 0 ? "there are none" : `allowed: ${allowed.join(", ")}`;
}
