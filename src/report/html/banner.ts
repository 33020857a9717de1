import type { Results } from '../../results/results.ts'
import { endCell, loadCells } from '../cells.ts'
import { explainVerdict } from '../sentence/verdict.ts'
import { advise } from './advice.ts'
import { type Markup, markup } from './markup.ts'
import { renderStatus } from './status.ts'

/** The verdict: which SLO, by how much, whether to believe it, what to do. */
export function renderBanner(results: Results): Markup {
  const { verdict, spec, target } = results
  const { found, belief, action } = advise(results)
  const end = endCell(results)
  const file = spec.file === null ? undefined : markup` <bdi class="soft">${spec.file}</bdi>`
  return markup`<header class="banner ${verdict.status.toLowerCase()}">
<p class="verdict">${renderStatus(verdict.status)}</p>
<h1><bdi>${spec.name}</bdi>${file}</h1>
<p class="why">${explainVerdict(verdict, results.end)}</p>${end === undefined ? undefined : markup`<p class="why">${end}</p>`}
<dl class="advice"><div><dt>Found</dt><dd>${found}</dd></div><div><dt>To be believed?</dt><dd>${belief}</dd></div><div><dt>To do</dt><dd>${action}</dd></div></dl>
<p class="soft"><bdi>${target.method} ${target.url}</bdi>${target.hermetic ? markup` (mock)` : undefined}<br>${loadCells(results).join(' · ')} · <time datetime="${results.started_at}">${results.started_at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time></p>
</header>`
}
