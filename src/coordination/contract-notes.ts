import type { ChangeRecord } from "../domain/change-record.ts";
import { countOf, type Parameters } from "../domain/symbols.ts";
import type { Sources, Symbols } from "../ports/symbols.ts";
import { type ReSigned, reSigned } from "./symbols/arity.ts";
import { type ChangedText, changedTexts } from "./symbols/changed-texts.ts";
import { comparisonOf } from "./symbols/comparison.ts";
import { usesOf } from "./symbols/uses.ts";
import { wordOf } from "./symbols/words.ts";

const placesMax = 3;

/**
 * What a live run must be told of another change: sentences on the functions that it newly calls and whose parameters the other
 * changes. "`priceOf` now takes 3 parameters instead of 2 (loop tidy, run r12): adapt your calls at src/cart.ts:40."
 */
export async function contractNotes(
  other: { record: ChangeRecord; called: string },
  live: ChangeRecord,
  from: { symbols: Symbols; sources: Sources },
): Promise<string[]> {
  const changer = await changedTexts(other, from);
  const user = await changedTexts({ record: live, called: "this run" }, from);
  const { used } = comparisonOf(changer, user, from);
  const notes: string[] = [];
  for (const file of changer.files) {
    const words = used.get(file.family);
    if (file.isNew || file.isDeleted || words === undefined) continue;
    for (const one of await reSigned(file)) {
      const places = await placesOf(words.get(wordOf(one.before.name)) ?? [], one.before.name);
      if (places.length > 0) notes.push(noteOf(one, other.called, places));
    }
  }
  return notes;
}

async function placesOf(files: ChangedText[], name: string): Promise<string[]> {
  const places = new Set<string>();
  for (const file of files)
    for (const { reference } of await usesOf(file, wordOf(name)))
      places.add(`${file.path}:${reference.line}`);
  return [...places];
}

const noteOf = ({ file, before, after }: ReSigned, called: string, places: string[]): string =>
  `\`${before.qualified}\` now takes ${said(after.parameters)} instead of ${said(before.parameters)} (${called}, ${file.path}:${after.nameLine}): adapt your calls at ${places.slice(0, placesMax).join(", ")}.`;

const said = (parameters: Parameters | null): string =>
  parameters === null ? "unknown parameters" : countOf(parameters);
