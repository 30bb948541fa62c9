/** One statement of a `.cedar` file, in the order of the file. */
export interface RuleText {
  text: string;
  /** Where it begins, in UTF-16 units. */
  start: number;
}

/**
 * Splits a file at the semicolons that end its statements. Cedar's own splitter sorts the parts by name and drops comments, so
 * that neither the order nor the place of a rule could be told.
 */
export function splitRules(text: string): RuleText[] {
  const rules: RuleText[] = [];
  let start = 0;
  for (const match of text.matchAll(/\/\/[^\n]*|"(?:\\.|[^"\\])*"|;/gs)) {
    if (match[0] !== ";") continue;
    const end = match.index + 1;
    rules.push(trimmed(text, start, end));
    start = end;
  }
  const rest = trimmed(text, start, text.length);
  return rest.text === "" ? rules : [...rules, rest];
}

/** Without the comments and blank lines above it. */
function trimmed(text: string, from: number, to: number): RuleText {
  const above = /^(?:\s+|\/\/[^\n]*(?:\n|$))*/.exec(text.slice(from, to))?.[0].length ?? 0;
  return { text: text.slice(from + above, to), start: from + above };
}
