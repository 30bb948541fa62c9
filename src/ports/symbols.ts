import type { Sha } from "../domain/ids.ts";
import type { FileSymbols, LineRange } from "../domain/symbols.ts";

/** Reads definitions and references out of source text. */
export interface Symbols {
  /**
   * Null, never an error, when there is no grammar for the path, or the text is too large or takes too long: then only its lines
   * can be compared. References are read from the lines of `references` only, and from everywhere without it.
   */
  read(path: string, text: string, wish?: { references: LineRange[] }): Promise<FileSymbols | null>;
}

/** The files of one repository, read from its objects. */
export interface Sources {
  /** A file's bytes at a commit or tree; null when absent, not a file, or over `bytesMax`. In the order asked. */
  readAll(wishes: { at: Sha; path: string }[], bytesMax: number): Promise<(Buffer | null)[]>;
  /**
   * Where a commit's files with one of these extensions hold one of the words, as whole words; comments and strings too. At most
   * `max`; null when there are more, so that nobody takes a part for the whole.
   */
  mentions(at: Sha, wish: { words: string[]; extensions: string[]; max: number }): Promise<Mention[] | null>;
}

export interface Mention {
  word: string;
  path: string;
  /** 1-based. */
  line: number;
}
