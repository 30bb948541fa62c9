import type {
  ContextBlock,
  ImageBlock,
  InputBlock,
  KnownBlock,
  PlanBlock,
  SectionBlock,
  TableBlock,
  TaskCardBlock,
} from "@slack/types";
import { attributes, escapeHtml, safeUrl } from "./html.ts";
import type { Block, Directory } from "./model.ts";
import { renderElement, renderText } from "./render-elements.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { renderPlain } from "./render-mrkdwn.ts";
import { renderRichText } from "./render-rich-text.ts";

/**
 * Blocks as safe HTML, one keyed element per block so that the page can patch block by block. A block
 * that this renderer does not know is drawn as a placeholder.
 */
export function renderBlocks(blocks: Block[], directory: Directory): string {
  return blocks
    .map((block) => {
      const wide = block.type === "section" && block["accessory"] !== undefined ? " bk-with-accessory" : "";
      const marks = attributes({
        class: `bk bk-${block.type}${wide}`,
        "data-key": block.block_id,
        "data-dispatch": block["dispatch_action"] === true ? "yes" : undefined,
      });
      return `<div${marks}>${renderBlock(block as KnownBlock, directory)}</div>`;
    })
    .join("");
}

function renderBlock(block: KnownBlock, directory: Directory): string {
  switch (block.type) {
    case "header":
      return `<h3>${renderText(block.text, directory)}</h3>`;
    case "divider":
      return "<hr>";
    case "section":
      return renderSection(block, directory);
    case "context":
      return renderContext(block, directory);
    case "actions":
      return (block.elements ?? [])
        .map((element) => renderElement(element, { blockId: block.block_id ?? "", directory }))
        .join("");
    case "input":
      return renderInput(block, directory);
    case "image":
      return renderImage(block, directory);
    case "rich_text":
      return renderRichText(block, directory);
    case "markdown":
      return renderMarkdown(block.text ?? "");
    case "table":
      return renderTable(block, directory);
    case "alert":
      return `<div class="bk-alert-body ${escapeHtml(block.level ?? "default")}" role="note">${renderText(block.text, directory)}</div>`;
    case "plan":
      return renderPlan(block, directory);
    case "task_card":
      return renderTask(block, directory);
    default:
      return `<span class="bk-unknown">[block ${escapeHtml(block.type)}]</span>`;
  }
}

function renderSection(block: SectionBlock, directory: Directory): string {
  const text =
    block.text === undefined ? "" : `<div class="bk-text">${renderText(block.text, directory)}</div>`;
  const fields = (block.fields ?? []).map((field) => `<div>${renderText(field, directory)}</div>`).join("");
  const body = `<div class="bk-body">${text}${fields === "" ? "" : `<div class="bk-fields">${fields}</div>`}</div>`;
  if (block.accessory === undefined) return body;
  const accessory =
    block.accessory.type === "image"
      ? picture(block.accessory, "bk-thumb")
      : renderElement(block.accessory, { blockId: block.block_id ?? "", directory });
  return `${body}<div class="bk-accessory">${accessory}</div>`;
}

function renderContext(block: ContextBlock, directory: Directory): string {
  return (block.elements ?? [])
    .map((element) =>
      element.type === "image"
        ? picture(element, "bk-icon")
        : `<span>${renderText(element, directory)}</span>`,
    )
    .join("");
}

function renderInput(block: InputBlock, directory: Directory): string {
  const label = block.label?.text ?? "";
  const optional = block.optional === true ? ' <span class="bk-optional">(optional)</span>' : "";
  const control = renderElement(block.element, { blockId: block.block_id ?? "", directory, label });
  const hint =
    block.hint === undefined ? "" : `<div class="bk-hint">${renderText(block.hint, directory)}</div>`;
  return `<div class="bk-label">${renderPlain(label)}${optional}</div>${control}${hint}<div class="bk-error" role="alert"></div>`;
}

function renderImage(block: ImageBlock, directory: Directory): string {
  const title =
    block.title === undefined
      ? ""
      : `<div class="bk-image-title">${renderText(block.title, directory)}</div>`;
  return title + picture(block, "bk-picture");
}

function picture(image: { alt_text: string; image_url?: string }, className: string): string {
  const src = "image_url" in image ? safeUrl(image.image_url) : null;
  if (src === null) return `<span class="bk-unknown">[image ${escapeHtml(image.alt_text ?? "")}]</span>`;
  return `<img${attributes({ class: className, src, alt: image.alt_text ?? "", loading: "lazy", referrerpolicy: "no-referrer" })}>`;
}

function renderTable(block: TableBlock, directory: Directory): string {
  const rows = (block.rows ?? []).map((row, rowIndex) => {
    const tag = rowIndex === 0 ? "th" : "td";
    const cells = row.map((cell, column) => {
      const align = block.column_settings?.[column]?.align;
      const className = align === "right" || align === "center" ? ` class="${align}"` : "";
      return `<${tag}${className}>${renderCell(cell, directory)}</${tag}>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="bk-scroll"><table>${rows.join("")}</table></div>`;
}

function renderCell(cell: TableBlock["rows"][number][number], directory: Directory): string {
  if (cell?.type === "rich_text") return renderRichText(cell, directory);
  if (cell?.type === "raw_text") return renderPlain(cell.text ?? "");
  if (cell?.type === "raw_number") return escapeHtml(String(cell.text ?? cell.value ?? ""));
  return "";
}

function renderPlan(block: PlanBlock, directory: Directory): string {
  const tasks = (block.tasks ?? []).map((task) => renderTask(task as TaskCardBlock, directory)).join("");
  return `<div class="bk-plan-title">${renderPlain(block.title ?? "")}</div>${tasks}`;
}

const taskMarks = { pending: "○", in_progress: "◐", complete: "●", error: "✕" };

function renderTask(task: TaskCardBlock, directory: Directory): string {
  const details = task.details === undefined ? "" : renderRichText(task.details, directory);
  const output = task.output === undefined ? "" : renderRichText(task.output, directory);
  const status = taskMarks[task.status] === undefined ? "pending" : task.status;
  return `<div class="bk-task ${status}"><span aria-hidden="true">${taskMarks[status]}</span> ${renderPlain(task.title ?? "")}${details}${output}</div>`;
}
