import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";

/** One YAML file that reads as YAML: its value, and where in the file each part of the value stands. */
export interface YamlFile {
  /** As messages name it: relative to the root, with forward slashes. */
  label: string;
  value: unknown;
  /** The 1-based line of the path's key, or of the nearest thing around it that exists. */
  lineOf: (path: readonly PropertyKey[]) => number;
}

export type ReadYaml = { kind: "valid"; file: YamlFile } | { kind: "refused"; problems: string[] };

export const fileBytesMax = 256 * 1024;
const depthMax = 64;
const problemsMax = 20;

/** Reads YAML that a person wrote for LoomStack: one document, no anchors, no tags. `linesBefore` are lines above it in its file. */
export function readYaml(label: string, text: string, linesBefore = 0): ReadYaml {
  const place = (line: number) => `${label}:${line + linesBefore}`;
  const deepLine = tooDeepAt(text);
  if (deepLine !== null)
    return {
      kind: "refused",
      problems: [`${place(deepLine)}: this is nested more than ${depthMax} levels deep`],
    };

  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line);
  const found = [
    ...foreignParts(document).map((part) => ({ line: lineAt(part.offset), text: part.text })),
    ...[...document.errors, ...document.warnings].map((error) => ({
      line: lineAt(error.pos[0]),
      text: explain(error, text),
    })),
  ];
  // One slip makes many errors on its line; the first says enough.
  const firsts = found.filter((one, at) => found.findIndex((other) => other.line === one.line) === at);
  if (firsts.length > 0)
    return {
      kind: "refused",
      problems: firsts
        .sort((a, b) => a.line - b.line)
        .slice(0, problemsMax)
        .map((one) => `${place(one.line)}: ${one.text}`),
    };

  return {
    kind: "valid",
    file: {
      label,
      value: document.toJS({ maxAliasCount: 0 }),
      lineOf: (path) => lineAt(offsetOf(document.contents, path)) + linesBefore,
    },
  };
}

/**
 * The parser's own recursion ends the whole process on some 100,000 open brackets, and nothing can catch that. So depth is
 * bounded by the text alone, before the parser sees it; brackets inside quotes count too, which real files never notice.
 */
function tooDeepAt(text: string): number | null {
  let depth = 0;
  for (const [at, line] of text.split("\n").entries()) {
    const dashes = /^(?:[ \t]*[-?:](?=[ \t\r]|$))+/.exec(line)?.[0].replace(/[^-?:]/g, "").length ?? 0;
    if (dashes > depthMax) return at + 1;
    for (const sign of line.replace(/[^[\]{}]/g, "")) {
      depth = Math.max(0, depth + (sign === "[" || sign === "{" ? 1 : -1));
      if (depth > depthMax) return at + 1;
    }
  }
  return null;
}

function foreignParts(document: Document): { offset: number; text: string }[] {
  const parts: { offset: number; text: string }[] = [];
  visit(document, {
    Node: (_, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node))
        parts.push({
          offset,
          text: 'a value that begins with * wants quotes, e.g. "*/15 * * * *" (YAML takes it for an alias, and aliases are not allowed here)',
        });
      else if (node.anchor !== undefined)
        parts.push({
          offset,
          text: "anchors (&name) are not allowed here; write the value out, or in quotes if it begins with &",
        });
    },
    Pair: (_, pair) => {
      const key = pair.key;
      if (isScalar(key) && key.value !== "__proto__" && key.value !== null) return;
      parts.push({ offset: (key as Node | null)?.range?.[0] ?? 0, text: "a key must be a word" });
    },
  });
  return parts;
}

function explain(error: YAMLError, text: string): string {
  const at = text.slice(error.pos[0]);
  switch (error.code) {
    case "TAB_AS_INDENT":
      return "a tab indents this line; YAML wants spaces";
    case "DUPLICATE_KEY":
      return `"${/^[^\s:]+/.exec(at)?.[0] ?? "this key"}" stands here for the second time; keep one`;
    case "MULTIPLE_DOCS":
      return "a second document begins here (---); one file holds one";
    case "BAD_SCALAR_START":
      return `a value that begins with ${at[0] ?? "this sign"} wants quotes`;
    case "BLOCK_AS_IMPLICIT_KEY":
      return 'a second ": " on one line; a text with a colon in it wants quotes';
    default:
      return `not YAML here: ${error.message}`;
  }
}

function offsetOf(root: unknown, path: readonly PropertyKey[]): number {
  let node = root;
  let offset = startOf(root) ?? 0;
  for (const step of path) {
    const next = childOf(node, step);
    if (next === undefined) return offset;
    offset = next.offset ?? offset;
    node = next.node;
  }
  return offset;
}

function childOf(
  node: unknown,
  step: PropertyKey,
): { node: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
    return pair === undefined ? undefined : { node: pair.value, offset: startOf(pair.key) };
  }
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  return undefined;
}

const startOf = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];
