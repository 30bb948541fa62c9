import type { ChangeRecord, FileRecord, Hunk } from "../domain/change-record.ts";
import type { Definition, DefinitionKind, FileSymbols } from "../domain/symbols.ts";
import type { Sources, Symbols } from "../ports/symbols.ts";

export interface SameSymbol {
  /** Qualified: `Cart.total`; a test has its title. */
  symbol: string;
  path: string;
}

const bytesMax = 2_000_000;

/**
 * Same symbol (C4): the innermost definitions, tests included, that enclose a hunk of the one and a hunk of the other. To be asked of
 * changes that git merges. A file without a grammar has no symbols.
 */
export async function sameSymbols(
  left: ChangeRecord,
  right: ChangeRecord,
  from: { symbols: Symbols; sources: Sources },
): Promise<SameSymbol[]> {
  const found: SameSymbol[] = [];
  for (const one of left.files) {
    const other = right.files.find((file) => originOf(file) === originOf(one));
    if (other === undefined || one.hunks.length === 0 || other.hunks.length === 0) continue;
    const [mine, theirs] = [await touched(left, one, from), await touched(right, other, from)];
    for (const symbol of mine) if (theirs.has(symbol)) found.push({ symbol, path: one.path });
  }
  return found;
}

const originOf = (file: FileRecord): string => file.from ?? file.path;

/** Qualified names of the definitions that a change touches in a file, as they are before and after. */
export async function touched(
  { base, head }: ChangeRecord,
  file: FileRecord,
  { symbols, sources }: { symbols: Symbols; sources: Sources },
): Promise<Set<string>> {
  const paths = { before: originOf(file), after: file.path };
  const wishes = [
    { at: base, path: paths.before },
    { at: head, path: paths.after },
  ];
  const [before, after] = await sources.readAll(wishes, bytesMax);
  const read = async (path: string, bytes: Buffer | null | undefined) =>
    bytes == null ? null : symbols.read(path, bytes.toString("utf8"), { references: [] });
  const [olds, news] = [await read(paths.before, before), await read(paths.after, after)];
  const names = new Set<string>();
  for (const hunk of file.hunks) {
    for (const name of [enclosing(olds, hunk, "old"), enclosing(news, hunk, "new")])
      if (name !== undefined) names.add(name);
  }
  return names;
}

const kinds = new Set<DefinitionKind>(["function", "method", "class", "type", "macro", "test", "variable"]);

/** The smallest definition around all lines of a hunk; a hunk without lines on a side stands between two. */
function enclosing(symbols: FileSymbols | null, hunk: Hunk, side: "old" | "new"): string | undefined {
  const [start, count] = side === "old" ? [hunk.oldStart, hunk.oldLines] : [hunk.newStart, hunk.newLines];
  const [first, last] = count === 0 ? [start, start + 1] : [start, start + count - 1];
  let smallest: Definition | undefined;
  for (const one of symbols?.definitions ?? []) {
    if (!kinds.has(one.kind) || one.line > first || one.lastLine < last) continue;
    if (one.kind === "variable" && one.within !== null) continue;
    if (smallest === undefined || one.lastLine - one.line <= smallest.lastLine - smallest.line)
      smallest = one;
  }
  return smallest?.qualified;
}
