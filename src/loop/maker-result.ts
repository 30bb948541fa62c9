import type { Intent } from "../domain/change.ts";
import type { Sha } from "../domain/ids.ts";
import type { NewCommit } from "../ports/code.ts";
import { commitMessage } from "../trace/trailers.ts";
import type { OpenRun } from "./open-run.ts";

/** What a maker came to: a commit on `base`, or a clear word that it could not. */
export type MakerResult =
  | { kind: "made"; head: Sha; title: string; intent: Intent; tried: string[]; lessons?: string[] }
  | { kind: "gave-up"; reason: string; tried: string[]; isFailure: boolean };

export const branchOf = (run: OpenRun): string => `loom/${run.run.loop}/${run.run.id}`;

/** A commit by this run, with its trailers. */
export function commitBy(run: OpenRun, title: string, intent: Intent): NewCommit {
  const { id: runId, loop } = run.run;
  return {
    message: commitMessage({ title, intent, runId, loop }, run.run.findingId, null),
    author: { name: `loom/${loop}`, email: run.ports.definitions.organisation().commitEmail },
    at: run.ports.now(),
  };
}
