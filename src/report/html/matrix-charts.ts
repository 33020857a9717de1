import type { Matrix, MatrixCellDocument } from '../../results/matrix.ts'
import type { SloDocument } from '../../results/results.ts'
import { listMetrics, type MatrixMetric, matrixStats } from '../matrix-cells.ts'
import { formatMs, formatValue } from '../units.ts'
import { type Markup, markup } from './markup.ts'
import { type Scale, scaleRates, scaleTimes } from './scale.ts'
import { renderSweep, type Sweep, type SweepLine, type SweepPoint } from './sweep-chart.ts'

/** Latencies over the values of the matrix, then what went through. */
export function renderMatrixCharts(matrix: Matrix): Markup {
  const axes = chooseAxes(matrix)
  const sweeps = [
    ...listMetrics(matrix).flatMap((metric) => sweepTimes(matrix, metric, axes)),
    sweepRate(matrix, axes, 'requests_per_second', '/s', 'Completed requests per second'),
    sweepRate(matrix, axes, 'output_tokens_per_second', 'tok/s', 'Output tokens per second'),
  ]
  const figures = sweeps.map(renderSweep).filter((figure) => figure !== undefined)
  if (figures.length === 0) return markup`<p>Nothing was measured that could be drawn.</p>`
  return markup`<div class="charts sweeps">${figures}</div>`
}

type Setting = MatrixCellDocument['settings'][number]

interface Axes {
  /** Index of the key along the bottom; that with more values. */
  along: number
  chosen: readonly Setting[]
  /** Cells of each line, with the value of the other key; of one key there is one line. */
  groups: readonly { name: string | undefined; cells: readonly MatrixCellDocument[] }[]
}

function chooseAxes({ keys, cells }: Matrix): Axes {
  const values = keys.map((_, index) => [
    ...new Map(
      cells.flatMap(({ settings }) => settings[index] ?? []).map((each) => [each.text, each]),
    ).values(),
  ])
  const along = (values[1]?.length ?? 0) > (values[0]?.length ?? 0) ? 1 : 0
  const chosen = (values[along] ?? []).toSorted((a, b) =>
    a.number === null || b.number === null ? 0 : a.number - b.number,
  )
  if (keys.length < 2) return { along, chosen, groups: [{ name: undefined, cells }] }
  const other = 1 - along
  const groups = (values[other] ?? []).map(({ key, text }) => ({
    name: `${key}=${text}`,
    cells: cells.filter(({ settings }) => settings[other]?.text === text),
  }))
  return { along, chosen, groups }
}

type Read = (cell: MatrixCellDocument) => Omit<SweepPoint, 'at'> | undefined

/** One line over the values along the bottom; a value whose cell was not run has no point. */
function drawCells(
  name: string,
  cells: readonly MatrixCellDocument[],
  { along, chosen }: Axes,
  read: Read,
): SweepLine {
  const points = chosen.flatMap(({ text }, at) => {
    const cell = cells.find(({ settings }) => settings[along]?.text === text)
    const found = cell && read(cell)
    return found === undefined ? [] : [{ ...found, at }]
  })
  return { name, points }
}

/** Of one key a chart with a line for each statistic, of two a chart for each and a line for each value. */
function sweepTimes(matrix: Matrix, metric: MatrixMetric, axes: Axes): Sweep[] {
  const asked = listSlos(matrix, metric)
  const stats = [...new Set(asked.map(({ stat }) => stat))]
  const [only] = axes.groups
  if (only?.name === undefined) {
    const all = [...new Set([...matrixStats, ...stats])]
    const lines = all.map((stat) =>
      drawCells(stat, only?.cells ?? [], axes, (cell) => readTime(cell, metric, stat)),
    )
    const note = stats.length === 0 ? undefined : 'statistics of SLOs with their limits'
    return [
      compose(axes, {
        id: `sweep-${metric}`,
        title: metric,
        caption: metric,
        note,
        lines,
        bounds: asked,
      }),
    ]
  }
  return (stats.length === 0 ? ['p95'] : stats).map((stat) =>
    compose(axes, {
      id: `sweep-${metric}-${stat.replace('.', '-')}`,
      title: `${metric} ${stat}`,
      caption: `${metric} ${stat}`,
      lines: axes.groups.map(({ name = '', cells }) =>
        drawCells(name, cells, axes, (cell) => readTime(cell, metric, stat)),
      ),
      bounds: asked.filter((slo) => slo.stat === stat),
    }),
  )
}

