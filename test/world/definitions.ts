import type { LoopDefinition } from "../../src/domain/loop.ts";
import type { Organisation } from "../../src/domain/organisation.ts";
import { withBuiltIn } from "../../src/domain/zones.ts";
import { shippedRules } from "./shipped-rules.ts";

/** Ada and Ben lead, Cy may look, Dan writes code and approves nothing. */
export const organisationOf = (remote: string): Organisation => ({
  name: "Shop",
  timezone: "Europe/Berlin",
  repositories: [{ name: "shop", remote, target: "main", approvers: "leads" }],
  people: [
    { id: "ada", name: "Ada", emails: ["ada@example.org"] },
    { id: "ben", name: "Ben", emails: ["ben@example.org"] },
    { id: "cy", name: "Cy", emails: ["cy@example.org"] },
    { id: "dan", name: "Dan", emails: ["dan@example.org"] },
  ],
  groups: [
    { name: "leads", members: ["ada", "ben"] },
    { name: "everyone", members: ["ada", "ben", "cy", "dan"] },
  ],
  may: { start: ["leads"], pause: ["everyone"], settle: ["leads"] },
  breakGlass: null,
  trustedLoops: [],
  trust: {},
  zones: withBuiltIn([]),
  environments: ["staging", "production"],
  tools: [],
  freezes: [],
  budgets: { runUsdMax: 100 },
  rules: shippedRules(),
  digest: { cadence: { kind: "manual", words: "never" }, channel: "loops" },
  commitEmail: "loom@example.org",
});

export type LoopWish = Partial<Omit<LoopDefinition, "stop" | "limits">> & {
  stop?: Partial<LoopDefinition["stop"]>;
  limits?: Partial<LoopDefinition["limits"]>;
};

/** A loop that looks at failing tests and mends them with `bisect`, unless it is wished otherwise. */
export const loopOf = ({ stop, limits, ...wish }: LoopWish = {}): LoopDefinition => ({
  name: "triage",
  description: "Mends what is broken.",
  instructions: "Mend the finding.",
  skillDir: "/nonexistent/skills/triage",
  digest: "definition-1",
  owner: "ada",
  repository: "shop",
  cadence: { kind: "manual", words: "when asked" },
  on: [],
  sources: [{ kind: "checks" }, { kind: "issues" }],
  maker: { kind: "bisect" },
  checker: { kind: "tests" },
  check: { argv: ["node", "check.mjs"], report: "report.json", borrow: {}, network: false },
  claims: { paths: [], mode: "shared", resources: [] },
  channel: "loops",
  stop: { findingsPerTickMax: 10, failuresInRowMax: 3, ...stop },
  limits: {
    attemptsMax: 3,
    makeMs: 20_000,
    checkMs: 20_000,
    outputBytesMax: 100_000,
    filesMax: 20,
    linesMax: 500,
    holdMs: 3 * 24 * 60 * 60 * 1000,
    costUsdMax: 1,
    findingCostUsdMax: 6,
    reviewRoundsMax: 3,
    ...limits,
  },
  ...wish,
});

/** The maker of a loop whose program is a function of the world. */
export const commandMaker: LoopDefinition["maker"] = {
  kind: "command",
  argv: ["a-maker"],
  stdin: "prompt",
  env: {},
  passEnv: [],
  network: false,
};
