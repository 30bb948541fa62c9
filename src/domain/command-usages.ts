import type { Command } from "./command.ts";

/** The commands that can be typed, in the order of the help. */
export const commandUsages = [
  { word: "start", usage: "start <loop>", what: "let a loop run: now, and then at its times" },
  { word: "stop", usage: "stop <loop>", what: "end a loop's ticks; what it holds stays held" },
  {
    word: "pause",
    usage: "pause [<loop>] [because <reason>]",
    what: "start and land nothing more, for one loop or for everything",
  },
  {
    word: "stop-all",
    usage: "stop-all [because <reason>]",
    what: "pause everything until a person resumes",
  },
  { word: "resume", usage: "resume [<loop>]", what: "take a pause back" },
  {
    word: "freeze",
    usage: "freeze [<zone>] until <time> [because <reason>]",
    what: "land and deploy nothing there before 18:00, monday 07:00, 2h …",
  },
  { word: "unfreeze", usage: "unfreeze [<zone>]", what: "end a freeze before its time" },
  { word: "status", usage: "status", what: "what runs, what waits for whom, what landed today" },
  {
    word: "who",
    usage: "who [<path, loop or person>]",
    what: "who is doing what: runs, claims, open changes, holds",
  },
  { word: "state", usage: "state <loop>", what: "what a loop knows: open, tried, waiting, decided" },
  { word: "inbox", usage: "inbox", what: "what the loops could not settle" },
  { word: "digest", usage: "digest", what: "the summary since the last digest" },
  {
    word: "trace",
    usage: "trace <commit or run>",
    what: "which loop made a commit, who checked and approved it",
  },
  { word: "why", usage: "why <run or finding>", what: "what a run did, step by step, and why it waits" },
  {
    word: "approve",
    usage: "approve <hold> <digest>",
    what: "what the button does, for exactly the change with this digest",
  },
  {
    word: "reject",
    usage: "reject <hold> <digest> because <reason>",
    what: "turn a held change down; the next run reads the reason",
  },
  { word: "show-diff", usage: "show-diff <hold>", what: "the held change as git shows it" },
  {
    word: "override",
    usage: "override <run> because <reason>",
    what: "let a held change land without those it asks; all are told",
  },
  { word: "retry", usage: "retry <finding>", what: "let its loop try a finding of the inbox again" },
  { word: "ignore", usage: "ignore <finding>", what: "never work on this finding again" },
  { word: "take", usage: "take <finding>", what: "do it yourself; the loops leave it alone" },
  {
    word: "settle",
    usage: "settle <conflict> keep-left|keep-right|order|both-fine|pause-both|ask [<note>]",
    what: "answer a conflict of two changes, once and for all",
  },
  {
    word: "decide",
    usage: "decide <statement> [because <reason>] [paths: a, b] [repository: name] [supersedes d-…]",
    what: "remember a decision; every loop reads it before it works",
  },
  {
    word: "memory",
    usage: "memory [list | show <id> | forget <id>]",
    what: "what was decided and learned",
  },
  { word: "release", usage: "release <claim or path>", what: "ask whoever holds it to give it back" },
  { word: "help", usage: "help [<command>]", what: "this list" },
] as const satisfies readonly { word: Command["kind"] | "stop-all"; usage: string; what: string }[];
