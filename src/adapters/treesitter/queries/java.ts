export const java = `
(class_declaration name: (identifier) @name) @def.class
(interface_declaration name: (identifier) @name) @def.class
(enum_declaration name: (identifier) @name) @def.class
(record_declaration name: (identifier) @name parameters: (_) @params) @def.class
(annotation_type_declaration name: (identifier) @name) @def.class
(annotation_type_element_declaration name: (identifier) @name) @def.field
(method_declaration name: (identifier) @name parameters: (_) @params) @def.method
(constructor_declaration name: (identifier) @name parameters: (_) @params) @def.method
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @def.field
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @def.field
(enum_constant name: (identifier) @name) @def.field
(record_declaration parameters: (formal_parameters (formal_parameter name: (identifier) @name @def.field)))

(local_variable_declaration declarator: (variable_declarator name: (identifier) @bind))
(formal_parameter name: (identifier) @bind)
(spread_parameter (variable_declarator name: (identifier) @bind))
(catch_formal_parameter name: (identifier) @bind)
(enhanced_for_statement name: (identifier) @bind)
(resource name: (identifier) @bind)
(lambda_expression parameters: (identifier) @bind)
(inferred_parameters (identifier) @bind)
(instanceof_expression name: (identifier) @bind)
(type_pattern (identifier) @bind)
(type_parameter (type_identifier) @bind)

(import_declaration [(identifier) (scoped_identifier name: (identifier) @import.name)] @import.from . ) @import.named
(import_declaration (_) @import.from (asterisk)) @import.all
`;

export const javaReferences = `
(method_invocation !object name: (identifier) @call arguments: (_) @args)
(method_invocation object: (_) name: (identifier) @call.member arguments: (_) @args)
(object_creation_expression type: (type_identifier) @call arguments: (_) @args)
(field_access field: (identifier) @member)
(method_reference (identifier) @member .)
(scoped_type_identifier (type_identifier) @member .)
(element_value_pair key: (identifier) @member)
[(identifier) (type_identifier)] @word
`;
