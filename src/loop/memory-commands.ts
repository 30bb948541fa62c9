import type { Answer } from "../domain/answer.ts";
import type { Command } from "../domain/command.ts";
import type { PersonId } from "../domain/ids.ts";
import { makeEntry } from "../memory/entries.ts";
import { memoryLimits } from "../memory/limits.ts";
import type { Ports } from "../ports.ts";
import { repositoryMeant } from "./repository-meant.ts";

const listedMax = 30;

/** A person's decision, remembered for every loop; it may end an older one. */
export async function decideByWord(
  ports: Ports,
  by: PersonId,
  command: Extract<Command, { kind: "decide" }>,
): Promise<Answer> {
  const older = command.supersedes === undefined ? null : await ports.record.entry(command.supersedes);
  if (command.supersedes !== undefined && older?.state !== "active") {
    return {
      kind: "refused",
      reason: `There is no active decision ${command.supersedes.slice(0, 20)} to supersede; \`memory list\` shows them.`,
    };
  }
  const meant = await repositoryMeant(ports, command, older);
  if (meant.kind === "refused") return meant;
  const { repository } = meant;
  const at = ports.now();
  const made = makeEntry({
    kind: "decision",
    statement: command.statement,
    reason: command.reason,
    scope: {
      repository,
      paths: command.paths.length > 0 ? command.paths : (older?.scope.paths ?? []),
      symbols: [],
      tests: [],
    },
    author: by,
    source: { kind: "message", ref: command.source ?? `${by} at ${at.toISOString()}` },
    at,
  });
  if (made.kind === "refused") return { kind: "refused", reason: `Not kept: ${made.reason}.` };
  const kept = await ports.record.transact(async (tx) => {
    const result = await tx.remember(made.entry, memoryLimits, older?.id);
    if (result.kind !== "refused") {
      const { id, statement } = result.kind === "kept" ? result.entry : result.into;
      await tx.append({
        type: "memory.kept",
        at,
        by,
        repository,
        data: { entry: id, statement, supersedes: older?.id ?? "" },
      });
    }
    return result;
  });
  if (kept.kind === "refused") return { kind: "refused", reason: `Not kept: ${kept.reason}.` };
  const entry = kept.kind === "kept" ? kept.entry : kept.into;
  const where = entry.scope.paths.length === 0 ? `all of ${repository}` : entry.scope.paths.join(", ");
  const how =
    kept.kind === "merged" ? `It says what ${entry.id} says already.` : `Kept as ${entry.id}, for ${where}.`;
  return { kind: "done", text: `${how} Every loop reads it before it works there.` };
}

export async function showMemory(ports: Ports, what: string): Promise<Answer> {
  if (what === "") {
    const entries = await ports.record.entries({ state: "active", limit: listedMax + 1 });
    return { kind: "memory", entries: entries.slice(0, listedMax), isWhole: entries.length <= listedMax };
  }
  const entry = await ports.record.entry(what);
  if (entry === null)
    return {
      kind: "refused",
      reason: `Memory has no "${what.slice(0, 40)}"; \`memory list\` shows the ids.`,
    };
  return { kind: "memory", entries: [entry], isWhole: true };
}

export async function forgetEntry(ports: Ports, by: PersonId, id: string): Promise<Answer> {
  const isEnded = await ports.record.transact(async (tx) => {
    const ended = await tx.endEntry(id, "withdrawn");
    if (ended)
      await tx.append({
        type: "memory.ended",
        at: ports.now(),
        by,
        data: { entries: [id], because: "withdrawn" },
      });
    return ended;
  });
  if (!isEnded)
    return {
      kind: "refused",
      reason: `Memory has no active "${id.slice(0, 40)}"; \`memory list\` shows the ids.`,
    };
  return { kind: "done", text: `${id} is withdrawn; no loop reads it any more. The trace keeps it.` };
}
