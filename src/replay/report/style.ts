/** The page's whole style: it loads nothing. */
export const style = `
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #62686f; --line: #dfe2e6; --paper: #fff; --wash: #f5f6f8;
  --cross: #c2410c; --same: #9aa4b2; --plus: #e3f6e8; --minus: #fde8e6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --soft: #9aa1a9; --line: #33373c; --paper: #17191c; --wash: #1f2226;
  --cross: #f0875a; --same: #5d6673; --plus: #173a24; --minus: #46201d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 32px 24px 96px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 8px; max-width: 34em; }
h2 { font-size: 18px; margin: 44px 0 10px; }
p { margin: 0 0 10px; max-width: 46em; }
.soft, small { color: var(--soft); }
code, pre, .sha { font: 12.5px/1.45 ui-monospace, monospace; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 24px 0; }
.figures div { background: var(--wash); border-radius: 8px; padding: 14px 16px; }
.figures b { display: block; font-size: 26px; font-weight: 600; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.bar-cross { fill: var(--cross); } .bar-same { fill: var(--same); }
.key i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 5px 0 14px; }
table { border-collapse: collapse; width: 100%; max-width: 760px; }
td, th { text-align: left; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); font-weight: 400; }
th { color: var(--soft); font-size: 13px; } td:last-child, th:last-child { text-align: right; padding-right: 0; }
.filters { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 0 0 12px; }
.filters label { cursor: pointer; }
details { border: 1px solid var(--line); border-radius: 8px; margin: 0 0 8px; overflow: hidden; }
summary { cursor: pointer; padding: 10px 14px; }
summary:hover { background: var(--wash); }
.tag { display: inline-block; font-size: 12px; border: 1px solid var(--line); border-radius: 99px; padding: 0 9px; margin-left: 6px; color: var(--soft); }
.tag.cross { color: var(--cross); border-color: currentColor; }
.body { padding: 10px 18px 18px; border-top: 1px solid var(--line); }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; margin-top: 12px; }
.sides > div { min-width: 0; }
.sides h3 { font-size: 13px; margin: 0 0 2px; color: var(--soft); font-weight: 500; }
pre { margin: 8px 0 0; max-height: 460px; overflow: auto; border: 1px solid var(--line); border-radius: 6px; padding: 8px 0; }
pre span { display: block; padding: 0 10px; white-space: pre; min-height: 1.45em; width: max-content; min-width: 100%; }
.plus { background: var(--plus); } .minus { background: var(--minus); } .place { color: var(--soft); }
body:has(#other:checked) details:not(.cross), body:has(#hand:checked) details.generated,
body:has(#loud:checked) details.plain { display: none; }
@media (max-width: 720px) { .sides { grid-template-columns: 1fr; } body { padding: 20px 14px 64px; } }
@media print { details { break-inside: avoid; } .filters { display: none; } }
`;
