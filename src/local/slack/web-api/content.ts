import { z } from "zod";
import type { Block, JsonObject } from "../model.ts";
import { validateMessageBlocks } from "../validate-blocks.ts";
import { type ApiAnswer, refuse } from "./method.ts";

/** The arguments that say what a message contains. */
export const contentArgs = {
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  attachments: z.array(z.unknown()).optional(),
  metadata: z.unknown().optional(),
};

export interface Content {
  text: string | undefined;
  blocks: Block[] | undefined;
  attachments: unknown[] | undefined;
  metadata: JsonObject | undefined;
}

const metadataSchema = z.object({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.unknown()),
});

/** Checks a message's content as Slack does. */
export function readContent(args: {
  text?: string | undefined;
  blocks?: unknown;
  attachments?: unknown[] | undefined;
  metadata?: unknown;
}): { kind: "content"; content: Content } | { kind: "refused"; answer: ApiAnswer } {
  let blocks: Block[] | undefined;
  if (args.blocks !== undefined && args.blocks !== null) {
    const result = validateMessageBlocks(args.blocks);
    if (result.kind === "invalid") return { kind: "refused", answer: refuse(result.error, result.messages) };
    blocks = result.blocks.length === 0 ? undefined : result.blocks;
  }
  const metadata = args.metadata === undefined ? undefined : metadataSchema.safeParse(args.metadata);
  if (metadata?.success === false) return { kind: "refused", answer: refuse("invalid_metadata_format") };
  const attachments = args.attachments?.length === 0 ? undefined : args.attachments;
  const empty = (args.text ?? "") === "" && blocks === undefined && attachments === undefined;
  if (empty) return { kind: "refused", answer: refuse("no_text") };
  return { kind: "content", content: { text: args.text, blocks, attachments, metadata: metadata?.data } };
}
