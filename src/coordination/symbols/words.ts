const wordLike = /[A-Za-z_$][\w$]+/g;

/** What could be names in these lines, comments and strings included: cheap, to know which files are worth a parse. */
export function wordsOf(lines: Iterable<string>): Set<string> {
  const words = new Set<string>();
  for (const line of lines) for (const [word] of line.matchAll(wordLike)) words.add(word);
  return words;
}

const isWordLetter = (letter: string): boolean => /[\w$]/.test(letter);

/** Whether the text holds the word as a whole one: cheaper than all its words where only a few are asked for. */
export function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (!isWordLetter(text.charAt(at - 1)) && !isWordLetter(text.charAt(at + word.length))) return true;
  return false;
}

export const linesAt = (lines: string[], numbers: Iterable<number>): string[] =>
  [...numbers].map((line) => lines[line - 1] ?? "");

/** A name as a word: Ruby's `empty?` and a private `#field` stand in a text as the words `empty` and `field`. */
export const wordOf = (name: string): string => name.replace(/^#|[?!=]+$/g, "");
