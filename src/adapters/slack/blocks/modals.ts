import type { InputBlock, ModalView, PlainTextInput } from "@slack/types";
import { decideLimits } from "../../../domain/parse-decide.ts";
import { callbackIds, decisionInputs, noteInput } from "./action-ids.ts";
import { fitted, part, vital } from "./fitted.ts";
import { context, preformatted, section } from "./kit.ts";
import { cut, inline, paragraph, plain } from "./text.ts";

const titleMax = 24;
const chunkMax = 2400;
const chunksMax = 4;

/** Asks why a change is rejected. `metadata` comes back with the note. */
export const noteModal = (metadata: string): ModalView => ({
  type: "modal",
  callback_id: callbackIds.rejectNote,
  private_metadata: metadata,
  title: plain("Reject this change", titleMax),
  submit: plain("Reject", titleMax),
  close: plain("Cancel", titleMax),
  blocks: [
    {
      type: "input",
      block_id: noteInput.blockId,
      label: plain("What is wrong with it?", 150),
      hint: plain("The next run on this finding reads your note.", 150),
      element: {
        type: "plain_text_input",
        action_id: noteInput.actionId,
        multiline: true,
        min_length: 1,
        max_length: noteInput.charactersMax,
      },
    },
  ],
});

/** Asks for a decision, prefilled with what a message says. `metadata` comes back with it. */
export function decisionModal(metadata: string, statement: string): ModalView {
  const { statementMax, reasonMax } = decideLimits;
  const given = cut(statement.trim(), statementMax);
  return {
    type: "modal",
    callback_id: callbackIds.decision,
    private_metadata: metadata,
    title: plain("Remember a decision", titleMax),
    submit: plain("Remember", titleMax),
    close: plain("Cancel", titleMax),
    blocks: [
      textInput(
        "statement",
        {
          label: "What is decided?",
          hint: "One or two sentences. Every loop reads them before it works there.",
        },
        // Slack refuses an empty value.
        { multiline: true, max_length: statementMax, ...(given === "" ? {} : { initial_value: given }) },
      ),
      textInput(
        "reason",
        { label: "Why?", hint: "Whoever wants to go against it must answer this." },
        { multiline: true, max_length: reasonMax },
        true,
      ),
      textInput(
        "paths",
        {
          label: "Which files?",
          hint: "Files, folders ending in / or globs, with commas: src/pricing.js, test/pricing/. Empty: the whole repository.",
        },
        { max_length: 3_000 },
        true,
      ),
    ],
  };
}

const textInput = (
  name: keyof typeof decisionInputs,
  words: { label: string; hint: string },
  element: Omit<PlainTextInput, "type" | "action_id">,
  optional = false,
): InputBlock => ({
  type: "input",
  block_id: decisionInputs[name].blockId,
  label: plain(words.label, 150),
  hint: plain(words.hint, 150),
  optional,
  element: { type: "plain_text_input", action_id: decisionInputs[name].actionId, ...element },
});

const diffModal = (blocks: ModalView["blocks"]): ModalView => ({
  type: "modal",
  callback_id: callbackIds.diff,
  title: plain("Diff", titleMax),
  close: plain("Close", titleMax),
  blocks,
});

export const diffLoadingModal = (): ModalView => diffModal([section("Reading the diff…")]);

export const messageModal = (text: string): ModalView => diffModal([section(paragraph(text, 1500))]);

/** A diff in code blocks, as much of it as Slack takes, cut at a line's end. */
export function diffBlocks(diff: { title: string; text: string; isCut: boolean }) {
  const chunks = chunked(diff.text);
  const shown = chunks.slice(0, chunksMax);
  const isWhole = !diff.isCut && chunks.length <= chunksMax;
  return fitted(
    [
      vital(section(`*${inline(diff.title, 300)}*`)),
      isWhole
        ? undefined
        : vital(context("Only the beginning is shown; `git diff` with the names above shows all of it.")),
      ...shown.map((chunk) => part(preformatted(chunk, chunkMax))),
    ],
    "`git diff` with the names above shows all of it",
  );
}

export const diffView = (diff: { title: string; text: string; isCut: boolean }): ModalView =>
  diffModal(diffBlocks(diff));

/** Pieces of whole lines; a line that is longer than a piece is cut by the code block. */
function chunked(text: string): string[] {
  const chunks: string[] = [];
  let chunk = "";
  for (const line of text.split("\n")) {
    const next = chunk === "" ? line : `${chunk}\n${line}`;
    if (next.length <= chunkMax) {
      chunk = next;
      continue;
    }
    if (chunk !== "") chunks.push(chunk);
    chunk = line;
    if (chunks.length > chunksMax) break;
  }
  return chunk === "" ? chunks : [...chunks, chunk];
}
