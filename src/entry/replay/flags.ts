import type { History } from "../../ports/history.ts";

export interface ReplayFlags {
  [name: string]: string | boolean | undefined;
}

/** What every replay works with. `stop` is aborted by Ctrl-C. */
export interface Replay {
  history: History;
  repository: string;
  flags: ReplayFlags;
  stop: AbortSignal;
}

/** A flag that is a whole number of at least 1. */
export function numberFlag(flags: ReplayFlags, name: string, otherwise: number): number {
  const value = flags[name];
  if (value === undefined) return otherwise;
  if (typeof value === "string" && /^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new Error(`--${name} ${String(value)}: write a whole number of at least 1, e.g. --${name} 200`);
}

export function textFlag(flags: ReplayFlags, name: string, example: string): string {
  const value = flags[name];
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`--${name} is missing: e.g. --${name} ${example}`);
}
