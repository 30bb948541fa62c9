import type { Sha } from "../domain/ids.ts";
import type { LoopDefinition } from "../domain/loop.ts";
import { adrFolders, parseAdr } from "../memory/adr.ts";
import { makeEntry } from "../memory/entries.ts";
import { memoryLimits } from "../memory/limits.ts";
import type { Ports } from "../ports.ts";

const recordsMax = 200;
const bytesMax = 64_000;

/** The repository's accepted decision records, as decisions; the same record is kept once, a new wording supersedes the old one. */
export async function learnDecisions(ports: Ports, loop: LoopDefinition, target: Sha): Promise<void> {
  const known = await ports.record.entries({
    repository: loop.repository,
    kind: "decision",
    state: "active",
    limit: 1000,
  });
  for (const folder of adrFolders) {
    const paths = (await ports.code.list(loop.repository, target, folder)).filter((path) =>
      path.endsWith(".md"),
    );
    for (const path of paths.slice(0, recordsMax)) {
      const text = await ports.code.read(loop.repository, target, path, bytesMax);
      const adr = text === null ? null : parseAdr(text);
      const older = known.find((entry) => entry.source.kind === "adr" && entry.source.ref === path);
      if (adr === null || older?.statement === adr.title) continue;
      const made = makeEntry({
        kind: "decision",
        statement: adr.title,
        reason: adr.reason,
        scope: { repository: loop.repository, paths: adr.paths, symbols: [], tests: [] },
        author: loop.name,
        source: { kind: "adr", ref: path },
        at: ports.now(),
      });
      if (made.kind === "refused") {
        ports.log("warn", `${loop.repository}: ${path} is not remembered: ${made.reason}`);
        continue;
      }
      await ports.record.transact(async (tx) => {
        const kept = await tx.remember(made.entry, memoryLimits, older?.id);
        const data =
          kept.kind === "refused" ? { refused: kept.reason, path } : { entry: made.entry.id, path };
        await tx.append({
          type: "memory.kept",
          at: ports.now(),
          by: loop.name,
          repository: loop.repository,
          data,
        });
      });
    }
  }
}
