/** JavaScript; TypeScript and TSX know all of its nodes, and some more. */
export const javascript = `
(function_declaration name: (identifier) @name parameters: (_) @params) @def.function
(generator_function_declaration name: (identifier) @name parameters: (_) @params) @def.function
(class_declaration name: (_) @name) @def.class
(method_definition name: (_) @name parameters: (_) @params) @def.method
(variable_declarator name: (identifier) @name value: (arrow_function [parameter: (_) parameters: (_)] @params)) @def.function
(variable_declarator name: (identifier) @name value: (function_expression parameters: (_) @params)) @def.function
(variable_declarator name: (identifier) @name) @def.variable
(variable_declarator name: [(object_pattern) (array_pattern)] @pattern)
(assignment_expression left: (member_expression property: (property_identifier) @name) right: [
  (function_expression parameters: (_) @params) (arrow_function [parameter: (_) parameters: (_)] @params)]) @def.method
(assignment_expression left: (member_expression property: (property_identifier) @name)) @def.field
(pair key: (property_identifier) @name value: [
  (function_expression parameters: (_) @params) (arrow_function [parameter: (_) parameters: (_)] @params)]) @def.method
(pair key: (property_identifier) @name) @def.field

(arrow_function parameter: (identifier) @pattern)
(catch_clause parameter: (_) @pattern)
(for_in_statement left: (_) @pattern)
(function_expression name: (identifier) @bind)
(class name: (_) @bind)

(call_expression function: [
    (identifier) @test.word
    (member_expression object: (identifier) @test.word)
    (call_expression function: (member_expression object: (identifier) @test.word))]
  arguments: (arguments . [(string) (template_string)] @name)
  (#match? @test.word "^(it|test|describe|context|suite|specify|fit|xit|fdescribe|xdescribe)$")) @def.test

(import_statement (import_clause (identifier) @import.local) source: (string) @import.from) @import.default
(import_statement (import_clause (namespace_import (identifier) @import.local)) source: (string) @import.from) @import.whole
(import_specifier name: (_) @import.name !alias) @import
(import_specifier name: (_) @import.name alias: (_) @import.local) @import
(export_statement (export_clause (export_specifier name: (_) @import.name)) source: (string) @import.from) @import.again
(export_statement "*" source: (string) @import.from) @import.all
(variable_declarator name: (identifier) @import.local value: (call_expression function: (identifier) @require
  arguments: (arguments . (string) @import.from)) (#eq? @require "require")) @import.whole
(variable_declarator name: (object_pattern [(shorthand_property_identifier_pattern) @import.name
    (pair_pattern key: (property_identifier) @import.name value: (identifier) @import.local)])
  value: (call_expression function: (identifier) @require arguments: (arguments . (string) @import.from))
  (#eq? @require "require")) @import.some
`;

/** What TypeScript adds. */
export const typescript = `
(abstract_class_declaration name: (_) @name) @def.class
(interface_declaration name: (_) @name) @def.type
(type_alias_declaration name: (_) @name) @def.type
(enum_declaration name: (_) @name) @def.type
(enum_body name: (property_identifier) @name @def.field)
(enum_assignment name: (property_identifier) @name) @def.field
(public_field_definition name: (_) @name value: (arrow_function [parameter: (_) parameters: (_)] @params)) @def.method
(public_field_definition name: (_) @name) @def.field
(property_signature name: (_) @name) @def.field
(method_signature name: (_) @name parameters: (_) @params) @def.method
(abstract_method_signature name: (_) @name parameters: (_) @params) @def.method
(function_signature name: (identifier) @name parameters: (_) @params) @def.function
(required_parameter pattern: (_) @pattern)
(optional_parameter pattern: (_) @pattern)
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @def.field
(type_parameter name: (type_identifier) @bind)
(internal_module name: (_) @name) @def.module
(module name: (_) @name) @def.module
(import_require_clause (identifier) @import.local source: (string) @import.from) @import.whole
`;

export const javascriptOnly = `
(formal_parameters [(identifier) (object_pattern) (array_pattern) (assignment_pattern) (rest_pattern)] @pattern)
(field_definition property: (_) @name value: (arrow_function [parameter: (_) parameters: (_)] @params)) @def.method
(field_definition property: (_) @name) @def.field
`;

const references = `
(call_expression function: (identifier) @call arguments: (_) @args)
(call_expression function: (member_expression property: [(property_identifier) (private_property_identifier)] @call.member) arguments: (_) @args)
(new_expression constructor: (identifier) @call arguments: (_) @args)
(new_expression constructor: (member_expression property: (property_identifier) @call.member) arguments: (_) @args)
[(identifier) (shorthand_property_identifier)] @word
[(property_identifier) (private_property_identifier)] @member
`;

export const javascriptReferences = references;
export const typescriptReferences = `${references}
(nested_type_identifier name: (type_identifier) @member)
(type_identifier) @word
`;
