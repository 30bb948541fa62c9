import { countOf, type Definition, type Parameters } from "../../domain/symbols.ts";
import { type ReSigned, reSigned } from "./arity.ts";
import type { ChangedText } from "./changed-texts.ts";
import { type Comparison, knownTo } from "./comparison.ts";
import { type Clash, clashOf } from "./evidence.ts";
import { headsNear, mayBeReSigned } from "./heads.ts";
import { wordOf } from "./words.ts";

/**
 * Contracts that a new implementation does not keep: the changer changed how many parameters a method takes, everywhere, and the user
 * adds another implementation with as many as before. In C, a contract is a field that points to a function.
 */
export async function brokenContracts(comparison: Comparison): Promise<Clash[]> {
  const clashes: Clash[] = [];
  for (const file of comparison.user.files) {
    if (file.added.size === 0 || file.family === "ruby") continue;
    const added = await addedDefinitions(comparison, file);
    for (const { name, definition } of added)
      clashes.push(...(await judge(comparison, { file, name, definition })));
  }
  return clashes;
}

/** A definition that the user adds, under the name of the contract. */
interface Added {
  name: string;
  definition: Definition;
}

async function addedDefinitions(comparison: Comparison, file: ChangedText): Promise<Added[]> {
  const changed = new Set<string>();
  for (const other of comparison.changer.files) {
    if (other.family !== file.family || other.isNew || other.isDeleted) continue;
    for (const name of comparison.headsBefore(other)) changed.add(name);
  }
  return file.family === "c" ? pointedTo(file, changed) : methodsAdded(file, changed);
}

async function methodsAdded(file: ChangedText, changed: Set<string>): Promise<Added[]> {
  const heads = headsNear(file.family, file.after, file.added);
  if (![...heads].some((name) => changed.has(name))) return [];
  return ((await file.symbolsAfter())?.definitions ?? [])
    .filter((one) => changed.has(wordOf(one.name)) && file.added.has(one.nameLine) && one.parameters !== null)
    .filter(({ kind, qualified, name }) => kind === "method" || (kind === "function" && qualified !== name))
    .map((definition) => ({ name: definition.name, definition }));
}

const assignment = /(?:\.|->)\s*(\w+)\s*=\s*&?(\w+)\s*[,;]/g;

async function pointedTo(file: ChangedText, changed: Set<string>): Promise<Added[]> {
  const pairs = [...file.added].flatMap((line) =>
    [...(file.after[line - 1] ?? "").matchAll(assignment)].map(([, field = "", name = ""]) => ({
      field,
      name,
    })),
  );
  const wished = pairs.filter(({ field }) => changed.has(field));
  if (wished.length === 0) return [];
  const definitions = (await file.symbolsAfter())?.definitions ?? [];
  return wished.flatMap(({ field, name }) => {
    const definition = definitions.findLast((one) => one.name === name && one.parameters !== null);
    return definition === undefined || !file.added.has(definition.nameLine)
      ? []
      : [{ name: field, definition }];
  });
}

async function judge(
  comparison: Comparison,
  { file, name, definition }: Added & { file: ChangedText },
): Promise<Clash[]> {
  const changed = await changedContracts(comparison, file, name);
  const [first] = changed;
  const isContract = file.family === "c" ? first?.before.kind === "field" : changed.length > 1;
  const symbols = await file.symbolsAfter();
  if (first === undefined || !isContract || symbols === null) return [];
  if (!takesAs(definition, first.before) || takesAs(definition, first.after)) return [];
  const known = await knownTo(comparison, file.family, [wordOf(name)]);
  const isLeft = known?.files.some((one) =>
    one.definitions.some(
      (other) => other.name === name && other.within === null && takesAs(other, first.before),
    ),
  );
  if (isLeft !== false) return [];
  const reference = { name, line: definition.nameLine, isCall: false, argumentCount: null, isMember: true };
  const counted = ` from ${countOf(first.before.parameters ?? none)} to ${countOf(first.after.parameters ?? none)}`;
  return [
    clashOf(comparison, {
      how: "arity",
      lost: { file: first.file, definition: first.before },
      uses: [{ file, symbols, reference }],
      takes: definition.parameters ?? none,
      ...{ did: "changed", change: counted, verb: "implements" },
      end: "after the merge that one does not fit the others",
    }),
  ];
}

async function changedContracts(
  { changer, headsBefore }: Comparison,
  { family }: ChangedText,
  name: string,
): Promise<ReSigned[]> {
  const changed: ReSigned[] = [];
  for (const other of changer.files) {
    if (other.family !== family || other.isNew || other.isDeleted) continue;
    if (!mayBeReSigned(other, headsBefore(other), new Set([wordOf(name)]))) continue;
    changed.push(...(await reSigned(other)).filter((one) => one.before.name === name));
  }
  return changed;
}

const takesAs = ({ parameters }: Definition, other: Definition): boolean =>
  parameters?.min === other.parameters?.min && parameters?.max === other.parameters?.max;

const none: Parameters = { min: 0, max: 0 };
