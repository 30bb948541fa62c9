import type { FindingId, LoopName, RepositoryName, RunId } from "./ids.ts";

export type EventType =
  | "loop.started"
  | "loop.stopped"
  | "loop.paused"
  | "loop.resumed"
  | "loop.ticked"
  | "loop.refused"
  | "everything.paused"
  | "everything.resumed"
  | "freeze.begun"
  | "freeze.lifted"
  | "finding.seen"
  | "finding.reopened"
  | "finding.fate"
  | "run.opened"
  | "run.taken-over"
  | "run.failed"
  | "run.ended"
  | "claim.acquired"
  | "claim.refused"
  | "claim.released"
  | "claim.lapsed"
  | "claim.asked"
  | "memory.kept"
  | "memory.recalled"
  | "memory.ended"
  | "stage.kept"
  | "change.made"
  | "change.pushed-over"
  | "change.landed"
  | "change.landed-differs"
  | "deploy.waiting"
  | "deploy.started"
  | "deploy.done"
  | "deploy.failed"
  | "deploy.skipped"
  | "verdict.given"
  | "conflict.found"
  | "conflict.stepped"
  | "conflict.settled"
  | "conflict.over"
  | "change.compared"
  | "change.resolved"
  | "contract.noted"
  | "ruling.made"
  | "hold.asked"
  | "hold.answered"
  | "hold.reopened"
  | "hold.voided"
  | "hold.expired"
  | "answer.refused"
  | "approval.refused"
  | "inbox.added"
  | "inbox.settled"
  | "digest.sent"
  | "definitions.refused";

/** One entry of the trace, the only history. `data` is small JSON without secrets. */
export interface TraceEvent {
  type: EventType;
  at: Date;
  loop?: LoopName;
  runId?: RunId;
  findingId?: FindingId;
  repository?: RepositoryName;
  /** A person, a loop, or `loomstack` itself. */
  by: string;
  data: { [key: string]: Json };
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
