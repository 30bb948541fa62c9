import type { Digest } from "../../../domain/answer.ts";
import type { Conflict } from "../../../domain/conflict.ts";
import type { Hold } from "../../../domain/hold.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import { conflictLine } from "./conflict-card.ts";
import { fitted, type Part, part, vital } from "./fitted.ts";
import { holdButtons, needLines, opponents, targetOf } from "./hold-card.ts";
import { inboxButtons } from "./inbox-card.ts";
import { context, header, type Rendered, section } from "./kit.ts";
import { stopLines } from "./stop-lines.ts";
import { capped, code, counted, day, inline, personName, personNames, shortSha, when } from "./text.ts";

const heldMax = 5;
const inboxMax = 5;
const listMax = 8;

export const conflictsOf = (hold: Hold, conflicts: Conflict[]): Conflict[] =>
  conflicts.filter((one) => one.left.runId === hold.runId || one.right.runId === hold.runId);

/** Held changes with their buttons, as the digest and the home tab show them. */
export function heldParts(held: Digest["held"], conflicts: Conflict[], org: Organisation): Part[] {
  const shown = held.slice(0, heldMax).map(({ hold, title, loop }) => {
    const against = conflictsOf(hold, conflicts);
    return part(
      section(
        `✋ *${inline(title, 200)}*`,
        `${inline(loop, 60)} asks to ${hold.environment === null ? "land it on" : "deploy it to"} ${inline(targetOf(hold, org), 120)}.`,
        ...needLines(hold, org),
      ),
      context(
        against.length === 0 ? undefined : `⚠️ in conflict with ${opponents(against)}`,
        `expires ${when(hold.expiresAt, org)}`,
        code(hold.runId, 40),
      ),
      holdButtons(hold, against),
    );
  });
  return held.length > heldMax ? [...shown, part(context(`… ${held.length - heldMax} more held`))] : shown;
}

export function inboxParts(items: Digest["inbox"], org: Organisation): Part[] {
  const shown = items
    .slice(0, inboxMax)
    .map((item) =>
      part(
        section(`📥 *${inline(item.title, 200)}*`, inline(item.reason, 300)),
        context(inline(item.loop, 60), code(item.findingId, 40), `since ${when(item.since, org)}`),
        inboxButtons(item),
      ),
    );
  const rest = items.length - inboxMax;
  return rest > 0 ? [...shown, part(context(`… ${rest} more in the inbox: \`/loom inbox\``))] : shown;
}

/** A titled list, or nothing when there is nothing to list. */
export function listPart<T>(title: string, items: T[], line: (item: T) => string): Part | undefined {
  if (items.length === 0) return undefined;
  return part(section(`*${title}*`, ...capped(items, listMax, (item) => `• ${line(item)}`)));
}

export const landedLine = (org: Organisation) => (one: Digest["landed"][number]) => {
  const by = one.approvedBy.length === 0 ? "" : `, approved by ${personNames(org, one.approvedBy)}`;
  return `${shortSha(one.sha)} ${inline(one.title, 160)} (${inline(one.loop, 60)}${by})`;
};

export function renderDigest(digest: Digest, org: Organisation): Rendered {
  // What is in the inbox stands above, with its reason and its buttons.
  const gaveUp = digest.gaveUp.filter(
    (one) => !digest.inbox.some((item) => item.title === one.title && item.loop === one.loop),
  );
  const needs = digest.held.length + digest.inbox.length;
  const isQuiet =
    needs + digest.landed.length + digest.gaveUp.length + digest.rejected.length + digest.conflicts.length ===
    0;
  const summary = isQuiet
    ? "Quiet: nothing landed, nothing waits for you."
    : `${needs === 0 ? "Nothing waits for you" : `${counted(needs, "thing")} ${needs === 1 ? "waits" : "wait"} for you`}; ${digest.landed.length} landed, ${digest.deployed === 0 ? "" : `${digest.deployed} deployed, `}${digest.gaveUp.length} given up, ${counted(digest.conflicts.length, "conflict")}.`;
  const blocks = fitted(
    [
      vital(header(`Loops, ${day(digest.until, org.timezone)}`)),
      vital(section(...stopLines(digest, org), summary)),
      ...heldParts(digest.held, digest.conflicts, org),
      ...inboxParts(digest.inbox, org),
      listPart("Conflicts", digest.conflicts, conflictLine),
      listPart("Landed", digest.landed, landedLine(org)),
      listPart(
        "Given up",
        gaveUp,
        (one) => `${inline(one.title, 160)} (${inline(one.loop, 60)}): ${inline(one.reason, 200)}`,
      ),
      listPart(
        "Rejected",
        digest.rejected,
        (one) =>
          `${inline(one.title, 160)} (${inline(one.loop, 60)}), by ${personName(org, one.by)}: ${inline(one.note, 200)}`,
      ),
      vital(
        context(
          `${when(digest.since, org)} to ${when(digest.until, org)}`,
          counted(digest.found, "finding"),
          `details: ${code("/loom why <run or finding>")}`,
        ),
      ),
    ],
    "ask `/loom status` and `/loom inbox`",
  );
  return { text: `Digest: ${summary}`, blocks };
}
