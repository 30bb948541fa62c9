import { readRequirement } from "./requirement.ts";
import { readToml } from "./toml-entries.ts";

/** What a manifest says, by `<section> <name>`: versions and requirements as they are written. */
export type ManifestEntries = Map<string, string>;

/**
 * Reads what a manifest asks for: package.json and its kin, TOML (Cargo, pyproject, Pipfile), requirements, Gemfile, go.mod, and the
 * plain ways to name a dependency in pom.xml and Gradle. Null when it is none of these, does not parse, or says one thing twice.
 */
export function manifestEntries(path: string, text: string): ManifestEntries | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const pairs = readerOf(name)?.(text) ?? null;
  if (pairs === null) return null;
  const entries = new Map(pairs);
  return entries.size === pairs.length ? entries : null;
}

type Pairs = [key: string, value: string][];

function readerOf(name: string): ((text: string) => Pairs | null) | undefined {
  if (name.endsWith(".json")) return readJson;
  if (name.endsWith(".toml") || name === "pipfile") return readToml;
  if (name.endsWith(".txt") || name.endsWith(".in")) return byLine(readRequirement);
  if (name === "gemfile" || name === "gems.rb") return byLine(readGem);
  if (name.endsWith(".gemspec")) return byLine(readGemspec);
  if (name === "go.mod") return readGoMod;
  if (name === "pom.xml") return readPom;
  if (name.startsWith("build.gradle")) return byLine(readGradle);
  return undefined;
}

/** Texts that are versions or requirements: top-level, or one level down. */
function readJson(text: string): Pairs | null {
  const parsed = parseJson(text);
  if (parsed === null) return null;
  return Object.entries(parsed).flatMap(([section, inner]): Pairs => {
    if (typeof inner === "string") return [[section, inner]];
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return [];
    return Object.entries(inner).flatMap(
      ([key, value]): Pairs => (typeof value === "string" ? [[`${section} ${key}`, value]] : []),
    );
  });
}

/** An object, or null. */
export function parseJson(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : null;
  } catch {
    // A broken manifest has no entries; what is done about it is the caller's.
    return null;
  }
}

const byLine =
  (read: (line: string) => [string, string] | null) =>
  (text: string): Pairs =>
    text.split("\n").flatMap((line) => {
      const pair = read(line);
      return pair === null ? [] : [pair];
    });

function readGem(line: string): [string, string] | null {
  const match = /^\s*gem\s*\(?\s*["']([^"']+)["']\s*(?:,\s*(.*?))?\)?\s*$/.exec(withoutComment(line));
  return match === null ? null : [`gem ${match[1] ?? ""}`, (match[2] ?? "").trim()];
}

function readGemspec(line: string): [string, string] | null {
  const match =
    /^\s*\w+\.(add_(?:runtime_|development_)?dependency)\s*\(?\s*["']([^"']+)["']\s*(?:,\s*(.*?))?\)?\s*$/.exec(
      withoutComment(line),
    );
  return match === null ? null : [`${match[1] ?? ""} ${match[2] ?? ""}`, (match[3] ?? "").trim()];
}

function readGradle(line: string): [string, string] | null {
  const match = /^\s*(\w+)\s*\(?\s*["']([\w.-]+:[\w.-]+):([^"':@]+)["']\s*\)?\s*$/.exec(line);
  return match === null ? null : [`${match[1] ?? ""} ${match[2] ?? ""}`, match[3] ?? ""];
}

const withoutComment = (line: string): string => line.replace(/\s+#.*$/, "");

function readGoMod(text: string): Pairs {
  const pairs: Pairs = [];
  let block = "";
  for (const line of text.split("\n")) {
    const words = line
      .replace(/\/\/.*$/, "")
      .trim()
      .split(/\s+/);
    const [first = "", second = "", third = ""] = words;
    if (first === ")") block = "";
    else if (second === "(") block = first;
    else if (block !== "" && first !== "") pairs.push([`${block} ${first}`, words.slice(1).join(" ")]);
    else if (third !== "") pairs.push([`${first} ${second}`, words.slice(2).join(" ")]);
    else if (second !== "") pairs.push([first, second]);
  }
  return pairs;
}

function readPom(text: string): Pairs {
  const tag = (name: string, within: string): string =>
    new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(within)?.[1] ?? "";
  const named = [...text.matchAll(/<(dependency|plugin|parent)>([\s\S]*?)<\/\1>/g)].flatMap(
    ([, kind = "", body = ""]): Pairs =>
      tag("version", body) === ""
        ? []
        : [[`${kind} ${tag("groupId", body)}:${tag("artifactId", body)}`, tag("version", body)]],
  );
  const properties = /<properties>([\s\S]*?)<\/properties>/.exec(text)?.[1] ?? "";
  const set = [...properties.matchAll(/<([\w.-]+)>\s*([^<]*?)\s*<\/\1>/g)].map(
    ([, key = "", value = ""]): [string, string] => [`property ${key}`, value],
  );
  return [...named, ...set];
}
