import { type Clash, editsOf, mergeLines } from "./line-merge.ts";

export interface ThreeTexts {
  base: string;
  ours: string;
  theirs: string;
}

/** What a rule made of a conflicted file, or why it is for people. */
export type Ruled = { kind: "resolved"; text: string } | { kind: "refused"; because: string };

const refused = (because: string): Ruled => ({ kind: "refused", because });

/**
 * Both sides' entries of a change log: where both only inserted entries at one place, both are kept, whole. Refused when a side
 * changed or removed lines there, when a heading is among the lines (then it is a release, and which entries belong to it is for
 * people), when both sides add the same entry, or when a line would end up under another heading than its author put it.
 */
export function unionChangeLog(texts: ThreeTexts): Ruled {
  if (Object.values(texts).some((text) => /^(<{7}|>{7}|\|{7}) /m.test(text)))
    return refused("it has conflict markers in it already");
  const base = linesOf(texts.base);
  const ours = linesOf(texts.ours);
  const theirs = linesOf(texts.theirs);
  const removed = removedLines(base, ours, theirs);
  let because = "it differs too much to compare";
  const merged = mergeLines({ base, ours, theirs }, (clash) => {
    const settled = removed.some((at) => Math.abs(at - clash.at) <= nearLines) ? null : settle(base, clash);
    if (settled === null) because = "both sides change the same lines of it, and not only by new entries";
    return settled;
  });
  if (merged === null) return refused(because);
  const wrong = misplaced(base, { ours, theirs }, merged);
  return wrong === null ? { kind: "resolved", text: merged.join("") } : refused(wrong);
}

/** Where lines were changed as near as this, what was inserted may belong to what was changed. */
const nearLines = 10;

const removedLines = (base: string[], ...sides: string[][]): number[] =>
  sides.flatMap((side) =>
    (editsOf(base, side) ?? []).flatMap(({ from, to }) =>
      Array.from({ length: to - from }, (_, at) => from + at),
    ),
  );

/** Lines with their ends, so that nothing about them can change. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Both insertions one after the other, under the heading that both brought, if they did. */
function settle(lines: string[], { at, base, ours, theirs }: Clash): string[] | null {
  if (base.length > 0 || !isBoundary(lines, at)) return null;
  const head = sharedHead(ours, theirs);
  const [mine, others] = [ours.slice(head), theirs.slice(head)];
  if (hasHeading(mine) || hasHeading(others)) return null;
  const kind = kindOf(mine);
  if (kind === null || kind !== kindOf(others)) return null;
  const entries = new Set(mine.filter(isEntry));
  if (others.some((line) => entries.has(line))) return null;
  const [first, second] = isEndOfList(lines, at) ? [mine, others] : [others, mine];
  return [...ours.slice(0, head), ...ended(first), ...spaceBetween(lines, first, second), ...ended(second)];
}

/** Lists grow at their top, newest first, unless the entries were put behind the last one. */
const isEndOfList = (lines: string[], at: number): boolean =>
  isSaying(lines[at - 1] ?? "") && !isHeading(lines, at - 1) && !isEntry(lines[at] ?? "");

/** An entry that its author put close to the next keeps its distance from another's, where entries have one. */
function spaceBetween(lines: string[], first: string[], second: string[]): string[] {
  const isClose = isSaying(first.at(-1) ?? "") && isSaying(second[0] ?? "");
  const isApart = entriesAreApart(lines) || [...first, ...second].some((line) => !isSaying(line));
  return isClose && isApart ? ["\n"] : [];
}

/** Most entries that follow another, rather than a heading, have a blank line in front. */
function entriesAreApart(lines: string[]): boolean {
  let [apart, close] = [0, 0];
  let before = -1;
  for (const [at, line] of lines.entries()) {
    if (!isSaying(line)) continue;
    if (isEntry(line) && before >= 0 && !isHeading(lines, before)) {
      if (before < at - 1) apart += 1;
      else close += 1;
    }
    before = at;
  }
  return apart > close;
}

/** Not inside of an entry. */
function isBoundary(lines: string[], at: number): boolean {
  const next = lines[at] ?? "";
  return next.trim() === "" || isEntry(next) || isLink(next) || isHeading(lines, at);
}

/** As many lines as both begin with, up to a heading and the blank lines and rules below it; none without a heading. */
function sharedHead(ours: string[], theirs: string[]): number {
  let count = 0;
  while (count < ours.length && ours[count] === theirs[count]) count += 1;
  const heading = ours.slice(0, count).findLastIndex((_, at) => isHeading(ours, at));
  if (heading < 0) return 0;
  let end = heading + 1;
  while (end < count && !isSaying(ours[end] ?? "")) end += 1;
  return end;
}

function kindOf(lines: string[]): "entries" | "links" | null {
  const saying = lines.filter(isSaying);
  if (saying.length > 0 && saying.every(isLink)) return "links";
  return isEntry(saying[0] ?? "") && !saying.some(isLink) ? "entries" : null;
}

/** A line at the end of the file may lack its end; in the middle it needs one. */
const ended = (lines: string[]): string[] => lines.map((line) => (line.endsWith("\n") ? line : `${line}\n`));

const isLink = (line: string): boolean => /^\s*(\.\. _|\[[^\]]+\]:)/.test(line);
const isSaying = (line: string): boolean => /[A-Za-z0-9]/.test(line);
const isEntry = (line: string): boolean => /^\s*([-*+•]|\d+[.)])\s/.test(line);

const hasHeading = (lines: string[]): boolean => lines.some((_, at) => isHeading(lines, at));

/** A version, an "unreleased", a line with hash signs before or a rule below it. */
function isHeading(lines: string[], at: number): boolean {
  const line = lines[at] ?? "";
  if (
    /^#{1,6}\s/.test(line) ||
    /^\[?v?\d+\.\d+/i.test(line) ||
    /^\[?(unreleased|next|upcoming)\b/i.test(line)
  )
    return true;
  const isRuled = /^\s*([=\-~^"#+*_])\1{2,}\s*$/.test(lines[at + 1] ?? "");
  return isRuled && isSaying(line) && !isEntry(line);
}

/** Every line that a side added is there as often as it was added, and under a heading under which its author put it. */
function misplaced(
  base: string[],
  sides: { ours: string[]; theirs: string[] },
  merged: string[],
): string | null {
  const [before, after] = [placesOf(base), placesOf(merged)];
  const [ours, theirs] = [placesOf(sides.ours), placesOf(sides.theirs)];
  for (const line of new Set([...ours.keys(), ...theirs.keys()])) {
    const [was, mine, others, now] = [before, ours, theirs, after].map((places) => places.get(line) ?? []);
    if (!was || !mine || !others || !now) continue;
    const added = [mine, others].filter((places) => places.length > was.length);
    if (added.length === 0) continue;
    if (now.length !== was.length + added.reduce((sum, places) => sum + places.length - was.length, 0))
      return added.length === 2 && isEntry(line)
        ? `both sides add "${line.trim()}"`
        : `"${line.trim()}" would be lost or doubled`;
    const under = new Set(added.flat());
    if (now.some((heading) => !under.has(heading)))
      return `"${line.trim()}" would stand under another heading`;
  }
  return null;
}

/** The headings that each line which says something stands under, one for each time it is there. */
function placesOf(lines: string[]): Map<string, string[]> {
  const places = new Map<string, string[]>();
  let heading = "";
  for (const [at, line] of lines.entries()) {
    if (isHeading(lines, at)) heading = line;
    else if (isSaying(line)) places.set(line, [...(places.get(line) ?? []), heading]);
  }
  return places;
}
