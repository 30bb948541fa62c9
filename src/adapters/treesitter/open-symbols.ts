import { fileURLToPath } from "node:url";
import { Language, Parser, Query, type Tree } from "web-tree-sitter";
import { familyOf } from "../../domain/symbols.ts";
import type { Symbols } from "../../ports/symbols.ts";
import { type Grammar, grammarOf } from "./grammars.ts";
import { readTree } from "./read-tree.ts";

/** Larger files are generated or vendored: a parse would block the process for too long. */
const charactersMax = 2_000_000;
/**
 * A parser that gets lost in a broken file is stopped, and the file has no symbols. Counted in the library's own steps, of 100
 * operations, and not in time, so that a busy machine answers the same. Code takes 5 to 15 steps a KiB; 20,000 take about 2 s.
 */
const stepsAlways = 2_000;
const charactersAStep = 20;
const stepsMax = 20_000;

interface Loaded {
  parser: Parser;
  definitions: Query;
  references: Query;
}

/** Symbols by tree-sitter's grammars, compiled to WebAssembly; each is loaded when its first file comes. */
export function openSymbols(): Symbols {
  const loaded = new Map<string, Promise<Loaded>>();
  const grammarFor = (grammar: Grammar): Promise<Loaded> => {
    const known = loaded.get(grammar.name) ?? load(grammar);
    loaded.set(grammar.name, known);
    return known;
  };
  return {
    async read(path, text, wish) {
      const family = familyOf(path);
      if (family === null || text.length > charactersMax) return null;
      const grammar = grammarOf(family, path, text);
      const { parser, definitions, references } = await grammarFor(grammar);
      const tree = parse(parser, text);
      if (tree === null) return null;
      try {
        return readTree({ path, family, text, tree }, { definitions, references }, wish?.references);
      } finally {
        tree.delete();
      }
    },
  };
}

let started: Promise<void> | undefined;

async function load({ name, definitions, references }: Grammar): Promise<Loaded> {
  started ??= Parser.init();
  await started;
  const grammars = import.meta.resolve("@repomix/tree-sitter-wasms/package.json");
  const file = new URL(`out/tree-sitter-${name}.wasm`, grammars);
  const language = await Language.load(fileURLToPath(file));
  const parser = new Parser().setLanguage(language);
  return {
    parser,
    definitions: new Query(language, definitions),
    references: new Query(language, references),
  };
}

function parse(parser: Parser, text: string): Tree | null {
  let left = Math.min(stepsMax, stepsAlways + text.length / charactersAStep);
  const progressCallback = (): boolean => {
    left -= 1;
    // The library asks for a boolean, though its types say nothing comes back.
    return left < 0;
  };
  const tree = parser.parse(text, null, { progressCallback });
  if (tree === null) parser.reset();
  return tree;
}
