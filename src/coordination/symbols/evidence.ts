import type { Definition, Parameters } from "../../domain/symbols.ts";
import type { ChangedText } from "./changed-texts.ts";
import type { Comparison } from "./comparison.ts";
import type { Use } from "./uses.ts";

/**
 * - `gone`: after the merge nobody defines the name
 * - `arity`: after the merge no definition takes so many arguments
 * - `weak`: neither can be said, yet the one changed what the other newly uses
 */
export interface Clash {
  name: string;
  how: "gone" | "arity" | "weak";
  /** One sentence, with both places. */
  evidence: string;
  paths: string[];
  /** Where the name is used, with the text of the line. */
  uses: ClashUse[];
}

export interface ClashUse {
  path: string;
  text: string;
  name: string;
  isMember: boolean;
  /** Of a call; null otherwise. */
  argumentCount: number | null;
  /** Of a definition that does not keep a contract: what it takes. */
  parameters?: Parameters;
}

const placesMax = 3;

/** "left removed `parsePrice(text)` (src/money.ts:12); right uses it at src/cart.ts:40; after the merge nobody defines it." */
export function clashOf(
  { changer, user }: Comparison,
  found: {
    how: Clash["how"];
    lost: { file: ChangedText; definition: Definition };
    uses: Use[];
    end: string;
    did?: string;
    change?: string;
    verb?: string;
    takes?: Parameters;
  },
): Clash {
  const { lost, uses, how, end, did = "removed", change = "" } = found;
  const places = [...new Set(uses.map(({ file, reference }) => `${file.path}:${reference.line}`))];
  const more = places.length > placesMax ? ` and ${places.length - placesMax} more places` : "";
  const verb = found.verb ?? (uses.some((use) => use.reference.isCall) ? "calls" : "uses");
  return {
    name: lost.definition.name,
    how,
    evidence: `${changer.called} ${did} \`${lost.definition.qualified}\`${change} (${lost.file.from}:${lost.definition.nameLine}); ${user.called} ${verb} it at ${places.slice(0, placesMax).join(", ")}${more}; ${end}.`,
    paths: [...new Set([lost.file.path, ...uses.map(({ file }) => file.path)])],
    uses: uses.map(({ file, reference: { line, name, isMember, argumentCount } }) => ({
      ...{ path: file.path, text: file.after[line - 1] ?? "", name, isMember, argumentCount },
      ...(found.takes === undefined ? {} : { parameters: found.takes }),
    })),
  };
}
