export const python = `
(function_definition name: (identifier) @name parameters: (_) @params) @def.function
(class_definition name: (identifier) @name) @def.class
(assignment left: (identifier) @name) @def.variable
(assignment left: [(pattern_list) (tuple_pattern) (list_pattern)] @pattern)
(assignment left: (attribute object: (identifier) @self attribute: (identifier) @name) (#eq? @self "self")) @def.field
(augmented_assignment left: (identifier) @bind)
(named_expression name: (identifier) @bind)
(type_alias_statement left: (type (identifier) @name)) @def.type

(parameters [(identifier) (typed_parameter . (_)) (default_parameter) (typed_default_parameter) (list_splat_pattern)
  (dictionary_splat_pattern)] @pattern)
(lambda_parameters (_) @pattern)
(for_statement left: (_) @pattern)
(for_in_clause left: (_) @pattern)
(as_pattern_target (_) @pattern)
(global_statement (identifier) @bind)
(nonlocal_statement (identifier) @bind)
(case_pattern (dotted_name . (identifier) @bind .))

(import_statement name: (dotted_name . (identifier) @import.local) @import.from) @import.whole
(import_statement name: (aliased_import name: (dotted_name) @import.from alias: (identifier) @import.local)) @import.whole
(import_from_statement module_name: (_) @import.from name: (dotted_name) @import.name) @import.some
(import_from_statement module_name: (_) @import.from
  name: (aliased_import name: (dotted_name) @import.name alias: (identifier) @import.local)) @import.some
(import_from_statement module_name: (_) @import.from (wildcard_import)) @import.all
`;

export const pythonReferences = `
(call function: (identifier) @call arguments: (_) @args)
(call function: (attribute attribute: (identifier) @call.member) arguments: (_) @args)
(attribute attribute: (identifier) @member)
(keyword_argument name: (identifier) @keyword)
(identifier) @word
`;
