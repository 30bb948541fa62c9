import type { ActionsBlock } from "@slack/types";
import type { HoldCard } from "../../../domain/card.ts";
import { type ChangedFile, changedLines } from "../../../domain/change.ts";
import type { Conflict } from "../../../domain/conflict.ts";
import type { Evidence } from "../../../domain/finding.ts";
import type { Hold } from "../../../domain/hold.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import { actionIds } from "./action-ids.ts";
import { conflictLines } from "./conflict-card.ts";
import { fitted, part, vital } from "./fitted.ts";
import {
  actions,
  button,
  confirmation,
  context,
  header,
  preformatted,
  type Rendered,
  section,
} from "./kit.ts";
import { capped, code, counted, inline, joined, mention, mentions, paragraph, when } from "./text.ts";

const filesMax = 8;
const reasonsMax = 5;
const evidenceMax = 3;
const conflictsMax = 2;

/** What a change stands against: "2 other changes and a decision". */
export function opponents(conflicts: Conflict[]): string {
  const decisions = conflicts.filter((one) => one.kind === "decision").length;
  const changes = conflicts.length - decisions;
  return joined([
    ...(changes === 0 ? [] : [counted(changes, "other change")]),
    ...(decisions === 0 ? [] : [counted(decisions, "decision")]),
  ]);
}

/** The buttons of a waiting hold. Their value is only the hold's id: it says what is meant, and proves nothing. */
export function holdButtons(hold: Hold, conflicts: Conflict[]): ActionsBlock {
  const sure =
    conflicts.length === 0
      ? {}
      : {
          confirm: confirmation(
            "Land it all the same?",
            `This change is in conflict with ${opponents(conflicts)}. Approving it means that this one is right.`,
            { yes: "Approve it", no: "Look again" },
          ),
        };
  return actions(
    button("Approve", actionIds.holdApprove, hold.id, { style: "primary", ...sure }),
    button("Reject", actionIds.holdReject, hold.id, { style: "danger" }),
    button("Show diff", actionIds.holdDiff, hold.id),
  );
}

/** What became of a hold that no longer waits. */
export function holdOutcome(hold: Hold, org: Organisation): string {
  const { answer } = hold;
  const note = answer === undefined || answer.note === "" ? "" : `: ${inline(answer.note, 300)}`;
  const by = answer === undefined ? "" : ` by ${mention(org, answer.person)}, ${when(answer.at, org)}`;
  switch (hold.state) {
    case "waiting":
      return `waits until ${when(hold.expiresAt, org)}`;
    case "approved":
      return `✅ Approved${by}${note}`;
    case "rejected":
      return `🚫 Rejected${by}${note}`;
    case "void":
      return `↩️ Voided: ${inline(hold.voidedBecause ?? "the change is no longer what was asked about", 300)}`;
    case "expired":
      return `⌛ Expired ${when(hold.expiresAt, org)} without an answer; it is in the inbox`;
  }
}

export function targetOf(hold: Pick<Hold, "repository">, org: Organisation): string {
  const target = org.repositories.find((one) => one.name === hold.repository)?.target;
  return target === undefined ? hold.repository : `${hold.repository}/${target}`;
}

const shortDigest = (hold: Hold): string => code(`sha256:${hold.digest.slice(0, 12)}…`);

function fileLine(file: ChangedFile): string {
  const name = file.from === undefined ? code(file.path) : `${code(file.from)} → ${code(file.path)}`;
  const lines = file.isBinary ? "binary" : `+${file.added} −${file.removed}`;
  const word = file.status === "added" || file.status === "deleted" ? ` ${file.status}` : "";
  return `${name}  ${lines}${word}`;
}

const diffTotal = (files: ChangedFile[]): string => {
  const added = files.reduce((sum, file) => sum + file.added, 0);
  return `${counted(files.length, "file")}, +${added} −${changedLines(files) - added}`;
};

const evidenceLine = (one: Evidence): string =>
  `• ${inline(one.summary, 200)}${one.where === "" ? "" : ` (${code(one.where, 80)})`}`;

function waiting(card: HoldCard, org: Organisation): Rendered {
  const { hold, conflicts } = card;
  const target = targetOf(hold, org);
  const detail = card.evidence.find((one) => one.detail.trim() !== "")?.detail;
  const blocks = fitted(
    [
      vital(header(`Approve landing on ${target}?`)),
      vital(section(`*${inline(card.title, 200)}*`, paragraph(card.why, 500))),
      ...capped(conflicts, conflictsMax, (one) => conflictLines(one, hold.runId)).map((text) =>
        vital(section(text)),
      ),
      vital(
        section("*Why it waits*", ...capped(hold.reasons, reasonsMax, (one) => `• ${inline(one.text, 240)}`)),
      ),
      vital(section(`*Diff* ${diffTotal(card.files)}`, ...capped(card.files, filesMax, fileLine))),
      card.evidence.length === 0
        ? undefined
        : part(section("*Evidence*", ...capped(card.evidence, evidenceMax, evidenceLine))),
      detail === undefined ? undefined : part(preformatted(detail, 500)),
      card.verdict === "" ? undefined : part(context(`Checked: ${inline(card.verdict, 300)}`)),
      vital(
        context(
          `asks ${card.people.length === 0 ? inline(hold.group, 60) : mentions(org, card.people)}`,
          `expires ${when(hold.expiresAt, org)}`,
          shortDigest(hold),
          code(hold.runId, 40),
          inline(card.loop, 60),
        ),
      ),
      vital(holdButtons(hold, conflicts)),
    ],
    "press Show diff or ask `/loom why`",
  );
  const warning =
    conflicts.length === 0
      ? ""
      : ` (in conflict with ${conflicts.every((one) => one.kind === "decision") ? "a decision" : "another change"})`;
  return {
    text: `Approve landing on ${inline(target, 120)}?${warning} ${inline(card.loop, 60)}: ${inline(card.title, 200)}`,
    blocks,
  };
}

/** The question with its answer in place of its buttons: the channel keeps what was decided, about what, by whom. */
function answered(card: HoldCard, org: Organisation): Rendered {
  const { hold } = card;
  const outcome = holdOutcome(hold, org);
  const blocks = fitted(
    [
      vital(section(`*${inline(card.title, 200)}*`, paragraph(card.why, 300), outcome)),
      ...capped(card.conflicts, conflictsMax, (one) => conflictLines(one, hold.runId)).map((text) =>
        part(section(text)),
      ),
      vital(
        context(
          inline(targetOf(hold, org), 120),
          diffTotal(card.files),
          shortDigest(hold),
          code(hold.runId, 40),
          inline(card.loop, 60),
        ),
      ),
    ],
    "ask `/loom why`",
  );
  return { text: `${outcomeWord[hold.state]}: ${inline(card.title, 200)}`, blocks };
}

const outcomeWord = {
  waiting: "Waits",
  approved: "Approved",
  rejected: "Rejected",
  void: "Voided",
  expired: "Expired",
} satisfies Record<Hold["state"], string>;

export const renderHold = (card: HoldCard, org: Organisation): Rendered =>
  card.hold.state === "waiting" ? waiting(card, org) : answered(card, org);
