import type { Family } from "../../domain/symbols.ts";
import { c, cpp, cppReferences, cReferences } from "./queries/c.ts";
import { go, goReferences } from "./queries/go.ts";
import { java, javaReferences } from "./queries/java.ts";
import { python, pythonReferences } from "./queries/python.ts";
import { ruby, rubyReferences } from "./queries/ruby.ts";
import { rust, rustReferences } from "./queries/rust.ts";
import {
  javascript,
  javascriptOnly,
  javascriptReferences,
  typescript,
  typescriptReferences,
} from "./queries/script.ts";

/**
 * One language: its compiled grammar, and the queries that read it. What captures mean: `@def.<kind>` a definition, with `@name`,
 * `@params` and `@owner`; `@scope` only lends its name to what is inside; `@bind` and `@pattern` bind local names; `@import…` an
 * import; `@call`, `@member` and `@word` references, the first that captures a node counts.
 */
export interface Grammar {
  name: string;
  family: Family;
  definitions: string;
  references: string;
}

const grammar = (name: string, family: Family, definitions: string, references: string): Grammar => ({
  ...{ name, family, definitions, references },
});

const scripts = {
  javascript: grammar("javascript", "script", javascript + javascriptOnly, javascriptReferences),
  typescript: grammar("typescript", "script", javascript + typescript, typescriptReferences),
  tsx: grammar("tsx", "script", javascript + typescript, typescriptReferences),
};
const cGrammar = grammar("c", "c", c, cReferences);
const cppGrammar = grammar("cpp", "c", c + cpp, cppReferences);

const byFamily: { [family in Exclude<Family, "script" | "c">]: Grammar } = {
  python: grammar("python", "python", python, pythonReferences),
  go: grammar("go", "go", go, goReferences),
  java: grammar("java", "java", java, javaReferences),
  rust: grammar("rust", "rust", rust, rustReferences),
  ruby: grammar("ruby", "ruby", ruby, rubyReferences),
};

/** A header may be C or C++: only its text tells. */
const isCpp = /^\s*(?:class|namespace|template|using)\b|\bpublic:|::/m;

export function grammarOf(family: Family, path: string, text: string): Grammar {
  if (family === "script") {
    if (/\.[cm]?ts$/i.test(path)) return scripts.typescript;
    return /\.tsx$/i.test(path) ? scripts.tsx : scripts.javascript;
  }
  if (family === "c") {
    if (/\.c$/i.test(path)) return cGrammar;
    return /\.h$/i.test(path) && !isCpp.test(text) ? cGrammar : cppGrammar;
  }
  return byFamily[family];
}
