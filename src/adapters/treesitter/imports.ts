import type { Node, QueryMatch } from "web-tree-sitter";
import type { Family, Import } from "../../domain/symbols.ts";
import { rangeOf } from "./range-of.ts";

interface FoundImport extends Import {
  /** The nodes that this import explains: they are no definitions and no references. */
  nameIds: number[];
}

/** What an import's match says; null when the match is something else. */
export function readImport(
  match: QueryMatch,
  { family, text }: { family: Family; text: string },
): FoundImport | null {
  const nodes: { [capture: string]: Node } = {};
  for (const { name, node } of match.captures) if (name.startsWith("import")) nodes[name] ??= node;
  const [fromNode, name, local] = [nodes["import.from"], nodes["import.name"], nodes["import.local"]];
  const anyNode = fromNode ?? name ?? local;
  if (anyNode === undefined) return null;
  const textOf = (node: Node | undefined) =>
    node === undefined ? null : text.slice(node.startIndex, node.endIndex);
  const statement = statementOf(anyNode);
  const lines = rangeOf(statement);
  // A list of names stands far from where it says what they come from.
  const from = unquoted(textOf(fromNode) ?? textOf(statement.childForFieldName("source") ?? undefined) ?? "");
  const isWhole = nodes["import.whole"] !== undefined;
  const [said, imported] = [textOf(local), isWhole ? null : textOf(name)];
  return {
    local: nodes["import.all"] === undefined ? (said ?? imported ?? lastPart(family, from)) : "*",
    imported:
      nodes["import.default"] === undefined
        ? (imported ?? (isWhole ? null : lastPart(family, from)))
        : "default",
    from,
    line: lines.first,
    lastLine: lines.last,
    nameIds: [name, local].flatMap((node) => (node === undefined ? [] : [node.id])),
  };
}

const statements =
  /^(?:import_statement|export_statement|lexical_declaration|variable_declaration|import_from_statement|import_declaration|import_spec|use_declaration|preproc_include)$/;

function statementOf(node: Node): Node {
  let at = node;
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (statements.test(parent.type)) return parent;
    if (parent.parent === null) break;
    at = parent;
  }
  return at;
}

const unquoted = (text: string): string => text.replace(/^["'`<]([\s\S]*)["'`>]$/, "$1");

/** The name by which a module is meant when the import gives it none: `fmt` for `"go/fmt"`, `C` for `a.b.C`. */
function lastPart(family: Family, from: string): string {
  const parts = from.split(family === "go" || family === "c" || family === "script" ? "/" : /\.|::/);
  const last = parts.at(-1) ?? from;
  // A Go module's major version is no name: `example.com/thing/v2`.
  return family === "go" && /^v\d+$/.test(last) ? (parts.at(-2) ?? last) : last;
}
