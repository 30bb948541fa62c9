/** What `limits` and `stop` hold when a loop's file does not say, and the range that it may say. */
export const wholeLimits = {
  attempts: { byDefault: 3, min: 1, max: 20 },
  review_rounds: { byDefault: 3, min: 1, max: 20 },
  files: { byDefault: 200, min: 1, max: 10_000 },
  lines: { byDefault: 5_000, min: 1, max: 1_000_000 },
} as const;

export const durationLimits = {
  make: { byDefault: "15m", min: "1s", max: "6h" },
  check: { byDefault: "10m", min: "1s", max: "6h" },
  hold: { byDefault: "3d", min: "1m", max: "30d" },
} as const;

/** `deploy.within`: it stands beside its command, not under `limits`. */
export const deployLimit = { byDefault: "10m", min: "1s", max: "6h" } as const;
export const outputLimit = { byDefault: "10MB", min: "1KB", max: "200MB" } as const;
export const costLimit = { byDefault: 2, min: 0, max: 1_000 } as const;
/** Three runs at the default cost. */
export const findingCostLimit = { byDefault: 6, min: 0, max: 10_000 } as const;

export const stopLimits = {
  findings_per_tick: { byDefault: 5, min: 1, max: 100 },
  failures_in_row: { byDefault: 3, min: 1, max: 100 },
} as const;
export const dailyBudget = { min: 0, max: 100_000 } as const;
/** A run claims what its loop names; a longer list is better written as globs. */
export const claimLimits = { pathsMax: 50, resourcesMax: 20 } as const;
