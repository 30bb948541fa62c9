import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  RichTextBlock,
  SectionBlock,
} from "@slack/types";
import { cutMarkup, inline, paragraph, plain, verbatimText } from "./text.ts";

/** A message as Slack takes it; `text` is what notifications and screen readers get. */
export interface Rendered {
  text: string;
  blocks: KnownBlock[];
}

const textMax = 3000;
const contextTextMax = 2000;
const headerMax = 150;
const buttonTextMax = 75;
/** Our ids are far shorter; Slack would take 2,000. */
export const buttonValueMax = 200;

export const header = (text: string): HeaderBlock => ({ type: "header", text: plain(text, headerMax) });

/** `verbatim`, because else Slack turns words of an untrusted text into links and channels by itself. */
export const section = (...lines: (string | undefined)[]): SectionBlock => ({
  type: "section",
  text: { type: "mrkdwn", text: cutMarkup(present(lines).join("\n"), textMax), verbatim: true },
});

export const context = (...parts: (string | undefined)[]): ContextBlock => ({
  type: "context",
  elements: [
    { type: "mrkdwn", text: cutMarkup(present(parts).join("  ·  "), contextTextMax), verbatim: true },
  ],
});

/** A sentence of ours or of the loop's, in which nothing is live. */
export const sentence = (text: string): Rendered => ({
  text: inline(text, 300),
  blocks: [section(paragraph(text, 2000))],
});

export const actions = (...elements: Button[]): ActionsBlock => ({ type: "actions", elements });

export function button(
  text: string,
  actionId: string,
  value: string,
  extra: { style?: "primary" | "danger"; confirm?: ConfirmationDialog } = {},
): Button {
  return {
    type: "button",
    text: plain(text, buttonTextMax),
    action_id: actionId,
    value: value.slice(0, buttonValueMax),
    ...extra,
  };
}

export const confirmation = (
  title: string,
  text: string,
  words: { yes: string; no: string },
): ConfirmationDialog => ({
  title: plain(title, 100),
  text: plain(text, 300),
  confirm: plain(words.yes, 30),
  deny: plain(words.no, 30),
});

/** A code block that never interprets what is in it. */
export const preformatted = (text: string, max: number): RichTextBlock => ({
  type: "rich_text",
  elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text: verbatimText(text, max) }] }],
});

/** Leaves out what is absent, so that cards read as a list of their parts. */
export const present = <T>(parts: (T | undefined)[]): T[] =>
  parts.filter((part): part is T => part !== undefined);
