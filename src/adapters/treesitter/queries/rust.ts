export const rust = `
(function_item name: (identifier) @name parameters: (_) @params) @def.function
(function_signature_item name: (identifier) @name parameters: (_) @params) @def.function
(struct_item name: (_) @name) @def.type
(enum_item name: (_) @name) @def.type
(union_item name: (_) @name) @def.type
(trait_item name: (_) @name) @def.type
(type_item name: (_) @name) @def.type
(associated_type name: (_) @name) @def.type
(enum_variant name: (_) @name) @def.field
(field_declaration name: (_) @name) @def.field
(const_item name: (_) @name) @def.variable
(static_item name: (_) @name) @def.variable
(mod_item name: (_) @name) @def.module
(macro_definition name: (_) @name) @def.macro
(impl_item type: [(type_identifier) @name (generic_type type: (type_identifier) @name)]) @scope

(let_declaration pattern: (_) @pattern)
(parameter pattern: (_) @pattern)
(closure_parameters (_) @pattern)
(for_expression pattern: (_) @pattern)
(match_pattern (_) @pattern)
(let_condition pattern: (_) @pattern)
(type_parameters (_) @pattern)

(use_declaration argument: [(scoped_identifier name: (identifier) @import.name) (identifier) @import.name] @import.from) @import.named
(use_declaration argument: (use_as_clause path: (_) @import.from alias: (identifier) @import.local)) @import.named
(use_list [(identifier) @import.name (scoped_identifier name: (identifier) @import.name)] @import.from) @import.named
(use_list (use_as_clause path: (_) @import.from alias: (identifier) @import.local)) @import.named
(use_wildcard (_) @import.from) @import.all
`;

export const rustReferences = `
(call_expression function: (identifier) @call arguments: (_) @args)
(call_expression function: (field_expression field: (field_identifier) @call.member) arguments: (_) @args)
(call_expression function: (scoped_identifier name: (identifier) @call.path) arguments: (_) @args)
(call_expression function: (generic_function function: (identifier) @call) arguments: (_) @args)
(scoped_identifier name: (identifier) @member)
(scoped_type_identifier name: (type_identifier) @member)
(field_expression field: (field_identifier) @member)
(field_initializer field: (field_identifier) @member)
(shorthand_field_identifier) @member
[(identifier) (type_identifier)] @word
`;
