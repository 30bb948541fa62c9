import type { FindingId, LoopName, RunId } from "./ids.ts";

/** What the loops could not settle and a person must look at. One open item a finding. */
export interface InboxItem {
  findingId: FindingId;
  loop: LoopName;
  runId: RunId;
  title: string;
  /** Why it is here, in a sentence. */
  reason: string;
  tried: string[];
  since: Date;
  /** `gone`: its source does not report it any more. */
  settled?: { how: "retried" | "ignored" | "taken" | "landed" | "gone"; by: string; at: Date };
}
