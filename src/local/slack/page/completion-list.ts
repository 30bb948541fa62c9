import { type Completion, completionsFor, insertCompletion } from "./completions.ts";
import { make } from "./dom.ts";
import type { Snapshot } from "./feed.ts";

/** Enter sends a text that says all of the completion already; Tab always takes it. */
const takes = (event: KeyboardEvent, { complete }: Completion): boolean =>
  event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !complete);

export interface CompletionList {
  element: HTMLElement;
  /** Offers what fits the text at the caret. */
  refresh(data: Snapshot, inThread: boolean): void;
  hide(): void;
  /** True when the key was for the list: to move in it, take from it or close it. */
  takesKey(event: KeyboardEvent): boolean;
}

/** The list above a text box. `onTake` runs after a completion went into the text. */
export function createCompletionList(
  input: HTMLTextAreaElement,
  id: string,
  onTake: () => void,
): CompletionList {
  const element = make("ul", { class: "completions", id, role: "listbox", hidden: true });
  let completions: Completion[] = [];
  let chosen = 0;

  const take = (completion: Completion) => {
    const done = insertCompletion(input.value, completion);
    input.value = done.text;
    input.setSelectionRange(done.caret, done.caret);
    onTake();
  };

  const draw = () => {
    element.hidden = completions.length === 0;
    element.replaceChildren(
      ...completions.map((one, index) => {
        const pick = (event: Event) => {
          event.preventDefault();
          take(one);
        };
        const selected = { role: "option", "aria-selected": String(index === chosen), mousedown: pick };
        return make("li", selected, make("b", {}, one.label), make("span", {}, one.detail));
      }),
    );
  };

  const move = (by: number) => {
    chosen = (chosen + by + completions.length) % completions.length;
    draw();
  };

  return {
    element,
    refresh(data, inThread) {
      completions = completionsFor(input.value, input.selectionStart, data, inThread);
      chosen = 0;
      draw();
    },
    hide() {
      element.hidden = true;
    },
    takesKey(event) {
      const current = completions[chosen];
      if (current === undefined || element.hidden) return false;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
      else if (event.key === "Escape") element.hidden = true;
      else if (takes(event, current)) take(current);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}
