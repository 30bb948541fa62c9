import { basename } from "node:path";

/** Scripts of the package.json in the checkout's root, by name. */
export type Scripts = { [name: string]: string };

export interface Recognised {
  /** node:test and pytest are asked by their environment, so they may stand anywhere in a script. */
  isNode: boolean;
  isPytest: boolean;
  /** vitest and jest are asked by arguments, so they must be what arguments of the command arrive at. */
  atEnd?: { runner: "vitest" | "jest"; prefix: string[] };
}

const nothing: Recognised = { isNode: false, isPytest: false };
const wrappers = new Set(["npx", "cross-env", "c8", "nyc", "dotenv", "env", "bunx", "time", "exec"]);
const managers = new Set(["npm", "yarn", "pnpm", "bun"]);
const scriptsDeepMax = 4;

/** Finds which test runner a command ends up in, by its words and the scripts that it names. */
export function recogniseRunner(argv: string[], scripts: Scripts, depth = 0): Recognised {
  const words = unwrapped(argv);
  const [program = "", ...rest] = words;
  const name = programName(program);
  if (managers.has(name)) return recogniseScript(name, rest, scripts, depth);
  if (isPytest(name, rest)) return { ...nothing, isPytest: true };
  const runner = name === "node" ? programName(rest.find((word) => !word.startsWith("-")) ?? "") : name;
  if (runner === "vitest" || runner === "jest") return recogniseByArguments(runner, rest);
  // A runner that is told which reporter to use keeps it.
  return name === "node" && !rest.some((word) => word.startsWith("--test-reporter"))
    ? { ...nothing, isNode: true }
    : nothing;
}

function recogniseScript(manager: string, rest: string[], scripts: Scripts, depth: number): Recognised {
  const words = rest.filter((word) => !word.startsWith("-"));
  const wanted = words[0] === "run" || words[0] === "run-script" ? words[1] : words[0];
  const script = wanted === undefined ? undefined : scripts[wanted === "t" ? "test" : wanted];
  if (script === undefined) {
    // `yarn vitest` and `pnpm vitest` run a program when there is no such script.
    return manager === "npm" || words[0] === undefined ? nothing : recogniseRunner(rest, {}, depth + 1);
  }
  if (depth >= scriptsDeepMax) return nothing;
  const parts = script.split(/&&|\|\||[;|]/).map((part) => part.trim().split(/\s+/));
  const found = parts.map((part) => recogniseRunner(part, scripts, depth + 1));
  const last = found.at(-1);
  const recognised = { isNode: found.some((f) => f.isNode), isPytest: found.some((f) => f.isPytest) };
  if (last?.atEnd === undefined) return recognised;
  // npm keeps what stands before `--` for itself, once for each script that calls another.
  const isToldApart = manager === "npm" && !rest.includes("--");
  const prefix = [...(isToldApart ? ["--"] : []), ...last.atEnd.prefix];
  return { ...recognised, atEnd: { runner: last.atEnd.runner, prefix } };
}

function recogniseByArguments(runner: "vitest" | "jest", rest: string[]): Recognised {
  const isAskedAlready = rest.some((word) => word.startsWith("--outputFile"));
  const isNoRun = rest.some((word) => ["bench", "list", "init", "--help", "--version"].includes(word));
  return isAskedAlready || isNoRun ? nothing : { ...nothing, atEnd: { runner, prefix: [] } };
}

const isPytest = (name: string, rest: string[]): boolean =>
  name === "pytest" ||
  name === "py.test" ||
  (/^python[0-9.]*$/.test(name) && rest[0] === "-m" && rest[1] === "pytest") ||
  (["uv", "poetry", "pipenv", "hatch"].includes(name) && rest.includes("pytest"));

function unwrapped(argv: string[]): string[] {
  const start = argv.findIndex(
    (word) =>
      !wrappers.has(basename(word)) && !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word) && !word.startsWith("-"),
  );
  return start < 0 ? [] : argv.slice(start);
}

const programName = (word: string): string => basename(word).replace(/\.(?:mjs|cjs|js|cmd|exe)$/, "");
