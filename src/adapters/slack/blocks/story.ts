import type { RunStory, Trace } from "../../../domain/answer.ts";
import type { TraceEvent } from "../../../domain/event.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import { conflictLines } from "./conflict-card.ts";
import { fitted, part, vital } from "./fitted.ts";
import { holdOutcome } from "./hold-card.ts";
import { context, type Rendered, section } from "./kit.ts";
import { outcomeLines } from "./run-card.ts";
import { capped, code, counted, inline, paragraph, personNames, shortSha, when } from "./text.ts";

const eventsMax = 20;
const reasonsMax = 6;

const eventLine = (org: Organisation) => (event: TraceEvent) =>
  `${when(event.at, org)}  ${event.type.replace(".", " ")}  (${inline(event.by, 60)})`;

/** Why a run did what it did: the finding, the change and its intent, what stood against it, who answered, step by step. */
export function renderWhy(story: RunStory, org: Organisation): Rendered {
  const { run, finding, change } = story;
  const title = inline(change?.title ?? finding.finding.title, 200);
  const state = run.outcome === undefined ? [`Now: ${run.status}`] : outcomeLines(run.outcome, org);
  const evidence = finding.finding.evidence[0];
  const blocks = fitted(
    [
      vital(section(`*${inline(run.loop, 60)}* · ${title}`, ...state)),
      vital(
        section(
          `*Found* ${inline(finding.finding.title, 200)}`,
          evidence === undefined ? undefined : `> ${inline(evidence.summary, 300)}`,
        ),
      ),
      change === undefined
        ? undefined
        : vital(
            section(
              `*Change* ${counted(change.files.length, "file")} on ${code(change.branch, 120)}`,
              `> ${inline(change.intent.why, 400)}`,
            ),
          ),
      ...story.conflicts.slice(0, 3).map((one) => part(section(conflictLines(one, run.id)))),
      ...story.holds
        .slice(-3)
        .map((hold) =>
          part(
            section(
              `*Asked* ${inline(hold.group, 60)}  ·  ${holdOutcome(hold, org)}`,
              ...capped(hold.reasons, reasonsMax, (one) => `• ${inline(one.text, 240)}`),
            ),
          ),
        ),
      finding.notes.length === 0
        ? undefined
        : part(section("*Notes*", ...capped(finding.notes, 5, (note) => `• ${inline(note.text, 240)}`))),
      story.events.length === 0
        ? undefined
        : part(section("*Step by step*", ...story.events.slice(-eventsMax).map(eventLine(org)))),
      vital(
        context(
          inline(run.repository, 60),
          code(run.id, 40),
          code(finding.finding.id, 40),
          when(run.startedAt, org),
        ),
      ),
    ],
    `all of it: \`loom trace ${inline(run.id, 40)}\``,
  );
  return { text: `${inline(run.loop, 60)}: ${title}`, blocks };
}

/** Which loop made this commit, and how that is known. */
export function renderTrace(trace: Trace, org: Organisation): Rendered {
  if (trace.kind === "unknown") {
    const text = `No loop is known to have made ${code(trace.what, 80)}.`;
    const searched = capped(trace.searched, 6, (one) => inline(one, 120)).join(", ");
    return { text, blocks: [section(text), context(`Looked in: ${searched || "nothing"}`)] };
  }
  const approved = trace.approvedBy.length === 0 ? "nobody was asked" : personNames(org, trace.approvedBy);
  const landed = trace.landedAt === undefined ? "not landed" : when(trace.landedAt, org);
  const lines = [
    `*Finding*  ${inline(trace.finding, 200)} (${code(trace.findingId, 40)})`,
    `*Maker*  ${inline(trace.maker, 120)}`,
    `*Checker*  ${inline(trace.checker, 120)}: ${inline(trace.verdict, 200)}`,
    `*Approved by*  ${approved}`,
    `*Started*  ${when(trace.startedAt, org)}   *Landed*  ${landed}`,
  ];
  const blocks = fitted(
    [
      vital(
        section(
          `${shortSha(trace.sha)} was made by *${inline(trace.loop, 60)}*, run ${code(trace.runId, 40)}`,
          `> ${paragraph(trace.intent, 500).replaceAll("\n", "\n> ")}`,
        ),
      ),
      vital(section(...lines)),
      vital(
        context(`Known from: ${inline(trace.evidence, 200)}`, `loop version ${code(trace.definition, 16)}`),
      ),
    ],
    "ask `loom trace`",
  );
  return {
    text: `${inline(trace.sha.slice(0, 7), 12)} was made by ${inline(trace.loop, 60)}, run ${inline(trace.runId, 40)}`,
    blocks,
  };
}
