import type { Command, ParsedCommand } from "./command.ts";
import { commandUsages } from "./command-usages.ts";
import { conflictAnswers, conflictSteps } from "./conflict.ts";
import { nearest } from "./nearest.ts";
import { parseAnswer, parseFreeze, parseOverride, splitBecause } from "./parse-answer.ts";
import { parseDecide } from "./parse-decide.ts";

type Word = (typeof commandUsages)[number]["word"];

const words: readonly string[] = commandUsages.map((line) => line.word);
const everything: readonly string[] = ["everything", "all"];
const textMax = 2_000;
const placeMax = 300;
const echoMax = 40;
const loopsListedMax = 10;

/** Reads what somebody typed after `/loom`, after a mention, or on the command line. Never throws. */
export function parseCommand(text: string, known: { loops: string[] }): ParsedCommand {
  const [first, ...rest] = readWords(text);
  if (first === undefined) return asCommand({ kind: "help" });
  const word = first.toLowerCase();
  if (isWord(word)) return parsers[word](word, rest, { loops: known.loops, rest: afterFirstWord(text) });
  const meant = nearest(word, words);
  if (meant !== undefined) return unclear(`I don't know "${echo(first)}"; did you mean ${code(meant)}?`);
  return unclear(`I don't know "${echo(first)}". I know ${words.map(code).join(", ")}.`);
}

/** `rest` is everything after the command's word as it was typed: paths and sentences lose nothing. */
type Parse = (word: Word, args: string[], typed: { loops: string[]; rest: string }) => ParsedCommand;

const ofLoop =
  (command: (loop: string) => Command): Parse =>
  (word, args, { loops }) => {
    const [name, ...extra] = args;
    if (name === undefined)
      return unclear(`${code(word)} needs a loop: write ${usage(word)}. ${loopList(loops)}`);
    const loop = findLoop(name, loops);
    if (loop === undefined) return unknownLoop(name, loops);
    return extra.length === 0 ? asCommand(command(loop)) : tooMuch(`${word} ${loop}`, extra);
  };

const ofLoopOrEverything =
  (command: (loop: string, why: string) => Command): Parse =>
  (word, _, { loops, rest }) => {
    const { before, why } = splitBecause(rest);
    const [name, ...extra] = readWords(before);
    const isAll = name === undefined || everything.includes(name.toLowerCase());
    const loop = isAll ? "everything" : findLoop(name, loops);
    if (loop === undefined) return unknownLoop(name ?? "", loops);
    return extra.length === 0 ? asCommand(command(loop, why)) : tooMuch(`${word} ${loop}`, extra);
  };

const plain =
  (command: Command): Parse =>
  (word, args) =>
    args.length === 0 ? asCommand(command) : tooMuch(word, args);

const ofName =
  (shape: RegExp, wanted: string, command: (name: string) => Command): Parse =>
  (word, args) => {
    const [given, ...extra] = args;
    if (given === undefined) return unclear(`${code(word)} needs ${wanted}: write ${usage(word)}.`);
    const name = given.toLowerCase();
    if (!shape.test(name)) return unclear(`${code(word)} takes ${wanted}; I read "${echo(given)}".`);
    return extra.length === 0 ? asCommand(command(name)) : tooMuch(`${word} ${name}`, extra);
  };

