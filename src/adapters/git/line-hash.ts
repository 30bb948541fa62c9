import type { LineHash } from "../../domain/change-record.ts";

const isWord = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9_]/.test(String.fromCharCode(byte)) ? 1 : 0,
);
const space = 0x20;

/**
 * The hash of a line's bytes from `start` up to `end`, trimmed of white space and control characters, so that neither
 * indentation nor CRLF makes a difference. Null for a trivial line: one without two word characters in a row, such as a lone
 * brace, is everywhere and tells nothing. Two multiplicative hashes side by side, of 32 and of 21 bits: a cryptographic hash
 * would take longer than git's own diff.
 */
export const hashLine = (bytes: Uint8Array, start: number, end: number): LineHash | null => {
  let [from, to] = [start, end];
  while (from < to && (bytes[from] as number) <= space) from += 1;
  while (to > from && (bytes[to - 1] as number) <= space) to -= 1;
  let [low, high, before, words] = [0x811c9dc5, 0x9e3779b9, 0, 0];
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x85ebca6b);
    high ^= high >>> 15;
    const word = isWord[byte] as number;
    words |= before & word;
    before = word;
  }
  return words === 0 ? null : (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
};
