import type { Matrix, MatrixCellDocument } from '../../results/matrix.ts'
import type { SloDocument } from '../../results/results.ts'
import { sloCells } from '../cells.ts'
import { matrixColumns, matrixNotes } from '../matrix-cells.ts'
import { explainErrors, explainMatrix } from '../sentence/matrix.ts'
import { type Markup, markup } from './markup.ts'
import { renderMatrixCharts } from './matrix-charts.ts'
import { renderShell } from './shell.ts'
import { renderStatus } from './status.ts'
import { renderTable } from './table.ts'

/** The cells of a matrix as a page that needs nothing beside itself; it links to the page of each. */
export function renderMatrixPage(matrix: Matrix): string {
  const { spec, verdict, tool, keys } = matrix
  return renderShell({
    status: verdict.status,
    title: `${spec.name} over ${keys.join(' and ')}`,
    banner: renderBanner(matrix),
    sections: [
      { id: 'charts', title: `Over ${keys.join(' and ')}`, content: renderMatrixCharts(matrix) },
      { id: 'verdicts', title: 'Verdicts', content: renderVerdicts(matrix) },
      { id: 'figures', title: 'Figures', content: renderFigures(matrix) },
    ],
    footer: markup`Written by ${tool.name} ${tool.version}. Times are from the dispatch of a request; percentiles are nearest rank.`,
  })
}

function renderBanner(matrix: Matrix): Markup {
  const { verdict, spec, target, cells } = matrix
  const file = spec.file === null ? undefined : markup` <bdi class="soft">${spec.file}</bdi>`
  const [first] = cells
  const at =
    first &&
    markup`<br><time datetime="${first.started_at}">${first.started_at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>`
  return markup`<header class="banner ${verdict.status.toLowerCase()}">
<p class="verdict">${renderStatus(verdict.status)}</p>
<h1><bdi>${spec.name}</bdi>${file}</h1>
<p class="why">${explainMatrix(matrix)}</p>
<p class="soft"><bdi>${target.method} ${target.url}</bdi>${target.hermetic ? markup` (mock)` : undefined}${at}</p>
</header>`
}

/** A row for each cell, a column for each SLO. */
function renderVerdicts(matrix: Matrix): Markup {
  const { keys, cells } = matrix
  const slos = [
    ...new Map(cells.flatMap((cell) => cell.slos.map((slo) => [slo.id, slo] as const))).values(),
  ]
  return renderTable({
    caption: 'What was decided in each cell, and what was observed',
    head: [...keys, 'verdict', ...slos.map((slo) => markup`<code>${sloCells(slo).slo}</code>`)],
    rows: cells.map((cell) => [
      ...nameRow(cell),
      renderStatus(cell.verdict.status),
      ...slos.map(({ id }) => renderSlo(cell.slos.find((slo) => slo.id === id))),
    ]),
    texts: keys.length + 1,
    lastTexts: slos.length,
    note: explainErrors(matrix),
  })
}

/** The values of a cell, the first of which leads to its page. */
function nameRow({ settings, folder }: MatrixCellDocument): Markup[] {
  return settings.map(({ text }, index) =>
    index === 0
      ? markup`<a href="./${encodeURI(folder.toWellFormed())}/report.html">${text}</a>`
      : markup`${text}`,
  )
}

function renderSlo(slo: SloDocument | undefined): Markup {
  if (slo === undefined) return markup`–`
  const { observed, interval } = sloCells(slo)
  const limits = interval === '' ? undefined : markup` <span class="soft">${interval}</span>`
  return markup`${renderStatus(slo.status)} ${observed}${limits}`
}

function renderFigures(matrix: Matrix): Markup {
  const { keys, cells } = matrix
  const columns = matrixColumns(matrix).slice(keys.length)
  const notes = matrixNotes(matrix)
  return renderTable({
    caption: 'The figures of each cell; times are of completed requests',
    head: [...keys, ...columns.map(({ title }) => title)],
    rows: cells.map((cell, row) => [
      ...nameRow(cell),
      ...columns.map((column) => column.cells[row]),
    ]),
    texts: keys.length,
    note: notes.length === 0 ? undefined : `${notes.join('. ')}.`,
  })
}
