/** An architecture decision record that a repository keeps, as far as memory needs it. */
export interface Adr {
  title: string;
  /** The decision's own paragraph, or the first one. */
  reason: string;
  paths: string[];
}

/** Where teams keep them. */
export const adrFolders = ["docs/adr/", "docs/decisions/", "adr/"];

/**
 * Reads an accepted decision record in the usual Markdown forms (Nygard, MADR): a title, a status, paragraphs. `paths:` in the
 * front matter bounds it; without it, it is about the whole repository. Null when it is no record or not accepted.
 */
export function parseAdr(text: string): Adr | null {
  const front = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text);
  const body = front === null ? text : text.slice(front[0].length);
  const title = /^#\s+(.+)$/m
    .exec(body)?.[1]
    ?.replace(/^(ADR[- ]?)?\d+[.:]?\s*/i, "")
    .trim();
  const status = /^status:\s*(.+)$/im.exec(front?.[1] ?? "")?.[1] ?? sectionOf(body, "Status");
  if (title === undefined || title === "" || !/^\W*accepted\b/i.test(status)) return null;
  const listed = /^paths:\s*\[?(.+?)\]?\s*$/im.exec(front?.[1] ?? "")?.[1] ?? "";
  const paths = listed.split(",").flatMap((path) => path.trim().replace(/^["']|["']$/g, "") || []);
  return { title, reason: sectionOf(body, "Decision").slice(0, 900), paths };
}

function sectionOf(body: string, heading: string): string {
  const lines = body.split(/\r?\n/);
  const start = lines.findIndex((line) => new RegExp(`^#{2,3}\\s+${heading}`, "i").test(line));
  if (start === -1) return "";
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("#"));
  return rest
    .slice(0, end === -1 ? undefined : end)
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
}
