import type { HoldCard, Message } from "../domain/card.ts";
import type { Change } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { FindingState } from "../domain/finding.ts";
import type { Hold } from "../domain/hold.ts";
import type { RunId } from "../domain/ids.ts";
import type { Organisation } from "../domain/organisation.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Ports } from "../ports.ts";

interface Parts {
  hold: Hold;
  finding: FindingState;
  change: Change;
  conflicts: Conflict[];
  verdict: string;
}

/** The card that asks for an answer, or shows it. Those who may answer are mentioned. */
export function makeHoldCard(organisation: Organisation, parts: Parts): HoldCard {
  const { hold, finding, change, conflicts, verdict } = parts;
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
    people: organisation.groups.find((group) => group.name === hold.group)?.members ?? [],
  };
}

/** How to show a hold as the record has it, when no run is open; null when what it is about is gone. Not inside a transaction. */
export async function holdMessage(ports: Ports, runId: RunId): Promise<((hold: Hold) => Message) | null> {
  const story = await ports.record.story(runId);
  const organisation = ports.definitions.organisation();
  const loop = ports.definitions.loops().find((one) => one.name === story?.run.loop);
  const repository = organisation.repositories.find((one) => one.name === story?.run.repository);
  if (story?.change === undefined || loop === undefined || repository === undefined) return null;
  const { change, conflicts, finding } = story;
  const stages = await ports.record.stages(runId);
  const verdict = [...stages].findLast(([key]) => key.startsWith("check:"))?.[1] as Verdict | undefined;
  const remarks = verdict?.kind === "pass" ? verdict.remarks.join(" ") : "";
  return (hold) => ({
    key: `hold:${hold.id}`,
    channel: loop.channel,
    card: makeHoldCard(organisation, { hold, finding, change, conflicts, verdict: remarks }),
  });
}
