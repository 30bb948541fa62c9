/** Values by trailer name, in the order of the message. */
export type Trailers = { [name: string]: string[] };

const names = ["Loom-Run", "Loom-Loop", "Loom-Finding", "Loom-Approved-By", "Loom-Intent"];
const line = new RegExp(`^[ \\t>*]*(${names.join("|")}):[ \\t]*(.*)$`, "i");
const continued = /^[ \t]+\S/;

/**
 * Finds LoomStack's trailers anywhere in a message. Git itself sees only the last paragraph, and a squash by button puts
 * `---------` and `Co-authored-by:` behind ours, or joins the messages of several commits.
 */
export const readTrailers = (message: string): Trailers => {
  const found: Trailers = {};
  const lines = message.split(/\r?\n/);
  for (const [at, text] of lines.entries()) {
    const match = line.exec(text);
    if (match === null) continue;
    const name = names.find((known) => known.toLowerCase() === match[1]?.toLowerCase()) ?? "";
    const value = [match[2] ?? "", ...continuation(lines, at + 1)].join(" ").trim();
    if (value === "") continue;
    const values = found[name] ?? [];
    if (!values.includes(value)) values.push(value);
    found[name] = values;
  }
  return found;
};

const continuation = (lines: string[], from: number): string[] => {
  const end = lines.findIndex((text, at) => at >= from && (!continued.test(text) || line.test(text)));
  return lines.slice(from, end === -1 ? lines.length : end).map((text) => text.trim());
};

/** What a merge says, and what it does not say itself from the commit that it brought; nothing when the two name different runs. */
export const mergeTrailers = (merge: Trailers, brought: Trailers | undefined): Trailers => {
  if (brought === undefined) return merge;
  const [run, other] = [merge["Loom-Run"]?.at(-1), brought["Loom-Run"]?.at(-1)];
  return run !== undefined && other !== undefined && run !== other ? merge : { ...brought, ...merge };
};
