import type { KnownBlock } from "@slack/types";

/** What a reader sees of a message, line by line: headers, texts, small print, code and buttons. */
export const seen = (blocks: KnownBlock[]): string => blocks.map(seenBlock).join("\n");

function seenBlock(block: KnownBlock): string {
  switch (block.type) {
    case "header":
      return `# ${block.text.text}`;
    case "section":
      return `${block.text?.text ?? ""}${block.accessory?.type === "button" ? `  [${block.accessory.text.text}]` : ""}`;
    case "context":
      return `(${block.elements.map((one) => ("text" in one ? one.text : "")).join(" ")})`;
    case "actions":
      return block.elements
        .map((one) =>
          one.type === "button" ? `[${one.text.text}${one.confirm === undefined ? "" : " ?"}]` : "",
        )
        .join(" ");
    case "rich_text":
      return `\`\`\`${JSON.stringify(block.elements)}\`\`\``;
    default:
      return block.type;
  }
}

/** Every mrkdwn text anywhere in a message, and the text of its notification: where something could be live. */
export function liveTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(liveTexts);
  if (typeof value !== "object" || value === null) return [];
  const own =
    "type" in value && value.type === "mrkdwn" && "text" in value && typeof value.text === "string"
      ? [value.text]
      : [];
  return [...own, ...Object.values(value).flatMap(liveTexts)];
}
