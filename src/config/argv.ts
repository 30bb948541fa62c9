import { type Parsed, quoted, refused, valid } from "./parsed.ts";

const wordsMax = 200;
const wordLengthMax = 8_192;
const remedy = "put it in a script and name the script, or put it in single quotes";

/**
 * Splits a command line into words as a shell would, and refuses whatever only a shell could do: LoomStack starts programs,
 * never a shell, so an operator would reach the program as a word.
 */
export function splitCommand(text: string): Parsed<string[]> {
  const words: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const word = readWord(rest);
    if (word.kind === "refused") return word;
    words.push(word.value.word);
    rest = word.value.rest.trimStart();
  }
  return checkArgv(words);
}

/** What holds for every argv: a program first, and nothing that no program could be given. */
export function checkArgv(argv: string[]): Parsed<string[]> {
  const [program] = argv;
  if (program === undefined || program === "") return refused("names no program");
  if (program.startsWith("-"))
    return refused(`begins with the option ${quoted(program)}; a program comes first`);
  if (/^[A-Za-z_]\w*=/.test(program))
    return refused(
      `begins with the assignment ${quoted(program)}; only a shell sets variables so: ${remedy}`,
    );
  if (argv.length > wordsMax) return refused(`has ${argv.length} words; at most ${wordsMax} are allowed`);
  if (argv.some((word) => word.length > wordLengthMax))
    return refused(`has a word of more than ${wordLengthMax} characters`);
  if (argv.some((word) => word.includes("\0"))) return refused("contains a NUL character");
  return valid(argv);
}

/** One word from the front: pieces in single quotes, in double quotes and bare, glued together. */
function readWord(text: string): Parsed<{ word: string; rest: string }> {
  let word = "";
  let rest = text;
  if (/^[~#]/.test(rest) || /^!(?=\s|$)/.test(rest)) return shellOnly(rest[0] ?? "");
  while (rest !== "" && !/^[^\S\n\r]/.test(rest)) {
    const piece = readPiece(rest);
    if (piece.kind === "refused") return piece;
    word += piece.value.word;
    rest = piece.value.rest;
  }
  return valid({ word, rest });
}

function readPiece(text: string): Parsed<{ word: string; rest: string }> {
  const first = text[0] ?? "";
  if (first === "'") {
    const end = text.indexOf("'", 1);
    if (end < 0) return refused("opens a ' and never closes it");
    return valid({ word: text.slice(1, end), rest: text.slice(end + 1) });
  }
  if (first === '"') return readDoubleQuoted(text);
  if (first === "\\") {
    const escaped = /^\\([^\n\r])/.exec(text)?.[1];
    return escaped === undefined ? refused("ends with a \\") : valid({ word: escaped, rest: text.slice(2) });
  }
  if (/[|&;<>$`*?()\n\r]/.test(first)) return shellOnly(first);
  const bare = /^[^\s'"\\|&;<>$`*?()]+/.exec(text)?.[0] ?? first;
  return valid({ word: bare, rest: text.slice(bare.length) });
}

function readDoubleQuoted(text: string): Parsed<{ word: string; rest: string }> {
  const whole = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(text);
  if (whole?.[1] === undefined) return refused('opens a " and never closes it');
  const expansion = /(?:^|[^\\])(?:\\\\)*([$`])/.exec(whole[1])?.[1];
  if (expansion !== undefined) return shellOnly(expansion);
  return valid({ word: whole[1].replace(/\\(["\\$`])/g, "$1"), rest: text.slice(whole[0].length) });
}

function shellOnly(sign: string): { kind: "refused"; reason: string } {
  const name = /[\n\r]/.test(sign) ? "a line break" : `"${sign}"`;
  return refused(`uses ${name}, which only a shell understands; ${remedy}`);
}
