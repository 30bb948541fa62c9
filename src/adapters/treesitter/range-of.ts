import type { Node } from "web-tree-sitter";
import type { LineRange } from "../../domain/symbols.ts";

/** The lines of a node. One that ends with a line's end, as C's directives do, does not reach into the next one. */
export function rangeOf({ startPosition, endPosition }: Node): LineRange {
  const isWhole = endPosition.column === 0 && endPosition.row > startPosition.row;
  return { first: startPosition.row + 1, last: endPosition.row + (isWhole ? 0 : 1) };
}
