import {
  countOf,
  type Definition,
  type Family,
  type FileSymbols,
  fits,
  type Parameters,
} from "../../domain/symbols.ts";
import type { ChangedText } from "./changed-texts.ts";
import { type Comparison, knownTo } from "./comparison.ts";
import { denotes } from "./denotes.ts";
import { type Clash, clashOf } from "./evidence.ts";
import { headsNear, mayBeReSigned } from "./heads.ts";
import { bindingAt, byWeight, isImport, type Use, usesOf } from "./uses.ts";
import { wordOf } from "./words.ts";

/** A definition whose parameters the changer changed. */
export interface ReSigned {
  file: ChangedText;
  before: Definition;
  after: Definition;
}

/**
 * Calls that no definition takes any more: the changer changed how many arguments a definition takes, the user newly calls it as it
 * was, and no definition of the name in the merged tree takes that many. Where others call the name so, too, it means more than we see.
 */
export async function misfitCalls(comparison: Comparison): Promise<Clash[]> {
  const clashes: Clash[] = [];
  for (const [word, all] of await reSignedNames(comparison)) {
    const [first] = all;
    if (first === undefined) continue;
    const uses = await callsOf(comparison, first.file.family, word);
    for (const changed of all) {
      const broken = uses.filter((use) => isBroken(changed, use));
      if (broken.length > 0) clashes.push(await judge(comparison, { word, changed, broken }));
    }
  }
  return clashes;
}

/** Names that the user newly calls and whose parameters the changer changed; parses only files with such a name near a change. */
async function reSignedNames({ changer, used, headsBefore }: Comparison): Promise<Map<string, ReSigned[]>> {
  const names = new Map<string, ReSigned[]>();
  for (const file of changer.files) {
    const words = used.get(file.family);
    if (words === undefined || file.isNew || file.isDeleted) continue;
    const heads = headsNear(file.family, file.after, file.added);
    for (const name of headsBefore(file)) heads.add(name);
    if (!mayBeReSigned(file, heads, words)) continue;
    for (const one of await reSigned(file)) {
      const word = wordOf(one.before.name);
      if (words.has(word)) names.set(word, [...(names.get(word) ?? []), one]);
    }
  }
  return names;
}

/** Definitions of a file whose parameter counts differ after the change; overloads count together. */
export async function reSigned(file: ChangedText): Promise<ReSigned[]> {
  const [before, after] = [await file.symbolsBefore(), await file.symbolsAfter()];
  if (before === null || after === null) return [];
  const known = groupsOf(after.definitions);
  const found: ReSigned[] = [];
  for (const [qualified, olds] of groupsOf(before.definitions)) {
    const news = known.get(qualified) ?? [];
    const gone = olds.filter((old) => !news.some((one) => isSame(one.parameters, old.parameters)));
    const [old, current] = [
      gone[0],
      news.find((one) => !olds.some((other) => isSame(other.parameters, one.parameters))),
    ];
    if (old?.parameters != null && current?.parameters != null)
      found.push({ file, before: old, after: current });
  }
  return found;
}

function groupsOf(definitions: Definition[]): Map<string, Definition[]> {
  const groups = new Map<string, Definition[]>();
  for (const one of definitions) {
    if (one.within !== null || one.kind === "test" || one.kind === "parameter") continue;
    groups.set(one.qualified, [...(groups.get(one.qualified) ?? []), one]);
  }
  return groups;
}

const isSame = (left: Parameters | null, right: Parameters | null): boolean =>
  left?.min === right?.min && left?.max === right?.max;

async function callsOf({ used }: Comparison, family: Family, word: string): Promise<Use[]> {
  const uses: Use[] = [];
  for (const file of used.get(family)?.get(word) ?? [])
    uses.push(...(await usesOf(file, word)).filter(({ reference }) => reference.argumentCount !== null));
  return uses.toSorted(byWeight);
}

/** The call fitted before, does not fit now, and nothing nearer explains the name. */
function isBroken({ file, before, after }: ReSigned, { symbols, reference, file: at }: Use): boolean {
  const given = reference.argumentCount;
  if (!fits(before.parameters, given) || fits(after.parameters, given)) return false;
  if (reference.isMember) return true;
  const binding = bindingAt(symbols, reference.name, reference.line);
  if (binding === null) return true;
  if (isImport(binding))
    return file.family !== "script" || denotes(file.family, binding.from, at.path, file.path);
  return binding.within === null;
}

async function judge(
  comparison: Comparison,
  { word, changed, broken }: { word: string; changed: ReSigned; broken: Use[] },
): Promise<Clash> {
  const { file, before, after } = changed;
  const known = await knownTo(comparison, file.family, [word]);
  const misfits = broken.filter((use) => known !== null && isMisfit(known.files, { changed, use, word }));
  const change = ` from ${countOf(before.parameters ?? none)} to ${countOf(after.parameters ?? none)}`;
  const uses = misfits.length > 0 ? misfits : broken;
  const count = uses[0]?.reference.argumentCount ?? 0;
  const given = `with ${count} argument${count === 1 ? "" : "s"}`;
  const [how, end] =
    misfits.length > 0
      ? (["arity", `${given}; after the merge nothing takes that`] as const)
      : (["weak", `${given}; whether it means this one cannot be told`] as const);
  return clashOf(comparison, { how, lost: { file, definition: before }, uses, end, did: "changed", change });
}

const none: Parameters = { min: 0, max: 0 };

function isMisfit(
  known: FileSymbols[],
  { changed, use, word }: { changed: ReSigned; use: Use; word: string },
): boolean {
  const { argumentCount, isMember } = use.reference;
  const { family } = use.file;
  const takers = meansExactly(use, changed)
    ? [changed.after]
    : [...known, use.symbols].flatMap((one) =>
        one.definitions.filter((other) => canMean(other, family, isMember)),
      );
  if (takers.some(({ name, parameters }) => wordOf(name) === word && fits(parameters, argumentCount)))
    return false;
  // The changer's own tree is taken to be sound: what it still calls like this means something that we do not see.
  return !known.some((one) =>
    one.references.some(
      (other) =>
        wordOf(other.name) === word &&
        other.isCall &&
        other.isMember === isMember &&
        (other.argumentCount === null ? false : other.argumentCount === argumentCount),
    ),
  );
}

/** The file says itself which definition it means. */
function meansExactly({ file, symbols, reference }: Use, { file: other, before }: ReSigned): boolean {
  if (reference.isMember) return false;
  const binding = bindingAt(symbols, reference.name, reference.line);
  if (binding === null) return false;
  return isImport(binding)
    ? binding.imported === before.name && denotes(file.family, binding.from, file.path, other.path)
    : file.from === other.from && binding.qualified === before.qualified;
}

/** A bare call of JavaScript or Python never means a method. */
function canMean({ kind, within, qualified, name }: Definition, family: Family, isMember: boolean): boolean {
  if (kind === "test" || within !== null) return false;
  const isFree = family !== "script" && family !== "python";
  return isMember || isFree || (kind !== "method" && kind !== "field") || qualified === name;
}
