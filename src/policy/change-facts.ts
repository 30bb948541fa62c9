import type { ChangedFile, ChangeFacts, Intent } from "../domain/change.ts";
import { changedLines } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { PersonId, Sha } from "../domain/ids.ts";
import type { Organisation } from "../domain/organisation.ts";
import { type ChangePolicyFacts, type ConflictFact, listedMax, touchedMax } from "../domain/policy-facts.ts";
import type { TestReport } from "../domain/test-report.ts";
import { ownersOf, readCodeowners } from "./codeowners.ts";
import { newDependencies } from "./dependencies.ts";
import { isGenerated } from "./generated.ts";
import { importsIn, isUnparsed, languageOf } from "./imports.ts";
import { knownOwners } from "./needs.ts";
import { type Layout, resolveImport } from "./resolve-import.ts";
import { newSecrets } from "./secrets.ts";
import { lostTests, weakenedFiles } from "./test-integrity.ts";

/** Everything that git and the record know of a change, read beforehand. */
export interface ChangeSources {
  /** Against the target, with what landing would do. */
  change: ChangeFacts;
  intent: Intent;
  /** Texts by blob; null for what is no text or too large. */
  texts: ReadonlyMap<Sha, string | null>;
  diff: { text: string; isCut: boolean };
  /** CODEOWNERS at the target, never the change's own. */
  codeowners: string | null;
  layout: Layout;
  before: TestReport;
  after: TestReport;
  conflicts: Conflict[];
  /** Owner of the other side's loop, when LoomStack knows it. */
  ownerOf: (loop: string | undefined) => PersonId | undefined;
  organisation: Organisation;
  claimedByOthers: string[];
  recentLandings: { [zone: string]: number };
}

const gitlink = "160000";
const symlink = "120000";

/** The facts of one change. Pure but for the secret scanner, which answers later. */
export async function changeFacts(from: ChangeSources): Promise<ChangePolicyFacts> {
  const { files, digest, base, head, tree } = from.change;
  const textOf = (sha: Sha | null) => (sha === null ? null : (from.texts.get(sha) ?? null));
  const has = (mode: string) =>
    listed(files.filter((file) => modesOf(file).includes(mode)).map((file) => file.path));
  const touched = touchedPaths(files);
  const { owners, unowned } = ownership(Object.keys(touched), from.codeowners);
  const { newImports, dynamicImports } = importFacts(files, textOf, from.layout);
  return {
    ...{ digest, base, head, tree },
    isComplete: !from.diff.isCut && Object.keys(touched).length <= touchedMax && !hasOddPath(touched),
    files: files.length,
    lines: changedLines(files),
    touched,
    binaryFiles: listed(files.filter((file) => isOpaque(file, textOf(file.after))).map((file) => file.path)),
    generatedFiles: listed(
      files.filter((file) => isGenerated(file.path, textOf(file.after))).map((file) => file.path),
    ),
    modeChanges: listed(files.filter(changesMode).map((file) => file.path)),
    symlinks: has(symlink),
    submodules: has(gitlink),
    testsAdded: addedTests(from.before, from.after),
    testsRemoved: listed(lostTests(from.before, from.after, from.intent).map((test) => test.id)),
    weakenedTests: listed(weakenedFiles(from.diff.text, from.intent).map((file) => file.path)),
    newDependencies: listed(
      files.flatMap((file) => newDependencies(file.path, textOf(file.before), textOf(file.after))),
    ),
    newImports,
    dynamicImports: listed(dynamicImports),
    unparsed: listed(files.map((file) => file.path).filter(isUnparsed)),
    secrets: listed(await secretsOf(files, textOf)),
    owners: listed(owners),
    knownOwners: knownOwners(listed(owners), from.organisation),
    unowned,
    conflicts: from.conflicts.slice(0, listedMax).map((one) => conflictFact(one, from.ownerOf)),
    cites: listed((from.intent.cites ?? []).map((cite) => cite.decision)),
    claimedByOthers: listed(from.claimedByOthers),
    recentLandings: from.recentLandings,
  };
}

/** Without repetition, sorted, and cut at what a ruling keeps: rules ask whether there are any, or whether one is among them. */
const listed = (items: string[]): string[] => [...new Set(items)].sort().slice(0, listedMax);

type TextOf = (sha: Sha | null) => string | null;

