import { createHash } from "node:crypto";

/** JSON with sorted keys: equal values are equal texts. Throws on what JSON cannot carry. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "string") {
    if (/\p{Surrogate}/u.test(value)) throw new Error(`${JSON.stringify(value)} is no whole text`);
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`${value} is no number that JSON carries`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => `${canonicalJson(key)}:${canonicalJson(one)}`)
      .join(",")}}`;
  throw new Error(`${typeof value} has no JSON`);
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
