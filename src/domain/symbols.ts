/**
 * Languages whose names can mean one another: a header serves C and C++, a TypeScript file imports a JavaScript one. Names are
 * looked up inside of one family only.
 */
export type Family = "script" | "python" | "go" | "java" | "rust" | "c" | "ruby";

/** What a parser saw in one file. Names in comments and strings are not in it. */
export interface FileSymbols {
  path: string;
  family: Family;
  definitions: Definition[];
  references: Reference[];
  imports: Import[];
  /** Parts did not parse: what lies in them may be absent here. */
  isBroken: boolean;
}

export type DefinitionKind =
  | "function"
  | "method"
  | "class"
  | "type"
  | "variable"
  | "field"
  | "macro"
  | "module"
  | "test"
  | "parameter";

export interface Definition {
  name: string;
  kind: DefinitionKind;
  /** With the names of what encloses it: `Cart.total`. A test has its title. */
  qualified: string;
  /** 1-based lines of the whole definition. */
  line: number;
  lastLine: number;
  /** Where its own name stands, and where its head (name, parameters) ends. */
  nameLine: number;
  headLastLine: number;
  /** Null for what is not called, or takes what the syntax does not tell. */
  parameters: Parameters | null;
  /** The function in whose lines alone it can be meant; null when it can be meant from outside. */
  within: LineRange | null;
  /** Null where the language does not say. */
  isExported: boolean | null;
}

/** How many arguments a call may have; `max` null: any number. The receiver (`self`) is not counted. */
export interface Parameters {
  min: number;
  max: number | null;
}

export interface Reference {
  name: string;
  line: number;
  /** `call` also without an argument count: then the syntax does not tell it (spread, a list of results). */
  isCall: boolean;
  argumentCount: number | null;
  /** Behind a dot, an arrow or a path: what it means depends on what stands before it. */
  isMember: boolean;
}

/** `import { imported as local } from "from"`; `imported` is null for the module as a whole, `local` `*` for all its names. */
export interface Import {
  local: string;
  imported: string | null;
  from: string;
  line: number;
  lastLine: number;
}

/** 1-based, both ends included. */
export interface LineRange {
  first: number;
  last: number;
}

const families: { [extension: string]: Family } = {
  ...{ ts: "script", mts: "script", cts: "script", tsx: "script" },
  ...{ js: "script", mjs: "script", cjs: "script", jsx: "script" },
  ...{ py: "python", pyi: "python", go: "go", java: "java", rs: "rust", rb: "ruby", rake: "ruby" },
  ...{ c: "c", h: "c", cc: "c", cpp: "c", cxx: "c", hh: "c", hpp: "c", hxx: "c" },
};

const extensionOf = (path: string): string => /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";

/** The family that a file's name tells; null when there is no grammar for it. */
export const familyOf = (path: string): Family | null => families[extensionOf(path)] ?? null;

export const extensionsOf = (family: Family): string[] =>
  Object.keys(families).filter((extension) => families[extension] === family);

/** Whether a call with so many arguments can mean a definition with these parameters. */
export const fits = (parameters: Parameters | null, argumentCount: number | null): boolean =>
  parameters === null ||
  argumentCount === null ||
  (argumentCount >= parameters.min && (parameters.max === null || argumentCount <= parameters.max));

/** `2 parameters`, `1 to 3 parameters`, `at least 1 parameter`. */
export function countOf({ min, max }: Parameters): string {
  const plural = (count: number) => `${count} parameter${count === 1 ? "" : "s"}`;
  if (max === null) return `at least ${plural(min)}`;
  return min === max ? plural(min) : `${min} to ${plural(max)}`;
}
