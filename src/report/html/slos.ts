import type { EndDocument, Results, SloDocument } from '../../results/results.ts'
import { intervalTitle, issuesFirst, sloCells } from '../cells.ts'
import { explainSlo } from '../sentence/slo.ts'
import { renderMargin } from './margin.ts'
import { type Markup, markup } from './markup.ts'
import { renderStatus } from './status.ts'
import { renderScrolling } from './table.ts'

/** Every SLO with its margin, what stops a gate first; the rows say why where it is not a PASS. */
export function renderSlos(results: Results): Markup {
  const slos = issuesFirst(results.verdict.slos)
  if (slos.length === 0) return markup`<p>The spec states no SLO, so nothing was judged.</p>`
  const titles = [
    '',
    'slo',
    'observed',
    'vs bound',
    'margin',
    intervalTitle(results),
    'over/allowed',
    'n',
  ]
  const numbers = new Set([2, 3, 5, 6, 7])
  const head = titles.map((title, column) =>
    column === 0
      ? markup`<th scope="col">verdict</th>`
      : markup`<th scope="col"${numbers.has(column) ? markup` class="number"` : undefined}>${title}</th>`,
  )
  const table = markup`<table class="slos"><caption>SLOs and what became of them</caption><thead><tr>${head}</tr></thead>${slos.map((slo, index) => renderRow(slo, index, results.end))}</table>`
  return markup`${renderScrolling('SLOs and what became of them', table)}
<p class="note">The drawing of a margin: the upright line is the bound, the shaded side misses it, the dot is the observed value, the bar around it the limits of the true value. over/allowed: requests beyond the bound, and how many would still be a PASS.${relativeNote(slos)}</p>`
}

function relativeNote(slos: readonly SloDocument[]): string | undefined {
  return slos.some(({ relative }) => relative !== null)
    ? ' Of an SLO relative to the baseline, vs bound is the change and in brackets what is allowed, and the limits are those of the change.'
    : undefined
}

function renderRow(slo: SloDocument, index: number, end: EndDocument): Markup {
  const { slo: text, observed, baseline, bound, deviation, interval, over, n } = sloCells(slo)
  const purpose =
    slo.purpose === null ? undefined : markup`<br><bdi class="soft">${slo.purpose}</bdi>`
  const told =
    baseline === ''
      ? undefined
      : markup`<br><span class="soft">baseline ${baseline}, ${slo.bound === null ? 'bound unknown' : `bound ${bound}`}</span>`
  const cells = markup`<td>${renderStatus(slo.status)}</td><th scope="row"><code>${text}</code>${told}${purpose}</th><td class="number">${observed}</td><td class="number">${deviation}</td><td>${renderMargin(slo, `margin-${index}`)}</td><td class="number">${interval}</td><td class="number">${over}</td><td class="number">${n}</td>`
  const why =
    slo.status === 'PASS'
      ? undefined
      : markup`<tr class="why"><td colspan="8"><bdi>${explainSlo(slo, end)}</bdi></td></tr>`
  return markup`<tbody><tr>${cells}</tr>${why}</tbody>`
}
