import type { Hunk, LineHash } from "../../domain/change-record.ts";
import type { Sha } from "../../domain/ids.ts";
import { hashLine } from "./line-hash.ts";
import { type RawChange, readRawRecord } from "./raw-diff.ts";

/** What git's patch says of one file. Lines are hashes, trivial ones left out, in file order. */
export interface PatchFile {
  change: RawChange;
  /** Set by who could not read it. */
  isUnread?: boolean;
  isBinary: boolean;
  /** More changed lines than `linesMax` on one side, or in the whole comparison: they are not kept. */
  isTooLarge: boolean;
  hunks: Hunk[];
  added: LineHash[];
  removed: LineHash[];
}

/** One comparison of two trees. `isWhole` is false when git ended in the middle of it. */
export interface Patch {
  before: Sha;
  after: Sha;
  files: PatchFile[];
  isWhole: boolean;
}

export interface PatchLimits {
  /** Changed lines a file side. */
  linesMax: number;
  /** Changed lines a comparison, all files together. */
  allLinesMax: number;
}

/** `push` takes the output piece by piece; `take` answers the comparisons that are complete; `end` answers the rest. */
export interface PatchReader {
  push(piece: Buffer): void;
  take(): Patch[];
  end(): Patch[];
}

/** `where` says what stands at `at`: raw records, sections of patches, or the lines of a hunk. */
interface State {
  limits: PatchLimits;
  bytes: Buffer;
  at: number;
  /** Pieces without an end of line: one line may be longer than many pieces. */
  waiting: Buffer[];
  where: "records" | "sections";
  patch: Patch | undefined;
  done: Patch[];
  /** Sections that are still to come, in order: one a file, and two for another type of file. */
  file: PatchFile | undefined;
  nextFile: number;
  sectionsOfFile: number;
  minus: number;
  plus: number;
  lines: number;
}

const [nul, newline, plusSign, minusSign, colon] = [0x00, 0x0a, 0x2b, 0x2d, 0x3a];
const headBytes = 82;
const head = /^([0-9a-f]{40}) ([0-9a-f]{40})\n$/;
const hunkHead = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const hunkHeadBytes = 100;

/**
 * Reads what `git diff-tree --stdin -r --raw -p -U0 -z -M` prints for pairs of trees. Everything is taken by position and count:
 * records by their NULs, sections in the order of the records, lines by the counts of their hunk. So neither a name nor a line
 * can pass for anything else. Bytes are never decoded.
 */
export const readPatches = (limits: PatchLimits): PatchReader => {
  const state: State = {
    ...{ limits, bytes: Buffer.alloc(0), at: 0, waiting: [], where: "sections", patch: undefined, done: [] },
    ...{ file: undefined, nextFile: 0, sectionsOfFile: 0, minus: 0, plus: 0, lines: 0 },
  };
  return {
    push: (piece) => push(state, piece),
    take: () => state.done.splice(0),
    end: () => {
      closePatch(state);
      return state.done.splice(0);
    },
  };
};

const push = (state: State, piece: Buffer): void => {
  state.waiting.push(piece);
  if (piece.indexOf(newline) < 0 && piece.indexOf(nul) < 0) return;
  state.bytes = Buffer.concat([state.bytes.subarray(state.at), ...state.waiting.splice(0)]);
  state.at = 0;
  while (step(state));
};

/** Goes one element on; false when the bytes at hand do not hold the next one to its end. */
const step = (state: State): boolean => {
  if (state.minus + state.plus > 0) return readLines(state);
  if (state.where === "records") return readRecord(state);
  return readHeader(state);
};

/** A record, or the empty field that ends the records. Equal trees have none: the next comparison's head follows at once. */
const readRecord = (state: State): boolean => {
  const { bytes, at } = state;
  if (at >= bytes.length) return false;
  if (bytes[at] !== colon) {
    if (bytes[at] === nul) state.at += 1;
    state.where = "sections";
    return true;
  }
  const first = bytes.indexOf(nul, at);
  const second = first < 0 ? -1 : bytes.indexOf(nul, first + 1);
  const isMove = second >= 0 && /[RC]\d*$/.test(bytes.toString("latin1", at, first));
  const last = isMove ? bytes.indexOf(nul, second + 1) : second;
  if (last < 0) return false;
  const { change } = readRawRecord(bytes.toString("latin1", at, last).split("\0"), 0);
  const kept = { isBinary: false, isTooLarge: false, hunks: [], added: [], removed: [] };
  state.patch?.files.push({ change, ...kept });
  state.at = last + 1;
  return true;
};

