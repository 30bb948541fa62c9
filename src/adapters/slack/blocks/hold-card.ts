import type { ActionsBlock } from "@slack/types";
import type { HoldCard } from "../../../domain/card.ts";
import { type ChangedFile, changedLines } from "../../../domain/change.ts";
import type { Conflict } from "../../../domain/conflict.ts";
import type { Evidence } from "../../../domain/finding.ts";
import { type Approval, type Hold, type NeedState, needStates } from "../../../domain/hold.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import type { Reason } from "../../../domain/ruling.ts";
import { actionIds, holdValue } from "./action-ids.ts";
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
import {
  capped,
  code,
  counted,
  inline,
  joined,
  mention,
  mentions,
  paragraph,
  personNames,
  shortSha,
  when,
} from "./text.ts";

const filesMax = 8;
const reasonsMax = 5;
const evidenceMax = 3;
const conflictsMax = 2;
const needsMax = 6;
const pathsMax = 3;

/** What a change stands against: "2 other changes and a decision". */
export function opponents(conflicts: Conflict[]): string {
  const decisions = conflicts.filter((one) => one.kind === "decision").length;
  const changes = conflicts.length - decisions;
  return joined([
    ...(changes === 0 ? [] : [counted(changes, "other change")]),
    ...(decisions === 0 ? [] : [counted(decisions, "decision")]),
  ]);
}

/** The buttons of a waiting hold. */
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
    button("Approve", actionIds.holdApprove, holdValue(hold), { style: "primary", ...sure }),
    button("Reject", actionIds.holdReject, holdValue(hold), { style: "danger" }),
    button("Show diff", actionIds.holdDiff, holdValue(hold)),
  );
}

/** What became of a hold that no longer waits. */
export function holdOutcome(hold: Hold, org: Organisation): string {
  const given = (answer: Approval["answer"]) => hold.approvals.filter((one) => one.answer === answer);
  const by = (answers: Approval[]) =>
    joined(answers.map(({ person, at }) => `${mention(org, person)}, ${when(at, org)}`));
  const notes = (answers: Approval[]) =>
    answers.flatMap(({ note }) => (note === "" ? [] : [`: ${inline(note, 300)}`])).join("");
  const approved = given("approved");
  const overridden = given("overridden");
  switch (hold.state) {
    case "waiting":
      return `waits until ${when(hold.expiresAt, org)}`;
    case "approved":
      return overridden.length > 0
        ? `🚨 Overridden by ${by(overridden)}${notes(overridden)}`
        : `✅ Approved by ${by(approved)}${notes(approved)}`;
    case "rejected":
      return `🚫 Rejected by ${by(given("rejected"))}${notes(given("rejected"))}`;
    case "void": {
      const lost = approved.length === 0 ? "" : `. The approval of ${by(approved)} went with it`;
      return `↩️ Voided: ${inline(hold.voidedBecause ?? "the change is no longer what was asked about", 300)}${lost}`;
    }
    case "expired":
      return `⌛ Expired ${when(hold.expiresAt, org)} without an answer; it is in the inbox`;
  }
}

/** One line for each need: who approved, how many are missing, and who could. Only `mentions` as `naming` notifies them. */
export const needLines = (
  hold: Pick<Hold, "needs" | "approvals">,
  org: Organisation,
  naming: typeof mentions = personNames,
): string[] => capped(needStates(org, hold), needsMax, (state) => needLine(state, org, naming));

function needLine({ need, by, may, isMet }: NeedState, org: Organisation, naming: typeof mentions): string {
  const group = `*${inline(need.group, 80)}*`;
  const done = by.length === 0 ? "" : `, by ${personNames(org, by)}`;
  if (isMet) return `✓ ${group}: ${by.length} of ${need.count}${done}`;
  const missing = need.count - by.length;
  if (may.length < missing)
    return `✕ ${group}: ${by.length} of ${need.count}${done}; only ${counted(may.length, "other person", "other people")} could`;
  const whom = naming(org, may);
  const needed = may.length === missing ? whom : `${numberWords[missing] ?? missing} of ${whom}`;
  return `○ ${group}: ${by.length} of ${need.count}${done}; needs ${needed}`;
}

