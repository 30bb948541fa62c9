import { expandGlobs } from "../coordination/expand-globs.ts";
import type { Change } from "../domain/change.ts";
import { changedPaths } from "../domain/change.ts";
import type { ClaimMode } from "../domain/claim.ts";
import {
  type Claim,
  type ClaimKey,
  endsWithRun,
  findingKey,
  holderName,
  pathKey,
  resourceKey,
} from "../domain/claim.ts";
import type { LineStep } from "../domain/run.ts";
import { type End, gaveUp, parked, stopped } from "./end.ts";
import type { OpenRun } from "./open-run.ts";

/**
 * A dead worker's run is another's after one lease, with its claims; nobody else gets those before. A held run keeps its claims until
 * it ends.
 */
const leasesToClaim = 2;

/** What a run holds: asked for again, at no newer epoch, in the transaction of every effect. */
export interface Held {
  kind: "claimed";
  keys: ClaimKey[];
  epoch: number;
}

/**
 * Takes the finding, and the paths and resources that the loop's file names, fenced and expiring, together with the run's share of
 * the day's budget, and says so in the loop's channel: one transaction. A paused loop parks instead; a stopped one gives it back.
 */
export async function claim(run: OpenRun): Promise<Held | End> {
  const halt = await whyHalted(run);
  if (halt !== null) return halt;
  const named = await namedKeys(run);
  if (named.kind === "refused") return gaveUp(`loop.yml, claims: ${named.reason}`, [], true);

  const finding = await take(run, [findingKey(run.run.findingId)], "exclusive");
  if (finding.kind === "taken") return stopped(`${wordsFor(finding.by)}`);
  const epoch = named.keys.length === 0 ? finding : await take(run, named.keys, run.loop.claims.mode);
  if (epoch.kind === "taken") return waitFor(run, epoch.by);

  if (!(await reserveBudget(run))) {
    const { budgetUsdPerDay } = run.loop.stop;
    return stopped(
      `today's budget of ${budgetUsdPerDay} USD does not hold another ${run.loop.limits.costUsdMax} USD; raise it in loop.yml or wait for tomorrow`,
    );
  }
  run.mark("claim", "done", named.keys.length === 0 ? "" : `${named.keys.length} paths and resources`);
  return {
    kind: "claimed",
    keys: [findingKey(run.run.findingId), ...named.keys],
    epoch: Math.max(finding.epoch, epoch.epoch),
  };
}

/** Shares the paths that the change touches, so that others see it; waits when somebody holds one of them alone. */
export async function claimPaths(run: OpenRun, held: Held, change: Change): Promise<Held | End> {
  const paths = changedPaths(change.files).map((path) => pathKey(run.repository.name, path));
  const keys = paths.filter((key) => !held.keys.includes(key));
  if (keys.length === 0) return held;
  const taken = await take(run, keys, "shared");
  if (taken.kind === "taken") return waitFor(run, taken.by);
  return { kind: "claimed", keys: [...held.keys, ...keys], epoch: Math.max(held.epoch, taken.epoch) };
}

export function take(run: OpenRun, keys: ClaimKey[], mode: ClaimMode) {
  return run.write(async (tx) => {
    const ttlMs = leasesToClaim * run.ports.leaseMs;
    const wish = { keys, mode, holder: run.holder, reason: run.finding.finding.title, ttlMs };
    const claimed = await tx.claim(wish);
    if (claimed.kind === "taken") {
      await tx.append(
        run.event("claim.refused", { keys: claimed.by.map((one) => one.key), by: wordsFor(claimed.by) }),
      );
      return claimed;
    }
    const isFirst = run.finding.fate !== "claimed" && run.finding.fate !== "held";
    if (keys[0] === findingKey(run.run.findingId) && isFirst) {
      await tx.setFate(run.run.findingId, "claimed", { runId: run.run.id });
      await tx.append(run.event("claim.acquired", { keys, epoch: claimed.epoch }));
    }
    return claimed;
  });
}

/** The run parks without a worker; whoever gives the claims back wakes it. */
function waitFor(run: OpenRun, by: Claim[]): End {
  run.mark("claim", "waiting", `for ${wordsFor(by)}`);
  return parked;
}

export function wordsFor(claims: Claim[]): string {
  const first = claims[0];
  if (first === undefined) return "another holder";
  const more = claims.length === 1 ? "" : ` and ${claims.length - 1} more`;
  return `${holderName(first.holder)} has ${first.key} ${endsWithRun(first) ? "while it waits for people" : `until ${first.expiresAt.toISOString()}`}: ${first.reason}${more}`;
}

async function namedKeys(
  run: OpenRun,
): Promise<{ kind: "keys"; keys: ClaimKey[] } | { kind: "refused"; reason: string }> {
  const { paths, resources } = run.loop.claims;
  const keys = resources.map(resourceKey);
  if (paths.length === 0) return { kind: "keys", keys };
  const { target } = await run.ports.code.fetch(run.repository);
  const files = await run.ports.code.list(run.repository.name, target, "");
  const expanded = expandGlobs(paths, files, run.finding.finding.paths);
  if (expanded.kind === "refused") return expanded;
  return {
    kind: "keys",
    keys: [...keys, ...expanded.paths.map((path) => pathKey(run.repository.name, path))],
  };
}

function reserveBudget(run: OpenRun): Promise<boolean> {
  const { budgetUsdPerDay } = run.loop.stop;
  if (budgetUsdPerDay === undefined) return Promise.resolve(true);
  const usd = run.loop.limits.costUsdMax;
  const wish = {
    loop: run.run.loop,
    runId: run.run.id,
    usd,
    usdPerDay: budgetUsdPerDay,
    now: run.ports.now(),
  };
  return run.write((tx) => tx.reserve(wish));
}

/** A person's word to pause or stop, as it stands now. */
export async function whyHalted(run: OpenRun, step: LineStep = "claim"): Promise<End | null> {
  const paused = await run.ports.record.isPaused();
  const state = (await run.ports.record.loopStates()).find((one) => one.loop === run.run.loop);
  if (paused !== null || state?.switch === "paused") {
    const { by = "LoomStack", why = "" } = paused ?? state ?? {};
    run.mark(step, "waiting", `paused by ${by}${why === "" ? "" : `: ${why}`}`);
    return parked;
  }
  const isHeldForPeople = run.finding.fate === "held";
  if (state?.switch === "stopped" && !isHeldForPeople)
    return stopped(`${state.by ?? "LoomStack"} stopped the loop`);
  return null;
}
