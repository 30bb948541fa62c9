import type { Node, Query, QueryCapture } from "web-tree-sitter";
import type { LineRange, Reference } from "../../domain/symbols.ts";
import { argumentsOf } from "./counts.ts";
import type { Source } from "./source.ts";

/** Which capture says more about a name's node. */
const weight: { [capture: string]: number } = {
  ...{ call: 4, "call.member": 4, "call.path": 4, keyword: 3, member: 2, word: 1 },
};

interface Seen {
  node: Node;
  capture: string;
  args: Node | undefined;
}

/** Names used on `lines`, everywhere without it, in the order of the file; what `taken` holds binds a name and does not use it. */
export function readReferences(
  source: Source,
  query: Query,
  { lines, taken }: { lines: LineRange[] | undefined; taken: Set<number> },
): Reference[] {
  const seen = new Map<number, Seen>();
  for (const range of lines ?? [null]) {
    for (const { captures } of query.matches(source.tree.rootNode, optionsFor(range)))
      for (const capture of captures) note(seen, capture, captures);
  }
  const isWished = (line: number) =>
    lines === undefined || lines.some(({ first, last }) => first <= line && line <= last);
  return [...seen.values()]
    .filter(({ node }) => !taken.has(node.id) && isWished(node.startPosition.row + 1))
    .sort((a, b) => a.node.startIndex - b.node.startIndex)
    .map((one) => referenceOf(source, one));
}

const optionsFor = (range: LineRange | null) =>
  range === null
    ? {}
    : { startPosition: { row: range.first - 1, column: 0 }, endPosition: { row: range.last, column: 0 } };

function note(seen: Map<number, Seen>, { name, node }: QueryCapture, captures: QueryCapture[]): void {
  const heavier = weight[name];
  if (heavier === undefined) return;
  const known = seen.get(node.id);
  if (known !== undefined && (weight[known.capture] ?? 0) >= heavier) return;
  const args = name.startsWith("call") ? captures.find((one) => one.name === "args")?.node : undefined;
  seen.set(node.id, { node, capture: name, args });
}

function referenceOf({ text, family }: Source, { node, capture, args }: Seen): Reference {
  const isCall = capture.startsWith("call");
  // `Type::method(x)` names the receiver among its arguments, `Type::new(x)` has none: the syntax does not tell which.
  const counted = !isCall || args === undefined || capture === "call.path" ? null : argumentsOf(family, args);
  return {
    name: text.slice(node.startIndex, node.endIndex).replace(/^[:#]/, ""),
    line: node.startPosition.row + 1,
    isCall,
    argumentCount: counted,
    isMember: !(capture === "word" || capture === "call"),
  };
}
