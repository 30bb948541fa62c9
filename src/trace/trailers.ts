import type { Change } from "../domain/change.ts";
import type { PersonId } from "../domain/ids.ts";

/**
 * The message of a commit that LoomStack writes. The trailers are its last paragraph, where git's own parser looks;
 * they help people to find the run, and are never evidence by themselves.
 */
export function commitMessage(
  change: Pick<Change, "title" | "intent" | "runId" | "loop">,
  findingId: string,
  landing: { approvedBy: PersonId[]; override?: { note: string } } | null,
): string {
  const trailers = [
    `Loom-Run: ${change.runId}`,
    `Loom-Loop: ${change.loop}`,
    `Loom-Finding: ${findingId}`,
    `Loom-Intent: ${oneLine(change.intent.why, 500)}`,
    ...approvals(landing),
  ];
  const subject = landing === null ? change.title : `Land ${change.loop}: ${change.title}`;
  return `${oneLine(subject, 120)}\n\n${change.intent.why.slice(0, 2000)}\n\n${trailers.join("\n")}\n`;
}

/** One line of at most `max` characters: a line break in a title would end the subject or forge a trailer. */
export function oneLine(text: string, max: number): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}

function approvals(landing: Parameters<typeof commitMessage>[2]): string[] {
  if (landing === null) return [];
  const { approvedBy, override } = landing;
  const how = override === undefined ? "" : " (override)";
  return [
    ...approvedBy.map((person) => `Loom-Approved-By: ${person}${how}`),
    ...(override === undefined ? [] : [`Loom-Override: ${oneLine(override.note, 500)}`]),
  ];
}
