import { extensionsOf, type Family, type FileSymbols } from "../../domain/symbols.ts";
import type { Mention, Sources, Symbols } from "../../ports/symbols.ts";
import type { ChangedText, ChangedTexts } from "./changed-texts.ts";
import { headsNear } from "./heads.ts";
import { linesAt, wordsOf } from "./words.ts";

/** One direction of a pair: what one side took away or changed, and what the other newly uses. */
export interface Comparison {
  changer: ChangedTexts;
  user: ChangedTexts;
  symbols: Symbols;
  sources: Sources;
  /** Words on the lines that the user adds, and the files with them. */
  used: Map<Family, Map<string, ChangedText[]>>;
  /** What seems to be defined on or around the lines that a file of the changer loses. */
  headsBefore: (file: ChangedText) => Set<string>;
}

export function comparisonOf(
  changer: ChangedTexts,
  user: ChangedTexts,
  from: { symbols: Symbols; sources: Sources },
): Comparison {
  const used: Comparison["used"] = new Map();
  for (const file of user.files) {
    const words = used.get(file.family) ?? new Map<string, ChangedText[]>();
    used.set(file.family, words);
    for (const word of wordsOf(linesAt(file.after, file.added))) {
      const files = words.get(word);
      if (files === undefined) words.set(word, [file]);
      else files.push(file);
    }
  }
  return {
    ...{ changer, user, ...from, used },
    headsBefore: perFile((file) => headsNear(file.family, file.before, file.removed)),
  };
}

function perFile<T>(make: (file: ChangedText) => T): (file: ChangedText) => T {
  const known = new Map<ChangedText, T>();
  return (file) => {
    const value = known.get(file) ?? make(file);
    known.set(file, value);
    return value;
  };
}

const mentionsMax = 2_000;
const filesMax = 60;
const bytesMax = 500_000;

/**
 * The files of the changer's tree that hold the word, parsed; a merge has them too, with the user's lines besides. Null when there
 * are too many, or one does not parse: then nothing can be said.
 */
export async function knownTo(
  { changer, symbols, sources }: Comparison,
  family: Family,
  words: string[],
): Promise<{ mentions: Mention[]; files: FileSymbols[] } | null> {
  const wish = { words, extensions: extensionsOf(family), max: mentionsMax };
  const mentions = await sources.mentions(changer.head, wish);
  if (mentions === null) return null;
  const paths = [...new Set(mentions.map((mention) => mention.path))];
  if (paths.length > filesMax) return null;
  const texts = await sources.readAll(
    paths.map((path) => ({ at: changer.head, path })),
    bytesMax,
  );
  const files: FileSymbols[] = [];
  for (const [index, path] of paths.entries()) {
    const text = texts[index]?.toString("utf8");
    const lines = mentions.filter((mention) => mention.path === path).map(({ line }) => line);
    const references = lines.map((line) => ({ first: line, last: line }));
    const read = text === undefined ? null : await symbols.read(path, text, { references });
    if (read === null) return null;
    files.push(read);
  }
  return { mentions, files };
}
