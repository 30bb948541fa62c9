import { html, type Markup } from "./markup.ts";
import type { Held } from "./report.ts";

const width = 1130;
const height = 150;
const floor = 124;

interface Bar {
  label: string;
  cross: number;
  same: number;
}

/** Held changes over time, a bar a month, or a year when there are many; those across authors below the others. */
export function timeline(held: Held[], from: Date, until: Date): Markup {
  const bars = barsOf(held, from, until);
  const most = Math.max(1, ...bars.map((bar) => bar.cross + bar.same));
  const step = width / bars.length;
  const rise = (count: number): number => (count / most) * (floor - 20);
  const every = Math.ceil(bars.length / 12);
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Held changes over time">
<line x1="0" x2="${width}" y1="${floor}" y2="${floor}" stroke="currentColor" stroke-opacity=".25"/>
<text x="0" y="10">${most} at most</text>${bars.map((bar, at) => {
    const x = (at * step + step * 0.12).toFixed(1);
    const thick = Math.max(1, step * 0.76).toFixed(1);
    const low = rise(bar.cross);
    const high = rise(bar.same);
    const label = at % every === 0 ? html`<text x="${x}" y="${floor + 18}">${bar.label}</text>` : html``;
    return html`<g><title>${bar.label}: ${bar.cross} across authors, ${bar.same} by the same author</title>
<rect class="bar-cross" x="${x}" width="${thick}" y="${(floor - low).toFixed(1)}" height="${low.toFixed(1)}"/>
<rect class="bar-same" x="${x}" width="${thick}" y="${(floor - low - high).toFixed(1)}" height="${high.toFixed(1)}"/>${label}</g>`;
  })}</svg>`;
}

const monthsMax = 60;

function barsOf(held: Held[], from: Date, until: Date): Bar[] {
  const months =
    (until.getUTCFullYear() - from.getUTCFullYear()) * 12 + until.getUTCMonth() - from.getUTCMonth() + 1;
  const digits = months <= monthsMax ? 7 : 4;
  const bars = new Map<string, Bar>();
  for (let month = 0; month < Math.max(1, months); month += 1) {
    const at = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + month, 1));
    const label = at.toISOString().slice(0, digits);
    bars.set(label, { label, cross: 0, same: 0 });
  }
  for (const one of held) {
    const bar = bars.get(one.change.at.toISOString().slice(0, digits));
    if (bar !== undefined) bar[one.isCrossAuthor ? "cross" : "same"] += 1;
  }
  return [...bars.values()];
}
