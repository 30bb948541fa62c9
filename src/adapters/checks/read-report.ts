import type { TestResult } from "../../domain/test-report.ts";
import { readJsonReport } from "./json-reports.ts";
import { readJUnit } from "./junit.ts";
import { looksLikeTap, readTap } from "./tap.ts";
import { type Place, type ToldTest, toResults } from "./test-names.ts";

export type Read = { kind: "read"; tests: TestResult[] } | { kind: "unreadable"; why: string };

/** Reads a report of any known format by what it looks like: JUnit XML, CTRF, jest and vitest JSON, TAP. */
export const readReport = (text: string, place: Place): Read => readWith(() => readAny(text, place), place);

/** Runs a reader; what it cannot read is an answer, not an exception. */
export function readWith(read: () => ToldTest[], place: Place): Read {
  try {
    return { kind: "read", tests: toResults(read(), place.roots) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "unreadable", why: why.slice(0, 500) };
  }
}

function readAny(text: string, place: Place): ToldTest[] {
  const start = text.replace(/^\ufeff/, "").trimStart();
  if (start === "") throw new Error("it is empty");
  if (start.startsWith("<")) return readJUnit(start, place);
  if (start.startsWith("{")) return readJsonReport(start);
  if (looksLikeTap(start)) return readTap(start);
  throw new Error("it is none of JUnit XML, CTRF, jest or vitest JSON, TAP");
}

/** The report that a command printed among its other output; null when there is none. */
export function printedReport(output: string): string | null {
  const xml = between(output, output.search(/<testsuites?\b/), /<\/testsuites?>/g);
  if (xml !== null) return xml;
  if (/"(testResults|reportFormat|results)"\s*:/.test(output)) {
    const json = between(output, output.search(/^\{/m), /\}/g);
    if (json !== null) return json;
  }
  return looksLikeTap(output) ? output.slice(output.search(/^(TAP version|1\.\.|not ok|ok)/m)) : null;
}

/** From `start` to the last end; null when either is absent. */
function between(text: string, start: number, ends: RegExp): string | null {
  const last = [...text.matchAll(ends)].at(-1);
  return start < 0 || last === undefined || last.index < start
    ? null
    : text.slice(start, last.index + last[0].length);
}