function compose(
  { chosen }: Axes,
  given: Pick<Sweep, 'id' | 'title' | 'caption' | 'note' | 'lines'> & {
    bounds: readonly SloDocument[]
  },
): Sweep {
  const bounds = given.bounds.flatMap(({ bound, text, metric }) =>
    bound === null ? [] : [{ value: bound, text: text.replace(`${metric} `, '') }],
  )
  const key = chosen[0]?.key ?? ''
  return {
    ...given,
    title: `${given.title} over ${key}`,
    key,
    chosen,
    bounds,
    scale: (values, range) => scaleSweep(values, range, bounds),
  }
}

function scaleSweep(
  values: readonly number[],
  range: readonly [number, number],
  bounds: Sweep['bounds'],
): Scale {
  const sorted = values.toSorted((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  const spread = { min: sorted[0] ?? 0, median, max: sorted.at(-1) ?? 0 }
  return scaleTimes(spread, range, { bounds: bounds.map(({ value }) => value), zero: true })
}

/** As the SLO on it sees it, or as the figures of the run have it. */
function readTime(
  { slos, summary }: MatrixCellDocument,
  metric: MatrixMetric,
  stat: string,
): Omit<SweepPoint, 'at'> | undefined {
  const slo = slos.find((each) => each.metric === metric && each.stat === stat)
  if (slo !== undefined && slo.observed !== null) return readSlo(slo, slo.observed)
  const figures = summary[`${metric}_ms`]
  const known = matrixStats.find((each) => each === stat)
  if (figures === null || known === undefined) return undefined
  return { value: figures[known], text: formatMs(figures[known]) }
}

function readSlo(slo: SloDocument, observed: number | 'infinite'): Omit<SweepPoint, 'at'> {
  return {
    value: observed === 'infinite' ? undefined : observed,
    text: formatValue(observed, slo.unit),
    status: slo.status,
    limits: slo.interval ?? undefined,
  }
}

/** The SLOs on a metric, each once. */
function listSlos({ cells }: Matrix, metric: string): SloDocument[] {
  const found = cells.flatMap(({ slos }) => slos.filter((slo) => slo.metric === metric))
  return [...new Map(found.map((slo) => [slo.text, slo])).values()]
}

function sweepRate(
  matrix: Matrix,
  axes: Axes,
  metric: 'requests_per_second' | 'output_tokens_per_second',
  unit: '/s' | 'tok/s',
  title: string,
): Sweep {
  const read: Read = ({ slos, summary }) => {
    const slo = slos.find((each) => each.metric === metric)
    if (slo !== undefined && slo.observed !== null) return readSlo(slo, slo.observed)
    const value = summary[metric]
    return value === null ? undefined : { value, text: formatValue(value, unit) }
  }
  const sweep = compose(axes, {
    id: `sweep-${metric}`,
    title,
    caption: title,
    lines: axes.groups.map(({ name = unit === '/s' ? 'req/s' : unit, cells }) =>
      drawCells(name, cells, axes, read),
    ),
    bounds: listSlos(matrix, metric),
  })
  const bounds = sweep.bounds.map(({ value }) => value)
  return {
    ...sweep,
    scale(values, range) {
      const most = Math.max(...values)
      return scaleRates(Math.max(most, ...bounds.filter((bound) => bound <= 2 * most)), range)
    },
  }
}
