import type { Finding } from "../domain/finding.ts";

/**
 * What of text from outside a run has read, by its finding. An issue is anybody's words. What a check printed and what commits say
 * comes from the repository itself, whose writers are trusted. A run never loses a taint: its finding stays what it is.
 */
export function taintsOf(finding: Pick<Finding, "source" | "evidence">): string[] {
  const sources = [finding.source, ...finding.evidence.map((one) => one.source)];
  return sources.includes("issues") ? ["issue"] : [];
}
