import type { Node } from "web-tree-sitter";
import type { Family, Parameters } from "../../domain/symbols.ts";

type Counted = "one" | "optional" | "none" | "any";

const parameterTypes: { [type: string]: Counted } = {
  ...{ comment: "none", line_comment: "none", block_comment: "none" },
  // JavaScript and TypeScript
  ...{ assignment_pattern: "optional", rest_pattern: "any", optional_parameter: "optional" },
  // Python
  ...{ default_parameter: "optional", typed_default_parameter: "optional", list_splat_pattern: "any" },
  ...{ dictionary_splat_pattern: "any", keyword_separator: "none", positional_separator: "none" },
  // Go, Java, Rust, C, C++
  ...{ variadic_parameter_declaration: "any", spread_parameter: "any", receiver_parameter: "none" },
  ...{ self_parameter: "none", variadic_parameter: "any", attribute_item: "none", "...": "any" },
  ...{ optional_parameter_declaration: "optional" },
  // Ruby
  ...{ splat_parameter: "any", hash_splat_parameter: "any", forward_parameter: "any" },
  ...{ block_parameter: "none", keyword_parameter: "any" },
};

/** How many arguments these parameters take; null when the syntax does not tell. */
export function parametersOf(family: Family, node: Node): Parameters | null {
  if (node.hasError) return family === "c" ? countedByCommas(node.text) : null;
  // `x => …`: the one parameter stands alone.
  if (node.type === "identifier") return { min: 1, max: 1 };
  const isMacro = node.type === "preproc_params";
  const children = isMacro ? macroParameters(node) : node.namedChildren;
  // C says with an empty list that it does not say.
  if (family === "c" && children.length === 0 && !isMacro) return null;
  const counted = children.map((child) => ({ child, as: countParameter(family, child) }));
  const namesAs = (...kinds: Counted[]): number =>
    counted
      .filter((one) => kinds.includes(one.as))
      .reduce((names, { child }) => names + (family === "go" ? Math.max(1, namesOf(child)) : 1), 0);
  const isOpen = counted.some((one) => one.as === "any");
  return { min: namesAs("one"), max: isOpen ? null : namesAs("one", "optional") };
}

/** C's parameters may hold macros, `int flags UNUSED`, which no parser knows; their number is seen from the commas. */
function countedByCommas(text: string): Parameters | null {
  const inner = /^\(([\s\S]*)\)$/.exec(text)?.[1];
  if (inner === undefined || inner.trim() === "") return null;
  // What is nested in parentheses, from the inside out, has commas of its own.
  let flat = inner;
  for (let was = ""; was !== flat; ) [was, flat] = [flat, flat.replace(/\([^()]*\)|<[^<>]*>/g, "")];
  const commas = flat.split(",").length - 1;
  const isOpen = /\.\.\.\s*$/.test(inner);
  const min = inner.trim() === "void" ? 0 : commas + 1 - (isOpen ? 1 : 0);
  return { min, max: isOpen ? null : min };
}

const macroParameters = (node: Node): Node[] =>
  node.children.filter((child) => child.isNamed || child.type === "...");

/** `a, b int` is one declaration of two. */
const namesOf = (node: Node): number =>
  node.namedChildren.filter((child) => child.type === "identifier").length;

function countParameter(family: Family, child: Node): Counted {
  const known = parameterTypes[child.type];
  // `void` alone says that there is none.
  if (family === "c" && child.type === "parameter_declaration" && child.text === "void") return "none";
  if (child.type === "typed_parameter") return /^\*/.test(child.text) ? "any" : "one";
  if (child.type === "optional_parameter" && family === "ruby") return "optional";
  if (child.type === "required_parameter") return requiredParameter(child);
  return known ?? "one";
}

/** TypeScript says `required` also of what has a default or takes the rest; `this` is no argument. */
function requiredParameter(child: Node): Counted {
  const pattern = child.childForFieldName("pattern");
  if (pattern?.type === "this") return "none";
  if (pattern?.type === "rest_pattern") return "any";
  return child.childForFieldName("value") === null ? "one" : "optional";
}

const open = new Set([
  ...["spread_element", "list_splat", "dictionary_splat", "variadic_argument", "splat_argument"],
  ...["hash_splat_argument", "block_argument", "pair", "forward_argument", "parameter_pack_expansion"],
]);
const comments = new Set(["comment", "line_comment", "block_comment"]);

/** The number of arguments; null when it is only known when it runs. */
export function argumentsOf(family: Family, node: Node): number | null {
  if (node.type === "generator_expression") return 1;
  if (node.type === "template_string" || node.hasError) return null;
  const given = node.namedChildren.filter((child) => !comments.has(child.type));
  if (given.some((child) => open.has(child.type))) return null;
  // `f(g())` passes on all that g returns.
  if (family === "go" && given.length === 1 && given[0]?.type === "call_expression") return null;
  // A macro may stand for several.
  if (family === "c" && given.some((child) => child.type === "compound_statement")) return null;
  return given.length;
}
