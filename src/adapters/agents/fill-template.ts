/** What an item of a maker's argv may name. */
export const placeholders = ["prompt", "promptFile", "workdir", "skill", "node"] as const;
export type Placeholder = (typeof placeholders)[number];

export type Filled = { kind: "filled"; argv: string[] } | { kind: "refused"; reason: string };

/** Puts values into an argv, item by item and once: what a value contains is never read again, and no shell ever sees it. */
export function fillTemplate(argv: string[], values: { [name in Placeholder]: string }): Filled {
  const unknown = argv
    .flatMap((item) => [...item.matchAll(/\{([A-Za-z]+)\}/g)].map((found) => found[1] ?? ""))
    .find((name) => !isPlaceholder(name));
  if (unknown !== undefined) {
    const known = placeholders.map((name) => `{${name}}`).join(", ");
    return {
      kind: "refused",
      reason: `{${unknown}} in the maker's command means nothing; it may name ${known}`,
    };
  }
  const fill = (item: string) =>
    item.replace(/\{([A-Za-z]+)\}/g, (whole, name: string) => (isPlaceholder(name) ? values[name] : whole));
  return { kind: "filled", argv: argv.map(fill) };
}

const isPlaceholder = (name: string): name is Placeholder => placeholders.some((one) => one === name);
