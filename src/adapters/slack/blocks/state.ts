import type { Answer } from "../../../domain/answer.ts";
import { fitted, part, vital } from "./fitted.ts";
import { type Rendered, section } from "./kit.ts";
import { capped, inline } from "./text.ts";

const sectionsMax = 20;
const linesMax = 12;

/** A loop's state file, section by section. It is Markdown of agents and people: headings and items are drawn, nothing else is. */
export function renderState(state: Extract<Answer, { kind: "state" }>): Rendered {
  const [head = "", ...sections] = state.text.split(/^## /m).slice(0, sectionsMax + 1);
  const text = `What ${inline(state.loop, 60)} knows`;
  const blocks = fitted(
    [
      vital(section(`*${text}*`, ...linesOf(head.replace(/^# /, "")))),
      ...sections.map((one) => {
        const [title = "", ...body] = one.split("\n");
        return part(section(`*${inline(title, 150)}*`, ...linesOf(body.join("\n"))));
      }),
    ],
    `the command line shows all of it: \`loom state ${inline(state.loop, 60).replaceAll("`", "'")}\``,
  );
  return { text, blocks };
}

function linesOf(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return capped(lines, linesMax, (line) =>
    line.startsWith("- ") ? `• ${inline(line.slice(2), 300)}` : inline(line, 300),
  );
}
