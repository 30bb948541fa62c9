import { describe, expect, it } from "vitest";
import { openSymbols } from "../../../src/adapters/treesitter/open-symbols.ts";
import type { Definition, FileSymbols } from "../../../src/domain/symbols.ts";

const symbols = openSymbols();

async function read(path: string, text: string): Promise<FileSymbols> {
  const found = await symbols.read(path, text);
  if (found === null) throw new Error(`${path} was not read`);
  return found;
}

const taken = ({ parameters }: Definition): string =>
  parameters === null ? "" : `(${parameters.min}..${parameters.max ?? "any"})`;

/** `method Cart.add(1..2)` for what others can mean, in the order of the file. */
const outline = ({ definitions }: FileSymbols): string[] =>
  definitions.filter((one) => one.within === null).map((one) => `${one.kind} ${one.qualified}${taken(one)}`);

/** `add(2)` for a call with two arguments, `.add(2)` behind a dot. */
const calls = ({ references }: FileSymbols): string[] =>
  references
    .filter((one) => one.isCall)
    .map((one) => `${one.isMember ? "." : ""}${one.name}(${one.argumentCount ?? "?"})`);

interface Sample {
  language: string;
  path: string;
  text: string;
  outline: string[];
  calls: string[];
  imports: string[];
}

const samples: Sample[] = [
  {
    language: "TypeScript",
    path: "cart.ts",
    text: `import fs, { readFile as rf } from "node:fs";
export const total = async (cart: Cart, tax = 1, ...more: number[]) => cart.sum(tax, ...more);
export default class Cart<T> extends Base {
  private items: Item[] = [];
  constructor(private readonly id: string, name?: string) { super(); }
  add(item: T, n?: number): void { const local = item; this.items.push(local); new Foo(1, 2); }
}
interface Priced { price: string; of(x: number): void }
enum Color { Red, Green = 2 }
describe("cart", () => { it("adds", () => { total(1, 2); }); });`,
    outline: [
      "function total(1..any)",
      "class Cart(1..2)",
      "variable T",
      "field Cart.items",
      "method Cart.constructor(1..2)",
      "field Cart.constructor.id",
      "method Cart.add(1..2)",
      "type Priced",
      "field Priced.price",
      "method Priced.of(1..1)",
      "type Color",
      "field Color.Red",
      "field Color.Green",
      "test cart",
    ],
    calls: [".sum(?)", ".push(1)", "Foo(2)", "describe(2)", "it(2)", "total(2)"],
    imports: ["readFile as rf from node:fs", "default as fs from node:fs"],
  },
  {
    language: "TSX",
    path: "button.tsx",
    text: `export function Button({ label }: { label: string }) { return <Icon name={pick(label)} />; }`,
    outline: ["function Button(1..1)", "field Button.label"],
    calls: ["pick(1)"],
    imports: [],
  },
  {
    language: "JavaScript",
    path: "res.js",
    text: `const { a, b: c } = require("./x");
res.send = function send(body, opts) { return this.end(body); };
module.exports = { two: 2, three() {} };
function any() { return arguments.length; }
class A { #p = 1; f = () => 1; }
test.each([1])("each", (i) => { one(i); });`,
    outline: [
      "method send(2..2)",
      "field exports",
      "field exports.two",
      "method exports.three(0..0)",
      "function any",
      "class A",
      "field A.p",
      "method A.f(0..0)",
      "test each",
    ],
    calls: [".end(1)", ".each(1)", "one(1)"],
    imports: ["a as a from ./x", "b as c from ./x"],
  },
  {
    language: "Python",
    path: "cart.py",
    text: `import os.path as p
from .m import c as d, e
LIMIT = 3
@dec
def total(a, b=1, *args, k, **kw):
    return d(a, k=2)
class Cart(Base):
    tax: int = 2
    def __init__(self, x): self.y = x
    @staticmethod
    def make(x): return Cart(x, *args)
    def test_it(self): self.go(1)`,
    outline: [
      "variable LIMIT",
      "function total(2..any)",
      "class Cart(1..1)",
      "variable Cart.tax",
      "method Cart.__init__(1..1)",
      "field Cart.__init__.y",
      "method Cart.make(1..1)",
      "test Cart.test_it(0..0)",
    ],
    calls: ["d(2)", "Cart(?)", ".go(1)"],
    imports: ["null as p from os.path", "c as d from .m", "e as e from .m"],
  },
  {
    language: "Go",
    path: "cart_test.go",
    text: `package cart
import (
	"fmt"
	mm "example.com/x/v2"
)
type S struct { Name string; in, out int }
type I interface { Do(a, b int, c ...string) error }
func (s *S) Run(n, m int) int { x := fmt.Sprint(n, mm.New()); return f(g()) }
const Max = 3
func TestX(t *testing.T) { t.Run("sub", func(t *testing.T) { s.Run(1, 2) }) }`,
    outline: [
      "type S",
      "field S.Name",
      "field S.in",
      "field S.out",
      "type I",
      "method I.Do(2..any)",
      "method S.Run(2..2)",
      "variable Max",
      "test TestX(1..1)",
    ],
    calls: [".Sprint(2)", ".New(0)", "f(?)", "g(0)", ".Run(2)", ".Run(2)"],
    imports: ["null as fmt from fmt", "null as mm from example.com/x/v2"],
  },
  {
    language: "Java",
    path: "Foo.java",
    text: `package a.b;
import java.util.List;
import a.c.*;
public class Foo extends Bar {
  private static final int MAX = 3;
  public Foo(int a, String... rest) { super(); }
  int go(List<String> xs, int k) { foo.bar(xs, k).baz(); new Baz(1, 2); helper(); return 1; }
  enum E { A, B }
  @Test void adds() { go(null, 1); }
}`,
    outline: [
      "class Foo",
      "field Foo.MAX",
      "method Foo.Foo(1..any)",
      "method Foo.go(2..2)",
      "class Foo.E",
      "field Foo.E.A",
      "field Foo.E.B",
      "test Foo.adds(0..0)",
    ],
    calls: [".bar(2)", ".baz(0)", "Baz(2)", "helper(0)", "go(2)"],
    imports: ["List as List from java.util.List", "c as * from a.c"],
  },
  {
    language: "Rust",
    path: "lib.rs",
    text: `use crate::core::Package as Pkg;
pub struct S { pub name: String, count: usize }
enum E { A(u8), B { x: i32 } }
impl S { pub fn new(name: &str) -> Self { helper(name) } fn go(&self, n: u32) { self.run(1, n); S::new("a"); } }
macro_rules! mac { () => {} }
#[test]
fn works() { if let Some(v) = opt { v.go(1); } }`,
    outline: [
      "type S",
      "field S.name",
      "field S.count",
      "type E",
      "field E.A",
      "field E.B",
      "field E.B.x",
      "function S.new(1..1)",
      "function S.go(1..1)",
      "macro mac",
      "test works(0..0)",
    ],
    calls: ["helper(1)", ".run(2)", ".new(?)", ".go(1)"],
    imports: ["Package as Pkg from crate::core::Package"],
  },
  {
    language: "C",
    path: "server.c",
    text: `#include "server.h"
#define MAX 3
#define ADD(a, b) ((a) + (b))
typedef struct client { int fd, *ptr; void (*cb)(int); } client;
enum kind { ONE, TWO = 2 };
int global = 1;
int any() { return 1; }
static int *find(client *c, int n, ...) { int i = ADD(1, 2); return helper(c->fd, i); }
void none(void) {}`,
    outline: [
      "macro MAX",
      "macro ADD(2..2)",
      "type client",
      "type client.client",
      "field client.client.fd",
      "field client.client.ptr",
      "field client.client.cb(1..1)",
      "type kind",
      "field kind.ONE",
      "field kind.TWO",
      "variable global",
      "function any",
      "function find(2..any)",
      "function none(0..0)",
    ],
    calls: ["ADD(2)", "helper(2)"],
    imports: ["null as server.h from server.h"],
  },
  {
    language: "C++",
    path: "foo.cpp",
    text: `namespace ns {
class Foo : public Bar { public: virtual int go(const std::string& s, int n = 1) const; int x_; };
int Foo::go(const std::string& s, int n) const { return y->go(s) + ns::helper(1, 2); }
}
TEST(Foo, Goes) { run(1); }`,
    outline: [
      "module ns",
      "class ns.Foo",
      "method ns.Foo.go(1..2)",
      "field ns.Foo.x_",
      "method ns.Foo.go(2..2)",
      "test (Foo, Goes)",
    ],
    calls: [".go(1)", ".helper(2)", "run(1)"],
    imports: [],
  },
  {
    language: "Ruby",
    path: "foo.rb",
    text: `module M
  class Foo < Bar
    attr_reader :name
    LIMIT = 3
    def initialize(a, b = 1, *rest, k:); @a = a; end
    def self.build(x); new(x, 1); end
    def go?; obj.call(1); end
  end
end
describe "foo" do
  it "works" do
    expect(1)
  end
end`,
    outline: [
      "module M",
      "class M.Foo",
      "field M.Foo.name",
      "variable M.Foo.LIMIT",
      "method M.Foo.initialize(1..any)",
      "method M.Foo.build(1..1)",
      "method M.Foo.go?",
      "test foo",
    ],
    calls: ["attr_reader(1)", "new(2)", ".call(1)", "describe(1)", "it(1)", "expect(1)"],
    imports: [],
  },
];

describe.each(samples)("$language", (sample) => {
  it("tells its definitions with what they take, its calls and its imports", async () => {
    const found = await read(sample.path, sample.text);
    expect(found.isBroken).toBe(false);
    expect(outline(found)).toEqual(sample.outline);
    expect(calls(found)).toEqual(sample.calls);
    expect(found.imports.map((one) => `${one.imported} as ${one.local} from ${one.from}`)).toEqual(
      sample.imports,
    );
  });

  it("still tells what it can of a broken file", async () => {
    const found = await read(sample.path, `${sample.text}\n}}} ((( def def func <<<<<<< ours\n`);
    expect(found.isBroken).toBe(true);
    expect(outline(found).length).toBeGreaterThan(0);
  });
});
