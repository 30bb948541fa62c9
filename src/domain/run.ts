import type { FindingId, LoopName, PersonId, RepositoryName, RunId, Sha } from "./ids.ts";

/** `held` waits for a person and holds no worker, lock or job. */
export type RunStatus = "ready" | "running" | "held" | "ended";

/** One pass of one loop over one finding. */
export interface Run {
  id: RunId;
  loop: LoopName;
  findingId: FindingId;
  repository: RepositoryName;
  status: RunStatus;
  /** Passes that threw: bugs and infrastructure, not the finding's fault. */
  failures: number;
  startedAt: Date;
  endedAt?: Date;
  outcome?: Outcome;
  costUsd: number;
}

/** How a run ended. All of these are expected ends. */
export type Outcome =
  | { kind: "landed"; sha: Sha; approvedBy: PersonId[]; deployment?: Deployment }
  | { kind: "rejected"; by: PersonId; note: string }
  | { kind: "gave-up"; reason: string; tried: string[] }
  | { kind: "stopped"; reason: string };

/** What became of the deployment that the loop's file asks for, after a landing. */
export type Deployment =
  | { kind: "deployed"; to: string }
  /** What a person must look at goes to the inbox. */
  | { kind: "not-deployed"; to: string; reason: string; isForPeople: boolean };

/** The steps of the line, as people see them on a run's card. */
export const lineSteps = ["claim", "make", "check", "compare", "decide", "hold", "land", "deploy"] as const;
export type LineStep = (typeof lineSteps)[number];
