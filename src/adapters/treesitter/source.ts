import type { Tree } from "web-tree-sitter";
import type { Family } from "../../domain/symbols.ts";

/** A text and its parse. */
export interface Source {
  path: string;
  family: Family;
  text: string;
  tree: Tree;
}
