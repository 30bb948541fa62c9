import { type Definition, type FileSymbols, fits, type Parameters } from "../../domain/symbols.ts";
import type { Symbols } from "../../ports/symbols.ts";
import type { Clash, ClashUse } from "./evidence.ts";
import { bindingAt, isImport } from "./uses.ts";

/** A file of the merged tree; null when it cannot be told. */
export type MergedText = (path: string) => string | null;

/**
 * Whether a clash is one in the merged tree, too: the use is there as its author wrote it, and nothing in the file binds the name. What
 * both sides have from a third change, by a second merge base, looks like a new use and is none.
 */
export async function standsInMerge(clash: Clash, merged: MergedText, symbols: Symbols): Promise<boolean> {
  const takers = clash.how === "arity" ? await definitionsIn(clash, merged, symbols) : [];
  for (const use of clash.uses) {
    if (takers.some(({ parameters }) => fits(parameters, use.argumentCount) && use.argumentCount !== null))
      continue;
    const text = merged(use.path);
    if (text === null) return true;
    const lines = text.split(/\r?\n/);
    const at = lines.flatMap((line, index) => (line.trim() === use.text.trim() ? [index + 1] : []));
    if (at.length === 0) continue;
    const references = at.map((line) => ({ first: line, last: line }));
    const read = await symbols.read(use.path, text, { references });
    if (read === null || at.some((line) => stands(clash, use, { read, line }))) return true;
  }
  return false;
}

/** What the merged tree has in the place of the definition that changed. */
async function definitionsIn(clash: Clash, merged: MergedText, symbols: Symbols): Promise<Definition[]> {
  const [path = ""] = clash.paths;
  const text = merged(path);
  const read = text === null ? null : await symbols.read(path, text, { references: [] });
  return (read?.definitions ?? []).filter((one) => one.name === clash.name && one.within === null);
}

/** A call may go on behind its first line, so that the line alone tells nothing of what it takes. */
function stands(
  { how }: Clash,
  { name, isMember, argumentCount, parameters }: ClashUse,
  { read, line }: { read: FileSymbols; line: number },
): boolean {
  if (parameters !== undefined)
    return read.definitions.some((one) => one.nameLine === line && isSame(one.parameters, parameters));
  if (how !== "gone")
    return read.references.some(
      (one) => one.name === name && one.line === line && one.argumentCount === argumentCount,
    );
  const binding = isMember ? null : bindingAt(read, name, line);
  return binding === null || isImport(binding);
}

const isSame = (left: Parameters | null, right: Parameters): boolean =>
  left?.min === right.min && left.max === right.max;
