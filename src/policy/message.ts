/** Words in braces that a rule's message may hold. What an action lacks is filled with nothing. */
export const messageWords = [
  "loop",
  "owner",
  "repository",
  "approvers",
  "files",
  "filesMax",
  "lines",
  "linesMax",
  "zones",
  "paths",
  "binaryFiles",
  "generatedFiles",
  "modeChanges",
  "symlinks",
  "submodules",
  "testsRemoved",
  "weakenedTests",
  "newDependencies",
  "newEdges",
  "dynamicImports",
  "unparsed",
  "secrets",
  "owners",
  "unowned",
  "conflicts",
  "undone",
  "warnings",
  "cites",
  "claimedByOthers",
  "recentLandings",
  "taints",
  "spent",
  "budget",
  "attempts",
  "attemptsMax",
  "trust",
  "tool",
  "environment",
  "freeze",
  "time",
] as const;
export type MessageWord = (typeof messageWords)[number];
export type Words = { [word in MessageWord]?: string };

const placeholder = /\{([^{}]*)\}/g;
const lengthMax = 1_000;

export const unknownWords = (message: string): string[] =>
  [...message.matchAll(placeholder)]
    .map((match) => match[1] ?? "")
    .filter((word) => !messageWords.some((one) => one === word));

/** A sentence for people: on one line, without control or direction characters, and short. */
export function fillIn(message: string, words: Words): string {
  const filled = message.replace(placeholder, (_, word: MessageWord) => words[word] ?? "");
  const line = filled
    .replace(/[\p{Cc}\p{Cf}\p{Surrogate}]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1)}…`;
}

/** The first few of a list, and how many more there are. */
export function several(items: readonly string[], max = 5): string {
  const more = items.length > max ? ` and ${items.length - max} more` : "";
  return `${items.slice(0, max).join(", ")}${more}`;
}
