import type { Family } from "../../domain/symbols.ts";

/** Whether other files can mean a definition, by the words before it on its line; null where the language does not say. */
export function isExported(family: Family, text: string, start: number, name: string): boolean | null {
  const before = text.slice(text.lastIndexOf("\n", start) + 1, start + 200).split("\n", 1)[0] ?? "";
  switch (family) {
    case "script":
      return /^\s*export\b|\bexports\./.test(before);
    case "go":
      return /^\p{Lu}/u.test(name);
    case "rust":
      return /^\s*pub\b/.test(before);
    case "java":
      return !/^\s*private\b/.test(before);
    case "c":
      return !/^\s*static\b/.test(before);
    case "python":
      return !name.startsWith("_");
    case "ruby":
      return null;
  }
}
