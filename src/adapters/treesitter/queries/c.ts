/** The return type may stand behind any number of stars, which are nodes around the declarator. */
const declared = (inner: string): string =>
  `[${inner} (pointer_declarator declarator: ${inner}) (pointer_declarator declarator: (pointer_declarator declarator: ${inner}))]`;

const callable = "(function_declarator declarator: (identifier) @name parameters: (_) @params)";
const named = (type: string): string =>
  `[(${type}) @name (pointer_declarator declarator: (${type}) @name) (array_declarator declarator: (${type}) @name)
    (pointer_declarator declarator: (pointer_declarator declarator: (${type}) @name))
    (array_declarator declarator: (array_declarator declarator: (${type}) @name))
    (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (${type}) @name)))]`;

export const c = `
(function_definition declarator: ${declared(callable)}) @def.function
(declaration declarator: ${declared(callable)}) @def.function
(declaration declarator: ${named("identifier")}) @def.variable
(declaration declarator: (init_declarator declarator: ${named("identifier")})) @def.variable
(field_declaration declarator: (function_declarator
  declarator: (parenthesized_declarator (pointer_declarator declarator: (field_identifier) @name)) parameters: (_) @params)) @def.field
(field_declaration declarator: ${named("field_identifier")}) @def.field
(struct_specifier name: (type_identifier) @name body: (_)) @def.type
(union_specifier name: (type_identifier) @name body: (_)) @def.type
(enum_specifier name: (type_identifier) @name body: (_)) @def.type
(type_definition declarator: ${named("type_identifier")}) @def.type
(enumerator name: (identifier) @name) @def.field
(preproc_def name: (identifier) @name) @def.macro
(preproc_function_def name: (identifier) @name parameters: (_) @params) @def.macro
(parameter_declaration declarator: (_) @pattern)
(preproc_params (identifier) @bind)
(labeled_statement label: (statement_identifier) @bind)
(preproc_include path: (_) @import.from) @import.whole
`;

const method = `(function_declarator declarator: [(field_identifier) @name (qualified_identifier scope: (_) @owner
  name: [(identifier) @name (qualified_identifier name: (identifier) @name)])] parameters: (_) @params)`;

export const cpp = `
(function_definition declarator: (function_declarator declarator: (identifier) @test.word parameters: (_) @name)
  (#match? @test.word "^(TEST|TEST_F|TEST_P|TYPED_TEST|TEST_CASE|SCENARIO|BOOST_AUTO_TEST_CASE|BOOST_FIXTURE_TEST_CASE)$")) @def.test
(function_definition declarator: [${method} (pointer_declarator declarator: ${method}) (reference_declarator ${method})]) @def.method
(field_declaration declarator: [${method} (pointer_declarator declarator: ${method}) (reference_declarator ${method})]) @def.method
(function_definition declarator: (reference_declarator ${callable})) @def.function
(class_specifier name: (type_identifier) @name body: (_)) @def.class
(namespace_definition name: (_) @name) @def.module
(alias_declaration name: (type_identifier) @name) @def.type
(optional_parameter_declaration declarator: (_) @pattern)
(for_range_loop declarator: (_) @pattern)
(declaration declarator: (init_declarator declarator: (reference_declarator (identifier) @bind)))
(structured_binding_declarator (identifier) @bind)
(type_parameter_declaration (type_identifier) @bind)
(lambda_capture_initializer left: (identifier) @bind)
`;

export const cReferences = `
(call_expression function: (identifier) @call arguments: (_) @args)
(call_expression function: (field_expression field: (field_identifier) @call.member) arguments: (_) @args)
(field_identifier) @member
[(identifier) (type_identifier)] @word
`;

export const cppReferences = `${cReferences}
(call_expression function: (qualified_identifier name: (identifier) @call.member) arguments: (_) @args)
(qualified_identifier name: [(identifier) (type_identifier)] @member)
(namespace_identifier) @word
`;
