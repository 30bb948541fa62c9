import { isFragment, mechanicalFile } from "./mechanical.ts";
import { mergeManifest } from "./merge-manifest.ts";
import { type Ruled, type ThreeTexts, unionChangeLog } from "./union-change-log.ts";

/** A conflicted file at the merge base, on the target, and in the change; null where it is not there or is not text. */
export interface ConflictedFile {
  path: string;
  base: string | null;
  ours: string | null;
  theirs: string | null;
}

/**
 * `files` are what the rules make of change logs and manifests; `regenerate` are lock files, which only their own command can make.
 * The result is to be verified by the check command. `refused`: a textual conflict, for its owners.
 */
export type Resolution =
  | { kind: "resolved"; files: { path: string; text: string }[]; regenerate: string[] }
  | { kind: "refused"; path: string; because: string };

/** Resolves a mechanical conflict, or refuses it: all of its files or none. */
export function resolveMechanical(files: ConflictedFile[], canRegenerate: boolean): Resolution {
  const resolved: { path: string; text: string }[] = [];
  const regenerate: string[] = [];
  for (const file of files) {
    if (mechanicalFile(file.path) === "lock file" && canRegenerate) {
      regenerate.push(file.path);
      continue;
    }
    const ruled = ruleOn(file);
    if (ruled.kind === "refused") return { ...ruled, path: file.path };
    resolved.push({ path: file.path, text: ruled.text });
  }
  return { kind: "resolved", files: resolved, regenerate };
}

function ruleOn({ path, base, ours, theirs }: ConflictedFile): Ruled {
  const kind = mechanicalFile(path);
  const refused = (because: string): Ruled => ({ kind: "refused", because });
  if (kind === null) return refused("it is no change log, manifest or lock file");
  if (kind === "lock file") return refused("no command to make it anew is configured");
  if (base === null || ours === null || theirs === null) return refused("it is not a text on both sides");
  if (isFragment(path)) return refused("it holds one entry only");
  const texts: ThreeTexts = { base, ours, theirs };
  return kind === "change log" ? unionChangeLog(texts) : mergeManifest(path, texts);
}
