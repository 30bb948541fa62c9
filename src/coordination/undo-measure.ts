import { commonLines } from "./lines.ts";
import type { PathKind, UndoFacts } from "./undo-facts.ts";

/** How much of a landed change another one takes back. Lines are the non-trivial ones, without what only moved. */
export interface Measure {
  /** Paths of the landed change, and of the other. */
  landedPaths: number;
  ownPaths: number;
  /** Paths whose content is again what it was before the landed change. */
  returned: string[];
  /** Paths with lines that are taken back. */
  paths: string[];
  /** Lines that the landed change added and the other removes, of all that the one added and the other removes. */
  added: Taken;
  /** Lines that the landed change removed and the other adds again, of all that the one removed and the other adds. */
  removed: Taken;
  /** Lines that the other adds at the landed change's paths and that were not there before. */
  fresh: number;
}

export interface Taken {
  back: number;
  landed: number;
  own: number;
}

/** Compares two changes at paths of one kind. */
export function measure(own: UndoFacts, landed: UndoFacts, kind: PathKind): Measure {
  const [mine, theirs] = [own.sizes[kind], landed.sizes[kind]];
  const found: Measure = {
    ...{ landedPaths: theirs.paths, ownPaths: mine.paths },
    ...{ returned: returnedPaths(own, landed, kind), paths: [], fresh: 0 },
    added: { back: 0, landed: theirs.added, own: mine.removed },
    removed: { back: 0, landed: theirs.removed, own: mine.added },
  };
  for (const [path, lines] of landed.lines) {
    const here = own.lines.get(path);
    if (here === undefined || !isOfKind(landed, path, kind)) continue;
    const added = commonLines(lines.added, here.removed);
    const removed = commonLines(lines.removed, here.added);
    found.added.back += added;
    found.removed.back += removed;
    found.fresh += here.added.length - removed;
    if (added + removed > 0) found.paths.push(path);
  }
  return found;
}

const isOfKind = (facts: UndoFacts, path: string, kind: PathKind): boolean =>
  kind === "all" || (kind === "tests" ? facts.tests : facts.written).has(path);

/** A deletion does not count when the content lives on at another path of the change. */
function returnedPaths(own: UndoFacts, landed: UndoFacts, kind: PathKind): string[] {
  const paths: string[] = [];
  for (const [path, blob] of own.blobs) {
    const before = landed.blobs.get(path)?.before;
    if (before === undefined || blob.after !== before || blob.after === blob.before) continue;
    const livesOn = blob.after === null && blob.before !== null && own.contents.has(blob.before);
    if (!livesOn && isOfKind(landed, path, kind)) paths.push(path);
  }
  return paths;
}

const share = (back: number, of: number): number => (of === 0 ? 0 : back / of);

/** The share of the landed change's lines that is taken back. */
export const coverage = ({ added, removed }: Measure): number =>
  share(added.back + removed.back, added.landed + removed.landed);

/** The share of the other change's lines that takes them back. */
export const purity = ({ added, removed }: Measure): number =>
  share(added.back + removed.back, added.own + removed.own);

/** The smaller of the shares of the added and of the removed lines, leaving out a side on which the landed change has none. */
export const inverse = ({ added, removed }: Measure): number => {
  const sides = [added, removed].filter((side) => side.landed > 0);
  return sides.length === 0 ? 0 : Math.min(...sides.map((side) => share(side.back, side.landed)));
};
