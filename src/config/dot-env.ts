export type ReadDotEnv =
  | { kind: "valid"; values: Record<string, string> }
  | { kind: "refused"; problems: string[] };

const wanted =
  "write KEY=value, one a line; a value with spaces or # in it wants \"double\" or 'single' quotes";

/**
 * Reads a `.env` file: KEY=value lines, comments, quotes; `$` means nothing in it. Problems name file and line and never repeat
 * a value, which may be a secret.
 */
export function readDotEnv(text: string, label = ".env"): ReadDotEnv {
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const [at, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const place = `${label}:${at + 1}`;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const parts = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/s.exec(line);
    const [key, raw] = [parts?.[1], parts?.[2]];
    if (key === undefined || raw === undefined) problems.push(`${place}: is not understood; ${wanted}`);
    else if (values.has(key)) problems.push(`${place}: ${key} stands here for the second time; keep one`);
    else {
      const value = readValue(raw);
      if (value === null) problems.push(`${place}: the value of ${key} is not understood; ${wanted}`);
      values.set(key, value ?? "");
    }
  }
  return problems.length > 0
    ? { kind: "refused", problems }
    : { kind: "valid", values: Object.fromEntries(values) };
}

function readValue(raw: string): string | null {
  const single = /^'([^']*)'\s*(?:#.*)?$/s.exec(raw);
  if (single?.[1] !== undefined) return single[1];
  const double = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/s.exec(raw);
  if (double?.[1] !== undefined)
    return double[1].replace(/\\(["\\n])/g, (_, sign: string) => (sign === "n" ? "\n" : sign));
  if (/^["']/.test(raw)) return null;
  const bare = raw.replace(/(?:^|\s+)#.*$/s, "");
  return /\s/.test(bare) ? null : bare;
}
