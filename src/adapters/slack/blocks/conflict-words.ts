import type { ConflictKind } from "../../../domain/conflict.ts";

interface Words {
  /** What it is, in two or three words. */
  name: string;
  /** The title of its own card. */
  title: string;
  /** What one side does to the other; between the names of both. */
  against: string;
}

/** How each kind of conflict is said. */
export const conflictWords = {
  claim: {
    name: "Both want the same files",
    title: "Two loops want the same files",
    against: "works on files that are claimed by",
  },
  textual: {
    name: "Merge conflict",
    title: "Two changes do not merge",
    against: "cannot be merged together with",
  },
  structural: {
    name: "Disagree about a file",
    title: "Two changes disagree about whether a file exists, or where",
    against: "moves, removes or adds what is changed by",
  },
  mechanical: {
    name: "Lists collide",
    title: "Two changes touch the same change log, lock file or manifest",
    against: "writes the same lists as",
  },
  symbol: {
    name: "Same function",
    title: "Two changes edit the same function, class or test",
    against: "edits the same function, class or test as",
  },
  dependency: {
    name: "One uses what the other takes away",
    title: "A change uses what another one removes, renames or re-signs",
    against: "does not fit together with",
  },
  undo: {
    name: "Conflict of intent",
    title: "A new change would take back a deliberate one",
    against: "undoes a deliberate change by",
  },
  "ping-pong": {
    name: "Back and forth",
    title: "Two changes take each other back, again and again",
    against: "undoes once more what was put back by",
  },
  "test-intent": {
    name: "Conflict of intent, in the tests",
    title: "A new change would turn back only the tests of a deliberate one",
    against: "turns back only the tests of a deliberate change by",
  },
  version: {
    name: "Version fight",
    title: "Two changes want different versions of the same thing",
    against: "sets another version than",
  },
  decision: {
    name: "Contradicts a decision",
    title: "A new change contradicts a decision",
    against: "contradicts",
  },
  "too-large": {
    name: "Too large to compare",
    title: "A change is too large to be compared",
    against: "is too large to be compared with",
  },
} satisfies Record<ConflictKind, Words>;

export const sentenceCase = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
