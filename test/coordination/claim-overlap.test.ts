import { expect, it } from "vitest";
import { claimOverlaps } from "../../src/coordination/claim-overlap.ts";
import { type Claim, pathKey } from "../../src/domain/claim.ts";
import { changeOf, fileOf } from "./samples.ts";

const now = new Date("2026-03-04T12:00:00Z");
const change = changeOf([fileOf("src/a.ts", "1", "2")]);
const claim = (more: Partial<Claim> = {}): Claim => ({
  key: pathKey("shop", "src/a.ts"),
  mode: "exclusive",
  holder: { kind: "guest", guest: "session-1", person: "ben" },
  reason: "moves prices",
  epoch: 1,
  since: now,
  expiresAt: new Date("2026-03-04T13:00:00Z"),
  ...more,
});

it("a change of a path that somebody else holds alone is told to both", () => {
  expect(claimOverlaps(change, [claim()], now)).toMatchObject([
    {
      kind: "claim",
      severity: "inform",
      paths: ["src/a.ts"],
      evidence: ["src/a.ts: claimed by ben's session-1: moves prices"],
    },
  ]);
});

it("shared, lapsed, own and other claims are in nobody's way", () => {
  const own = { kind: "run", runId: "r-mine", loop: "triage" } as const;
  expect(claimOverlaps(change, [claim({ mode: "shared" })], now)).toEqual([]);
  expect(claimOverlaps(change, [claim({ expiresAt: now })], now)).toEqual([]);
  expect(claimOverlaps(change, [claim({ holder: own })], now)).toEqual([]);
  expect(claimOverlaps(change, [claim({ key: pathKey("shop", "b") })], now)).toEqual([]);
  expect(claimOverlaps(change, [claim({ holder: own }), claim({ mode: "shared" })], now)).toHaveLength(1);
});
