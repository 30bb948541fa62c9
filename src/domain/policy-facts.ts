import type {
  ChangeDigest,
  GroupName,
  LoopName,
  PersonId,
  RepositoryName,
  RunId,
  Sha,
  TestId,
} from "./ids.ts";

/**
 * Everything that a ruling is decided from, as plain JSON: it is kept with the ruling, and replaying it gives the same answer.
 * Computed from git's objects and the record, never from what an agent says. A fact that is missing or malformed denies.
 */
export type PolicyFacts =
  | (CommonFacts & { action: "propose" | "land"; change: ChangePolicyFacts })
  | (CommonFacts & {
      action: "deploy";
      environment: string;
      commit: Sha;
      /** Changed lines by path since what was deployed there last, as of a change: a zone's freeze holds back what goes out in it. */
      touched: { [path: string]: number };
    })
  | (CommonFacts & { action: "call"; tool: string });

export interface CommonFacts {
  loop: LoopPolicyFacts;
  repository: RepositoryName;
  /** Who approves in this repository. */
  approvers: GroupName;
  runId: RunId | null;
  /** The moment of the ruling, ISO 8601 in UTC. The engine derives the organisation's local time from it. */
  at: string;
  spend: SpendFacts;
  /** What of outside text the run has read: `issue`, `guest`, `log`. Empty when none. */
  taints: string[];
  /** Freezes and stops by people that are in force or yet to come; those standing in `org.yml` are known to the engine. */
  freezes: FreezeFact[];
  /** Approvals that count for this very action, each with the groups that the person is in at this moment. */
  approvals: ApprovalFact[];
}

export interface LoopPolicyFacts {
  name: LoopName;
  owner: PersonId;
  /** The kind of its maker. */
  kind: string;
  /** 0 (asks always) to 3 (lands what no other rule holds). */
  trust: number;
  attempts: number;
  attemptsMax: number;
  filesMax: number;
  linesMax: number;
}

/** Whole US cents, rounded up. */
export interface SpendFacts {
  spentCents: number;
  budgetCents: number;
}

export interface FreezeFact {
  /** A person's stop of everything, or a freeze: no automatic release lifts either. */
  kind: "freeze" | "stop";
  /** Null means everywhere. */
  zone: string | null;
  /** ISO 8601, UTC; null means until somebody lifts it. */
  until: string | null;
  by: PersonId;
  why: string;
}

export interface ApprovalFact {
  person: PersonId;
  groups: GroupName[];
}

/** What is known of a change against the target, by git's objects. Lists hold at most `listedMax` items; the counts are whole. */
export interface ChangePolicyFacts {
  digest: ChangeDigest;
  base: Sha;
  head: Sha;
  tree: Sha;
  /** Whether everything below was computed to its end: cut diffs and unreadable paths make it false, and that denies. */
  isComplete: boolean;
  files: number;
  lines: number;
  /** Every path that it touches, both of a rename, with the lines added and removed there. The zones follow from these. */
  touched: { [path: string]: number };
  binaryFiles: string[];
  generatedFiles: string[];
  /** Paths whose executable bit changed. */
  modeChanges: string[];
  symlinks: string[];
  submodules: string[];
  testsAdded: number;
  /** Tests of the target's report that are gone, skipped ones too, and not declared in the intent. */
  testsRemoved: TestId[];
  /** Test files that lose more assertions than they gain, and in which the intent declares no test. */
  weakenedTests: string[];
  /** `npm:left-pad`, `pypi:requests`, … by the manifests' own words, before and after. */
  newDependencies: string[];
  /** Imports that a changed file has and did not have before: which path imports which. The edges between zones follow. */
  newImports: { from: string; to: string }[];
  /** Changed files with an import that is computed when it runs. */
  dynamicImports: string[];
  /** Changed source files in a language whose imports are not read. */
  unparsed: string[];
  /** `src/a.ts:12 GitHub token`; never the secret. */
  secrets: string[];
  /** Whom CODEOWNERS names for the paths, as it writes them; `unowned` counts paths that it leaves to nobody. */
  owners: string[];
  /** The same, as `org.yml` knows them at this moment: a group, or a person. Owners that it does not know are left out. */
  knownOwners: { group: GroupName; person: PersonId | null }[];
  unowned: number;
  conflicts: ConflictFact[];
  /** Decisions that its intent cites. */
  cites: string[];
  /** Paths of it that others hold claims on, with the holder: `src/a.ts (loop tidy)`. */
  claimedByOthers: string[];
  /** Landings of other loops within the last day, by zone. */
  recentLandings: { [zone: string]: number };
}

export interface ConflictFact {
  id: string;
  kind: string;
  /** One that carries none counts as `hold`. */
  severity: "inform" | "warn" | "hold" | "stop";
  /** The other side in words: `tidy (0a1b2c3d)`. */
  with: string;
  /** The owner of the other side, when LoomStack knows its loop. */
  owner: PersonId | null;
  text: string;
  paths: string[];
}

export const unzoned = "unzoned";
export const listedMax = 200;
/** A change that touches more paths is not judged, and so denied. */
export const touchedMax = 10_000;

/** Every kind of conflict that a rule may speak of. */
export const conflictKinds = [
  "claim",
  "textual",
  "structural",
  "mechanical",
  "symbol",
  "dependency",
  "undo",
  "ping-pong",
  "test-intent",
  "version",
  "decision",
  "too-large",
] as const;
