export const go = `
(function_declaration name: (identifier) @name parameters: (_) @params) @def.function
(method_declaration receiver: (parameter_list (parameter_declaration type: [(type_identifier) @owner
    (pointer_type (type_identifier) @owner) (generic_type type: (_) @owner) (pointer_type (generic_type type: (_) @owner))]))
  name: (field_identifier) @name parameters: (_) @params) @def.method
(type_spec name: (type_identifier) @name) @def.type
(type_alias name: (type_identifier) @name) @def.type
(const_spec name: (identifier) @name) @def.variable
(var_spec name: (identifier) @name) @def.variable
(field_declaration name: (field_identifier) @name) @def.field
(method_elem name: (field_identifier) @name parameters: (_) @params) @def.method

(short_var_declaration left: (_) @pattern)
(parameter_declaration name: (identifier) @bind)
(variadic_parameter_declaration name: (identifier) @bind)
(range_clause left: (_) @pattern)
(type_parameter_declaration name: (identifier) @bind)
(receive_statement left: (_) @pattern)
(type_switch_statement alias: (_) @pattern)

(import_spec !name path: (_) @import.from) @import.whole
(import_spec name: (package_identifier) @import.local path: (_) @import.from) @import.whole
(import_spec name: (dot) path: (_) @import.from) @import.all

(call_expression function: (selector_expression operand: (identifier) @run (#eq? @run "t") field: (field_identifier) @test.word
  (#eq? @test.word "Run")) arguments: (argument_list . (interpreted_string_literal) @name)) @def.test
`;

export const goReferences = `
(call_expression function: (identifier) @call arguments: (_) @args)
(call_expression function: (selector_expression field: (field_identifier) @call.member) arguments: (_) @args)
(selector_expression field: (field_identifier) @member)
(qualified_type name: (type_identifier) @member)
(keyed_element . (literal_element (identifier) @member))
(qualified_type package: (package_identifier) @word)
[(identifier) (type_identifier)] @word
`;
