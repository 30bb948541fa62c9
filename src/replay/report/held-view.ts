import type { CommitWords } from "../../ports/history.ts";
import { html, type Markup } from "./markup.ts";
import type { Held, Patch } from "./report.ts";

const words: { [kind in Held["kind"]]: string } = {
  undo: "undo",
  "ping-pong": "ping-pong",
  "test-intent": "test intent",
};

const pathsShown = 8;

/** One held change: a line to skim; opened, both sides with their lines. */
export function heldView(held: Held): Markup {
  const [first] = held.undone;
  const classes = [
    held.isCrossAuthor ? "cross" : "",
    held.isGenerated ? "generated" : "",
    held.kind === "undo" ? "plain" : "",
  ].join(" ");
  const more = held.undone.length > 1 ? ` and ${held.undone.length - 1} more` : "";
  return html`<details class="${classes}"><summary>${day(held.change.at)} · <b>${held.change.author}</b>${
    held.isCrossAuthor ? html` takes back <b>${first?.author ?? ""}</b>’s ` : html` takes back their own `
  }“${first?.subject ?? ""}”${more} <small>${after(first, held.change)}</small>
<span class="tag">${words[held.kind]}</span>${held.isCrossAuthor ? html`<span class="tag cross">other author</span>` : html``}${
    held.isGenerated ? html`<span class="tag">generated</span>` : html``
  }</summary><div class="body">${held.evidence.map((sentence) => html`<p>${sentence}</p>`)}<p class="soft">${paths(held.paths)}</p>
<div class="sides"><div><h3>What was landed</h3>${held.undone.slice(0, 5).map(commit)}${patch(held.diffs?.before)}</div>
<div><h3>What takes it back</h3>${commit(held.change)}${patch(held.diffs?.after)}</div></div></div></details>`;
}

const commit = ({ sha, author, at, subject }: CommitWords): Markup =>
  html`<div><span class="sha">${sha.slice(0, 10)}</span> ${subject} <small>${author}, ${day(at)}</small></div>`;

function patch(shown: Patch | undefined): Markup {
  if (shown === undefined) return html`<p class="soft">Its lines are not shown.</p>`;
  const lines = shown.text
    .trimEnd()
    .split("\n")
    .map((line) => html`<span class="${toneOf(line)}">${line}</span>`);
  const cut = shown.isCut ? html`<span class="place">… cut here</span>` : html``;
  return html`<pre>${lines}${cut}</pre>`;
}

function toneOf(line: string): string {
  if (/^(diff |index |--- |\+\+\+ |@@|new file|deleted file|similarity|rename )/.test(line)) return "place";
  if (line.startsWith("+")) return "plus";
  return line.startsWith("-") ? "minus" : "";
}

const paths = (all: string[]): string =>
  all.length <= pathsShown
    ? all.join(", ")
    : `${all.slice(0, pathsShown).join(", ")} and ${all.length - pathsShown} more`;

const day = (at: Date): string => at.toISOString().slice(0, 10);

function after(first: CommitWords | undefined, change: CommitWords): string {
  if (first === undefined) return "";
  const hours = (change.at.getTime() - first.at.getTime()) / 3_600_000;
  if (hours < 1) return "within the hour";
  if (hours < 48) return `${Math.round(hours)} hours later`;
  return hours < 24 * 90
    ? `${Math.round(hours / 24)} days later`
    : `${Math.round(hours / 24 / 30)} months later`;
}
