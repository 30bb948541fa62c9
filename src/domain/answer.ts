import type { Change } from "./change.ts";
import type { ClaimKey, Holder } from "./claim.ts";
import type { Conflict } from "./conflict.ts";
import type { TraceEvent } from "./event.ts";
import type { FindingState } from "./finding.ts";
import type { Frozen, Stop } from "./freeze.ts";
import type { Hold } from "./hold.ts";
import type { LoopName, PersonId, RunId } from "./ids.ts";
import type { InboxItem } from "./inbox.ts";
import type { LoopState } from "./loop.ts";
import type { Doing, MemoryEntry } from "./memory.ts";
import type { PolicyAction, Ruling } from "./ruling.ts";
import type { Run } from "./run.ts";
import type { RulingId } from "./stored-ruling.ts";

/** What a command comes back with; every door renders it its own way. */
export type Answer =
  | { kind: "done"; text: string }
  | { kind: "refused"; reason: string }
  | { kind: "help"; lines: { usage: string; what: string }[]; note?: string }
  | { kind: "status"; overview: Overview }
  | { kind: "inbox"; items: InboxItem[] }
  | { kind: "digest"; digest: Digest }
  | { kind: "trace"; trace: Trace }
  | { kind: "why"; story: RunStory; ruling: ExplainedRuling | null }
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

/** A kept ruling with the facts that say something, in words. */
export interface ExplainedRuling {
  id: RulingId;
  at: Date;
  action: PolicyAction;
  ruling: Ruling;
  approvals: PersonId[];
  facts: string[];
  /** What came of making it again from its kept facts. */
  replayed: string;
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
      /** What is known of its deployment, when its loop deploys. */
      deployment?: string;
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
  stop: Stop | null;
  freezes: Frozen[];
  loops: { state: LoopState; cadence: string; channel: string; owner: PersonId; nextTickAt?: Date }[];
  running: OverviewRun[];
  /** What each holder has claimed: how many keys, and the first of them. */
  claims: { holder: Holder; count: number; keys: ClaimKey[] }[];
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
  stop: Stop | null;
  freezes: Frozen[];
  held: Overview["held"];
  inbox: InboxItem[];
  landed: Overview["landedToday"];
  gaveUp: { title: string; loop: LoopName; reason: string }[];
  rejected: { title: string; loop: LoopName; by: PersonId; note: string }[];
  conflicts: Conflict[];
  found: number;
  deployed: number;
}
