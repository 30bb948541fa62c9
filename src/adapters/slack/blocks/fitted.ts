import type { KnownBlock } from "@slack/types";
import { context } from "./kit.ts";
import { cutMarkup } from "./text.ts";

export const blocksPerMessageMax = 50;
export const blocksPerViewMax = 100;

/**
 * Slack refuses a message near 13,200 characters of blocks although each block is legal (bolt-js issue 2509); we stay well
 * below, and count JSON because that is what is sent.
 */
export const blockCharactersMax = 12_000;

/** Blocks that stand or go together, such as a text and its buttons. */
export interface Part {
  blocks: KnownBlock[];
  /** Never left out. */
  isVital: boolean;
}

export const vital = (...blocks: KnownBlock[]): Part => ({ blocks, isVital: true });
export const part = (...blocks: KnownBlock[]): Part => ({ blocks, isVital: false });

/**
 * Keeps a message within Slack's limits: parts that are not vital go, the last one first (builders put what matters first), and
 * a line says how many are missing and where to see them.
 */
export function fitted(
  parts: (Part | undefined)[],
  more: string,
  blocksMax: number = blocksPerMessageMax,
): KnownBlock[] {
  let kept = parts.filter((one): one is Part => one !== undefined && one.blocks.length > 0);
  let dropped = 0;
  const blocks = () => [
    ...kept.flatMap((one) => one.blocks),
    ...(dropped === 0 ? [] : [context(`… ${dropped} more; ${more}`)]),
  ];
  while (isTooMuch(blocks(), blocksMax)) {
    const last = kept.findLastIndex((one) => !one.isVital);
    if (last < 0) break;
    kept = kept.filter((_, index) => index !== last);
    dropped += 1;
  }
  return shrunk(blocks(), blocksMax);
}

/** The last resort, for texts full of characters that double in JSON: the longest section is cut until all of it fits. */
function shrunk(blocks: KnownBlock[], blocksMax: number): KnownBlock[] {
  let fitting = blocks;
  for (let tries = 0; tries < 20 && isTooMuch(fitting, blocksMax); tries += 1) {
    const longest = Math.max(...fitting.map(sectionLength));
    fitting = fitting.map((block) => (sectionLength(block) === longest ? halved(block) : block));
  }
  return fitting;
}

const sectionLength = (block: KnownBlock): number =>
  block.type === "section" && block.text !== undefined ? block.text.text.length : 0;

const halved = (block: KnownBlock): KnownBlock =>
  block.type === "section" && block.text !== undefined
    ? { ...block, text: { ...block.text, text: cutMarkup(block.text.text, block.text.text.length / 2) } }
    : block;

const isTooMuch = (blocks: KnownBlock[], blocksMax: number): boolean =>
  blocks.length > blocksMax || JSON.stringify(blocks).length > blockCharactersMax;
