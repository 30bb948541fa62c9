/** A Python requirement by its normalised name, and what it asks for; null for every other line. */
export function readRequirement(line: string): [string, string] | null {
  const match = /^\s*([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*((?:[=<>!~]=?=?|@)[^#]*?)?\s*(?:#.*)?$/.exec(
    line,
  );
  if (match === null) return null;
  const [, name = "", extras = "", wanted = ""] = match;
  return [`requires ${name.toLowerCase().replace(/[-_.]+/g, "-")}${extras}`, wanted.trim()];
}
