/** What one source file imports, as its text says; never run, and without a parser. */
export interface Imports {
  /** Specifiers as written: `./price.js`, `@acme/db`, `shop.prices`. */
  specifiers: string[];
  /** An import whose target is computed when it runs. */
  isDynamic: boolean;
}

export type Language = "js" | "python" | "go" | "java";

const languages: { [extension: string]: Language } = {
  ...Object.fromEntries(
    ["js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "astro"].map((one) => [
      one,
      "js",
    ]),
  ),
  py: "python",
  go: "go",
  java: "java",
  kt: "java",
};

const otherSources =
  /\.(?:rs|rb|php|c|h|cc|cpp|hpp|cs|swift|scala|clj|ex|exs|erl|hs|ml|dart|lua|pl|r|jl|zig|sh|sql|m|mm|groovy)$/i;

export const languageOf = (path: string): Language | undefined => {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(languages, extension) ? languages[extension] : undefined;
};

/** A source file in a language whose imports are not read. */
export const isUnparsed = (path: string): boolean =>
  languageOf(path) === undefined && otherSources.test(path);

/**
 * The patterns find imports in comments and strings, too. That is on purpose: an edge too many asks a person, an edge that hides
 * behind an unusual way to write lands.
 */
export function importsIn(language: Language, text: string): Imports {
  switch (language) {
    case "js":
      return {
        specifiers: all(text, [
          /\bfrom\s*["']([^"'\n]+)["']/g,
          /\bimport\s*["']([^"'\n]+)["']/g,
          /\b(?:import|require|requireActual|importActual|mock|doMock|resolve)\s*\(\s*["'`]([^"'`\n$]+)["'`]/g,
          /\bnew\s+URL\(\s*["'`]([^"'`\n$]+)["'`]\s*,\s*import\.meta/g,
        ]),
        // A comment between the bracket and the literal is a bundler's hint.
        isDynamic: /\b(?:import|require)\s*\(\s*(?!["'\s)]|\/[*/])(?!`[^$`]*`)/.test(text),
      };
    case "python":
      return {
        specifiers: [
          ...all(text, [/^[ \t]*import[ \t]+([^\n#;]+)/gm]).flatMap((list) =>
            list.split(",").map((one) => one.trim().split(/\s/)[0] ?? ""),
          ),
          ...[
            ...text.matchAll(/^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]*(?:\(([^)]*)\)|([^\n#;]*))/gm),
          ].flatMap(([, from = "", inBrackets, onLine]) => [
            from,
            ...(inBrackets ?? onLine ?? "")
              .split(",")
              .flatMap((one) => /^\w+/.exec(one.trim())?.[0] ?? [])
              .map((name) => `${from}${from.endsWith(".") ? "" : "."}${name}`),
          ]),
        ].filter((one) => /^\.*\w[\w.]*$|^\.+$/.test(one)),
        isDynamic: /\b__import__\s*\(|\bimport_module\s*\(/.test(text),
      };
    case "go":
      return {
        specifiers: [
          ...all(text, [/^import\s+(?:[\w.]+\s+)?"([^"\n]+)"/gm]),
          ...[...text.matchAll(/^import\s*\(([^)]*)\)/gm)].flatMap((block) =>
            all(block[1] ?? "", [/"([^"\n]+)"/g]),
          ),
        ],
        isDynamic: false,
      };
    case "java":
      return {
        specifiers: all(text, [/^\s*import\s+(?:static\s+)?([\w.]+?)(?:\.\*)?\s*(?:;|$|\sas\s)/gm]),
        isDynamic: /\bClass\.forName\s*\(/.test(text),
      };
  }
}

const all = (text: string, patterns: RegExp[]): string[] =>
  patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ""));