const numberWords = ["none", "one", "two", "three"];

/** A rule's message, and the paths that it is about unless it names them itself. */
function reasonLine({ text, paths }: Reason): string {
  const unsaid = (paths ?? []).filter((path) => !text.includes(path));
  const where = unsaid.length === 0 ? "" : ` (${joined(capped(unsaid, pathsMax, (path) => code(path, 80)))})`;
  return `• ${inline(text, 240)}${where}`;
}

export const reasonLines = (reasons: Reason[], max: number): string[] => capped(reasons, max, reasonLine);

/** Where it is to go: a branch, or the environment of a deployment. */
export function targetOf(hold: Pick<Hold, "repository" | "environment">, org: Organisation): string {
  if (hold.environment !== null) return hold.environment;
  const target = org.repositories.find((one) => one.name === hold.repository)?.target;
  return target === undefined ? hold.repository : `${hold.repository}/${target}`;
}

const goingTo = (hold: Hold): string => (hold.environment === null ? "landing on" : "deploying to");

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

const isConflictReason = ({ rule }: Reason): boolean => rule === "conflict" || rule.startsWith("conflict-");

function waiting(card: HoldCard, org: Organisation): Rendered {
  const { hold, conflicts, weaker = [] } = card;
  const target = targetOf(hold, org);
  // What a conflict is about stands above it in full, so its reason is not said again.
  const reasons =
    conflicts.length === 0 ? hold.reasons : hold.reasons.filter((one) => !isConflictReason(one));
  const detail = card.evidence.find((one) => one.detail.trim() !== "")?.detail;
  const blocks = fitted(
    [
      vital(header(`Approve ${goingTo(hold)} ${target}?`)),
      vital(section(`*${inline(card.title, 200)}*`, paragraph(card.why, 500))),
      ...capped(conflicts, conflictsMax, (one) => conflictLines(one, hold.runId)).map((text) =>
        vital(section(text)),
      ),
      reasons.length === 0
        ? undefined
        : vital(section("*Why it waits*", ...reasonLines(reasons, reasonsMax))),
      vital(section("*Who approves it*", ...needLines(hold, org, mentions))),
      vital(section(`*Diff* ${diffTotal(card.files)}`, ...capped(card.files, filesMax, fileLine))),
      card.evidence.length === 0
        ? undefined
        : part(section("*Evidence*", ...capped(card.evidence, evidenceMax, evidenceLine))),
      detail === undefined ? undefined : part(preformatted(detail, 500)),
      weaker.length === 0
        ? undefined
        : vital(section("*Not compared*", ...capped(weaker, reasonsMax, (one) => `• ${inline(one, 240)}`))),
      card.verdict === "" ? undefined : part(context(`Checked: ${inline(card.verdict, 300)}`)),
      vital(
        context(
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
    text: `Approve ${goingTo(hold)} ${inline(target, 120)}?${warning} ${inline(card.loop, 60)}: ${inline(card.title, 200)}`,
    blocks,
  };
}

/** The question with its answer in place of its buttons: the channel keeps what was decided, about what, by whom. */
function answered(card: HoldCard, org: Organisation): Rendered {
  const { hold } = card;
  const outcome = holdOutcome(hold, org);
  const landing = card.landed === undefined ? undefined : `🚢 Landed as ${shortSha(card.landed)}`;
  const blocks = fitted(
    [
      vital(section(`*${inline(card.title, 200)}*`, paragraph(card.why, 300), outcome, landing)),
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
  const word = card.landed === undefined ? outcomeWord[hold.state] : "Landed";
  return { text: `${word}: ${inline(card.title, 200)}`, blocks };
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
