import type { Sha } from "../../domain/ids.ts";
import type { MainlineStep } from "../../ports/history.ts";
import { asTheyAre } from "./change-record.ts";
import { askGit, type Mirror, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { pathText, type RawPath } from "./path-text.ts";
import { isRawRecord, readRawRecord } from "./raw-diff.ts";
import { streamGit } from "./run-git.ts";

const walkArgs = ["--ignore-missing", "--stdin", "--first-parent", "--topo-order", "--reverse"];
const logArgs = [
  ...["log", ...walkArgs, "--diff-merges=first-parent", "-r", "--raw", "-z", "-l1000", "--no-abbrev"],
  ...["--diff-filter=ADR", "--format=tformat:commit %H", "--no-color"],
];

/**
 * The first-parent line to `heads`, oldest first, beginning behind what all of `bases` have in common: what appears, vanishes and
 * moves at each commit. Where a file cannot be read, only files that move unchanged are known to have moved.
 */
export async function* mainline(
  mirror: Mirror,
  wish: { heads: Sha[]; bases: Sha[] },
): AsyncGenerator<MainlineStep, void> {
  const start = await commonBase(mirror, wish.bases);
  const names = [...wish.heads.map(fullName), ...(start === null ? [] : [`^${start}`])];
  const input = names.map((name) => `${name}\n`).join("");
  const listed = await askGit(mirror, "listing the target's commits", ["rev-list", ...walkArgs], {
    input,
    env: asTheyAre,
  });
  const shas = listed.toString("latin1").split("\n").slice(0, -1);
  let next = 0;
  for (const renames of ["-M", "-M100%"]) {
    const places = new Map(shas.map((sha, at) => [sha, at]));
    for await (const step of steps(mirror, [...logArgs, renames], input)) {
      const at = places.get(step.sha) ?? -1;
      if (at < next) continue;
      for (; next < at; next += 1) yield nothingAt(shas[next] ?? "");
      yield step;
      next = at + 1;
    }
  }
  for (; next < shas.length; next += 1) yield nothingAt(shas[next] ?? "");
}

const nothingAt = (sha: Sha): MainlineStep => ({ sha, appeared: [], vanished: [], moved: [] });

/** Commits at which files come, go or move, as far as git can read them. */
async function* steps(mirror: Mirror, args: string[], input: string): AsyncGenerator<MainlineStep, void> {
  const ended = { exit: 0, stderr: "" };
  const call = { path: mirror.place.path, gitDir: mirror.gitDir, env: asTheyAre, input };
  let fields: RawPath[] = [];
  let carried = "";
  for await (const piece of streamGit(args, call, ended)) {
    const parts = (carried + piece.toString("latin1")).split("\0");
    carried = parts.pop() ?? "";
    fields.push(...parts);
    const last = fields.findLastIndex((field) => commitLine.test(field));
    if (last <= 0) continue;
    yield* stepsOf(fields.slice(0, last));
    fields = fields.slice(last);
  }
  if (ended.exit === 0) return yield* stepsOf(fields);
  mirror.place.log("warn", `following moved files in ${mirror.name}: ${ended.stderr.trim()}`);
}

const commitLine = /^\n?commit ([0-9a-f]{40})$/;

function* stepsOf(fields: RawPath[]): Generator<MainlineStep, void> {
  let step: MainlineStep | undefined;
  for (let at = 0; at < fields.length; ) {
    const field = fields[at] ?? "";
    const sha = commitLine.exec(field)?.[1];
    if (sha !== undefined) {
      if (step !== undefined) yield step;
      step = { sha, appeared: [], vanished: [], moved: [] };
    }
    if (!isRawRecord(field)) {
      at += 1;
      continue;
    }
    const { change, next } = readRawRecord(fields, at);
    at = next;
    const path = pathText(change.path);
    if (change.from !== undefined) step?.moved.push({ from: pathText(change.from), to: path });
    else if (change.status === "D") step?.vanished.push(path);
    else step?.appeared.push(path);
  }
  if (step !== undefined) yield step;
}

/** Null when the bases have nothing in common, or it cannot be told. */
const commonBase = async (mirror: Mirror, bases: Sha[]): Promise<Sha | null> => {
  let common: Sha | null = null;
  for (let at = 0; at < bases.length; at += 100) {
    const some = bases.slice(at, at + 100).map(fullName);
    const args = ["merge-base", "--octopus", ...(common === null ? [] : [common]), ...some];
    const ended = await tryGit(mirror, args, { env: asTheyAre });
    if (ended.exit > 1) mirror.place.log("warn", `merge base in ${mirror.name}: ${wordsOf(ended)}`);
    if (ended.exit !== 0) return null;
    common = ended.stdout.toString("latin1").split("\n")[0] ?? null;
  }
  return common;
};
