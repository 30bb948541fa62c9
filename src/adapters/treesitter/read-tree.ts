import type { Node, Query, QueryMatch } from "web-tree-sitter";
import type { Definition, DefinitionKind, FileSymbols, LineRange } from "../../domain/symbols.ts";
import { adjust } from "./adjust.ts";
import { boundNames } from "./bound-names.ts";
import { parametersOf } from "./counts.ts";
import { isExported } from "./exported.ts";
import { readImport } from "./imports.ts";
import { rangeOf } from "./range-of.ts";
import { readReferences } from "./references.ts";
import type { Source } from "./source.ts";

/** What one match of the definitions' query says, before it is known what encloses it. */
interface Found {
  node: Node;
  name: Node;
  kind: DefinitionKind | "scope";
  params: Node | undefined;
  owner: Node | undefined;
}

const matchesMax = 100_000;

export function readTree(
  source: Source,
  queries: { definitions: Query; references: Query },
  lines: LineRange[] | undefined,
): FileSymbols {
  const { path, family, tree } = source;
  const matches = queries.definitions.matches(tree.rootNode, { matchLimit: matchesMax });
  const imports = matches.flatMap((match) => readImport(match, source) ?? []);
  const imported = new Set(imports.flatMap((one) => one.nameIds));
  const found = foundIn(matches).filter((one) => !imported.has(one.name.id));
  const named = new Set([...imported, ...found.map((one) => one.name.id)]);
  const bound = boundIn(matches).filter(({ id }) => !named.has(id));
  const taken = new Set([...named, ...bound.map(({ id }) => id)]);
  return {
    path,
    family,
    definitions: nest(source, found, bound),
    references: readReferences(source, queries.references, { lines, taken }).filter(
      ({ line }) => !imports.some((one) => one.line <= line && line <= one.lastLine),
    ),
    imports: imports.map(({ nameIds: _, ...one }) => one),
    isBroken: tree.rootNode.hasError,
  };
}

/** The first pattern that names a node says what it is: the patterns go from the particular to the general. */
function foundIn(matches: QueryMatch[]): Found[] {
  const byName = new Map<number, Found & { pattern: number }>();
  for (const match of matches) {
    let [node, kind]: [Node | undefined, string] = [undefined, ""];
    const named: { [capture: string]: Node } = {};
    for (const capture of match.captures) {
      if (capture.name.startsWith("def.")) [node, kind] = [capture.node, capture.name.slice("def.".length)];
      if (capture.name === "scope") [node, kind] = [capture.node, "scope"];
      named[capture.name] ??= capture.node;
    }
    const name = named["name"];
    if (node === undefined || name === undefined) continue;
    const known = byName.get(name.id);
    if (known !== undefined && known.pattern <= match.patternIndex) continue;
    byName.set(name.id, {
      ...{ node, name, pattern: match.patternIndex },
      kind: kind as Found["kind"],
      ...{ params: named["params"], owner: named["owner"] },
    });
  }
  const all = [...byName.values()];
  // A test macro of C++ looks like a function of its name.
  const tests = new Set(all.filter((one) => one.kind === "test").map((one) => one.node.id));
  return all.filter((one) => one.kind === "test" || !tests.has(one.node.id));
}

function boundIn(matches: QueryMatch[]): Node[] {
  const nodes = new Map<number, Node>();
  for (const { captures } of matches)
    for (const { name, node } of captures) {
      if (name === "bind") nodes.set(node.id, node);
      if (name === "pattern") for (const one of boundNames(node)) nodes.set(one.id, one);
    }
  return [...nodes.values()];
}

interface Placed {
  start: number;
  end: number;
  kind: Found["kind"];
  name: string;
  range: LineRange;
}

const inside = new Set<Found["kind"]>(["function", "method", "test", "macro"]);
const members = new Set<Found["kind"]>(["field", "method"]);

/** Definitions in the order of the file, each with the names of what encloses it. */
function nest(source: Source, found: Found[], bound: Node[]): Definition[] {
  const all = [
    ...found.map((one) => ({ node: one.node, found: one })),
    ...bound.map((node) => ({ node, found: null })),
  ].map((one) => ({ ...one, start: one.node.startIndex, end: one.node.endIndex }));
  all.sort((a, b) => a.start - b.start || b.end - a.end);
  const definitions: Definition[] = [];
  const around: Placed[] = [];
  for (const { node, found: one, start, end } of all) {
    while (!encloses(around.at(-1), start, end)) around.pop();
    const within = around.findLast((place) => inside.has(place.kind))?.range ?? null;
    if (one === null) {
      definitions.push(localOf(source, node, within));
      continue;
    }
    const name = ownName(one, source.text);
    const qualified = [...around.map((place) => place.name), name].join(".");
    const isSeen = members.has(one.kind) || within === null;
    if (one.kind !== "scope")
      definitions.push(definitionOf(source, one, { qualified, within: isSeen ? null : within }));
    around.push({ start, end, kind: one.kind, name, range: rangeOf(node) });
  }
  return adjust(source, definitions, source.text.split("\n"));
}

/** Several names that one node declares stand beside one another. True of nothing: then there is nothing to leave. */
const encloses = (place: Placed | undefined, start: number, end: number): boolean =>
  place === undefined || (place.end >= end && !(place.start === start && place.end === end));

function definitionOf(
  { text, family }: Source,
  found: Found,
  known: { qualified: string; within: LineRange | null },
): Definition {
  const counted = found.params === undefined ? null : parametersOf(family, found.params);
  const [name, range] = [nameOf(found, text), rangeOf(found.node)];
  return {
    name,
    kind: found.kind === "scope" ? "module" : found.kind,
    qualified: known.qualified,
    line: range.first,
    lastLine: range.last,
    nameLine: found.name.startPosition.row + 1,
    headLastLine: (found.params ?? found.name).endPosition.row + 1,
    parameters: counted,
    within: known.within,
    isExported: isExported(family, text, found.node.startIndex, name),
  };
}

function localOf({ text }: Source, node: Node, within: LineRange | null): Definition {
  const name = textOf(node, text);
  const line = node.startPosition.row + 1;
  return {
    ...{ name, qualified: name, kind: within === null ? "variable" : "parameter", line, lastLine: line },
    ...{ nameLine: line, headLastLine: line, parameters: null, within, isExported: null },
  };
}

const textOf = (node: Node, text: string): string => text.slice(node.startIndex, node.endIndex);

/** `Cart.total` for a method that stands outside of its class and names it. */
const ownName = (found: Found, text: string): string =>
  [...(found.owner === undefined ? [] : [textOf(found.owner, text)]), nameOf(found, text)].join(".");

function nameOf(found: Found, text: string): string {
  const name = textOf(found.name, text);
  if (found.kind === "test") return name.replace(/^(['"`])([\s\S]*)\1$/, "$2");
  return name.replace(/^[:#]/, "");
}
