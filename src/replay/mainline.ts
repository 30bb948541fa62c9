import type { Sha } from "../domain/ids.ts";
import type { History, MainlineStep } from "../ports/history.ts";

/** The target's line, as far as the cases go. */
export interface Mainline {
  /** Where a commit is on the line; -1 when it is not on it. */
  at: (sha: Sha) => number;
  /** Steps at which files come, go or move, with their places, oldest first. */
  steps: (MainlineStep & { at: number })[];
}

export async function readMainline(
  history: History,
  cases: { base: Sha; landed: Sha; landedParent: Sha }[],
): Promise<Mainline> {
  const places = new Map<Sha, number>();
  const steps: Mainline["steps"] = [];
  const heads = new Set(cases.flatMap(({ landed, landedParent }) => [landed, landedParent]));
  const bases = new Set(cases.map(({ base }) => base));
  if (cases.length > 0)
    for await (const step of history.mainline({ heads: [...heads], bases: [...bases] })) {
      const at = places.size;
      places.set(step.sha, at);
      if (step.appeared.length + step.vanished.length + step.moved.length > 0) steps.push({ ...step, at });
    }
  return { at: (sha) => places.get(sha) ?? -1, steps };
}

/** Where a tip's files are by now, when they moved on the target after its base. */
export interface Aliases {
  /** Names that they have had since, beside their own. */
  paths: Set<string>;
  /** Files the tip changes or deletes, under any of their names, that are not on the target any more. */
  gone: Set<string>;
  /** Some of the gone have no later name: git may still take another file for them. */
  isLost: boolean;
  names: Map<string, string[]>;
  next: number;
}

/** Before any step behind the tip's base. */
export function aliasesOf(
  mainline: Mainline,
  base: Sha | undefined,
  files: ReadonlyMap<string, { before: Sha | null }>,
): Aliases {
  const start = base === undefined ? -1 : mainline.at(base);
  const found = mainline.steps.findIndex((step) => step.at > start);
  const names = new Map<string, string[]>();
  for (const [path, file] of files) if (file.before !== null) names.set(path, [path]);
  return {
    ...{ paths: new Set(), gone: new Set(), isLost: false, names },
    next: found < 0 ? mainline.steps.length : found,
  };
}

/** Goes on along the line, up to and with `to`. */
export function followed(aliases: Aliases, mainline: Mainline, to: Sha): void {
  const end = mainline.at(to);
  for (; aliases.next < mainline.steps.length; aliases.next += 1) {
    const step = mainline.steps[aliases.next];
    if (step === undefined || step.at > end) break;
    for (const { from, to: moved } of step.moved) move(aliases, from, moved);
    for (const path of step.vanished) if (isKnown(aliases, path)) aliases.gone.add(path);
    for (const path of step.appeared) aliases.gone.delete(path);
  }
  aliases.isLost = [...aliases.gone].some((path) => (aliases.names.get(path) ?? []).length < 2);
}

const isKnown = (aliases: Aliases, path: string): boolean => aliases.names.has(path);

function move(aliases: Aliases, from: string, to: string): void {
  aliases.gone.delete(to);
  const names = aliases.names.get(from);
  if (names === undefined) return;
  names.push(to);
  if (!aliases.names.has(to)) aliases.names.set(to, [to]);
  aliases.paths.add(to);
  aliases.gone.add(from);
}
