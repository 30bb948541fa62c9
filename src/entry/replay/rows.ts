import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { z } from "zod";

/** A row is one JSON object on a line of its own. */
type Row = object;

/**
 * Rows of a file as `schema` says, gzipped when the name ends in .gz. Throws with file, line and reason. A last line without its
 * end is left out when `mayEndEarly`: whoever wrote it was stopped there.
 */
export async function readRows<T>(file: string, schema: z.ZodType<T>, mayEndEarly = false): Promise<T[]> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new Error(`reading ${file}: ${error.message}; name a file of JSON Lines`);
  });
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  if (last !== "" && !mayEndEarly) lines.push(last);
  return lines.flatMap((line, at) =>
    line.trim() === "" ? [] : [readRow(line, schema, `${file}:${at + 1}`)],
  );
}

function readRow<T>(line: string, schema: z.ZodType<T>, place: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Error(`${place}: no JSON: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`${place}: ${z.prettifyError(parsed.error).replace(/\s+/g, " ")}`);
  return parsed.data;
}

/** Writes one row whole, and waits when nobody reads fast enough: memory does not grow with the output. */
export async function writeRow(row: Row): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(row)}\n`)) await once(process.stdout, "drain");
}

/** Says on standard error how far a long replay is, at most once a second. */
export function openProgress(what: string, total: number | null): { at(done: number): void; end(): void } {
  const isScreen = process.stderr.isTTY;
  let saidAt = performance.now();
  let said = false;
  const say = (done: number) => {
    const share = total === null || total === 0 ? "" : ` of ${total} (${Math.floor((done / total) * 100)} %)`;
    process.stderr.write(`${isScreen ? "\r" : ""}${done}${share} ${what}${isScreen ? "" : "\n"}`);
    said = true;
  };
  return {
    at: (done) => {
      if (performance.now() - saidAt < (isScreen ? 1_000 : 10_000)) return;
      saidAt = performance.now();
      say(done);
    },
    end: () => {
      if (isScreen && said) process.stderr.write("\n");
    },
  };
}

/** Becomes aborted at Ctrl-C or SIGTERM: the replay ends between two rows. A second one ends the process at once. */
export function untilInterrupted(): AbortSignal {
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      process.once(signal, () => process.exit(130));
      stopped.abort();
    });
  return stopped.signal;
}

/** The value at a share of the sorted numbers; 0 of none. */
export function quantile(numbers: number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
