import type { Definition, Family } from "../../domain/symbols.ts";
import type { ChangedText } from "./changed-texts.ts";
import { type Comparison, knownTo } from "./comparison.ts";
import { denotes, stemOf } from "./denotes.ts";
import { type Clash, clashOf } from "./evidence.ts";
import { bindingAt, byWeight, isImport, type Use, usesOf } from "./uses.ts";
import { hasWord, linesAt, wordOf, wordsOf } from "./words.ts";

/** A definition that the changer took away, and the file that it was in. */
interface Lost {
  file: ChangedText;
  definition: Definition;
}

/**
 * Names that are gone: the changer removed or renamed the definition and left no use of the name in its whole tree, and the user
 * newly uses it without bringing a definition. That the changer's own tree knows the name no more is what tells a name of ours from
 * one that a library, a macro or a generator defines, too.
 */
export async function goneNames(comparison: Comparison): Promise<Clash[]> {
  const clashes: Clash[] = [];
  for (const [family, words] of vanishedWords(comparison)) {
    const candidates: { word: string; lost: Lost; uses: Use[] }[] = [];
    for (const [word, files] of words) {
      if (files.isEverywhere) candidates.push(...(await candidate(comparison, word, files.files)));
    }
    clashes.push(...(await withoutKnown(comparison, family, candidates)));
    for (const [word, files] of words) {
      if (clashes.some((clash) => wordOf(clash.name) === word)) continue;
      if (isFileBound(family)) clashes.push(...(await goneFromModule(comparison, word, files.files)));
    }
  }
  return clashes;
}

type Vanished = Map<Family, Map<string, { files: ChangedText[]; isEverywhere: boolean }>>;

/** Words that the user newly uses and that stand in no line any more of a file from which the changer removed them. */
function vanishedWords({ changer, used }: Comparison): Vanished {
  const vanished: Vanished = new Map();
  for (const [family, words] of used) {
    const files = changer.files.filter((file) => file.family === family);
    const lost = new Map<string, { files: ChangedText[]; isEverywhere: boolean }>();
    vanished.set(family, lost);
    for (const file of files)
      for (const word of lostWords(file, words)) {
        const known = lost.get(word) ?? { files: [], isEverywhere: true };
        known.files.push(file);
        lost.set(word, known);
      }
    for (const [word, known] of lost)
      known.isEverywhere = !files.some((file) => hasWord(file.textAfter, word));
  }
  return vanished;
}

const lostWords = (file: ChangedText, words: Map<string, unknown>): string[] =>
  [...wordsOf(linesAt(file.before, file.removed))].filter(
    (word) => words.has(word) && !hasWord(file.textAfter, word),
  );

async function candidate(comparison: Comparison, word: string, files: ChangedText[]) {
  const lost = await lostDefinition(files, word);
  if (lost === null) return [];
  const uses = await danglingUses(comparison, lost, word);
  return uses.length === 0 ? [] : [{ word, lost, uses }];
}

/** The definition of the name on a line that the changer removed; one that others can mean. */
async function lostDefinition(files: ChangedText[], word: string): Promise<Lost | null> {
  for (const file of files) {
    const definition = (await file.symbolsBefore())?.definitions.find(
      (one) =>
        wordOf(one.name) === word &&
        one.within === null &&
        one.kind !== "test" &&
        one.kind !== "parameter" &&
        file.removed.has(one.nameLine),
    );
    if (definition !== undefined) return { file, definition };
  }
  return null;
}

/** Uses that nothing in their own file explains, unless the user brings a definition along that others can mean. */
async function danglingUses({ used }: Comparison, lost: Lost, word: string): Promise<Use[]> {
  const uses: Use[] = [];
  for (const file of used.get(lost.file.family)?.get(word) ?? []) {
    const brings = (await file.symbolsAfter())?.definitions.some(
      (one) => wordOf(one.name) === word && one.within === null && file.added.has(one.nameLine),
    );
    if (brings === true) return [];
    uses.push(...(await usesOf(file, word)).filter((use) => isFree(use, lost)));
  }
  return uses.toSorted(byWeight);
}

