import type { Change } from "../domain/change.ts";
import type { ConflictSide } from "../domain/conflict.ts";
import { manifestEntries } from "./manifest.ts";
import { settledValue } from "./version-number.ts";

/** A manifest before and after a change; null where it is not there. */
export interface ManifestTexts {
  path: string;
  before: string | null;
  after: string | null;
}

/** What a change does to one key of a manifest; undefined where the key is not there. */
export interface KeyChange {
  path: string;
  key: string;
  from: string | undefined;
  to: string | undefined;
}

/** One key that two changes set. */
export interface VersionFight {
  path: string;
  key: string;
  /** Both only raise it: the higher version serves both. */
  isSettled: boolean;
  evidence: string;
}

/** The versions and requirements that a change sets. Null when a side does not parse: then only its lines can be compared. */
export function keyChanges({ path, before, after }: ManifestTexts): KeyChange[] | null {
  const was = before === null ? new Map<string, string>() : manifestEntries(path, before);
  const is = after === null ? new Map<string, string>() : manifestEntries(path, after);
  if (was === null || is === null) return null;
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => was.get(key) !== is.get(key) && (!path.endsWith(".json") || isVersionKey(key)))
    .map((key) => ({ path, key, from: was.get(key), to: is.get(key) }));
}

/** Scripts, descriptions and the like are texts, not versions. */
const isVersionKey = (key: string): boolean =>
  /^(\w*dependencies|engines|volta|overrides|resolutions|require|require-dev|devEngines) |^(version|packageManager)$/i.test(
    key,
  );

/**
 * C10, version fight, in flight: both changes set one key of one manifest, to different values. Parsed, not compared as text: git
 * merges two lines that ask for different versions of one thing at two places, or refuses two that ask for different things.
 */
export function versionFights(mine: KeyChange[], theirs: KeyChange[], other: ConflictSide): VersionFight[] {
  const others = new Map(theirs.map((one) => [placeOf(one), one]));
  return mine.flatMap((one) => {
    const met = others.get(placeOf(one));
    if (met === undefined || met.to === one.to) return [];
    const settled = one.from === met.from ? settledValue(one.from, one.to, met.to) : null;
    const evidence = `${one.path}: ${nameOf(one)} ${shown(one.from)} → ${shown(one.to)} (this change), → ${shown(met.to)} (${calledSide(other)})`;
    return { path: one.path, key: one.key, isSettled: settled !== null, evidence };
  });
}

/**
 * C10, version fight, against what landed: a change sets a key back to what it was before a landed change set it. `landed` is newest
 * first; only the last one to set a key counts.
 */
export function versionsReturned(
  mine: KeyChange[],
  landed: { changes: KeyChange[]; side: ConflictSide }[],
): (VersionFight & { side: ConflictSide })[] {
  return mine.flatMap((one) => {
    const last = landed.find(({ changes }) => changes.some((met) => placeOf(met) === placeOf(one)));
    const met = last?.changes.find((change) => placeOf(change) === placeOf(one));
    if (last === undefined || met === undefined || met.from !== one.to || met.to !== one.from) return [];
    const evidence = `${one.path}: ${nameOf(one)} ${shown(met.from)} → ${shown(met.to)} (${calledSide(last.side)}), → ${shown(one.to)} (this change)`;
    return { path: one.path, key: one.key, isSettled: false, evidence, side: last.side };
  });
}

const placeOf = ({ path, key }: KeyChange): string => `${path}\0${key}`;

/** The name alone, unless the section says what it is about. */
const nameOf = ({ key }: KeyChange): string =>
  `"${key.replace(/^\S*(dependencies|requires?|gem)\S* /i, "")}"`;

const shown = (value: string | undefined): string => (value === undefined ? "absent" : value || "any");

const calledSide = ({ loop, runId, sha }: ConflictSide): string => {
  const at = runId === undefined ? (sha === undefined ? "" : `, ${sha.slice(0, 8)}`) : `, run ${runId}`;
  return `${loop === undefined ? "the target" : `loop ${loop}`}${at}`;
};

/** Manifests among what a change touches, by their names at both ends. */
export const manifestsOf = (change: Pick<Change, "files">): { path: string; from: string }[] =>
  change.files
    .filter((file) => file.status !== "deleted" && !file.isBinary)
    .map((file) => ({ path: file.path, from: file.from ?? file.path }))
    .filter(({ path }) => manifestEntries(path, emptyOf(path)) !== null);

const emptyOf = (path: string): string => (path.toLowerCase().endsWith(".json") ? "{}" : "");
