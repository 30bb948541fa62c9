import type { Change } from "./change.ts";
import type { Conflict } from "./conflict.ts";
import type { TraceEvent } from "./event.ts";
import type { FindingState } from "./finding.ts";
import type { Hold } from "./hold.ts";
import type { LoopName, PersonId, RunId } from "./ids.ts";
import type { InboxItem } from "./inbox.ts";
import type { LoopState } from "./loop.ts";
import type { Doing, MemoryEntry } from "./memory.ts";
import type { Run } from "./run.ts";

/** What a command comes back with; every door renders it its own way. */
export type Answer =
  | { kind: "done"; text: string }
  | { kind: "refused"; reason: string }
  | { kind: "help"; lines: { usage: string; what: string }[]; note?: string }
  | { kind: "status"; overview: Overview }
  | { kind: "inbox"; items: InboxItem[] }
  | { kind: "digest"; digest: Digest }
  | { kind: "trace"; trace: Trace }
  | { kind: "why"; story: RunStory }
  | { kind: "who"; doing: Doing }
  | { kind: "state"; loop: LoopName; text: string }
  | { kind: "memory"; entries: MemoryEntry[]; isWhole: boolean }
  | { kind: "diff"; title: string; text: string; isCut: boolean };

/** One run with everything around it. */
export interface RunStory {
  run: Run;
  finding: FindingState;
  change?: Change;
  conflicts: Conflict[];
  holds: Hold[];
  events: TraceEvent[];
}

/** Which loop made this commit. `evidence` says how that is known. */
export type Trace =
  | { kind: "unknown"; what: string; searched: string[] }
  | {
      kind: "traced";
      evidence: string;
      sha: string;
      loop: LoopName;
      runId: RunId;
      finding: string;
      findingId: string;
      maker: string;
      checker: string;
      verdict: string;
      approvedBy: PersonId[];
      startedAt: Date;
      landedAt?: Date;
      intent: string;
      definition: string;
    };

export interface OverviewRun {
  run: Run;
  title: string;
  step: string;
}

/** One look at everything: what runs, what waits for whom, what landed today. */
export interface Overview {
  isPaused: boolean;
  pausedBy?: PersonId;
  loops: { state: LoopState; cadence: string; channel: string; owner: PersonId; nextTickAt?: Date }[];
  running: OverviewRun[];
  held: { hold: Hold; title: string; loop: LoopName }[];
  conflicts: Conflict[];
  landedToday: {
    sha: string;
    title: string;
    loop: LoopName;
    runId: RunId;
    approvedBy: PersonId[];
    at: Date;
  }[];
  inbox: InboxItem[];
  problems: string[];
}

export interface Digest {
  since: Date;
  until: Date;
  held: Overview["held"];
  inbox: InboxItem[];
  landed: Overview["landedToday"];
  gaveUp: { title: string; loop: LoopName; reason: string }[];
  rejected: { title: string; loop: LoopName; by: PersonId; note: string }[];
  conflicts: Conflict[];
  found: number;
}
