import type { RunStory, Trace } from "../domain/answer.ts";
import type { LandedChange } from "../domain/change.ts";
import type { TraceEvent } from "../domain/event.ts";
import type { Ports } from "../ports.ts";

/** So much of a target's history is looked through for a commit that the record does not know. */
const commitsMax = 5000;

/**
 * Which loop made this commit. Looks for a run's id, then for a landed commit or a change's head in the record; a commit that
 * only its trailers attribute is told as claimed, not proven. `what` is a run, a commit, or the beginning of one.
 */
export async function traceWhat(ports: Ports, what: string): Promise<Trace> {
  const byRun = await ports.record.story(what);
  if (byRun !== null) return fromStory(byRun, "the run's own record", "");
  if (!/^[0-9a-f]{4,40}$/i.test(what)) {
    return { kind: "unknown", what, searched: ["runs by that id (a commit is 4 to 40 of 0-9 a-f)"] };
  }

  const searched = ["the record's landed commits and changes"];
  for (const repository of ports.definitions.organisation().repositories) {
    const unreached = (error: unknown) => {
      ports.log("warn", `tracing ${what} in ${repository.name}: ${String(error)}`);
      return null;
    };
    await ports.code.fetch(repository).catch(unreached);
    const found = await ports.code.resolve(repository.name, `${what}^{commit}`).catch(unreached);
    const sha = found ?? what;
    const change = await ports.record.changeBySha(sha);
    const story = change === null ? null : await ports.record.story(change.runId);
    if (story !== null) return fromStory(story, evidenceOf(story, sha), sha);

    const target = await ports.code.resolve(repository.name, `refs/heads/${repository.target}`);
    if (target === null) continue;
    searched.push(`trailers in the last ${commitsMax} commits of ${repository.name}/${repository.target}`);
    const told = (await ports.code.landedByLoops(repository.name, target, commitsMax)).find(
      (one) => one.sha === sha,
    );
    if (told !== undefined) return fromTrailers(told);
  }
  return { kind: "unknown", what, searched };
}

function evidenceOf(story: RunStory, sha: string): string {
  return story.change?.landed?.sha === sha
    ? "the record of its landing"
    : "the change's own head in the record";
}

function fromStory({ run, finding, change, events }: RunStory, evidence: string, sha: string): Trace {
  const verdict = events.findLast((event) => event.type === "verdict.given")?.data;
  const started = events.find((event) => event.type === "change.made");
  return {
    kind: "traced",
    evidence,
    sha: change?.landed?.sha ?? (sha || (change?.head ?? "")),
    loop: run.loop,
    runId: run.id,
    finding: finding.finding.title,
    findingId: finding.finding.id,
    maker: String(started?.data["maker"] ?? "unknown"),
    checker: String(verdict?.["checker"] ?? "not checked"),
    verdict: verdict === undefined ? "none" : String(verdict["verdict"]),
    approvedBy: change?.landed?.approvedBy ?? [],
    startedAt: run.startedAt,
    ...(change?.landed === undefined ? {} : { landedAt: change.landed.at }),
    intent: change?.intent.why ?? "",
    definition: String(started?.data["definition"] ?? "unknown"),
    ...deploymentOf(events),
  };
}

/** The last thing that is known of its deployment; nothing for a loop that does not deploy. */
function deploymentOf(events: TraceEvent[]): { deployment?: string } {
  const last = events.findLast((event) => event.type.startsWith("deploy."));
  if (last === undefined) return {};
  const { to, until, why, reason, try: count } = last.data;
  const at = last.at.toISOString();
  const words: { [type: string]: string } = {
    "deploy.waiting": `to ${to}, waits ${until === null ? "until it is lifted" : `until ${until}`}`,
    "deploy.started": `to ${to}, try ${count} started ${at}; its end is not known`,
    "deploy.done": `to ${to}, ${at}`,
    "deploy.failed": `to ${to}, try ${count} failed ${at}: ${why}`,
    "deploy.skipped": `not deployed to ${to}: ${reason}`,
  };
  return { deployment: words[last.type] ?? "" };
}

const fromTrailers = (told: LandedChange): Trace => ({
  kind: "traced",
  evidence: "claimed by the commit's trailers, not proven: this record does not know it",
  sha: told.sha,
  loop: told.loop,
  runId: told.runId,
  finding: told.title,
  findingId: "",
  maker: "unknown",
  checker: "unknown",
  verdict: "unknown",
  approvedBy: told.approvedBy,
  startedAt: told.at,
  landedAt: told.at,
  intent: told.intent,
  definition: "unknown",
});