/** A line between hunks: a comparison's head, a file's header line, or the head of a hunk. */
const readHeader = (state: State): boolean => {
  const { bytes, at } = state;
  const end = bytes.indexOf(newline, at);
  if (end < 0) return false;
  const isHead = end - at === headBytes - 1 && head.test(bytes.toString("latin1", at, end + 1));
  state.at = end + 1;
  if (isHead) {
    closePatch(state);
    const line = bytes.toString("latin1", at, end);
    state.patch = { before: line.slice(0, 40), after: line.slice(41), files: [], isWhole: false };
    state.where = "records";
    return true;
  }
  const line = bytes.toString("latin1", at, Math.min(end, at + hunkHeadBytes));
  if (line.startsWith("diff --git ")) nextSection(state);
  else if (line.startsWith("@@ ")) openHunk(state, line);
  else if (line.startsWith("Binary files ") && state.file !== undefined) state.file.isBinary = true;
  return true;
};

const nextSection = (state: State): void => {
  // Another type of file is a deletion and an addition.
  const isSecond = state.file?.change.status === "T" && state.sectionsOfFile === 1;
  state.sectionsOfFile += 1;
  if (isSecond) return;
  state.file = state.patch?.files[state.nextFile];
  state.nextFile += 1;
  state.sectionsOfFile = 1;
};

const openHunk = (state: State, line: string): void => {
  const [, oldStart, oldLines = "1", newStart, newLines = "1"] = hunkHead.exec(line) ?? [];
  [state.minus, state.plus] = [Number(oldLines), Number(newLines)];
  state.lines += state.minus + state.plus;
  const { file } = state;
  if (file === undefined) return;
  file.hunks.push({
    ...{ oldStart: Number(oldStart), oldLines: state.minus },
    ...{ newStart: Number(newStart), newLines: state.plus },
  });
  const { linesMax, allLinesMax } = state.limits;
  const isOver = file.added.length + state.plus > linesMax || file.removed.length + state.minus > linesMax;
  if (isOver || state.lines > allLinesMax) file.isTooLarge = true;
  if (file.isTooLarge) [file.hunks, file.added, file.removed] = [[], [], []];
};

/** As many of the hunk's lines as are at hand. "\ No newline at end of file" is none, and stands between the two sides. */
const readLines = (state: State): boolean => {
  const { bytes } = state;
  const kept = state.file?.isTooLarge === false ? state.file : undefined;
  while (state.minus + state.plus > 0) {
    const end = bytes.indexOf(newline, state.at);
    if (end < 0) return false;
    const sign = bytes[state.at];
    if (sign === minusSign) {
      state.minus -= 1;
      keepLine(bytes, state.at, end, kept?.removed);
    } else if (sign === plusSign) {
      state.plus -= 1;
      keepLine(bytes, state.at, end, kept?.added);
    }
    state.at = end + 1;
  }
  return true;
};

const keepLine = (bytes: Buffer, start: number, end: number, side: LineHash[] | undefined): void => {
  if (side === undefined) return;
  const hash = hashLine(bytes, start + 1, end);
  if (hash !== null) side.push(hash);
};

const closePatch = (state: State): void => {
  const { patch } = state;
  if (patch === undefined) return;
  const isLastWhole = state.file?.change.status !== "T" || state.sectionsOfFile === 2;
  patch.isWhole = state.nextFile >= patch.files.length && isLastWhole && state.minus + state.plus === 0;
  state.done.push(patch);
  state.patch = undefined;
  [state.file, state.nextFile, state.sectionsOfFile, state.lines] = [undefined, 0, 0, 0];
  [state.minus, state.plus] = [0, 0];
};
