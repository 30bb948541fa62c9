import { type Claim, type ClaimKey, endsWithRun, type Holder } from "../../../domain/claim.ts";
import type { Doing } from "../../../domain/memory.ts";
import type { Organisation, Person } from "../../../domain/organisation.ts";
import { actionIds } from "./action-ids.ts";
import { listPart } from "./digest-card.ts";
import { fitted, type Part, part, vital } from "./fitted.ts";
import { button, buttonValueMax, context, type Rendered, section } from "./kit.ts";
import { capped, code, counted, inline, personName, when } from "./text.ts";

const claimsMax = 10;
const pathsMax = 4;

/** Who is doing what: about a path, a loop, a person or everything. Claims carry the button that asks for them. */
export function renderWho(doing: Doing, org: Organisation, person?: Person): Rendered {
  const { runs, claims, changes, holds } = doing;
  const about = doing.about === "" ? "" : `: ${code(doing.about, 160)}`;
  if (runs.length + claims.length + changes.length + holds.length === 0) return nobody(doing.about);
  const summary = [
    counted(runs.length, "run"),
    counted(claims.length, "claim"),
    counted(changes.length, "open change"),
    `${holds.length} held`,
  ].join("  ·  ");
  const blocks = fitted(
    [
      vital(section(`*Who is doing what*${about}`, summary)),
      listPart("Runs", runs, runLine(org)),
      ...claimParts(doing, org, person),
      listPart("Open changes", changes, changeLine),
      listPart("Held for people", holds, holdLine),
    ],
    "ask about a path, a loop or a person: `/loom who src/cart`",
  );
  return { text: `Who is doing what${about} (${summary})`, blocks };
}

function nobody(about: string): Rendered {
  const text = about === "" ? "Nobody is at work." : `Nothing is under way for ${code(about, 160)}.`;
  return {
    text,
    blocks: [
      section(text),
      context("No run, claim, open change or hold. `/loom who` alone shows everything."),
    ],
  };
}

const runLine = (org: Organisation) => (run: Doing["runs"][number]) => {
  const owner = run.owner === "" ? "" : `, ${personName(org, run.owner)}'s loop`;
  return `*${inline(run.loop, 60)}* ${inline(run.title, 160)} (${inline(run.status, 40)}, ${code(run.runId, 40)}${owner}), began ${when(run.since, org)}`;
};

const changeLine = (change: Doing["changes"][number]): string => {
  const paths = capped(change.paths, pathsMax, (path) => code(path, 100)).join(", ");
  return `*${inline(change.loop, 60)}* ${inline(change.title, 160)} (${inline(change.state, 40)}, ${code(change.branch, 100)})${paths === "" ? "" : `: ${paths}`}`;
};

const holdLine = (hold: Doing["holds"][number]): string =>
  `*${inline(hold.loop, 60)}* ${inline(hold.title, 160)}, for ${inline(hold.group, 60)} (${code(hold.holdId, 40)})`;

function claimParts(doing: Doing, org: Organisation, person: Person | undefined): Part[] {
  const { claims } = doing;
  if (claims.length === 0) return [];
  const rows = claims
    .slice(0, claimsMax)
    .map((claim) => part(claimRow(claim, org, isTheirs(doing, claim, person))));
  const [first, ...others] = rows;
  const title = section("*Claims*");
  const rest = claims.length - claimsMax;
  return [
    ...(first === undefined ? [] : [part(title, ...first.blocks)]),
    ...others,
    ...(rest > 0 ? [part(context(`… ${rest} more claims`))] : []),
  ];
}

/** Whether the one who looks owns the loop that holds it, or is the guest's person. */
function isTheirs(doing: Doing, { holder }: Claim, person: Person | undefined): boolean {
  if (person === undefined) return false;
  if (holder.kind === "guest") return holder.person === person.id;
  return doing.runs.some((run) => run.loop === holder.loop && run.owner === person.id);
}

function claimRow(claim: Claim, org: Organisation, isOwn: boolean) {
  const by = holderLine(org, claim.holder);
  const mode = claim.mode === "exclusive" ? "alone" : "shared";
  const asked =
    claim.releaseAskedBy === undefined ? "" : `, asked back by ${personName(org, claim.releaseAskedBy)}`;
  const row = section(
    `🔒 ${claimName(claim.key)} ${mode} by ${by} ${endsWithRun(claim) ? "while it waits" : `until ${when(claim.expiresAt, org)}`}${asked}`,
    `> ${inline(claim.reason, 200)}`,
  );
  // A value that Slack or we would cut names another claim.
  const isOffered = claim.releaseAskedBy === undefined && claim.key.length <= buttonValueMax;
  const label = isOwn ? "Release" : "Ask to release";
  return isOffered ? { ...row, accessory: button(label, actionIds.claimRelease, claim.key) } : row;
}

export const holderLine = (org: Organisation, holder: Holder): string =>
  holder.kind === "run"
    ? `*${inline(holder.loop, 60)}* (${code(holder.runId, 40)})`
    : `${personName(org, holder.person)} with ${inline(holder.guest, 60)}`;

/** `path:shop:src/cart.js` → `src/cart.js` in shop. */
export function claimName(key: ClaimKey): string {
  const [, repository, path] = /^path:([^:]*):(.+)$/s.exec(key) ?? [];
  if (repository !== undefined && path !== undefined)
    return `${code(path, 160)} in ${inline(repository, 60)}`;
  const resource = /^resource:(.+)$/s.exec(key)?.[1];
  if (resource !== undefined) return code(resource, 160);
  const finding = /^finding:(.+)$/s.exec(key)?.[1];
  return finding === undefined ? code(key, 160) : `finding ${code(finding, 60)}`;
}
