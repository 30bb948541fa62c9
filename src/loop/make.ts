import { type Change, changedPaths, type Intent } from "../domain/change.ts";
import type { Sha } from "../domain/ids.ts";
import { writeBrief } from "../memory/brief.ts";
import { readLearned, stateFilePath, writeStateFile } from "../memory/state-file.ts";
import type { Ended } from "../ports/processes.ts";
import type { Indexed } from "../ports/record-tx.ts";
import { oneLine } from "../trace/trailers.ts";
import { bisect } from "./bisect.ts";
import { type End, gaveUp } from "./end.ts";
import { gatherState } from "./gather-state.ts";
import { indexedOf } from "./indexed.ts";
import { branchOf, commitBy, type MakerResult } from "./maker-result.ts";
import type { OpenRun } from "./open-run.ts";
import { recall } from "./recall.ts";
import { rememberLesson } from "./remember.ts";

type Kept = { kind: "made"; change: Change; lessons: string[] } | Extract<MakerResult, { kind: "gave-up" }>;

/**
 * Isolates and makes: the maker's commit, on the target as it was, kept as a stage. The truth is git's diff, never the maker's word.
 * A commit that went away with the machine it was made on, before it was proposed, is made again.
 */
export async function make(run: OpenRun): Promise<{ kind: "made"; change: Change } | End> {
  for (let time = 1; ; time += 1) {
    const made = await makeAndKeep(run, time === 1 ? "make" : `make:${time}`);
    if (made.kind === "gave-up") {
      run.mark("make", "stopped", made.reason);
      return gaveUp(made.reason, made.tried, made.isFailure);
    }
    run.mark("make", "done", made.change.title);
    if (await isHere(run, made.change)) return { kind: "made", change: made.change };
    run.ports.log("warn", `run ${run.run.id}: its commit was left on another machine; making it again`, {
      runId: run.run.id,
    });
  }
}

/** Whether this worker's mirror has the change, or could have had it from the remote. */
async function isHere(run: OpenRun, made: Change): Promise<boolean> {
  const { code, record } = run.ports;
  const { head, state } = (await record.change(run.run.id)) ?? made;
  if (state === "held" || (await code.treeOf(run.repository.name, head)) !== null) return true;
  await code.fetch(run.repository);
  return (await code.treeOf(run.repository.name, head)) !== null;
}

function makeAndKeep(run: OpenRun, key: string): Promise<Kept> {
  let indexed: Indexed | undefined;
  return run.stage(
    "make",
    key,
    async () => {
      const once = await makeOnce(run);
      if (once.kind === "made") indexed = await indexedOf(run, once.change);
      return once;
    },
    async (tx, kept) => {
      if (kept.kind === "gave-up") return;
      await tx.putChange(kept.change, indexed);
      const { base, head, files, intent, digest } = kept.change;
      await tx.append(
        run.event("change.made", {
          base,
          head,
          digest,
          files: files.length,
          intent: intent.why,
          maker: makerName(run),
          definition: run.loop.digest,
        }),
      );
      for (const statement of kept.lessons) {
        await rememberLesson(run, tx, {
          statement,
          paths: changedPaths(kept.change.files),
          author: run.run.loop,
        });
      }
      run.mark("make", "done", kept.change.title);
    },
  );
}

const noteBytesMax = 64_000;

async function makeOnce(run: OpenRun): Promise<Kept> {
  const { code } = run.ports;
  const { target: base } = await code.fetch(run.repository);
  const made = run.loop.maker.kind === "bisect" ? await bisect(run, base) : await runMaker(run, base);
  if (made.kind === "gave-up") return made;
  const facts = await code.facts(run.repository.name, base, made.head);
  const change: Change = {
    ...facts,
    repository: run.repository.name,
    loop: run.run.loop,
    runId: run.run.id,
    branch: branchOf(run),
    title: made.title,
    intent: made.intent,
    state: "draft",
  };
  return { kind: "made", change, lessons: made.lessons ?? [] };
}

async function runMaker(run: OpenRun, base: Sha): Promise<MakerResult> {
  const { maker, limits, skillDir } = run.loop;
  if (maker.kind !== "command") throw new Error(`maker ${maker.kind} is not a command`);
  const title = oneLine(`Fix: ${run.finding.finding.title}`, 100);

  const checkout = await run.ports.code.checkout(
    run.repository.name,
    base,
    `make-${run.run.id}`,
    branchOf(run),
  );
  const recalled = await recall(run, {});
  try {
    await run.ports.code.leaveNote(
      checkout,
      stateFilePath,
      writeStateFile(await gatherState(run.ports, run.loop, recalled)),
    );
    const job = {
      checkout,
      prompt: writeBrief(run.loop, run.finding, recalled),
      skillDir,
      runId: run.run.id,
      wallMs: limits.makeMs,
      outputBytesMax: limits.outputBytesMax,
    };
    const ended = await run.ports.makers.run(maker, job, run.signal);
    const trouble = whyUnusable(ended, maker.argv[0] ?? "", limits.makeMs);
    if (trouble !== null)
      return { kind: "gave-up", reason: trouble, tried: [tailOf(ended)], isFailure: true };

    const learned = readLearned((await run.ports.code.takeNote(checkout, stateFilePath, noteBytesMax)) ?? "");
    const intent: Intent = { why: run.finding.finding.title, deliberateTests: [], cites: learned.cites };
    const imported = await run.ports.code.importCheckout(checkout, commitBy(run, title, intent));
    if (imported.kind === "changed")
      return { kind: "made", head: imported.head, title, intent, tried: [], lessons: learned.lessons };
    const reason =
      imported.kind === "unchanged"
        ? "The maker changed nothing."
        : `What the maker left cannot be taken: ${imported.reasons.join("; ")}`;
    return { kind: "gave-up", reason, tried: [tailOf(ended)], isFailure: imported.kind === "refused" };
  } finally {
    await run.ports.code.removeCheckout(checkout);
  }
}

function whyUnusable(ended: Ended, program: string, wallMs: number): string | null {
  switch (ended.kind) {
    case "exited":
      return ended.exit === 0 ? null : `The maker ${program} ended with exit status ${ended.exit}.`;
    case "signalled":
      return `The maker ${program} was ended by ${ended.signal}.`;
    case "timed-out":
      return `The maker ${program} did not end within ${Math.round(wallMs / 1000)} s.`;
    case "stopped":
      return `The maker ${program} was stopped.`;
    case "not-started":
      return `The maker did not start: ${ended.reason}`;
  }
}

const tailOf = (ended: Ended): string => ("output" in ended ? ended.output.slice(-1500).trim() : "");

/** `bisect`, or the program of a command maker. */
const makerName = (run: OpenRun): string =>
  run.loop.maker.kind === "bisect" ? "bisect" : run.loop.maker.argv.slice(0, 2).join(" ");
