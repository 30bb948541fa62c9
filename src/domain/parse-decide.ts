import type { Command } from "./command.ts";
import { isEverything, whyNoPath } from "./path-glob.ts";

type Decide = Extract<Command, { kind: "decide" }>;
type Problem = { kind: "problem"; problem: string };
type Keyword = "because" | "paths" | "repository" | "supersedes";

/** What a decision may hold: it is read before every run, so it stays short. */
export const decideLimits = { statementMax: 500, reasonMax: 1_000, pathsMax: 20, lineMax: 8_000 } as const;

const shape = "decide <statement> [because <reason>] [paths: a, b] [repository: name] [supersedes d-…]";
/** `paths` and `repository` are common words, so only their colon makes them ours; `supersedes` only an id after it. */
const keyword =
  /(?<=^|\s)(?:(because)(?::|(?=\s|$))|(paths?):|(repository):|(supersedes):?(?=\s+["`]?[dl]-))\s*/i;
const keywordFirst = new RegExp(`^${keyword.source}`, "i");
const everyKeyword = new RegExp(keyword, "gi");
const quotes: Record<string, string> = {
  '"': '"“”„«»',
  "“": '"“”',
  "„": '"“”',
  "«": "»",
  "'": "'‘’",
  "‘": "'‘’",
  "`": "`",
};

/**
 * Reads what stands after `decide`: the statement in quotes, or plain until a keyword; then a reason, paths and the decision it
 * takes the place of, in any order, each at most once. Chats turn quotes into curly ones; both kinds count.
 */
export function parseDecide(text: string): Decide | Problem {
  if (text.length > decideLimits.lineMax)
    return problem(`That is ${text.length} characters; a decision is a sentence or two, and a reason.`);
  const clauses = readClauses(text);
  if (clauses.kind === "problem") return clauses;
  const { statement, because, paths, repository, supersedes } = clauses;
  if (statement === "") return problem(`\`decide\` needs a statement first: write \`${shape}\`.`);
  const listed = readPaths(paths ?? "");
  if (listed.kind === "problem") return listed;
  if (paths !== undefined && listed.paths.length === 0)
    return problem("Nothing stands after `paths:`; name files or folders, or leave it out.");
  if (because === "") return problem("Nothing stands after `because`; say why, or leave it out.");
  const older = /^["`]?(d-[0-9a-z]{1,20})["`]?[.,;!]?$/i.exec(supersedes ?? "")?.[1]?.toLowerCase();
  if (supersedes !== undefined && older === undefined)
    return problem("`supersedes` takes one decision (d-… as `memory list` shows it), and nothing after it.");
  return bounded({
    kind: "decide",
    statement,
    reason: because ?? "",
    paths: listed.paths,
    ...(repository === undefined ? {} : { repository }),
    ...(older === undefined ? {} : { supersedes: older }),
  });
}

/** Reads paths with commas or spaces between them; quotes around one keep its spaces. Folders end in `/`. */
export function readPaths(text: string): { kind: "paths"; paths: string[] } | Problem {
  const words = text.match(/"[^"]*"|`[^`]*`|[^\s,;]+/g) ?? [];
  const paths = [...new Set(words.map(asPath).filter((path) => path !== "" && path !== "and"))];
  if (paths.length > decideLimits.pathsMax)
    return problem(
      `A decision names at most ${decideLimits.pathsMax} paths, not ${paths.length}; name a folder, such as src/prices/.`,
    );
  for (const path of paths) {
    const why = isEverything(path)
      ? "means every file; leave the paths out, and the decision is about the whole repository"
      : whyNoPath(path);
    if (why !== undefined) return problem(`The path "${shortened(path)}" ${why}.`);
  }
  return { kind: "paths", paths };
}

const asPath = (word: string): string =>
  plainText(word)
    .replace(/[“”„«»"`]/g, "")
    .replace(/^\.\/(?=.)/, "")
    .replace(/[.:]+$/, (end) => (word === end ? end : ""));

/** The limits, with the remedy for each. */
function bounded(command: Decide): Decide | Problem {
  const { statementMax, reasonMax } = decideLimits;
  if (command.statement.length > statementMax)
    return problem(
      `The statement has ${command.statement.length} characters; ${statementMax} are enough. Put the why after \`because\`.`,
    );
  if (command.repository !== undefined && !/^[\w.-]{1,100}$/.test(command.repository))
    return problem("`repository:` takes one name, as org.yml has it, and nothing after it.");
  if (command.reason.length > reasonMax)
    return problem(`The reason has ${command.reason.length} characters; ${reasonMax} are enough.`);
  return command;
}

type Clauses = { kind: "clauses"; statement: string } & Partial<Record<Keyword, string>>;

function readClauses(text: string): Clauses | Problem {
  const first = readValue(text.trim(), null);
  const clauses: Clauses = { kind: "clauses", statement: plainText(first.value) };
  let rest = first.rest;
  for (let found = keywordFirst.exec(rest); found !== null; found = keywordFirst.exec(rest)) {
    const name = nameOf(found);
    if (clauses[name] !== undefined) return problem(`\`${name}\` stands there twice; keep one.`);
    const { value, rest: after } = readValue(rest.slice(found[0].length), name);
    clauses[name] = plainText(value);
    rest = after;
  }
  return clauses;
}

const nameOf = (found: RegExpExecArray): Keyword =>
  found[1] !== undefined
    ? "because"
    : found[2] !== undefined
      ? "paths"
      : found[3] !== undefined
        ? "repository"
        : "supersedes";

/**
 * One value from the front: in quotes when their end is the end of all or stands before a keyword, else up to a keyword. Inside a
 * reason, "because" is a word like any other. The rest is empty or begins with a keyword.
 */
function readValue(text: string, name: Keyword | null): { value: string; rest: string } {
  const closings = name === "paths" ? "" : (quotes[text[0] ?? ""] ?? "");
  for (let at = 1; closings !== "" && at < text.length; at += 1) {
    if (!closings.includes(text[at] ?? "")) continue;
    const rest = text.slice(at + 1).replace(/^[.,;]?\s*/, "");
    if (rest === "" || keywordFirst.test(rest)) return { value: text.slice(1, at), rest };
  }
  const all = [...text.matchAll(everyKeyword)];
  const next = all.find((found) => nameOf(found) !== "because" || name !== "because");
  const end = next?.index ?? text.length;
  return { value: withoutLoneQuote(text.slice(0, end), closings), rest: text.slice(end) };
}

/** A quote that is opened and never closed was meant for nothing. */
const withoutLoneQuote = (value: string, closings: string): string =>
  closings !== "" && ![...value.slice(1)].some((one) => closings.includes(one)) ? value.slice(1) : value;

/** One line of plain text: chats wrap addresses and mentions in <…> and write three characters as entities. */
const plainText = (text: string): string =>
  text
    .replace(/<([@#])[^<>|]*\|([^<>]+)>/g, "$1$2")
    .replace(/<(?:!|https?:|mailto:)[^<>|]*\|([^<>]+)>/g, "$1")
    .replace(/<(?:!([^<>|]*)|((?:[@#]|https?:|mailto:)[^<>|]*))>/g, "$1$2")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();

const problem = (text: string): Problem => ({ kind: "problem", problem: text });

function shortened(path: string): string {
  const characters = Array.from(path.replace(/["`]/g, ""));
  return characters.length <= 40 ? characters.join("") : `${characters.slice(0, 39).join("")}…`;
}
