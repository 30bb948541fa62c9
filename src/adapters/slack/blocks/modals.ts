import type { ModalView } from "@slack/types";
import { callbackIds, noteInput } from "./action-ids.ts";
import { fitted, part, vital } from "./fitted.ts";
import { context, preformatted, section } from "./kit.ts";
import { inline, paragraph, plain } from "./text.ts";

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
