import type { Definition, FileSymbols } from "../../domain/symbols.ts";
import type { ChangedText } from "./changed-texts.ts";
import type { Comparison } from "./comparison.ts";
import { type Clash, clashOf } from "./evidence.ts";
import { bindingAt, isImport, topBinding, type Use, usesOf } from "./uses.ts";
import { hasWord, linesAt, wordsOf } from "./words.ts";

/**
 * Names that are gone from the place of their use, whoever else defines them: the changer removed the import, the file's own
 * definition, or a function's parameter or variable, with every use of it there; the user newly uses it in the same place.
 */
export async function goneFromScope(comparison: Comparison): Promise<Clash[]> {
  const clashes: Clash[] = [];
  for (const user of comparison.user.files) {
    const changer = comparison.changer.files.find((file) => file.from === user.from);
    if (changer === undefined || changer.isDeleted || user.isDeleted || user.isNew) continue;
    for (const word of lostNearUse({ changer, user })) {
      const isLeft = hasWord(changer.textAfter, word);
      const [clash] = (await scopeUses({ changer, user }, word, isLeft)).slice(0, 1);
      if (clash !== undefined) clashes.push(clashOf(comparison, clash));
    }
  }
  return clashes;
}

/** A function is seldom longer; and where a local name is gone, it is gone from the lines around, too. */
const functionLinesMax = 150;
const aroundLines = 4;

/** Words worth a parse: gone from the whole file, or from around a hunk that lies not far from a new use. */
function lostNearUse({ changer, user }: Place): Set<string> {
  const uses = user.hunks.map(({ oldStart, newStart, newLines }) => {
    const numbers = [...Array(newLines).keys()].map((at) => newStart + at);
    return {
      at: oldStart,
      words: wordsOf(
        linesAt(
          user.after,
          numbers.filter((line) => user.added.has(line)),
        ),
      ),
    };
  });
  const lost = new Set<string>();
  for (const { oldStart, oldLines, newStart, newLines } of changer.hunks) {
    const first = Math.max(0, newStart - 1 - aroundLines);
    const near = wordsOf(changer.after.slice(first, newStart + newLines + aroundLines));
    for (const word of wordsOf(changer.before.slice(oldStart - 1, oldStart - 1 + oldLines))) {
      const distances = uses.flatMap(({ at, words }) => (words.has(word) ? [Math.abs(at - oldStart)] : []));
      if (near.has(word) || distances.length === 0) continue;
      const isNear = Math.min(...distances) <= functionLinesMax;
      if (isNear || !hasWord(changer.textAfter, word)) lost.add(word);
    }
  }
  return lost;
}

interface Place {
  changer: ChangedText;
  user: ChangedText;
}

async function scopeUses(place: Place, word: string, isLeft: boolean) {
  const after = await place.changer.symbolsAfter();
  if (after === null) return [];
  const uses = (await usesOf(place.user, word)).filter(({ reference }) => !reference.isMember);
  return uses.flatMap((use) => {
    const binding = bindingAt(use.symbols, word, use.reference.line);
    if (binding === null || isNew(place.user, binding)) return [];
    const definition = isImport(binding) ? importDefinition(binding) : binding;
    const isGone =
      !isImport(binding) && binding.within !== null
        ? isGoneFromFunction(place.changer, after, { use, within: binding.within })
        : !isLeft && isGoneFromFile(after, binding, word);
    if (!isGone) return [];
    const end = "after the merge nothing there defines it";
    return [{ how: "gone" as const, lost: { file: place.user, definition }, uses: [use], end }];
  });
}

type Binding = NonNullable<ReturnType<typeof topBinding>>;

function isNew({ added }: ChangedText, binding: Binding): boolean {
  if (!isImport(binding)) return added.has(binding.nameLine);
  for (let line = binding.line; line <= binding.lastLine; line += 1) if (added.has(line)) return true;
  return false;
}

/** The function is still there, under its name, and knows the word no more. */
function isGoneFromFunction(
  changer: ChangedText,
  after: FileSymbols,
  { use, within }: { use: Use; within: { first: number; last: number } },
): boolean {
  const { name } = use.reference;
  const holder = use.symbols.definitions.find(
    (one) => one.line <= within.first && one.lastLine === within.last && one.kind !== "parameter",
  );
  const same = after.definitions.filter((one) => one.qualified === holder?.qualified);
  const [function_] = same;
  if (function_ === undefined || same.length > 1 || topBinding(after, name) !== null) return false;
  return !wordsOf(changer.after.slice(function_.line - 1, function_.lastLine)).has(name);
}

/** Names that a language knows without an import: an import of one was only a nicety. */
const builtIn = new Set([
  ...[
    "Buffer",
    "console",
    "fetch",
    "performance",
    "process",
    "setImmediate",
    "setTimeout",
    "URL",
    "clearTimeout",
  ],
  ...[
    "afterAll",
    "afterEach",
    "beforeAll",
    "beforeEach",
    "describe",
    "expect",
    "it",
    "jest",
    "test",
    "Promise",
  ],
  ...["React", "input", "open", "print", "range", "reduce", "str", "unicode", "zip", "map", "filter", "exec"],
]);

function isGoneFromFile(after: FileSymbols, binding: Binding, word: string): boolean {
  if (builtIn.has(word) || after.imports.some((one) => one.local === "*")) return false;
  const isFileBound = after.family === "script" || after.family === "python";
  if (!isImport(binding)) return isFileBound && binding.kind !== "field" && binding.kind !== "method";
  return after.family !== "c" && after.family !== "ruby";
}

const importDefinition = (binding: { local: string; line: number; lastLine: number }): Definition => ({
  ...{ name: binding.local, qualified: binding.local, kind: "variable", line: binding.line },
  ...{ lastLine: binding.lastLine, nameLine: binding.line, headLastLine: binding.line },
  ...{ parameters: null, within: null, isExported: null },
});
