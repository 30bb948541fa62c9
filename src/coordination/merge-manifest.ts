import { type Clash, mergeLines } from "./line-merge.ts";
import { manifestEntries, parseJson } from "./manifest.ts";
import { linesOf, type Ruled, type ThreeTexts } from "./union-change-log.ts";
import { settledValue } from "./version-number.ts";

const refused = (because: string): Ruled => ({ kind: "refused", because });

/**
 * A manifest that both sides changed, key by key: keys of either side stay, a key that both raise gets the higher version. What comes
 * out is parsed and must say exactly what the two changes say together; else, and whenever a key clashes, it is refused.
 */
export function mergeManifest(path: string, texts: ThreeTexts): Ruled {
  const isJson = path.toLowerCase().endsWith(".json");
  const lines = { base: linesOf(texts.base), ours: linesOf(texts.ours), theirs: linesOf(texts.theirs) };
  let because = "it differs too much to compare";
  const merged = mergeLines(lines, (clash) => {
    const settled = settleKeys(clash, isJson);
    if (settled === null) because = "both sides change the same lines, and not only by raising versions";
    return settled;
  });
  if (merged === null) return refused(because);
  const text = merged.join("");
  const says = isJson ? saysBothJson(texts, text) : saysBoth(path, texts, text);
  return says ? { kind: "resolved", text } : refused("put together, it does not say what both sides say");
}

interface Line {
  name: string;
  value: string;
  line: string;
}

function settleKeys({ base, ours, theirs }: Clash, isJson: boolean): string[] | null {
  const [was, mine, others] = [base, ours, theirs].map((lines) => keysOf(lines, isJson));
  if (!was || !mine || !others) return null;
  const settled = new Map<string, string>();
  for (const name of new Set([...was.keys(), ...mine.keys(), ...others.keys()])) {
    const [a, b, c] = [was.get(name), mine.get(name), others.get(name)];
    const found = settledValue(a?.value, b?.value, c?.value);
    if (found === null) return null;
    if (found.value !== undefined) settled.set(name, (found.value === b?.value ? b : c)?.line ?? "");
  }
  const names = inOrder([...settled.keys()], [...mine.keys()], [...others.keys()]);
  const lines = names.map((name) => settled.get(name) ?? "");
  if (!isJson) return lines;
  const comma = lastComma(ours, theirs, base);
  return comma === null
    ? null
    : lines.map((line, at) => (at < lines.length - 1 || comma ? `${line},\n` : `${line}\n`));
}

/** Null when a line is anything but one key, or a key is there twice. */
function keysOf(lines: string[], isJson: boolean): Map<string, Line> | null {
  const keys = new Map<string, Line>();
  for (const text of lines) {
    const line = isJson ? jsonLine(text) : plainLine(text);
    if (line === null || keys.has(line.name)) return null;
    keys.set(line.name, line);
  }
  return keys;
}

function jsonLine(text: string): Line | null {
  const match = /^(\s*"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"))\s*,?\r?\n?$/.exec(text);
  return match === null
    ? null
    : { name: match[2] ?? "", value: match[3]?.slice(1, -1) ?? "", line: match[1] ?? "" };
}

/** `name = "version"`, `gem "name", "version"`, `name==version`, `module version`: a name, something between, and the rest. */
function plainLine(text: string): Line | null {
  const line = text.endsWith("\n") ? text : `${text}\n`;
  const match =
    /^\s*(?:gem\s+)?["']?([\w@][\w./@-]*?)["']?\s*(?:,\s*|=\s+|\s+(?=v\d)|(?=[=~<>!^]=?))([^#;{[]+?)\s*$/.exec(
      line,
    );
  return match === null ? null : { name: match[1] ?? "", value: match[2] ?? "", line };
}

/** Whether something follows the place; null when the two sides disagree. */
function lastComma(...sides: string[][]): boolean | null {
  const said = sides
    .slice(0, 2)
    .flatMap((lines) => (lines.length === 0 ? [] : /,\s*$/.test(lines.at(-1) ?? "")));
  const [first = /,\s*$/.test(sides[2]?.at(-1) ?? "")] = said;
  return said.every((one) => one === first) ? first : null;
}

/** Ours as they are, theirs among them: by name where both are sorted, else behind the one that they stand behind. */
function inOrder(names: string[], ours: string[], theirs: string[]): string[] {
  const kept = new Set(names);
  const order = ours.filter((name) => kept.has(name));
  const isSorted = (list: string[]): boolean =>
    list.every((name, at) => at === 0 || (list[at - 1] ?? "") < name);
  if (isSorted(ours) && isSorted(theirs)) return names.sort((a, b) => (a < b ? -1 : 1));
  for (const [at, name] of theirs.entries()) {
    if (!kept.has(name) || order.includes(name)) continue;
    const before = theirs.slice(0, at).findLast((one) => order.includes(one));
    order.splice(before === undefined ? order.length : order.indexOf(before) + 1, 0, name);
  }
  return order;
}

function saysBoth(path: string, texts: ThreeTexts, text: string): boolean {
  const [base, ours, theirs, merged] = [texts.base, texts.ours, texts.theirs, text].map((one) =>
    manifestEntries(path, one),
  );
  if (!base || !ours || !theirs || !merged) return false;
  return [...new Set([...base.keys(), ...ours.keys(), ...theirs.keys(), ...merged.keys()])].every((key) => {
    const settled = settledValue(base.get(key), ours.get(key), theirs.get(key));
    return settled !== null && settled.value === merged.get(key);
  });
}

function saysBothJson(texts: ThreeTexts, text: string): boolean {
  const [base, ours, theirs, merged] = [texts.base, texts.ours, texts.theirs, text].map(parseJson);
  if (!base || !ours || !theirs || !merged) return false;
  // A key that is there twice is parsed as one.
  const isOnceEach = countedKeys(text) === keyCount(merged) && countedKeys(texts.ours) === keyCount(ours);
  return isOnceEach && isBoth(base, ours, theirs, merged);
}

const countedKeys = (text: string): number =>
  [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter((one) => one[1]).length;

function keyCount(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, inner) => sum + keyCount(inner), 0);
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + 1 + keyCount(inner), 0);
}

function isBoth(base: unknown, ours: unknown, theirs: unknown, merged: unknown): boolean {
  if (isObject(ours) && isObject(theirs) && isObject(merged)) {
    const was = isObject(base) ? base : {};
    const names = new Set([was, ours, theirs, merged].flatMap((one) => Object.keys(one)));
    return [...names].every((name) => isBoth(was[name], ours[name], theirs[name], merged[name]));
  }
  const [a, b, c, d] = [base, ours, theirs, merged].map((one) => JSON.stringify(one));
  if (b === c || c === a) return d === b;
  if (b === a) return d === c;
  if (typeof base !== "string" || typeof ours !== "string" || typeof theirs !== "string") return false;
  return settledValue(base, ours, theirs)?.value === merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
