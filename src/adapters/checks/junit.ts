import { XMLParser, XMLValidator } from "fast-xml-parser";
import { z } from "zod";
import type { Place, ToldTest } from "./test-names.ts";

/** Every element is an object of arrays of elements; attributes begin with `@`, texts with `#`. */
type Element = { [name: string]: unknown };

const depthMax = 100;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  // No entity is expanded by the parser: the five of XML and the numeric ones are decoded below, and nothing else exists.
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  alwaysCreateTextNode: true,
  // Kept apart from text, because nothing in it is to be decoded.
  cdataPropName: "#cdata",
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
  maxNestedTags: depthMax,
});

const element = z.record(z.string(), z.unknown());

/** Reads JUnit XML by any of its writers. Throws an Error that says what is wrong and where. */
export function readJUnit(text: string, place: Place): ToldTest[] {
  if (declaresDoctype(text))
    throw new Error("it declares a DOCTYPE, which a JUnit report does not need; it is not read");
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`line ${valid.err.line}: ${valid.err.msg}`);
  const root = element.parse(parser.parse(text));
  if (!("testsuites" in root || "testsuite" in root))
    throw new Error("it has no <testsuites> and no <testsuite>");
  const runner = attribute(children(root, "testsuites")[0] ?? {}, "name");
  return testsIn(root, { suites: [], runner, place, depth: 0 });
}

/** Looks before the root element only: a CDATA section may well quote one. */
function declaresDoctype(text: string): boolean {
  const piece = /\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->/y;
  let at = 0;
  for (let found = piece.exec(text); found !== null; found = piece.exec(text)) at = piece.lastIndex;
  return text.startsWith("<!DOCTYPE", at);
}

interface Around {
  /** The suites around a test, from the outside in. */
  suites: string[];
  file?: string;
  runner: string;
  place: Place;
  depth: number;
}

/** `testcase` at any depth: node:test writes some without any suite, and nests suites as `describe` does. */
function testsIn(parent: Element, around: Around): ToldTest[] {
  if (around.depth > depthMax) throw new Error(`its suites are nested deeper than ${depthMax}`);
  const deeper = { ...around, depth: around.depth + 1 };
  return [
    ...children(parent, "testcase").map((test) => toldTest(test, around)),
    ...children(parent, "testsuites").flatMap((suites) => testsIn(suites, deeper)),
    ...children(parent, "testsuite").flatMap((suite) => testsIn(suite, insideSuite(suite, deeper))),
  ];
}

function insideSuite(suite: Element, around: Around): Around {
  const name = attribute(suite, "name").trim();
  const told = attribute(suite, "file") || attribute(suite, "filepath");
  const isNameOfFile = name !== "" && (name === told || around.place.isFile(name));
  const file = told || (isNameOfFile ? name : around.file);
  const isNamed = name !== "" && !isNameOfFile && name !== "pytest";
  return {
    ...around,
    suites: isNamed ? [...around.suites, name] : around.suites,
    ...(file === undefined ? {} : { file }),
  };
}

function toldTest(test: Element, around: Around): ToldTest {
  const name = attribute(test, "name").trim();
  const classname = attribute(test, "classname").trim();
  const told =
    attribute(test, "file") || around.file || (around.place.isFile(classname) ? classname : undefined);
  const python = pythonModule(classname || name, told, around.place);
  const file = python?.file ?? told;
  const rest = python === null ? name : classname === "" ? "" : name;
  const names = python === null ? classNames(classname, name, around.suites, file) : python.classes;
  return {
    ...(file === undefined ? {} : { file }),
    names: [...around.suites, ...names, ...testNames(rest, around)],
    ...outcome(test),
  };
}

function testNames(name: string, { runner, suites }: Around): string[] {
  if (runner === "vitest tests") return name.split(" > ");
  // jest-junit tells the whole name again in each test.
  const prefix = `${suites.join(" ")} `;
  return [suites.length > 0 && name.startsWith(prefix) ? name.slice(prefix.length) : name];
}

/** A class name is part of the test's name unless it only repeats the file, the suites or the test. */
function classNames(classname: string, name: string, suites: string[], file: string | undefined): string[] {
  const repeats = ["", "test", "suite", name, file, suites.join(" "), suites.join("."), ...suites];
  return repeats.includes(classname) ? [] : [classname];
}

/** pytest tells `tests.test_cart.TestTotals`: a module, which is a file, and classes in it. */
function pythonModule(
  dotted: string,
  told: string | undefined,
  place: Place,
): { file: string; classes: string[] } | null {
  if (told !== undefined && !told.endsWith(".py")) return null;
  const parts = dotted.split(".");
  if (parts.length > depthMax) return null;
  for (let length = parts.length; length > 0; length--) {
    const file = `${parts.slice(0, length).join("/")}.py`;
    if (told === file || (told === undefined && place.isFile(file)))
      return { file, classes: parts.slice(length) };
  }
  return null;
}

function outcome(test: Element): Pick<ToldTest, "status" | "message"> {
  const [failure] = [...children(test, "failure"), ...children(test, "error")];
  if (failure !== undefined) {
    const message = attribute(failure, "message") || textOf(failure);
    return { status: "failed", message: withoutStack(message) };
  }
  const isSkipped =
    children(test, "skipped").length > 0 ||
    /^(skipped|notrun|disabled|ignored)$/i.test(attribute(test, "status"));
  return { status: isSkipped ? "skipped" : "passed", message: "" };
}

/** The stack names lines, which move; the message is what stays. */
export const withoutStack = (text: string): string => text.split(/\n[ \t]+at [^\n]*(?:\(|:[0-9])/)[0] ?? text;

function children(parent: Element, name: string): Element[] {
  const found = parent[name];
  if (!Array.isArray(found)) return [];
  return found.flatMap((child: unknown) => {
    const parsed = element.safeParse(child);
    return parsed.success ? [parsed.data] : [];
  });
}

const textOf = (of: Element): string =>
  [
    ...children(of, "#cdata").map((part) => String(part["#text"] ?? "")),
    decode(String(of["#text"] ?? "")),
  ].join("");

function attribute(of: Element, name: string): string {
  const value = of[`@${name}`];
  return typeof value === "string" ? decode(value) : "";
}

const entities: { [name: string]: string } = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (typeof name === "string") return entities[name] ?? whole;
    const code = typeof hex === "string" ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
