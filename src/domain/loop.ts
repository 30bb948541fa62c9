import type { SourceKind } from "./finding.ts";
import type { ChannelName, LoopName, PersonId, RepositoryName } from "./ids.ts";

/** When a loop ticks. `words` is what the person wrote, for messages. */
export type Cadence =
  | { kind: "cron"; pattern: string; timezone: string; words: string }
  | { kind: "manual"; words: string };

export type LoopTrigger = "push" | "landed";

/** Runs in a checkout's root. Never a shell: `argv[0]` is a program. */
export interface CheckCommand {
  argv: string[];
  /** Ran once in a fresh checkout before `argv`, e.g. `npm ci`. */
  setup?: string[];
  /** Where the report appears, relative to the root; absent: LoomStack asks the test runner it recognises for one. */
  report?: string;
  /** Untracked paths of a person's own checkout, such as `node_modules`, that each checkout borrows: path → absolute source. */
  borrow: Record<string, string>;
  /** Whether the command may use the network. */
  network: boolean;
}

export type SourceSpec = { kind: Exclude<SourceKind, "commits"> } | { kind: "commits"; rules: CommitRule[] };
export type CommitRule = "conflict-markers" | "fixup" | "whitespace";

/** `bisect` is built in; `command` is any program that edits files in its working directory. */
export type MakerSpec =
  | { kind: "bisect" }
  | {
      kind: "command";
      argv: string[];
      stdin: "prompt" | "none";
      env: Record<string, string>;
      passEnv: string[];
      network: boolean;
    };

/** Runs once after a landing, in a fresh checkout of what landed and with the network. Never a shell. */
export interface DeploySpec {
  /** One of the organisation's environments. */
  to: string;
  argv: string[];
  env: Record<string, string>;
  passEnv: string[];
  wallMs: number;
}

/** Globs over the repository's paths, and named resources such as `env:staging`. */
export interface ClaimSpec {
  paths: string[];
  mode: "exclusive" | "shared";
  resources: string[];
}

export interface StopConditions {
  /** The loop stops when this command exits 0 in a checkout of the target. */
  goal?: string[];
  findingsPerTickMax: number;
  failuresInRowMax: number;
  until?: Date;
  budgetUsdPerDay?: number;
}

export interface LoopLimits {
  /** Runs on one finding that may end without landing before the loop gives it up. */
  attemptsMax: number;
  makeMs: number;
  checkMs: number;
  outputBytesMax: number;
  filesMax: number;
  linesMax: number;
  holdMs: number;
  costUsdMax: number;
  /** Of all runs on one finding together. */
  findingCostUsdMax: number;
  /** Changes on one finding that people may turn down before it is theirs. */
  reviewRoundsMax: number;
}

/** A standing assignment: a skill plus sources, cadence, maker, checker, stop conditions, budget, landing. */
export interface LoopDefinition {
  name: LoopName;
  description: string;
  /** The skill's instructions, Markdown. */
  instructions: string;
  /** Absolute; where `{skill}` in an argv points. */
  skillDir: string;
  /** sha256 of the files it was read from: which version of the loop made a change. */
  digest: string;
  owner: PersonId;
  repository: RepositoryName;
  cadence: Cadence;
  on: LoopTrigger[];
  sources: SourceSpec[];
  maker: MakerSpec;
  checker: { kind: "tests" };
  check: CheckCommand;
  /** What a run claims before it makes anything; the changed paths are claimed, shared, after it. */
  claims: ClaimSpec;
  /** Absent: what it lands is deployed by others, if at all. */
  deploy?: DeploySpec;
  channel: ChannelName;
  stop: StopConditions;
  limits: LoopLimits;
}

/** A person's word on a loop. A paused loop starts no runs and lands nothing; a stopped one also gets no ticks. */
export type LoopSwitch = "stopped" | "running" | "paused";

export interface LoopState {
  loop: LoopName;
  switch: LoopSwitch;
  /** Who set the switch, and why when it was not a person's command. */
  by?: PersonId;
  why?: string;
  failuresInRow: number;
  lastTickAt?: Date;
}
