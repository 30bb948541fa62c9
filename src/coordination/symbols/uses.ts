import type { Definition, FileSymbols, Import, Reference } from "../../domain/symbols.ts";
import { isTestPath } from "../../domain/test-path.ts";
import type { ChangedText } from "./changed-texts.ts";
import { wordOf } from "./words.ts";

/** A name that a change newly uses: on a line that it adds, in code. */
export interface Use {
  file: ChangedText;
  symbols: FileSymbols;
  reference: Reference;
  /** The use is an import of the name, from here. */
  importedFrom?: string;
}

/** Uses of a word on the lines that a file adds, in its order. An import that is new uses the name that it imports. */
export async function usesOf(file: ChangedText, word: string): Promise<Use[]> {
  const symbols = await file.symbolsAfter();
  if (symbols === null) return [];
  const used = symbols.references
    .filter(({ name, line }) => wordOf(name) === word && file.added.has(line))
    .map((reference) => ({ file, symbols, reference }));
  const imported = symbols.imports.flatMap((one) => {
    const line = newLineOf(file, one, word);
    if (line === null) return [];
    const reference = { name: word, line, isCall: false, argumentCount: null, isMember: true };
    return [{ file, symbols, reference, importedFrom: one.from }];
  });
  return [...used, ...imported].toSorted((a, b) => a.reference.line - b.reference.line);
}

/** The line, of those that the file adds, on which an import names the word. */
function newLineOf(file: ChangedText, one: Import, word: string): number | null {
  if (one.imported === null || wordOf(one.imported) !== word || one.local === "*") return null;
  for (let line = one.line; line <= one.lastLine; line += 1)
    if (file.added.has(line) && (file.after[line - 1] ?? "").includes(word)) return line;
  return null;
}

/** What binds a name where a line stands: something local around it first, then what the file defines or imports. */
export function bindingAt(
  { definitions, imports }: FileSymbols,
  name: string,
  line: number,
): Definition | Import | null {
  const local = definitions.findLast(
    (one) => one.name === name && one.within !== null && one.within.first <= line && line <= one.within.last,
  );
  return local ?? topBinding({ definitions, imports }, name);
}

export const topBinding = (
  { definitions, imports }: Pick<FileSymbols, "definitions" | "imports">,
  name: string,
): Definition | Import | null =>
  imports.find((one) => one.local === name) ??
  definitions.find((one) => one.name === name && one.within === null && one.kind !== "test") ??
  null;

export const isImport = (binding: Definition | Import): binding is Import => "from" in binding;

/** Production code first: it is what people want to see. */
export const byWeight = (left: Use, right: Use): number =>
  Number(isTestPath(left.file.path)) - Number(isTestPath(right.file.path)) ||
  left.reference.line - right.reference.line;
