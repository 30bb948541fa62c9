export interface ArgvValues {
  prompt: string;
  promptFile: string;
  workdir: string;
  skill: string;
  node: string;
}

const placeholder = /\{([A-Za-z][A-Za-z0-9_]*)\}/g;

/** The placeholders of an argv that nobody can fill, with their braces. */
export function unknownPlaceholders(argv: string[], values: ArgvValues): string[] {
  const found = argv.flatMap((item) => [...item.matchAll(placeholder)]);
  return [...new Set(found.filter(([, name = ""]) => !Object.hasOwn(values, name)).map(([whole]) => whole))];
}

export const uses = (argv: string[], name: keyof ArgvValues): boolean =>
  argv.some((item) => item.includes(`{${name}}`));

/** Fills each item in one pass, so that braces in a prompt stay what they are. An item remains one argument, whatever is in it. */
export const filledArgv = (argv: string[], values: ArgvValues): string[] =>
  argv.map((item) =>
    item.replace(placeholder, (whole, name: string) =>
      Object.hasOwn(values, name) ? values[name as keyof ArgvValues] : whole,
    ),
  );
