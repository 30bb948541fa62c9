/** An issue kept as a Markdown file with flat front matter under `.loom/issues/`. */
export interface IssueFile {
  title: string;
  isOpen: boolean;
  /** The failing test that it is about, when it names one. */
  test?: string;
  body: string;
}

/** Reads `key: value` front matter; null when the text is no issue (no front matter, or no title). */
export function parseIssueFile(text: string): IssueFile | null {
  const parts = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(text);
  if (parts === null) return null;
  const values = new Map<string, string>();
  for (const line of (parts[1] ?? "").split(/\r?\n/)) {
    const pair = /^([A-Za-z_-]+):[ \t]*(.*)$/.exec(line);
    if (pair?.[1] !== undefined) values.set(pair[1].toLowerCase(), unquote(pair[2] ?? ""));
  }
  const title = values.get("title");
  if (title === undefined || title === "") return null;
  const test = values.get("test");
  return {
    title,
    isOpen: (values.get("state") ?? "open").toLowerCase() === "open",
    body: (parts[2] ?? "").trim(),
    ...(test === undefined || test === "" ? {} : { test }),
  };
}

function unquote(value: string): string {
  const trimmed = value.trim();
  const quoted = /^"(.*)"$/.exec(trimmed) ?? /^'(.*)'$/.exec(trimmed);
  return quoted?.[1] === undefined ? trimmed : quoted[1].replace(/\\(["\\])/g, "$1").replace(/''/g, "'");
}
