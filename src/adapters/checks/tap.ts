import type { ToldTest } from "./test-names.ts";

export const looksLikeTap = (text: string): boolean =>
  /^TAP version 1[34]\s*$/m.test(text) || (/^1\.\.\d+/m.test(text) && /^(?:not )?ok \d+/m.test(text));

/**
 * Reads TAP 13 and 14 with indented subtests. The location that node:test tells is not used: it tells one for failures only,
 * and a test must have the same id whether it passes or fails.
 */
export function readTap(text: string): ToldTest[] {
  const lines = text.split(/\r?\n/);
  const open = new Map<number, ToldTest[]>();
  let last: ToldTest | null = null;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (/^\s*---\s*$/.test(line)) {
      const diagnosis = untilItsEnd(lines, at + 1);
      at += diagnosis.length + 1;
      if (last?.status === "failed") last.message = messageIn(diagnosis);
      continue;
    }
    const point = readPoint(line, open);
    if (point !== null) last = point.isOwn ? point.test : null;
  }
  return open.get(0) ?? [];
}

function untilItsEnd(lines: string[], start: number): string[] {
  let end = start;
  while (end < lines.length && !/^\s*\.\.\.\s*$/.test(lines[end] ?? "")) end++;
  return lines.slice(start, end);
}

/** A line of a test; it is not the test's own when subtests told the same before. Null for any other line. */
function readPoint(line: string, open: Map<number, ToldTest[]>): { test: ToldTest; isOwn: boolean } | null {
  const found = /^( *)(not )?ok\b(?: +\d+)?(?: +-)? *(.*)$/.exec(line);
  if (found === null) return null;
  const indent = found[1]?.length ?? 0;
  const [, described = "", directive = ""] =
    /^(.*?)(?:(?:^|\s)#\s*(SKIP|TODO)\b.*)?$/i.exec(found[3] ?? "") ?? [];
  const name = described.replaceAll("\\#", "#").replaceAll("\\\\", "\\").trim();
  const status = directive !== "" ? "skipped" : found[2] === undefined ? "passed" : "failed";
  const test: ToldTest = { names: [name], status, message: "" };

  const depth = [...open.keys()].filter((key) => key > indent);
  const subtests = depth.flatMap((key) => open.get(key) ?? []);
  for (const key of depth) open.delete(key);
  for (const subtest of subtests) subtest.names.unshift(name);
  const isToldBySubtest = subtests.some((subtest) => subtest.status === "failed");
  const isOwn = subtests.length === 0 || (status === "failed" && !isToldBySubtest);
  const here = [...(open.get(indent) ?? []), ...subtests, ...(isOwn ? [test] : [])];
  open.set(indent, here);
  return { test, isOwn };
}

/** The `error` or `message` of a YAML diagnosis: one line, or an indented block. */
function messageIn(lines: string[]): string {
  const at = lines.findIndex((line) => /^\s*(error|message):/.test(line));
  const first = lines[at];
  if (first === undefined) return "";
  const value = first.replace(/^\s*(error|message):\s*/, "");
  if (!/^[|>]-?\s*$/.test(value)) return value.replace(/^(["'])(.*)\1$/, "$2").replaceAll("''", "'");
  const indent = first.search(/\S/);
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => line.trim() !== "" && line.search(/\S/) <= indent);
  return (end < 0 ? rest : rest.slice(0, end)).map((line) => line.slice(indent + 2)).join("\n");
}
