/** Light by default, dark where the reader's system asks for it, black on white on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fff; --panel: #f5f6f8; --text: #1b1f24; --soft: #57606a; --line: #d8dde3;
  --ink: #2b5c8f; --fill: #6c99c6; --wait: #dfe8f1; --link: #1f5fa8;
  --pass: #1a6b36; --fail: #b3261e; --inconclusive: #855400; --error: #7a2e8e;
  --missed: #b3261e1f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --panel: #1d2126; --text: #e6e9ec; --soft: #a5aeb8; --line: #3a424b;
    --ink: #8ec1f2; --fill: #4d7cab; --wait: #2a3b4d; --link: #8ec1f2;
    --pass: #63c987; --fail: #ff8d7e; --inconclusive: #e5b651; --error: #d69ae8;
    --missed: #ff8d7e2e;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
.page { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
code { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.soft, small { color: var(--soft); }
.note { color: var(--soft); font-size: .875rem; max-width: 60rem; }
.banner { background: var(--panel); border-left: 8px solid currentColor; border-radius: 6px; padding: 1.5rem 1.75rem; }
.banner.pass { border-color: var(--pass); } .banner.fail { border-color: var(--fail); }
.banner.inconclusive { border-color: var(--inconclusive); } .banner.error { border-color: var(--error); }
.banner p { margin: .4rem 0; }
.banner .verdict { margin: 0; font-size: 2.5rem; font-weight: 700; line-height: 1.15; letter-spacing: -.01em; }
h1 { font-size: 1.3rem; font-weight: 600; margin: .35rem 0; line-height: 1.3; }
h1 .soft { font-weight: 400; font-size: 1rem; }
.banner .why { font-size: 1.1rem; }
.advice { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem 2rem; margin: 1.25rem 0; }
dt { color: var(--soft); font-size: .875rem; } dd { margin: 0; }
.advice dt { font-weight: 600; }
.status { font-weight: 700; white-space: nowrap; }
.status.pass { color: var(--pass); } .status.fail { color: var(--fail); }
.status.inconclusive { color: var(--inconclusive); } .status.error { color: var(--error); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 1.25rem 0 0; padding: 0; font-size: .9rem; }
main > section { margin-top: 3.5rem; }
h2 { font-size: 1.25rem; font-weight: 600; margin: 0 0 1rem; padding-bottom: .4rem; border-bottom: 1px solid var(--line); }
h3 { font: 600 1.05rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; margin: 2.25rem 0 .75rem; }
h3 small { font: 400 .95rem system-ui, sans-serif; margin-left: .5rem; }
.diagnostics { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }
.diagnostics li { display: grid; grid-template-columns: 1.5rem 1fr; }
.diagnostics .warn .sign, .diagnostics .warn strong { color: var(--inconclusive); }
.diagnostics .info { color: var(--soft); } .diagnostics .info strong { font-weight: 600; }
.scroll { overflow-x: auto; } .scroll:has(#requests-table) { max-height: 36rem; }
.scroll + .scroll, figure + .scroll, .charts + .scroll, .scroll + figure, p + .scroll, p + figure { margin-top: 1.5rem; }
table { border-collapse: collapse; font-size: .9rem; min-width: 100%; }
caption { text-align: left; color: var(--soft); font-size: .875rem; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
thead th { color: var(--soft); font-weight: 600; font-size: .8125rem; vertical-align: bottom; white-space: nowrap; }
tbody th { font-weight: 500; }
.number { text-align: right; white-space: nowrap; }
td bdi { overflow-wrap: anywhere; display: inline-block; max-width: 40rem; } td:last-child bdi:not(:empty) { min-width: 16rem; }
tbody td:nth-child(2) bdi { min-width: max-content; }
.slos tbody { border-bottom: 1px solid var(--line); }
.slos td, .slos tbody th { border-bottom: 0; vertical-align: middle; }
.slos code { white-space: nowrap; }
.slos tr > td:first-child { width: 9.2rem; } .slos .why td { padding: 0 0 .6rem 9.2rem; color: var(--soft); }
.slos .why bdi { position: sticky; left: 0; max-width: min(52rem, calc(100vw - 2.5rem)); }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1.5rem 2rem; margin: 0; }
.tiles dd span { display: block; } .tiles dd .soft { font-size: .875rem; }
.figure { font-size: 1.75rem; font-weight: 600; line-height: 1.25; letter-spacing: -.01em; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem 1.5rem; }
.charts:has(> :only-child) { max-width: 30rem; } .charts.sweeps { gap: 2rem 2.5rem; } .sweeps { grid-template-columns: repeat(2, 1fr); }
figure { margin: 0; } figcaption { color: var(--soft); font-size: .8125rem; }
.chart { display: block; width: 100%; height: auto; overflow: visible; font-size: 11px; }
.wide { min-width: 44rem; }
td .chart, th .chart { min-width: 24rem; } td:has(.chart) { width: 45%; }
.slos th, .slos td { padding-right: .7rem; } .slos td .chart { width: 130px; min-width: 0; } .slos td:has(.chart) { width: auto; }
.tick { fill: var(--soft); } text.bound { fill: var(--text); stroke: var(--page); stroke-width: 3px; paint-order: stroke; }
.start { text-anchor: start; } .middle { text-anchor: middle; } text.end { text-anchor: end; }
.grid { stroke: var(--line); fill: none; } .axis { stroke: var(--soft); fill: none; }
path.bound { stroke: var(--text); stroke-dasharray: 4 3; fill: none; } path.bound.solid { stroke-dasharray: none; stroke-width: 2; }
.band.even { fill: var(--panel); } rect.band.odd { fill: none; } text.band { fill: var(--soft); }
.bar { fill: var(--fill); } .bar:hover { fill: var(--ink); }
.line { stroke: var(--ink); stroke-width: 1.75; fill: none; }
.dot { fill: var(--ink); } .dot.rough { fill: var(--page); stroke: var(--ink); stroke-width: 1.5; }
.goal { fill: var(--page); stroke: var(--text); stroke-width: 1.5; }
.area { fill: var(--fill); fill-opacity: .5; stroke: var(--ink); stroke-width: 1.5; }
.limits { stroke: var(--fill); stroke-width: 8; } .limits.thin { stroke-width: 5; stroke-opacity: .55; } .missed { fill: var(--missed); }
.mark { fill: none; stroke-width: 1.5; } .mark.completed { stroke: var(--ink); stroke-width: 4.5; stroke-linecap: round; stroke-opacity: .65; }
.mark.failed { stroke: var(--fail); stroke-width: 2; } .mark.cancelled { stroke: var(--text); } .mark.left { stroke: var(--text); stroke-width: 1; } .mark.warmup { stroke: var(--soft); stroke-width: 1; }
.line.waiting { stroke: var(--inconclusive); stroke-dasharray: 5 3; } .stalled { fill: var(--inconclusive); } .outside { fill: var(--page); stroke: var(--soft); }
.wait { fill: var(--wait); stroke: var(--ink); } .decode { fill: var(--ink); } .rest { stroke: var(--soft); } .stall { stroke: var(--inconclusive); stroke-width: 3; }
.key { white-space: nowrap; } .key svg { width: 16px; height: 12px; vertical-align: -1px; margin-right: .25rem; }
details { margin: 1rem 0; } summary { cursor: pointer; color: var(--link); width: fit-content; } details > :nth-child(2) { margin-top: 1rem; }
form { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: end; margin-bottom: 1rem; } [hidden] { display: none; }
label { display: grid; font-size: .875rem; color: var(--soft); }
input, select, button { font: inherit; color: var(--text); background: var(--page); border: 1px solid var(--soft); border-radius: 4px; padding: .3rem .6rem; min-height: 2.25rem; }
button { cursor: pointer; } th button { border: 0; padding: 0; min-height: 1.5rem; background: none; color: inherit; font: inherit; font-weight: 600; text-decoration: underline dotted; }
th[aria-sort=ascending] button::after { content: " ▲"; } th[aria-sort=descending] button::after { content: " ▼"; }
.facts { display: grid; grid-template-columns: repeat(2, 1fr); gap: .5rem 2rem; margin: 0; }
.facts div { display: grid; grid-template-columns: 9rem 1fr; gap: 1rem; } .facts dt { padding-top: .1rem; }
.tip { position: absolute; z-index: 1; pointer-events: none; background: var(--text); color: var(--page); border-radius: 4px; padding: .2rem .5rem; font-size: .8125rem; white-space: nowrap; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .875rem; color: var(--soft); }
@media (max-width: 48rem) {
  .page { padding: .75rem .9rem 3rem; } .banner { padding: 1.1rem 1.1rem; }
  .advice, .facts { grid-template-columns: 1fr; } .tiles { grid-template-columns: repeat(2, 1fr); gap: 1.25rem 1rem; }
  .banner .verdict { font-size: min(2rem, 8vw); } .figure { font-size: 1.4rem; } .facts div { grid-template-columns: 7rem 1fr; }
    .charts { grid-template-columns: 1fr; } .slos .why td { padding-left: 0; } main > section { margin-top: 2.5rem; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --panel: #fff; --text: #000; --soft: #444; --line: #bbb; --ink: #1d4a78; --fill: #6c99c6; --wait: #dfe8f1;
    --link: #000; --pass: #14532b; --fail: #8f1d17; --inconclusive: #6b4400; --error: #5f2370; --missed: #b3261e1f;
  }
  html { font-size: 11px; } body { font-size: 11px; } .page { max-width: none; padding: 0; } nav, form, button, .tip { display: none !important; }
  .banner { border: 1px solid #000; border-left-width: 8px; } main > section { margin-top: 1.5rem; }
  .scroll { overflow: visible; max-height: none !important; } .wide { min-width: 0; } th, td { padding-right: .5rem; }
  .number, .slos code { white-space: normal; } .slos .why td { padding-left: 0; }
  figure, tr, .tiles, .banner, li { break-inside: avoid; } h2, h3, caption, summary { break-after: avoid; }
  .charts { grid-template-columns: repeat(3, 1fr); } td .chart, th .chart { min-width: 220px; } .slos td .chart { width: 90px; min-width: 0; }
}
`
