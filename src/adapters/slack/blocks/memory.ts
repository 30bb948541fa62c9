import type { Answer } from "../../../domain/answer.ts";
import type { EntrySource, MemoryEntry } from "../../../domain/memory.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import { fitted, part, vital } from "./fitted.ts";
import { context, type Rendered, section, sentence } from "./kit.ts";
import { capped, code, counted, inline, paragraph, personName, when } from "./text.ts";

const pathsMax = 4;

/** What was decided and learned: a list, or one entry with everything about it. */
export function renderMemory(memory: Extract<Answer, { kind: "memory" }>, org: Organisation): Rendered {
  const { entries } = memory;
  const [first] = entries;
  if (first === undefined)
    return sentence(
      "Nothing is remembered yet. `/loom decide` keeps a decision; loops keep what they learn.",
    );
  if (entries.length === 1 && memory.isWhole) return renderEntry(first, org);
  const text = `${counted(entries.length, "thing")} remembered${memory.isWhole ? "" : ", and more"}`;
  const blocks = fitted(
    [
      vital(section(`*${text}*`)),
      ...entries.map((entry) =>
        part(
          section(
            `${marks[entry.kind]} ${code(entry.id, 40)} ${inline(entry.statement, 240)}`,
            entry.reason === "" ? undefined : `> ${inline(entry.reason, 160)}`,
            `${aboutOf(entry, org)}`,
          ),
        ),
      ),
      vital(
        context(
          `${code("/loom memory show <id>")} tells all of one, ${code("/loom memory forget <id>")} ends it`,
        ),
      ),
    ],
    `${code("/loom state <loop>")} shows what matters to a loop`,
  );
  return { text, blocks };
}

const marks = { decision: "⚖️", lesson: "📓" } satisfies Record<MemoryEntry["kind"], string>;

function aboutOf({ author, scope, at }: MemoryEntry, org: Organisation): string {
  const paths = capped(scope.paths, pathsMax, (path) => code(path, 100)).join(", ");
  const where = paths === "" ? `all of ${inline(scope.repository, 60)}` : paths;
  return `${authorName(org, author)}, ${when(at, org)}  ·  ${where}`;
}

/** A person by name; a loop, which the organisation does not know as a person, by its own. */
const authorName = (org: Organisation, author: string): string => personName(org, author);

const states = {
  active: "Every loop reads it before it works there.",
  superseded: "It is superseded; no loop reads it any more.",
  withdrawn: "It is withdrawn; no loop reads it any more.",
} satisfies Record<MemoryEntry["state"], string>;

function renderEntry(entry: MemoryEntry, org: Organisation): Rendered {
  const { scope } = entry;
  const by = entry.supersededBy === undefined ? "" : ` By ${code(entry.supersededBy, 40)}.`;
  const hits =
    entry.lastHitAt === undefined
      ? "never recalled"
      : `recalled ${counted(entry.hits, "time")}, last ${when(entry.lastHitAt, org)}`;
  const listed = (title: string, items: string[]) =>
    items.length === 0
      ? undefined
      : part(section(`*${title}*`, ...capped(items, 10, (one) => `• ${code(one, 160)}`)));
  const blocks = fitted(
    [
      vital(section(`${marks[entry.kind]} *${inline(entry.statement, 600)}*`)),
      entry.reason === ""
        ? undefined
        : vital(section(`> ${paragraph(entry.reason, 1200).replaceAll("\n", "\n> ")}`)),
      vital(section(`${states[entry.state]}${by}`)),
      listed("Paths", scope.paths),
      listed("Symbols", scope.symbols),
      listed("Tests", scope.tests),
      vital(
        context(
          code(entry.id, 40),
          `by ${authorName(org, entry.author)}, ${when(entry.at, org)}`,
          `from ${sourceOf(entry.source)}`,
          inline(scope.repository, 60),
          hits,
        ),
      ),
    ],
    `${code("loom memory show")} tells all of it`,
  );
  return { text: `${inline(entry.id, 40)}: ${inline(entry.statement, 300)}`, blocks };
}

const sourceWords = {
  hold: "an approval",
  conflict: "a conflict",
  message: "a message",
  adr: "a decision record",
  change: "a landed change",
  run: "a run",
} satisfies Record<EntrySource["kind"], string>;

/** A message's permalink leads to it; every other reference is only named. */
function sourceOf({ kind, ref }: EntrySource): string {
  if (kind === "message" && /^https?:\/\/[\w.:-]{1,200}\/archives\/[A-Z0-9]{1,30}\/p\d{10,20}$/.test(ref))
    return `<${ref}|${sourceWords[kind]}>`;
  return `${sourceWords[kind]} (${inline(ref, 160)})`;
}
