import type { HoldCard } from "../domain/card.ts";
import type { Change } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { FindingState } from "../domain/finding.ts";
import type { Hold } from "../domain/hold.ts";
import type { Organisation, Repository } from "../domain/organisation.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Ports, RecordTx } from "../ports.ts";

interface Parts {
  hold: Hold;
  finding: FindingState;
  change: Change;
  conflicts: Conflict[];
  verdict: string;
  repository: Repository;
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

/** Shows a hold as the record has it now: after an answer or its expiry, when no run is open. */
export async function sayHold(ports: Ports, tx: RecordTx, hold: Hold): Promise<void> {
  const story = await ports.record.story(hold.runId);
  const organisation = ports.definitions.organisation();
  const loop = ports.definitions.loops().find((one) => one.name === story?.run.loop);
  const repository = organisation.repositories.find((one) => one.name === hold.repository);
  if (story?.change === undefined || loop === undefined || repository === undefined) return;
  const stages = await ports.record.stages(hold.runId);
  const verdict = [...stages].findLast(([key]) => key.startsWith("check:"))?.[1] as Verdict | undefined;
  const card = makeHoldCard(organisation, {
    hold,
    finding: story.finding,
    change: story.change,
    conflicts: story.conflicts,
    verdict: verdict?.kind === "pass" ? verdict.remarks.join(" ") : "",
    repository,
  });
  await tx.say({ key: `hold:${hold.id}`, channel: loop.channel, card });
}
