import type { Digest } from "./answer.ts";
import type { ChangedFile } from "./change.ts";
import type { Conflict, ConflictState, Settlement } from "./conflict.ts";
import type { Evidence } from "./finding.ts";
import type { Hold } from "./hold.ts";
import type { ChannelName, FindingId, HoldId, LoopName, PersonId, RunId, Sha } from "./ids.ts";
import type { InboxItem } from "./inbox.ts";
import type { LineStep, Outcome } from "./run.ts";

/** A message that LoomStack keeps true: written again under the same key, it is updated in place. */
export interface Message {
  /** E.g. `run:r-1`, `hold:h-2`. One Slack message a key, for ever. */
  key: string;
  channel: ChannelName;
  /** The key of the message that this one answers in a thread. */
  threadOf?: string;
  card: Card;
}

/** What a message shows; wording and layout are the chat adapter's. Every text in it is untrusted. */
export type Card =
  | { kind: "notice"; tone: "info" | "good" | "warning"; text: string; people: PersonId[] }
  | RunCard
  | HoldCard
  | ConflictCard
  | { kind: "inbox"; item: InboxItem; people: PersonId[] }
  | { kind: "digest"; digest: Digest };

export interface CardStep {
  step: LineStep;
  state: "done" | "now" | "waiting" | "stopped";
  note: string;
}

export interface RunCard {
  kind: "run";
  runId: RunId;
  loop: LoopName;
  findingId: FindingId;
  title: string;
  repository: string;
  steps: CardStep[];
  outcome?: Outcome;
  startedAt: Date;
  endedAt?: Date;
}

/** With buttons while it is open and keeps a change from landing; after that, with what became of it. */
export interface ConflictCard {
  kind: "conflict";
  conflict: Conflict;
  people: PersonId[];
  note: string;
  /** Absent on cards of older versions, which had no buttons. */
  state?: ConflictState["state"];
  steps?: ConflictState["steps"];
  answer?: Settlement;
}

export interface HoldCard {
  kind: "hold";
  hold: Hold;
  holdId: HoldId;
  loop: LoopName;
  title: string;
  why: string;
  evidence: Evidence[];
  files: ChangedFile[];
  verdict: string;
  conflicts: Conflict[];
  /** What could not be compared, each a sentence. */
  weaker?: string[];
  /** The commit that landed it, once it has. */
  landed?: Sha;
  people: PersonId[];
}
