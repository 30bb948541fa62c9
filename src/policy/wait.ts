import { evaluate } from "./evaluate.ts";
import { type Case, type CoveringFreeze, inForce, requestAt } from "./request.ts";

const stepMs = 15 * 60_000;
const horizonMs = 8 * 24 * 60 * 60_000;

export type Opening = { kind: "opens"; at: Date } | { kind: "lifted"; at: null } | { kind: "never" };

/**
 * When no rule that time clears stands in the way any more: probed at every quarter of an hour for 8 days, and at the end of each
 * freeze, however far. When only people's freezes without an end keep it shut, it opens when somebody lifts them.
 */
export function opensAt(known: Case, now: Date): Opening {
  const first = Math.floor(now.getTime() / stepMs) * stepMs + stepMs;
  const quarters = Array.from({ length: Math.floor(horizonMs / stepMs) }, (_, step) => first + step * stepMs);
  const ends = known.freezes
    .map((one) => one.untilMs)
    .filter((end) => Number.isFinite(end) && end > now.getTime());
  // After a freeze of weeks a window may still be shut: the days after its end are looked through as well.
  const latest = Math.max(0, ...ends);
  const after = latest > first + horizonMs ? quarters.map((at) => at - first + latest) : [];
  const moments = [...new Set([...quarters, ...ends, ...after])].sort((a, b) => a - b);
  // While it is frozen, the rule for that stands in every set: Cedar need not be asked.
  const opensWith = (freezes: CoveringFreeze[]) =>
    moments.find((at) => inForce(freezes, new Date(at)).length === 0 && isOpen(known, new Date(at)));
  const found = opensWith(known.freezes);
  if (found !== undefined) return { kind: "opens", at: new Date(found) };

  const ending = known.freezes.filter((one) => Number.isFinite(one.untilMs));
  const isLiftable = ending.length < known.freezes.length;
  return isLiftable && opensWith(ending) !== undefined ? { kind: "lifted", at: null } : { kind: "never" };
}

const isOpen = (known: Case, at: Date): boolean =>
  evaluate(known.set, "timed", requestAt({ ...known, freezes: [] }, at)).isAllowed;
