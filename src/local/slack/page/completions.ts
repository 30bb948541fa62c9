import type { Snapshot } from "./feed.ts";

export interface Completion {
  label: string;
  detail: string;
  /** What replaces the text from `start` to `end`. */
  insert: string;
  start: number;
  end: number;
  /** Whether the text already says exactly this, so that Enter sends it. */
  complete: boolean;
}

const completionsMax = 9;
const hintWordsMax = 20;

/** What may come next at the caret: a command, a word of its usage hint, a person or a channel. */
export function completionsFor(text: string, caret: number, data: Snapshot, inThread: boolean): Completion[] {
  const before = text.slice(0, caret);
  if (text.startsWith("/")) return inThread ? [] : commandCompletions(before, data);
  const word = /(?:^|\s)([@#][\w.-]*)$/.exec(before)?.[1];
  if (word === undefined) return [];
  const start = caret - word.length;
  const names =
    word[0] === "@"
      ? [
          { name: data.app.name, detail: data.app.title },
          ...data.people.map(({ name, realName }) => ({ name, detail: realName })),
        ]
      : data.channels
          .filter(({ kind }) => kind === "channel")
          .map(({ name, topic }) => ({ name, detail: topic }));
  return names
    .filter(({ name }) => name.toLowerCase().startsWith(word.slice(1).toLowerCase()))
    .slice(0, completionsMax)
    .map(({ name, detail }) => {
      const insert = `${word[0]}${name}`;
      return { label: insert, detail, insert: `${insert} `, start, end: caret, complete: insert === word };
    });
}

function commandCompletions(before: string, data: Snapshot): Completion[] {
  const [, typed = "", gap = "", argument = ""] = /^(\S*)(\s*)(\S*)$/.exec(before) ?? [];
  if (typed === "") return [];
  if (gap === "") {
    return data.commands
      .filter(({ command }) => command.startsWith(typed))
      .map(({ command, description, usageHint }) => ({
        label: command,
        detail: usageHint === "" ? description : `${description} · ${usageHint}`,
        insert: `${command} `,
        start: 0,
        end: before.length,
        complete: false,
      }));
  }
  const hint = data.commands.find(({ command }) => command === typed)?.usageHint ?? "";
  const start = before.length - argument.length;
  return hintWords(hint)
    .filter((word) => word.startsWith(argument))
    .slice(0, hintWordsMax)
    .map((word) => ({
      label: word,
      detail: "",
      insert: `${word} `,
      start,
      end: before.length,
      complete: word === argument,
    }));
}

/** `start|stop|help` or `[start | stop] …` in a usage hint names the first words that the command knows. */
function hintWords(hint: string): string[] {
  return hint
    .split("|")
    .map((part) => /^[[(\s]*([a-z][\w-]*)/.exec(part)?.[1] ?? "")
    .filter((word) => word !== "" && hint.includes("|"));
}

export function insertCompletion(text: string, completion: Completion): { text: string; caret: number } {
  const caret = completion.start + completion.insert.length;
  return { text: text.slice(0, completion.start) + completion.insert + text.slice(completion.end), caret };
}
