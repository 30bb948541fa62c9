/**
 * A path as git stores it: bytes, one character a byte (latin1). Git's paths need not be UTF-8, so everything inside this folder
 * works on bytes, and text is made of them at the border.
 */
export type RawPath = string;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const plain = /^[ -~]*$/;

/** The path as text. Bytes that are no UTF-8 come as git quotes them, in quotation marks: `"caf\351.txt"`. */
export const pathText = (raw: RawPath): string => {
  if (plain.test(raw)) return raw;
  try {
    return utf8.decode(Buffer.from(raw, "latin1"));
  } catch {
    return `"${raw.replace(/[^ !#-[\]-~]/g, quotedByte)}"`;
  }
};

const quotedByte = (byte: string): string =>
  byte === '"' || byte === "\\" ? `\\${byte}` : `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`;

/** The bytes that a text may mean: itself, or what it quotes when it looks like `pathText` quoted it. */
export const rawPaths = (text: string): RawPath[] => {
  const literal = Buffer.from(text, "utf8").toString("latin1");
  const quoted = /^"(.*\\[0-3][0-7]{2}.*)"$/s.exec(literal)?.[1];
  if (quoted === undefined) return [literal];
  const bytes = quoted.replace(/\\([0-3][0-7]{2}|["\\])/g, (_, what: string) =>
    what.length === 3 ? String.fromCharCode(Number.parseInt(what, 8)) : what,
  );
  return [literal, bytes];
};

/** Fields of a `-z` output, without the empty one after the last NUL. */
export const fieldsOf = (output: Buffer): RawPath[] => {
  const fields = output.toString("latin1").split("\0");
  if (fields.at(-1) === "") fields.pop();
  return fields;
};

/** Text out of bytes that were read as latin1. */
export const textOf = (raw: string): string => Buffer.from(raw, "latin1").toString("utf8");
