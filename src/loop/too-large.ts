import type { Change } from "../domain/change.ts";
import type { ChangeRecord } from "../domain/change-record.ts";
import type { Conflict } from "../domain/conflict.ts";
import { defaultSeverity } from "../domain/severity.ts";
import { conflictId } from "../trace/fingerprint.ts";
import type { OpenRun } from "./open-run.ts";

/** More than somebody writes or reads: what it does to others cannot be said, so people say whether it lands. */
const filesMax = 5000;

export function tooLarge(run: OpenRun, change: Change, record: ChangeRecord): Conflict[] {
  const count = record.files.length;
  if (count <= filesMax) return [];
  const { target, name } = run.repository;
  return [
    {
      id: conflictId("too-large", change.runId, name),
      kind: "too-large",
      severity: defaultSeverity["too-large"],
      left: { loop: change.loop, runId: change.runId, title: change.title, intent: change.intent.why },
      right: { title: `${name}/${target}`, intent: "Everything that is in flight and has landed there." },
      paths: [],
      evidence: [`It changes ${count} files; ${filesMax} is the most that is compared.`],
    },
  ];
}
