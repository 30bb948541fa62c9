import type { HoldCard, Message } from "../domain/card.ts";
import type { Change } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { FindingState } from "../domain/finding.ts";
import { type Hold, needStates } from "../domain/hold.ts";
import type { RunId, Sha } from "../domain/ids.ts";
import type { Organisation } from "../domain/organisation.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Ports } from "../ports.ts";
import { seenBy } from "./same-pair.ts";

const conflictsMax = 20;

interface Parts {
  hold: Hold;
  finding: FindingState;
  change: Change;
  conflicts: Conflict[];
  verdict: string;
  weaker?: string[];
  landed?: Sha;
}

/** The card that asks for an answer, or shows it. Those whose approval is still missing are mentioned. */
export function makeHoldCard(organisation: Organisation, parts: Parts): HoldCard {
  const { hold, finding, change, conflicts, verdict, weaker = [], landed } = parts;
  return {
    kind: "hold",
    hold,
    holdId: hold.id,
    loop: change.loop,
    title: change.title,
    why: change.intent.why,
    evidence: finding.finding.evidence,
    files: change.files,
    verdict,
    conflicts,
    weaker,
    ...(landed === undefined ? {} : { landed }),
    people: [...new Set(needStates(organisation, hold).flatMap((one) => (one.isMet ? [] : one.may)))],
  };
}

export type HoldMessage = (hold: Hold, landed?: Sha) => Message;

/** How to show a hold as the record has it, when no run is open; null when what it is about is gone. Not inside a transaction. */
export async function holdMessage(ports: Ports, runId: RunId): Promise<HoldMessage | null> {
  const story = await ports.record.story(runId);
  const organisation = ports.definitions.organisation();
  const loop = ports.definitions.loops().find((one) => one.name === story?.run.loop);
  const repository = organisation.repositories.find((one) => one.name === story?.run.repository);
  if (story?.change === undefined || loop === undefined || repository === undefined) return null;
  const { change, finding } = story;
  const open = await ports.record.conflicts({ runId, state: "open", limit: conflictsMax });
  const conflicts = open.map((one) => seenBy(runId, one.conflict));
  const stages = await ports.record.stages(runId);
  const verdict = [...stages].findLast(([key]) => key.startsWith("check:"))?.[1] as Verdict | undefined;
  const remarks = verdict?.kind === "pass" ? verdict.remarks.join(" ") : "";
  return (hold, landed) => ({
    key: `hold:${hold.id}`,
    channel: loop.channel,
    card: makeHoldCard(organisation, {
      hold,
      finding,
      change,
      conflicts,
      verdict: remarks,
      ...(landed === undefined ? {} : { landed }),
    }),
  });
}
