import type { Command } from "./command.ts";

/** Commands whose end is a reason: `… because <reason>`. */

type Of<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;
type Problem = { kind: "problem"; problem: string };

export const whyCharactersMax = 1_000;

/** What stands before `because`, and the reason after it, without quotes around it; empty when there is none. */
export function splitBecause(text: string): { before: string; why: string } {
  const [before = "", ...rest] = text.split(/(?:^|\s)because(?::|(?=\s|$))/i);
  const why = rest.join(" because").trim();
  return { before: before.trim(), why: unquoted(why).slice(0, whyCharactersMax) };
}

const unquoted = (text: string): string => text.replace(/^["“„«](.*)["”“»]$/su, "$1").trim();

/** `[<zone>] until <time> [because <reason>]`; the zone may come without `until` when a time follows `for`. */
export function parseFreeze(text: string): Of<"freeze"> | Problem {
  const usage = "`freeze [<zone>] until <time> [because <reason>]`";
  const { before, why } = splitBecause(text);
  const parts = /^(?:the )?(?:zone )?(?<zone>\S+)?\s*\b(?:until|till|for)\b:?\s*(?<until>.*)$/i.exec(
    before,
  )?.groups;
  const until = (parts?.["until"] ?? "").replace(/^["“„]|["”“.]$/gu, "").trim();
  if (parts === undefined || until === "")
    return {
      kind: "problem",
      problem: `A freeze has an end: write ${usage}, such as \`freeze until monday 07:00\`. \`stop-all\` lasts until somebody resumes.`,
    };
  const zone = (parts["zone"] ?? "").replace(/^["'`]|["'`]$/g, "").toLowerCase();
  const isAll = zone === "" || zone === "everything" || zone === "all";
  return { kind: "freeze", zone: isAll ? null : zone.slice(0, 64), until: until.slice(0, 60), why };
}

/** `<hold> <digest>`, and for a rejection the reason. The digest says which change exactly was looked at. */
export function parseAnswer<Kind extends "approve" | "reject">(
  kind: Kind,
  text: string,
): Of<"approve"> | Of<"reject"> | Problem {
  const { before, why } = splitBecause(text);
  const [, holdId, digest] =
    /^(h-[0-9a-z]{1,20})(?:[\s:]+(?:sha256:)?([0-9a-f]{8,64})…?)?$/i.exec(before) ?? [];
  const usage = kind === "approve" ? "approve <hold> <digest>" : "reject <hold> <digest> because <reason>";
  if (holdId === undefined || digest === undefined)
    return {
      kind: "problem",
      problem: `Write \`${usage}\`, with the hold (h-…) and at least 8 characters of the digest as \`why <run>\` shows them: an answer is about exactly one state of a change.`,
    };
  const named = { holdId: holdId.toLowerCase(), digest: digest.toLowerCase() };
  return kind === "approve" ? { kind: "approve", ...named } : { kind: "reject", ...named, note: why };
}

/** `<run> because <reason>`. */
export function parseOverride(text: string): Of<"override"> | Problem {
  const { before, why } = splitBecause(text);
  const what = before.toLowerCase();
  if (!/^[rh]-[0-9a-z]{1,20}$/.test(what) || why === "")
    return {
      kind: "problem",
      problem:
        "Write `override <run> because <reason>`, with the run (r-…) or hold (h-…) that waits. The reason is told to everybody.",
    };
  return { kind: "override", what, why };
}
