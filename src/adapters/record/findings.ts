import { and, asc, eq, type InferSelectModel, inArray } from "drizzle-orm";
import type { Evidence, Fate, Finding, FindingNote, FindingState } from "../../domain/finding.ts";
import type { FindingId, LoopName, RepositoryName } from "../../domain/ids.ts";
import type { RecordTx } from "../../ports/record-tx.ts";
import { type Database, known } from "./database.ts";
import { findings } from "./schema.ts";

const evidenceMax = 10;
const detailCharactersMax = 4000;
const notesMax = 20;
const noteCharactersMax = 2000;

export async function readFinding(db: Database, id: FindingId): Promise<FindingState | null> {
  const [row] = await db.select().from(findings).where(eq(findings.id, id));
  return row ? stateOf(row) : null;
}

/** The oldest first, so that no finding waits for ever behind newer ones. */
export async function readFindings(
  db: Database,
  query: { loop?: LoopName; repository?: RepositoryName; fate?: Fate; limit: number },
): Promise<FindingState[]> {
  const rows = await db
    .select()
    .from(findings)
    .where(
      and(
        query.loop === undefined ? undefined : eq(findings.loop, query.loop),
        query.repository === undefined ? undefined : eq(findings.repository, query.repository),
        query.fate === undefined ? undefined : eq(findings.fate, query.fate),
      ),
    )
    .orderBy(asc(findings.firstSeenAt), asc(findings.id))
    .limit(query.limit);
  return rows.map(stateOf);
}

export async function seeFinding(
  tx: Database,
  finding: Finding,
  loop: LoopName,
  at: Date,
): ReturnType<RecordTx["seeFinding"]> {
  const fresh = { ...finding, evidence: mergedEvidence(finding.evidence, []) };
  const [created] = await tx
    .insert(findings)
    .values({
      id: finding.id,
      loop,
      repository: finding.repository,
      source: finding.source,
      title: finding.title,
      finding: fresh,
      notes: [],
      firstSeenAt: at,
      lastSeenAt: at,
    })
    .onConflictDoNothing({ target: findings.id })
    .returning();
  if (created) return { news: "new", state: stateOf(created) };

  const kept = await lockedFinding(tx, finding.id, "keeping that it was seen again");
  const isReopened = kept.fate === "landed" && kept.finding.seenAt !== finding.seenAt;
  const [seen] = await tx
    .update(findings)
    .set({
      title: finding.title,
      finding: { ...fresh, evidence: mergedEvidence(finding.evidence, kept.finding.evidence) },
      lastSeenAt: at,
      ...(isReopened ? { fate: "open" as const, attempts: 0 } : {}),
    })
    .where(eq(findings.id, finding.id))
    .returning();
  if (!seen) throw new Error(`finding ${finding.id} went away while it was locked`);
  return { news: isReopened ? "reopened" : "again", state: stateOf(seen) };
}

export async function addNote(tx: Database, id: FindingId, note: FindingNote): Promise<boolean> {
  const kept = await lockedFinding(tx, id, "noting something for its next run");
  if (kept.notes.some((one) => one.by === note.by && one.text === note.text)) return false;
  await tx
    .update(findings)
    .set({ notes: withNote(kept.notes, note) })
    .where(eq(findings.id, id));
  return true;
}

export async function setFate(
  tx: Database,
  id: FindingId,
  fate: Fate,
  change: Parameters<RecordTx["setFate"]>[2] = {},
): Promise<void> {
  const kept = await lockedFinding(tx, id, `setting its fate to ${fate}`);
  await tx
    .update(findings)
    .set({
      fate,
      attempts: (change.attempts ?? kept.attempts) + (change.attempt ? 1 : 0),
      notes: change.note ? withNote(kept.notes, change.note) : kept.notes,
      ...(change.runId === undefined ? {} : { runId: change.runId }),
    })
    .where(eq(findings.id, id));
}

/** Nobody works on it, and people did not say what they think of it. */
const isUnsettled = inArray(findings.fate, ["open", "gave-up"]);

export async function closeUnseen(
  tx: Database,
  query: Parameters<RecordTx["closeUnseen"]>[0],
): Promise<FindingId[]> {
  const seen = new Set(query.seen);
  const open = await tx
    .select({ id: findings.id })
    .from(findings)
    .where(
      and(
        eq(findings.loop, query.loop),
        eq(findings.repository, query.repository),
        eq(findings.source, query.source),
        isUnsettled,
      ),
    )
    .orderBy(asc(findings.id));
  const gone = open.map((row) => row.id).filter((id) => !seen.has(id));
  if (gone.length === 0) return [];
  // Locked in the order of their ids, and asked again: a run may have claimed one since.
  const rows = await tx
    .select({ id: findings.id, notes: findings.notes })
    .from(findings)
    .where(and(inArray(findings.id, gone), isUnsettled))
    .orderBy(asc(findings.id))
    .for("no key update");
  const note = {
    at: new Date(),
    by: query.loop,
    text: "Its source no longer reports it: somebody else settled it.",
  };
  for (const row of rows)
    await tx
      .update(findings)
      .set({ fate: "landed", notes: withNote(row.notes, note) })
      .where(eq(findings.id, row.id));
  return rows.map((row) => row.id);
}

async function lockedFinding(tx: Database, id: FindingId, action: string) {
  const [row] = await tx.select().from(findings).where(eq(findings.id, id)).for("no key update");
  if (!row) throw new Error(`finding ${id}: ${action}: no such finding is kept; see it first`);
  return row;
}

const stateOf = (row: InferSelectModel<typeof findings>): FindingState => ({
  finding: row.finding,
  loop: row.loop,
  fate: row.fate,
  attempts: row.attempts,
  notes: row.notes,
  firstSeenAt: row.firstSeenAt,
  lastSeenAt: row.lastSeenAt,
  ...known({ runId: row.runId }),
});

/** The newest word of each source about each place. */
function mergedEvidence(newest: Evidence[], older: Evidence[]): Evidence[] {
  const byPlace = new Map<string, Evidence>();
  for (const evidence of [...newest, ...older]) {
    const place = `${evidence.source}\n${evidence.where}`;
    if (byPlace.size === evidenceMax) break;
    if (!byPlace.has(place))
      byPlace.set(place, { ...evidence, detail: cut(evidence.detail, detailCharactersMax) });
  }
  return [...byPlace.values()];
}

const withNote = (notes: FindingNote[], note: FindingNote): FindingNote[] =>
  [...notes, { ...note, text: cut(note.text, noteCharactersMax) }].slice(-notesMax);

const cut = (text: string, charactersMax: number): string =>
  text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1)}…`;
