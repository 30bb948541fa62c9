import { openUndoIndex, type UndoIndex } from "../coordination/undo-index.ts";
import type { RepositoryName, Sha } from "../domain/ids.ts";
import type { Code, CommitInfo } from "../ports/code.ts";

/** So many commits of the target's first-parent line are looked through for what a change may undo. */
export const landedMax = 2000;

interface Known {
  index: UndoIndex;
  upTo: Sha | null;
}

/** What this process knows of each repository's target. It is only a shorter way to what git says: lost, it is read again. */
const known = new WeakMap<Code, Map<RepositoryName, Promise<Known>>>();

/**
 * Every commit on the target's first-parent line, people's and loops', brought up to date with what came since the last look. Who
 * asks at the same time waits for the same look. A target that was rewritten is read anew.
 */
export async function landedIndex(code: Code, repository: RepositoryName, target: Sha): Promise<UndoIndex> {
  const repositories = known.get(code) ?? new Map<RepositoryName, Promise<Known>>();
  known.set(code, repositories);
  const before = repositories.get(repository) ?? Promise.resolve(empty());
  const next = before.catch(empty).then((last) => upTo(code, repository, { last, target }));
  repositories.set(repository, next);
  return (await next).index;
}

const empty = (): Known => ({ index: openUndoIndex({ changesMax: landedMax }), upTo: null });

async function upTo(
  code: Code,
  repository: RepositoryName,
  { last, target }: { last: Known; target: Sha },
): Promise<Known> {
  if (last.upTo === target) return last;
  if (last.upTo !== null && (await code.contains(repository, target, last.upTo))) return last;
  const isOn = last.upTo !== null && (await code.contains(repository, last.upTo, target));
  const { index } = isOn ? last : empty();
  const from = isOn ? last.upTo : null;
  const range = { to: target, max: landedMax, ...(from === null ? {} : { from }) };
  const fresh = (await code.commits(repository, range)).reverse().filter((one) => one.parents.length > 0);
  const pairs = fresh.map((one) => ({ base: one.parents[0] ?? one.sha, head: one.sha }));
  let at = 0;
  for await (const record of code.changeRecords(repository, pairs)) {
    const commit = fresh[at];
    at += 1;
    if (commit !== undefined)
      index.add({ sha: commit.sha, author: authorOf(commit), at: commit.committedAt, record });
  }
  return { index, upTo: target };
}

/** Only compares. All loops may sign with one address, so a loop is told by its trailer. */
const authorOf = ({ trailers, author }: CommitInfo): string => {
  const loop = trailers["Loom-Loop"];
  return loop === undefined ? author.email : loopAuthor(loop);
};

export const loopAuthor = (loop: string): string => `loop:${loop}`;