/** Both paths of a rename, so that a move out of a zone touches it. Own properties even of a path called __proto__. */
/** Changed lines by path, on both sides of a rename. */
export function touchedPaths(files: ChangedFile[]): { [path: string]: number } {
  const lines = new Map<string, number>();
  const add = (path: string, count: number) => lines.set(path, (lines.get(path) ?? 0) + count);
  for (const file of files) {
    add(file.path, file.added + file.removed);
    if (file.from !== undefined) add(file.from, 0);
  }
  return Object.fromEntries(lines);
}

/** git quotes bytes that are no UTF-8; such a path, or half a character, is in no zone for sure. */
const hasOddPath = (touched: object): boolean =>
  Object.keys(touched).some((path) => /\p{Surrogate}/u.test(path) || /^".*\\[0-3][0-7]{2}.*"$/s.test(path));

const modesOf = ({ modes }: ChangedFile): string[] =>
  [modes?.before, modes?.after].flatMap((mode) => mode ?? []);

const changesMode = ({ modes, status }: ChangedFile): boolean =>
  modes !== undefined && status !== "deleted" && modes.before !== modes.after;

/** Binary, or too large to be read: nobody sees what changes in it. */
const isOpaque = (file: ChangedFile, text: string | null): boolean =>
  file.isBinary || (file.after !== null && text === null && !modesOf(file).includes(gitlink));

function addedTests(before: TestReport, after: TestReport): number {
  const known = new Set(before.tests.map((test) => test.id));
  return after.tests.filter((test) => !known.has(test.id)).length;
}

function ownership(paths: string[], codeowners: string | null): { owners: string[]; unowned: number } {
  if (codeowners === null) return { owners: [], unowned: paths.length };
  const rules = readCodeowners(codeowners);
  const found = paths.map((path) => ownersOf(path, rules));
  return { owners: found.flat(), unowned: found.filter((owners) => owners.length === 0).length };
}

/** A file that moved takes all its imports along as new ones: they come from another place now. */
function importFacts(
  files: ChangedFile[],
  textOf: TextOf,
  layout: Layout,
): { newImports: { from: string; to: string }[]; dynamicImports: string[] } {
  const dynamicImports: string[] = [];
  const newImports = files.flatMap((file) => {
    const language = languageOf(file.path);
    const text = textOf(file.after);
    if (language === undefined || text === null) return [];
    const before = file.from === undefined ? textOf(file.before) : null;
    const then = before === null ? { specifiers: [], isDynamic: false } : importsIn(language, before);
    const now = importsIn(language, text);
    if (now.isDynamic && !then.isDynamic) dynamicImports.push(file.path);
    const known = new Set(then.specifiers);
    const fresh = [...new Set(now.specifiers)].filter((one) => !known.has(one));
    const targets = fresh.flatMap((one) => resolveImport(one, file.path, layout) ?? []);
    return [...new Set(targets)].sort().map((to) => ({ from: file.path, to }));
  });
  return { newImports, dynamicImports };
}

async function secretsOf(files: ChangedFile[], textOf: TextOf): Promise<string[]> {
  const found = await Promise.all(
    files.map((file) => {
      const text = textOf(file.after);
      return text === null ? [] : newSecrets(file.path, textOf(file.before), text);
    }),
  );
  return found.flat();
}

function conflictFact(conflict: Conflict, ownerOf: ChangeSources["ownerOf"]): ConflictFact {
  const { id, kind, right, paths } = conflict;
  const name = right.loop ?? "somebody";
  return {
    ...{ id, kind, paths: paths.slice(0, 5) },
    severity: severityOf(conflict),
    with: right.sha === undefined ? name : `${name} (${right.sha.slice(0, 8)})`,
    owner: ownerOf(right.loop) ?? null,
    text: conflictText(conflict),
  };
}

/** A conflict that does not say how bad it is asks people. */
function severityOf(conflict: Conflict): ConflictFact["severity"] {
  const { severity }: { severity?: ConflictFact["severity"] } = conflict as object;
  return severity ?? "hold";
}

function conflictText({ kind, right, evidence }: Conflict): string {
  const other = right.loop ?? "somebody";
  const landed = right.sha === undefined ? "" : ` (${right.sha.slice(0, 8)})`;
  switch (kind) {
    case "undo":
      return `It undoes a deliberate change by ${other}${landed}: ${right.intent}`;
    case "ping-pong":
      return `It undoes once more what ${other} put back${landed}: ${right.intent}`;
    case "test-intent":
      return `It turns back the tests of a deliberate change by ${other}${landed}: ${right.intent}`;
    case "textual":
      return `It cannot land together with ${other}'s open change "${right.title}".`;
    default:
      return evidence[0] ?? `It conflicts (${kind}) with ${other}${landed}: ${right.title}`;
  }
}
