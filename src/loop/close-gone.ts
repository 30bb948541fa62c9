import type { Finding } from "../domain/finding.ts";
import type { InboxItem } from "../domain/inbox.ts";
import type { LoopDefinition, SourceSpec } from "../domain/loop.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";
import { isByChance } from "./by-chance.ts";
import { findingsMax } from "./find.ts";

/**
 * What no source of the loop reports any more was settled by somebody else: it is closed, and so is its item in the inbox. A source
 * that could not see everything closes nothing.
 */
export async function closeGone(
  ports: Ports,
  tx: RecordTx,
  { loop, found, inbox }: { loop: LoopDefinition; found: Finding[]; inbox: InboxItem[] },
): Promise<void> {
  // That a test which fails by chance passes says nothing.
  const unsteady = inbox.filter((item) => isByChance(item.reason)).map((item) => item.findingId);
  for (const source of loop.sources) {
    if (!sawEverything(source, found)) continue;
    const seen = found.filter((one) => one.source === source.kind).map((one) => one.id);
    const gone = await tx.closeUnseen({
      loop: loop.name,
      repository: loop.repository,
      source: source.kind,
      seen: [...seen, ...unsteady],
    });
    for (const findingId of gone) {
      const about = { by: loop.name, loop: loop.name, findingId, repository: loop.repository };
      const because = "it is not seen any more";
      await tx.append({
        type: "finding.fate",
        at: ports.now(),
        ...about,
        data: { fate: "landed", because },
      });
      const settled = { how: "gone" as const, by: loop.name, at: ports.now() };
      const item = inbox.find((one) => one.findingId === findingId);
      if (!(await tx.settleInbox(findingId, settled)) || item === undefined) continue;
      await tx.say({
        key: `inbox:${findingId}:${item.runId}`,
        channel: loop.channel,
        card: { kind: "inbox", item: { ...item, settled }, people: [] },
      });
    }
  }
}

/**
 * A commit's findings are about what came since the last tick, so not seeing one again says nothing; nor does a check command that
 * did not tell of its tests, nor a list that was cut.
 */
function sawEverything({ kind }: SourceSpec, found: Finding[]): boolean {
  if (kind === "commits" || found.length >= findingsMax) return false;
  return kind !== "checks" || !found.some((one) => one.source === "checks" && one.test === undefined);
}
