import type { Definition, Family } from "../../domain/symbols.ts";

/** What only shows when all definitions of a file are known: methods, what a class takes, decorators, tests. */
export function adjust(
  { family, path }: { family: Family; path: string },
  definitions: Definition[],
  lines: string[],
): Definition[] {
  return adjusted(family, definitions, lines).map((one) =>
    isTest({ family, path }, one, lines) ? { ...one, kind: "test" as const } : one,
  );
}

function adjusted(family: Family, definitions: Definition[], lines: string[]): Definition[] {
  if (family === "python")
    return withConstructors(definitions.map((one) => pythonMethod(one, definitions, lines)));
  if (family === "script") return withConstructors(definitions.map((one) => scriptFunction(one, lines)));
  return definitions;
}

/** A function that only a test runner calls, by its name or by what stands before it. */
function isTest(
  { family, path }: { family: Family; path: string },
  one: Definition,
  lines: string[],
): boolean {
  if (one.kind !== "function" && one.kind !== "method") return false;
  switch (family) {
    case "python":
      return /^test(?:_|$)/.test(one.name);
    case "go":
      return path.endsWith("_test.go") && /^(?:Test|Benchmark|Fuzz|Example)(?!\p{Ll})/u.test(one.name);
    case "java":
      return lines.slice(one.line - 1, one.nameLine).some((line) => /@(?:\w*Test)\b/.test(line));
    case "rust": {
      let above = one.line - 2;
      while (/^\s*(?:#\[|\/\/)/.test(lines[above] ?? "")) above -= 1;
      return lines.slice(above + 1, one.line).some((line) => /#\[(?:\w+::)?\w*test\b/.test(line));
    }
    default:
      return false;
  }
}

/** Calling a class runs its constructor. */
function withConstructors(definitions: Definition[]): Definition[] {
  const taken = new Map(
    definitions
      .filter(({ name }) => name === "__init__" || name === "constructor")
      .map((one) => [one.qualified.split(".").slice(0, -1).join("."), one.parameters]),
  );
  return definitions.map((one) =>
    one.kind === "class" ? { ...one, parameters: taken.get(one.qualified) ?? null } : one,
  );
}

/** A function right inside of a class takes its receiver first; a static one does not. The decorators belong to it. */
function pythonMethod(one: Definition, all: Definition[], lines: string[]): Definition {
  if (one.kind !== "function" && one.kind !== "class") return one;
  let line = one.line;
  while (/^\s*@/.test(lines[line - 2] ?? "")) line -= 1;
  const decorated = { ...one, line };
  const holder = one.qualified.split(".").slice(0, -1).join(".");
  const isMethod =
    one.kind === "function" &&
    all.some(
      (other) =>
        other.kind === "class" &&
        other.qualified === holder &&
        other.line <= one.line &&
        one.lastLine <= other.lastLine,
    );
  if (!isMethod) return decorated;
  const decorators = lines.slice(line - 1, one.line - 1).join("\n");
  const { parameters } = one;
  if (parameters === null || /@staticmethod\b/.test(decorators)) return { ...decorated, kind: "method" };
  // A property is not called, and an unknown decorator may change what it takes.
  if (
    decorators !== "" &&
    !/^\s*@(classmethod|abstractmethod|abc\.abstractmethod|override)\b/.test(decorators)
  )
    return { ...decorated, kind: "method", parameters: null };
  const less = (count: number) => Math.max(0, count - 1);
  const counted = { min: less(parameters.min), max: parameters.max === null ? null : less(parameters.max) };
  return { ...decorated, kind: "method", parameters: counted };
}

/** A function that looks at `arguments` takes any number of them. */
function scriptFunction(one: Definition, lines: string[]): Definition {
  if (one.parameters === null) return one;
  const body = lines.slice(one.line - 1, one.lastLine);
  return body.some((line) => /\barguments\b/.test(line)) ? { ...one, parameters: null } : one;
}
