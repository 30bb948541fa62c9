import type { MemoryLimits } from "../domain/memory.ts";

/**
 * Memory is read before every run, so it must stay small: a statement is what fits a phone's screen, a scope with more than
 * fifty entries says nothing any more, and a lesson that nobody met for half a year is about code that is gone.
 */
export const memoryLimits: MemoryLimits = {
  statementCharsMax: 500,
  reasonCharsMax: 1000,
  pathsMax: 50,
  entriesPerScopeMax: 50,
  idleDaysMax: 180,
};

/** So many entries, and so many characters of them, go into one prompt. */
export const recallEntriesMax = 12;
export const recallCharsMax = 6000;