const who: Parse = (_, __, { loops, rest }) => {
  const about = placeIn(rest).replace(/\?$/, "").trim();
  if (about.length > placeMax) return tooLong("who", about);
  const loop = findLoop(about.replace(/^#/, ""), loops);
  return asCommand({ kind: "who", about: loop ?? about });
};

const release: Parse = (word, _, { rest }) => {
  const what = placeIn(rest).replace(/^\.\//, "");
  if (what === "")
    return unclear(
      `${code(word)} needs what is held: write ${usage(word)}, such as ${code("release src/cart.js")} or ${code("release env:staging")}.`,
    );
  return what.length > placeMax ? tooLong(word, what) : asCommand({ kind: "release", what });
};

const settle: Parse = (word, args, { rest }) => {
  const [id, how, ...note] = args;
  const given = id?.toLowerCase() ?? "";
  if (!conflict.test(given))
    return unclear(
      `${code(word)} takes a conflict (c-… as its card shows it)${id === undefined ? "" : `; I read "${echo(id)}"`}: write ${usage(word)}.`,
    );
  const answer = conflictWords.find((one) => one === how?.toLowerCase().replace("_", "-"));
  if (answer === undefined) {
    const meant = nearest(how?.toLowerCase() ?? "", conflictWords);
    const hint = meant === undefined ? `Write ${usage(word)}.` : `Did you mean ${code(meant)}?`;
    return unclear(`${code(word)} needs an answer; I read "${echo(how ?? "")}". ${hint}`);
  }
  const words = note.length === 0 ? "" : rest.replace(/^\s*\S+\s+\S+\s*/, "").trim();
  return asCommand({ kind: "settle", conflictId: given, how: answer, note: words.replace(/^[:,;]\s*/, "") });
};

const decide: Parse = (_, __, { rest }) => read(parseDecide(rest));

const read = (parsed: Command | { kind: "problem"; problem: string }): ParsedCommand =>
  parsed.kind === "problem" ? unclear(parsed.problem) : asCommand(parsed);

const memory: Parse = (word, args) => {
  const [given = "list", ...extra] = args;
  const what = given.toLowerCase();
  if (entry.test(what)) return ofEntry("show", [what, ...extra]);
  if (what === "show" || what === "forget") return ofEntry(what, extra);
  if (what !== "list") {
    const meant = nearest(what, ["list", "show", "forget"]);
    const hint = meant === undefined ? `Write ${usage(word)}.` : `Did you mean ${code(`memory ${meant}`)}?`;
    return unclear(`${code(word)} takes list, show or forget; I read "${echo(given)}". ${hint}`);
  }
  return extra.length === 0
    ? asCommand({ kind: "memory", do: "list", what: "" })
    : tooMuch("memory list", extra);
};

function ofEntry(verb: "show" | "forget", args: string[]): ParsedCommand {
  const [given, ...extra] = args;
  const wanted = `an entry (d-… or l-… as ${code("memory list")} shows it)`;
  if (given === undefined) return unclear(`${code(`memory ${verb}`)} needs ${wanted}.`);
  const id = given.toLowerCase();
  if (!entry.test(id)) return unclear(`${code(`memory ${verb}`)} takes ${wanted}; I read "${echo(given)}".`);
  return extra.length === 0
    ? asCommand({ kind: "memory", do: verb, what: id })
    : tooMuch(`memory ${verb} ${id}`, extra);
}

const help: Parse = (_, args) => {
  const about = args[0]?.toLowerCase().replace(/^\//, "");
  if (about === undefined) return asCommand({ kind: "help" });
  if (isWord(about)) return asCommand({ kind: "help", about });
  const meant = nearest(about, words);
  const hint =
    meant === undefined ? `Write ${code("help")} for all of them.` : `Did you mean ${code(`help ${meant}`)}?`;
  return unclear(`There is no command "${echo(args[0] ?? "")}". ${hint}`);
};

const holdName = /^h-[0-9a-z]{1,20}$/;
const shaOrRun = /^(?:[0-9a-f]{4,40}|r-[0-9a-z]{1,20})$/;
const runOrFinding = /^[rf]-[0-9a-z]{1,20}$/;
const conflict = /^c-[0-9a-f]{1,20}$/;
const conflictWords = [...conflictAnswers, ...conflictSteps] as const;
const entry = /^[dl]-[0-9a-z]{1,20}$/;
const finding = /^f-[0-9a-f]{1,20}$/;
const aFinding = "a finding (f-… as the inbox shows it)";

const parsers: Record<Word, Parse> = {
  start: ofLoop((loop) => ({ kind: "start", loop })),
  stop: ofLoop((loop) => ({ kind: "stop", loop })),
  state: ofLoop((loop) => ({ kind: "state", loop })),
  pause: ofLoopOrEverything((loop, why) => ({ kind: "pause", loop, why })),
  "stop-all": (word, _, { rest }) => {
    const { before, why } = splitBecause(rest);
    const extra = readWords(before);
    return extra.length === 0 ? asCommand({ kind: "pause", loop: "everything", why }) : tooMuch(word, extra);
  },
  resume: ofLoopOrEverything((loop) => ({ kind: "resume", loop })),
  freeze: (_, __, { rest }) => read(parseFreeze(plainWords(rest))),
  unfreeze: (word, args) => {
    const [zone, ...extra] = args;
    const isAll = zone === undefined || everything.includes(zone.toLowerCase());
    if (extra.length > 0) return tooMuch(`${word} ${zone ?? ""}`, extra);
    return asCommand({ kind: "unfreeze", zone: isAll ? null : zone.toLowerCase() });
  },
  approve: (_, __, { rest }) => read(parseAnswer("approve", plainWords(rest))),
  reject: (_, __, { rest }) => read(parseAnswer("reject", plainWords(rest))),
  override: (_, __, { rest }) => read(parseOverride(plainWords(rest))),
  "show-diff": ofName(holdName, "a hold (h-… as `why` shows it)", (holdId) => ({
    kind: "show-diff",
    holdId,
  })),
  who,
  settle,
  decide,
  memory,
  release,
  status: plain({ kind: "status" }),
  inbox: plain({ kind: "inbox" }),
  digest: plain({ kind: "digest" }),
  trace: ofName(shaOrRun, "a commit (4 to 40 hex digits) or a run (r-…)", (what) => ({
    kind: "trace",
    what,
  })),
  why: ofName(runOrFinding, "a run (r-…) or a finding (f-…)", (what) => ({ kind: "why", what })),
  retry: ofName(finding, aFinding, (findingId) => ({ kind: "retry", findingId })),
  ignore: ofName(finding, aFinding, (findingId) => ({ kind: "ignore", findingId })),
  take: ofName(finding, aFinding, (findingId) => ({ kind: "take", findingId })),
  help,
};

const withoutAddress = (text: string): string =>
  text.replace(/^\s*(?:<@[^>\s]*>[\s,:]*)+/, "").replace(/^\s*\/?loom(?=\s|$)/i, "");

const afterFirstWord = (text: string): string => withoutAddress(text).replace(/^\s*\S+\s*/, "");

/** A path, a claim's key or a name: all that was typed, without quotes around it and in plain text. */
const placeIn = (rest: string): string =>
  rest
    .replace(/<([@#])[^|>\s]*\|([^>]*)>/g, "$1$2")
    .replaceAll("&amp;", "&")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replace(/^["'`“”‘’„«»]+|["'`“”‘’«»]+$/gu, "")
    .trim();

/** A sentence as it was typed, on one line and in plain text. */
const plainWords = (rest: string): string =>
  rest
    .replace(/<([@#])[^|>\s]*\|([^>]*)>/g, "$1$2")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();

/** The words of a line, without the mention or `/loom` in front and without the marks that chats and people put around names. */
function readWords(text: string): string[] {
  return withoutAddress(text.slice(0, textMax))
    .replace(/<#[^|>\s]*\|([^>]*)>/g, "$1")
    .replace(/<[^|>\s]+\|([^>]*)>/g, "$1")
    .replace(/&lt;|&gt;/g, "")
    .replace(/&amp;/g, "&")
    .split(/[\s\p{Cc}\p{Cf}]+/u)
    .map((word) => word.replace(/^["'`“”‘’„«»*_<#]+/u, "").replace(/["'`“”‘’«»*_>.,;:!?]+$/u, ""))
    .filter((word) => word !== "");
}

const isWord = (word: string): word is Word => words.includes(word);

const findLoop = (name: string, loops: string[]): string | undefined =>
  loops.find((loop) => loop.toLowerCase() === name.toLowerCase());

function unknownLoop(name: string, loops: string[]): ParsedCommand {
  const meant = nearest(name, loops);
  const hint = meant === undefined ? "" : ` Did you mean ${code(meant)}?`;
  return unclear(`There is no loop "${echo(name)}".${hint} ${loopList(loops)}`);
}

function loopList(loops: string[]): string {
  if (loops.length === 0)
    return "There are no loops yet: a loop is a folder in `skills/` with a SKILL.md and a loop.yml.";
  const more = loops.length - loopsListedMax;
  const listed = loops.slice(0, loopsListedMax).map(code).join(", ");
  return `The loops: ${listed}${more > 0 ? ` and ${more} more` : ""}.`;
}

const tooMuch = (understood: string, extra: string[]): ParsedCommand =>
  unclear(
    `I understood ${code(understood)}, but not "${echo(extra.join(" "), 30)}" after it. Please leave that out.`,
  );

const tooLong = (word: Word, given: string): ParsedCommand =>
  unclear(`${code(word)} takes up to ${placeMax} characters; I read ${given.length}.`);

const usage = (word: Word): string => code(commandUsages.find((line) => line.word === word)?.usage ?? word);
const code = (text: string): string => `\`${text}\``;
const asCommand = (command: Command): ParsedCommand => ({ kind: "command", command });
const unclear = (message: string): ParsedCommand => ({ kind: "unclear", message });

/** A few characters of what was typed, none of which can end a quotation: with a full commit name beside them, under 80. */
function echo(typed: string, charactersMax = echoMax): string {
  const characters = Array.from(typed.replace(/["`]/g, ""));
  return characters.length <= charactersMax
    ? characters.join("")
    : `${characters.slice(0, charactersMax - 1).join("")}…`;
}
