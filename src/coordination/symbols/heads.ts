import type { Family } from "../../domain/symbols.ts";

/** How a line looks on which a definition with parameters begins: cheap, and it may be wrong; a parse decides. */
const headLike: { [family in Family]: RegExp[] } = {
  script: [
    /\bfunction\*?\s*([\w$]+)/g,
    /^\s*(?:(?:export|default|public|private|protected|static|async|abstract|override|get|set)\s+)*([\w$]+)\s*(?:<[^>]*>)?\(/g,
    /([\w$]+)\s*[=:]\s*(?:async\s*)?(?:function\b|\(|[\w$]+\s*=>)/g,
  ],
  python: [/\bdef\s+(\w+)/g],
  go: [/\bfunc\b(?:\s*\([^)]*\))?\s*(\w+)/g, /^\s*(\w+)\(/g],
  java: [/[\w>\]](?<!\b(?:return|new|throw|else))\s+(\w+)\s*\(/g, /^\s*(\w+)\s*\(/g],
  rust: [/\bfn\s+(\w+)/g],
  c: [
    /^[A-Za-z_].*?(\w+)\s*\(/g,
    /#\s*define\s+(\w+)\(/g,
    /[\w*&>](?<!\b(?:return|else|case|new|throw|delete))\s+[*&]*(?:\w+::)*~?(\w+)\s*\(/g,
    /\(\*+\s*(\w+)\)\s*\(/g,
  ],
  ruby: [/\bdef\s+(?:self\.)?(\w+)/g],
};

const headLinesMax = 25;

/** Names of what seems to be defined on a changed line, or on the line where the parenthesis opens that a changed line is in. */
export function headsNear(family: Family, lines: string[], changed: Set<number>): Set<string> {
  const texts = new Set<string>();
  for (const line of changed) {
    texts.add(lines[line - 1] ?? "");
    texts.add(openingAbove(lines, line));
  }
  const names = new Set<string>();
  for (const text of texts)
    for (const pattern of headLike[family])
      for (const [, name = ""] of text.matchAll(pattern)) names.add(name);
  return names;
}

/** The nearest line above in which a parenthesis opens that is not closed before `line`; empty when a statement ends between. */
function openingAbove(lines: string[], line: number): string {
  let open = 0;
  for (let at = line - 1; at > 0 && at > line - headLinesMax; at -= 1) {
    const text = lines[at - 1] ?? "";
    if (/[;{}]\s*$/.test(text) || text.trim() === "") return "";
    open += text.split("(").length - text.split(")").length;
    if (open > 0) return text;
  }
  return "";
}

/** Calling a class runs what has one of these names. */
const constructors = ["__init__", "constructor"];

/**
 * Whether one of the words may have other parameters after the change: it is a head near the changed lines, and the lists in
 * parentheses behind it are not as long as they were. What only changes calls passes, too; a parse decides.
 */
export function mayBeReSigned(
  { before, after }: { before: string[]; after: string[] },
  heads: Iterable<string>,
  words: { has(word: string): boolean },
): boolean {
  const candidates = [...heads].filter((name) => words.has(name) || constructors.includes(name));
  if (candidates.length === 0) return false;
  const [old, current] = [before.join("\n"), after.join("\n")];
  return candidates.some((name) => lengthsOf(old, name) !== lengthsOf(current, name));
}

const listMax = 2_000;

/** How long the lists behind a name are, each length once. */
function lengthsOf(text: string, name: string): string {
  const lengths = new Set<number>();
  const opening = new RegExp(
    `(?<![\\w$])${name.replaceAll("$", "\\$")}[?!]?\\)?(?:[<[][^()]{0,200}?[>\\]])?(?:\\s*[=:]\\s*(?:async\\s*)?(?:function\\s*)?)?\\s*\\(`,
    "g",
  );
  for (const match of text.matchAll(opening)) lengths.add(listLength(text, match.index + match[0].length));
  return [...lengths].sort((a, b) => a - b).join();
}

/** How many there are between the parenthesis that opens before `start` and its end. */
function listLength(text: string, start: number): number {
  if (/^\s*(?:void\s*)?\)/.test(text.slice(start, start + 40))) return 0;
  let [depth, commas] = [1, 0];
  for (let at = start; at < Math.min(text.length, start + listMax) && depth > 0; at += 1) {
    const letter = text.charAt(at);
    if ("([{".includes(letter)) depth += 1;
    else if (")]}".includes(letter)) depth -= 1;
    else if (letter === "," && depth === 1) commas += 1;
  }
  return commas + 1;
}