/** Not bound by something that stays: a local, a definition elsewhere, an import from outside. */
function isFree({ file, symbols, reference, importedFrom }: Use, lost: Lost): boolean {
  if (importedFrom !== undefined) return isOurs(file.family, importedFrom);
  if (reference.isMember) return canBeMember(lost.definition);
  const binding = bindingAt(symbols, reference.name, reference.line);
  if (binding === null) return lost.definition.kind !== "field" || lost.file.family === "c";
  if (isImport(binding)) return isOurs(lost.file.family, binding.from);
  return file.from === lost.file.from && binding.within === null && !file.added.has(binding.nameLine);
}

const canBeMember = (definition: Definition): boolean => definition.name.length > 2;

/** A bare module name of JavaScript is a package's, but for a monorepo's own, which a scope or a dash gives away no more than others. */
const isOurs = (family: Family, from: string): boolean =>
  family !== "script" ||
  from.startsWith(".") ||
  from.startsWith("@") ||
  from.includes("/") ||
  from.includes("-");

async function withoutKnown(
  comparison: Comparison,
  family: Family,
  candidates: { word: string; lost: Lost; uses: Use[] }[],
): Promise<Clash[]> {
  if (candidates.length === 0) return [];
  const clashes: Clash[] = [];
  for (const { word, lost, uses } of candidates.slice(0, 50)) {
    const known = await knownTo(comparison, family, [word]);
    const isKnown =
      known === null ||
      known.files.some(
        (file) =>
          file.references.some(({ name }) => wordOf(name) === word) ||
          file.definitions.some(({ name }) => wordOf(name) === word) ||
          file.imports.some((one) => one.local === word || one.imported === word),
      );
    const end = "after the merge nobody defines it";
    if (!isKnown) clashes.push(clashOf(comparison, { how: "gone", lost, uses, end }));
  }
  return clashes;
}

/** Languages that name, in each file, the files that a name comes from. */
const isFileBound = (family: Family): boolean =>
  family === "script" || family === "python" || family === "java";

/** Others may define the name elsewhere; the module that the user imports it from does not any more. */
async function goneFromModule(comparison: Comparison, word: string, files: ChangedText[]): Promise<Clash[]> {
  for (const file of files) {
    const stem = stemOf(file.from);
    const using = (comparison.used.get(file.family)?.get(word) ?? []).filter(
      (one) => one.from !== file.from && one.after.some((line) => line.includes(stem)),
    );
    const lost = using.length === 0 ? null : await lostDefinition([file], word);
    if (lost === null) continue;
    const uses: Use[] = [];
    for (const one of using) {
      uses.push(...(await usesOf(one, word)).filter((use) => isImportedFrom(use, lost)));
    }
    const end = `after the merge ${file.isDeleted ? file.from : file.path} does not define it`;
    if (uses.length > 0 && !(await isImportedAgain(file)))
      return [clashOf(comparison, { how: "gone", lost, uses: uses.toSorted(byWeight), end })];
  }
  return [];
}

function isImportedFrom({ file, symbols, reference }: Use, { file: lost, definition }: Lost): boolean {
  const binding = symbols.imports.find(
    (one) => one.imported === definition.name && denotes(file.family, one.from, file.path, lost.from),
  );
  if (binding === undefined) return false;
  const isTheImport = binding.line <= reference.line && reference.line <= binding.lastLine;
  return isTheImport || (!reference.isMember && reference.name === binding.local);
}

/** `export * from` and `import *` pass on names that the file does not name. */
const isImportedAgain = async (file: ChangedText): Promise<boolean> =>
  (await file.symbolsAfter())?.imports.some((one) => one.local === "*") ?? false;
