import type { RunId } from "../domain/ids.ts";
import type { CheckCommand, DeploySpec, MakerSpec } from "../domain/loop.ts";
import type { TestReport } from "../domain/test-report.ts";
import type { Checkout } from "./code.ts";

/** Runs one program in a checkout, confined as far as this machine allows. Never a shell. */
export type RunProgram = (program: Program, signal: AbortSignal) => Promise<Ended>;

export interface Program {
  argv: string[];
  cwd: string;
  /** The whole environment besides PATH and HOME. */
  env: { [name: string]: string };
  stdin?: string;
  wallMs: number;
  outputBytesMax: number;
  network: boolean;
  /** Absolute paths outside `cwd` that it may read, and write. */
  readable: string[];
  writable: string[];
}

/** `output` is stdout and stderr as they came, its middle cut when longer than `outputBytesMax`. */
export type Ended =
  | { kind: "exited"; exit: number; output: string; isCut: boolean; ms: number }
  | { kind: "signalled"; signal: string; output: string; isCut: boolean; ms: number }
  | { kind: "timed-out"; output: string; isCut: boolean; ms: number }
  | { kind: "stopped"; output: string }
  | { kind: "not-started"; reason: string };

export type Checked =
  | { kind: "ran"; report: TestReport; ms: number }
  | { kind: "could-not-run"; reason: string; outputTail: string };

export interface Checks {
  /** Runs the check command and reads its report. Never throws for anything the command does: it hangs, floods, or does not start. */
  run(
    checkout: Checkout,
    command: CheckCommand,
    limits: { wallMs: number; outputBytesMax: number },
    signal: AbortSignal,
  ): Promise<Checked>;
  /** Names the command, its setup and its report: results are kept under it. */
  digest(command: CheckCommand): string;
}

export interface Makers {
  /** Runs a command maker in its checkout. What it changed is asked from git, never from it. */
  run(
    maker: Extract<MakerSpec, { kind: "command" }>,
    job: {
      checkout: Checkout;
      prompt: string;
      skillDir: string;
      runId: RunId;
      wallMs: number;
      outputBytesMax: number;
    },
    signal: AbortSignal,
  ): Promise<Ended>;
}

export interface Deploys {
  /**
   * Runs a deployment's command in a fresh checkout of what landed, with the network. `key` goes to the command: it names this
   * deployment, not this try. Whether it is run again is the caller's to decide; it never throws for anything the command does.
   */
  run(
    spec: DeploySpec,
    job: { checkout: Checkout; key: string; runId: RunId; outputBytesMax: number },
    signal: AbortSignal,
  ): Promise<Ended>;
}
