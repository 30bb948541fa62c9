import type { Node } from "web-tree-sitter";

const names = new Set(["identifier", "shorthand_property_identifier_pattern"]);

/** The part of a pattern in which names are bound; the other part is a default, a type, a key or an index. */
const boundField: { [type: string]: string } = {
  assignment_pattern: "left",
  object_assignment_pattern: "left",
  default_parameter: "name",
  typed_default_parameter: "name",
  optional_parameter: "name",
  keyword_parameter: "name",
  splat_parameter: "name",
  pair_pattern: "value",
  field_pattern: "pattern",
  parameter: "pattern",
  required_parameter: "pattern",
  array_declarator: "declarator",
  function_declarator: "declarator",
};
/** Not bound here, only changed or named. */
const foreign = new Set([
  ...["attribute", "subscript", "member_expression", "subscript_expression", "selector_expression"],
  ...["index_expression", "call", "call_expression", "type", "type_annotation", "scoped_identifier"],
  ...["qualified_identifier", "element_reference", "scope_resolution", "lifetime"],
]);
const depthMax = 30;

/** The name nodes that a destructuring, a parameter or an assignment's left side binds. */
export function boundNames(node: Node, depth = 0): Node[] {
  if (names.has(node.type)) return [node];
  if (foreign.has(node.type) || depth > depthMax) return [];
  if (node.type === "typed_parameter")
    return node.namedChildren.slice(0, 1).flatMap((one) => boundNames(one, depth + 1));
  // `Some(value)`: what stands first is matched.
  if (node.type === "tuple_struct_pattern" || node.type === "struct_pattern")
    return node.namedChildren.slice(1).flatMap((one) => boundNames(one, depth + 1));
  const field = boundField[node.type];
  const inner = field === undefined ? null : node.childForFieldName(field);
  if (inner !== null) return boundNames(inner, depth + 1);
  return node.namedChildren.flatMap((child) => boundNames(child, depth + 1));
}
