import type { SectionBlock } from "@slack/types";
import type { Answer, ExplainedRuling, Trace } from "../../../domain/answer.ts";
import type { TraceEvent } from "../../../domain/event.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import type { Reason } from "../../../domain/ruling.ts";
import { conflictLines } from "./conflict-card.ts";
import { fitted, part, vital } from "./fitted.ts";
import { holdOutcome, needLines, reasonLines } from "./hold-card.ts";
import { context, type Rendered, section } from "./kit.ts";
import { outcomeLines } from "./run-card.ts";
import { capped, code, counted, inline, paragraph, personNames, shortSha, when } from "./text.ts";

const eventsMax = 20;
const reasonsMax = 6;

const eventLine = (org: Organisation) => (event: TraceEvent) =>
  `${when(event.at, org)}  ${event.type.replace(".", " ")}  (${inline(event.by, 60)})`;

/** Why a run did what it did: the finding, the change and its intent, what stood against it, who answered, step by step. */
export function renderWhy({ story, ruling }: Extract<Answer, { kind: "why" }>, org: Organisation): Rendered {
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
      ruling === null ? undefined : vital(rulingSection(ruling)),
      ...story.conflicts.slice(0, 3).map((one) => part(section(conflictLines(one, run.id)))),
      ...story.holds.slice(-3).map((hold) =>
        part(
          section(
            `*Asked* ${inline(hold.group, 60)}  ·  ${holdOutcome(hold, org)}`,
            // What still waits stands above, with its rules.
            ...(hold.state === "waiting" && ruling !== null ? [] : reasonLines(hold.reasons, reasonsMax)),
            ...(hold.state === "waiting" ? needLines(hold, org) : []),
            `_${code(hold.id, 40)} is about ${code(hold.digest.slice(0, 12))} under the policies ${code(hold.policyDigest.slice(0, 12))}_`,
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

/** What policy said last, by which rules, and from what: enough to make the ruling again. */
function rulingSection({ id, action, ruling, facts, replayed }: ExplainedRuling): SectionBlock {
  const met = ruling.kind === "allow" ? ruling.discharged : [];
  return section(
    `*Policy* on ${inline(action, 20)}: *${ruling.kind}*`,
    ...capped(ruling.reasons, reasonsMax, ruleLine),
    ...capped(met, reasonsMax, ({ reason, by }) => `${ruleLine(reason)}  ✓ ${inline(by.join(", "), 120)}`),
    `from ${inline(facts.join(" · "), 400)}`,
    `ruling ${code(id)} · policies ${code(ruling.policyDigest.slice(0, 12))} · facts ${code(ruling.factsDigest.slice(0, 12))}: ${inline(replayed, 200)} (${code(`loom policy explain ${id}`)})`,
  );
}

const ruleLine = ({ rule, file, text }: Reason): string =>
  `• ${code(rule)}${file === undefined ? "" : ` in ${inline(file, 80)}`}: ${inline(text, 240)}`;

/** Which loop made this commit, and how that is known. */
export function renderTrace(trace: Trace, org: Organisation): Rendered {
  if (trace.kind === "unknown") {
    const text = `No loop is known to have made ${code(trace.what, 80)}.`;
    const searched = capped(trace.searched, 6, (one) => inline(one, 120)).join(", ");
    return { text, blocks: [section(text), context(`Looked in: ${searched || "nothing"}`)] };
  }
  const approved = trace.approvedBy.length === 0 ? "nobody was asked" : personNames(org, trace.approvedBy);
  const landed = trace.landedAt === undefined ? "not landed" : when(trace.landedAt, org);
  const deployed = trace.deployment === undefined ? [] : [`*Deployed*  ${inline(trace.deployment, 300)}`];
  const lines = [
    `*Finding*  ${inline(trace.finding, 200)} (${code(trace.findingId, 40)})`,
    `*Maker*  ${inline(trace.maker, 120)}`,
    `*Checker*  ${inline(trace.checker, 120)}: ${inline(trace.verdict, 200)}`,
    `*Approved by*  ${approved}`,
    `*Started*  ${when(trace.startedAt, org)}   *Landed*  ${landed}`,
    ...deployed,
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
