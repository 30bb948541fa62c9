import { heldView } from "./held-view.ts";
import { html, type Markup } from "./markup.ts";
import type { Held, Report } from "./report.ts";
import { style } from "./style.ts";
import { timeline } from "./timeline.ts";

const pairsShown = 12;

/** One self-contained page: it loads nothing, runs nothing, and says nothing that the history does not. */
export function renderReport(report: Report): string {
  const byHand = report.held.filter((held) => !held.isGenerated);
  const cross = byHand.filter((held) => held.isCrossAuthor);
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${report.repository}: what would have been held</title><style>${{ markup: style }}</style></head><body>
<h1>${headline(report, cross)}</h1>
<p class="soft">${report.repository} at <span class="sha">${report.rev.slice(0, 10)}</span>: ${report.commits} commits by ${report.authors} authors,
${day(report.from)} to ${day(report.until)}. A commit is held when its lines or files bring back what one of the ${report.lookback} commits before it
had changed. Contents and authors alone decide; messages are only shown.</p>
${figures(report, byHand, cross)}
<h2>Over time</h2>${timeline(byHand, report.from, report.until)}
<p class="key soft"><i style="background:var(--cross)"></i>another author’s change<i style="background:var(--same)"></i>their own</p>
${whoAgainstWhom(cross)}
<h2>Held, newest first</h2>
<div class="filters"><label><input type="checkbox" id="other"> only across authors</label>
<label><input type="checkbox" id="hand" checked> without generated files</label>
<label><input type="checkbox" id="loud"> only ping-pong and test intent</label></div>
${report.held.map(heldView)}
${limits(report)}</body></html>
`;
  return page.markup;
}

function headline({ held, commits }: Report, cross: Held[]): string {
  if (held.length === 0) return `Nothing would have been held: no commit here takes a recent one back.`;
  if (cross.length === 0)
    return `${held.length} of ${commits} commits take back a recent change, none of them another author’s.`;
  return `${cross.length === 1 ? "Once" : `${cross.length} times`} somebody took back another author’s recent change. Each would have been held, and asked about first.`;
}

function figures(report: Report, byHand: Held[], cross: Held[]): Markup {
  const count = (kind: Held["kind"]): number => byHand.filter((held) => held.kind === kind).length;
  const share = report.commits === 0 ? 0 : (cross.length / report.commits) * 1000;
  return html`<div class="figures">
<div><b>${cross.length}</b>across authors, ${share.toFixed(1)} in 1,000 commits</div>
<div><b>${byHand.length}</b>held in all, their own included</div>
<div><b>${count("ping-pong")}</b>ping-pong: the undo of an undo</div>
<div><b>${count("test-intent")}</b>only the tests of a change turned back</div></div>`;
}

function whoAgainstWhom(cross: Held[]): Markup {
  const pairs = new Map<string, { left: string; right: string; times: number }>();
  for (const held of cross) {
    const [left, right] = [held.change.author, held.undone[0]?.author ?? ""];
    const pair = pairs.get(`${left}\n${right}`) ?? { left, right, times: 0 };
    pairs.set(`${left}\n${right}`, { ...pair, times: pair.times + 1 });
  }
  if (pairs.size === 0) return html``;
  const rows = [...pairs.values()].sort((a, b) => b.times - a.times || a.left.localeCompare(b.left));
  return html`<h2>Who took back whose change</h2><table><tr><th>by</th><th>of</th><th>times</th></tr>${rows
    .slice(0, pairsShown)
    .map(
      ({ left, right, times }) => html`<tr><td>${left}</td><td>${right}</td><td>${times}</td></tr>`,
    )}</table>${rows.length > pairsShown ? html`<p class="soft">and ${rows.length - pairsShown} more pairs</p>` : html``}`;
}

const limits = ({ weaker }: Report): Markup =>
  weaker.length === 0
    ? html``
    : html`<h2>What could not be looked at</h2>${weaker.slice(0, 20).map((sentence) => html`<p>${sentence}</p>`)}`;

const day = (at: Date): string => at.toISOString().slice(0, 10);
