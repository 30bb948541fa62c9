import { createHash } from "node:crypto";
import type { ChangeDigest, FindingId } from "../domain/ids.ts";

const sha256 = (parts: string[]): string => createHash("sha256").update(parts.join("\0")).digest("hex");

/** The id of a finding: the same for the same problem, wherever its lines have moved to. */
export const findingId = (repository: string, rule: string, subject: string, message = ""): FindingId =>
  `f-${sha256([repository, rule, subject, normalise(message)]).slice(0, 12)}`;

/** What a hold is bound to: the change itself and the exact effect that merging it has on the target. */
export const holdDigest = (change: ChangeDigest, effect: string): ChangeDigest => sha256([change, effect]);

/** What a hold on a deployment is bound to: the commit, the place, the command, and which try it would be. */
export const deployDigest = (commit: string, to: string, argv: string[], tries: number): ChangeDigest =>
  sha256(["deploy", commit, to, JSON.stringify(argv), String(tries)]);

/** The same whenever the same two sides meet in the same way. */
export const conflictId = (kind: string, left: string, right: string): string =>
  `c-${sha256([kind, left, right]).slice(0, 12)}`;

/** What differs from run to run without being another problem: times, durations, addresses, ids, line positions. */
function normalise(message: string): string {
  return message
    .slice(0, 2000)
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?/g, "<time>")
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<uuid>")
    .replace(/\b0x[0-9a-f]+\b/gi, "<address>")
    .replace(/\b\d+(\.\d+)? ?(ms|s|sec|seconds|milliseconds)\b/g, "<duration>")
    .replace(/:\d+:\d+\b|(?<=\.[a-z]{1,5}):\d+\b/gi, ":<line>")
    .replace(/\bline \d+/gi, "line <line>")
    .replace(/(\blocalhost|\b\d+\.\d+\.\d+\.\d+|::1\]?):\d+\b/g, "$1:<port>")
    .replace(/\s+/g, " ")
    .trim();
}
