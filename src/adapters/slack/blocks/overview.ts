import type { Overview } from "../../../domain/answer.ts";
import { needStates } from "../../../domain/hold.ts";
import type { Organisation, Person } from "../../../domain/organisation.ts";
import { conflictLine } from "./conflict-card.ts";
import { heldParts, inboxParts, landedLine, listPart } from "./digest-card.ts";
import { type Part, part, vital } from "./fitted.ts";
import { section } from "./kit.ts";
import { code, counted, inline, when } from "./text.ts";
import { claimName, holderLine } from "./who.ts";

/** All in one line: what a person wants to know first. */
export function overviewSummary(overview: Overview): string {
  const parts = [
    `${overview.running.length} running`,
    `${overview.held.length} held`,
    counted(overview.conflicts.length, "conflict"),
    `${overview.landedToday.length} landed today`,
    `${overview.inbox.length} in the inbox`,
  ];
  return parts.join("  ·  ");
}

const isFor = (org: Organisation, person: Person | undefined) => (held: Overview["held"][number]) =>
  person !== undefined && needStates(org, held.hold).some((one) => !one.isMet && one.may.includes(person.id));

type LoopLine = Overview["loops"][number];

const switchMarks = { running: "●", paused: "⏸️", stopped: "○" } satisfies Record<
  LoopLine["state"]["switch"],
  string
>;

function loopLine(org: Organisation, one: LoopLine): string {
  const { state } = one;
  const next = one.nextTickAt === undefined ? "" : `, next ${when(one.nextTickAt, org)}`;
  const why = state.why === undefined ? "" : ` (${inline(state.why, 160)})`;
  return `${switchMarks[state.switch]} *${inline(state.loop, 60)}* ${state.switch}${why} · ${inline(one.cadence, 80)}${next} · #${inline(one.channel, 80)}`;
}

const runLine = ({ run, title, step }: Overview["running"][number]): string =>
  `*${inline(run.loop, 60)}* ${inline(title, 160)}: ${inline(step, 80)} (${code(run.id, 40)})`;

const claimsLine =
  (org: Organisation) =>
  ({ holder, count, keys }: Overview["claims"][number]): string => {
    const more = count > keys.length ? ` and ${count - keys.length} more` : "";
    return `🔒 ${holderLine(org, holder)}: ${keys.map(claimName).join(", ")}${more}`;
  };

/** What the status answer and the home tab both show, the most urgent first. */
export function overviewParts(
  overview: Overview,
  org: Organisation,
  person: Person | undefined,
): (Part | undefined)[] {
  const mine = overview.held.filter(isFor(org, person));
  const others = overview.held.filter((one) => !isFor(org, person)(one));
  return [
    overview.problems.length === 0
      ? undefined
      : listPart("⚠️ Problems", overview.problems, (one) => inline(one, 300)),
    ...titled("Held for you", heldParts(mine, overview.conflicts, org)),
    listPart(
      "Held for others",
      others,
      ({ hold, title, loop }) =>
        `${inline(title, 160)} (${inline(loop, 60)}), for ${inline(hold.group, 60)} until ${when(hold.expiresAt, org)}`,
    ),
    listPart("Running", overview.running, runLine),
    listPart("Claims", overview.claims, claimsLine(org)),
    listPart("Conflicts", overview.conflicts, conflictLine),
    ...titled("Inbox", inboxParts(overview.inbox, org)),
    listPart("Landed today", overview.landedToday, landedLine(org)),
    overview.loops.length === 0
      ? undefined
      : vital(section("*Loops*", ...overview.loops.slice(0, 12).map((one) => loopLine(org, one)))),
  ];
}

function titled(title: string, parts: Part[]): Part[] {
  const [first, ...rest] = parts;
  return first === undefined ? [] : [part(section(`*${title}*`), ...first.blocks), ...rest];
}
