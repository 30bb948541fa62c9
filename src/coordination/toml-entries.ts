import { readRequirement } from "./requirement.ts";

interface Reading {
  pairs: [key: string, value: string][];
  section: string;
  /** The key of the list whose items are being read. */
  list: string | null;
}

/** One key a line, and lists of requirements by their names; null when there are texts over several lines, which are not read. */
export function readToml(text: string): [key: string, value: string][] | null {
  const reading: Reading = { pairs: [], section: "", list: null };
  for (const line of text.split("\n")) {
    const bare = line.trim();
    if (/"""|'''/.test(bare)) return null;
    if (reading.list === null) readKey(reading, bare);
    else if (!readItem(reading, bare, reading.list)) return null;
  }
  return reading.pairs;
}

function readItem(reading: Reading, bare: string, list: string): boolean {
  const item = /^["']([^"']*)["'],?\s*(#.*)?$/.exec(bare)?.[1];
  const wanted = item === undefined ? null : readRequirement(item);
  if (wanted !== null) reading.pairs.push([`${list} ${wanted[0]}`, wanted[1]]);
  else if (bare.startsWith("]")) reading.list = null;
  else if (item !== undefined) reading.pairs.push([`${list} ${item}`, ""]);
  else return bare === "" || bare.startsWith("#");
  return true;
}

function readKey(reading: Reading, bare: string): void {
  const header = /^\[+\s*([^\]]+?)\s*\]+\s*(#.*)?$/.exec(bare)?.[1];
  if (header !== undefined) {
    // Tables of one name are told apart by their places.
    reading.section = bare.startsWith("[[") ? `${header} ${reading.pairs.length}` : header;
    return;
  }
  const [, key, value] = /^("[^"]+"|[\w.-]+)\s*=\s*(.+?)\s*$/.exec(bare) ?? [];
  if (key === undefined || value === undefined) return;
  const name = `${reading.section} ${key}`.trim();
  if (value === "[") reading.list = name;
  else reading.pairs.push([name, value.replace(/\s+#[^"']*$/, "")]);
}
