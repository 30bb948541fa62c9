export const ruby = `
(method name: (_) @name parameters: (_) @params) @def.method
(method name: (_) @name !parameters) @def.method
(singleton_method name: (_) @name parameters: (_) @params) @def.method
(singleton_method name: (_) @name !parameters) @def.method
(class name: [(constant) @name (scope_resolution name: (constant) @name)]) @def.class
(module name: [(constant) @name (scope_resolution name: (constant) @name)]) @def.module
(assignment left: (constant) @name) @def.variable
(alias name: (_) @name) @def.method
(call method: (identifier) @attr arguments: (argument_list (simple_symbol) @name @def.field)
  (#match? @attr "^(attr_reader|attr_writer|attr_accessor|alias_method|define_method|delegate|scope|cattr_accessor|mattr_accessor|class_attribute|has_many|has_one|belongs_to)$"))

(assignment left: [(identifier) (left_assignment_list)] @pattern)
(operator_assignment left: (identifier) @bind)
(method_parameters (_) @pattern)
(block_parameters (_) @pattern)
(lambda_parameters (_) @pattern)
(exception_variable (identifier) @bind)
(for pattern: (_) @pattern)

(call !receiver method: (identifier) @test.word arguments: (argument_list . (string) @name) block: (_)
  (#match? @test.word "^(it|test|describe|context|should|specify|feature|scenario)$")) @def.test
`;

export const rubyReferences = `
(call !receiver method: (identifier) @call arguments: (_) @args)
(call receiver: (_) method: (_) @call.member arguments: (_) @args)
(call receiver: (_) method: (_) @member !arguments)
(scope_resolution scope: (_) name: (constant) @member)
(simple_symbol) @member
[(identifier) (constant)] @word
`;
