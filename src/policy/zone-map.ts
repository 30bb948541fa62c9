import picomatch from "picomatch";
import type { Zone } from "../domain/organisation.ts";
import { globOptions } from "../domain/path-glob.ts";
import { unzoned } from "../domain/policy-facts.ts";

/** In which zones a path is: all that match, or `unzoned`. */
export type ZoneMap = (path: string) => readonly string[];

const rememberedMax = 20_000;

/** A path belongs to every zone with a glob that matches it. Case does not count: some file systems do not tell it either. */
export function zoneMap(zones: Zone[]): ZoneMap {
  const matchers = zones.map((zone) => ({ name: zone.name, matches: matcherOf(zone.globs) }));
  const remembered = new Map<string, readonly string[]>();
  return (path) => {
    const known = remembered.get(path);
    if (known !== undefined) return known;
    const lower = path.toLowerCase();
    const names = matchers.flatMap((one) => (one.matches(path, lower) ? [one.name] : []));
    const result = names.length === 0 ? [unzoned] : names;
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(path, result);
    return result;
  };
}

type Matcher = (path: string, lower: string) => boolean;

/** The letters that a path must begin and end with are looked at first: most globs are done with most paths then. */
function matcherOf(globs: string[]): Matcher {
  const all = globs.map((glob) => ({
    start: plainOr(picomatch.scan(glob).base),
    end: plainOr(/[^*?[\]{}()!+@\\]*$/.exec(glob)?.[0].replace(/^\//, "") ?? ""),
    expression: new RegExp(picomatch.makeRe(glob, options).source, "is"),
  }));
  return (path, lower) =>
    all.some(
      ({ start, end, expression }) => lower.startsWith(start) && lower.endsWith(end) && expression.test(path),
    );
}

/** Lower case is the same thing to a string and to an expression in ASCII only. */
const plainOr = (text: string): string => (/^[ -~]*$/.test(text) ? text.toLowerCase() : "");

const options = { ...globOptions, flags: "is" };

export interface TouchedZone {
  lines: number;
  /** The first five by name. */
  paths: string[];
}

/** What a change touches of each zone. Counts of one path count in every zone it is in. */
export function touchedZones(
  touched: { [path: string]: number },
  zonesOf: ZoneMap,
): Map<string, TouchedZone> {
  const zones = new Map<string, TouchedZone>();
  for (const path of Object.keys(touched).sort()) {
    for (const name of zonesOf(path)) {
      const zone = zones.get(name) ?? { lines: 0, paths: [] };
      zone.lines += touched[path] ?? 0;
      if (zone.paths.length < 5) zone.paths.push(path);
      zones.set(name, zone);
    }
  }
  return zones;
}

/** `ui->db` for every import from a path in the one zone to a path in the other, both in a zone of their own. */
export function edgesOf(imports: { from: string; to: string }[], zonesOf: ZoneMap): string[] {
  const edges = new Set<string>();
  for (const { from, to } of imports)
    for (const left of zonesOf(from))
      for (const right of zonesOf(to)) if (left !== right) edges.add(`${left}->${right}`);
  return [...edges].sort();
}
