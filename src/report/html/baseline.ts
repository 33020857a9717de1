import type { Measured, Results, SloDocument } from '../../results/results.ts'
import { formatChanges, formatOrDash } from '../cells.ts'
import { listDifferences } from '../sentence/differences.ts'
import { nameStatistic } from '../statistic.ts'
import { formatChange, formatCount, formatValue } from '../units.ts'
import { createPlot, fixed, renderAxes, renderBound, renderChart, renderFigure } from './chart.ts'
import { type Markup, markup } from './markup.ts'
import { scaleChanges } from './scale.ts'
import { renderTable } from './table.ts'

type Baseline = NonNullable<Results['baseline']>
type Relative = NonNullable<SloDocument['relative']>
type RelativeSlo = SloDocument & { relative: Relative }

/** What the run was compared with and how it differs; `undefined` without a baseline. */
export function renderBaseline(results: Results): Markup | undefined {
  const { baseline, verdict } = results
  if (baseline === null) return undefined
  const slos = verdict.slos.filter((slo): slo is RelativeSlo => slo.relative !== null)
  const drawings = slos.map((slo, index) => renderChange(slo, `baseline-${index}`))
  const figures = drawings.filter((drawing) => drawing !== undefined)
  return markup`${renderSource(baseline)}${figures.length === 0 ? undefined : markup`<div class="charts">${figures}</div>`}${tabulate(results, baseline, slos)}`
}

function renderSource({
  kind,
  source,
  comparable,
  differences,
  contrasts,
  summary,
}: Baseline): Markup {
  const { completed, failed } = summary.requests
  const how =
    kind === 'interleaved' ? 'a second target, rounds alternating with this one' : 'an earlier run'
  const trusted = comparable
    ? markup`Machine and load were the same.`
    : markup`<strong>Not comparable</strong>: <bdi>${listDifferences(differences)}</bdi>`
  const told =
    contrasts.length === 0
      ? undefined
      : markup` ${comparable ? 'Compared although' : 'Besides,'} <bdi>${listDifferences(contrasts)}</bdi>.`
  return markup`<p>Compared with <bdi>${source}</bdi>, ${how}: ${formatCount(completed)} completed, ${formatCount(failed)} failed. ${trusted}${told}</p>`
}

interface Row {
  name: string
  unit: SloDocument['unit']
  baseline: Measured | null
  candidate: Measured | null
  slo?: RelativeSlo
}

function tabulate(
  { summary }: Results,
  { comparable, summary: before }: Baseline,
  slos: readonly RelativeSlo[],
): Markup {
  const judged = slos.map((slo): Row => ({
    name: nameStatistic(slo),
    unit: slo.unit,
    baseline: slo.relative.baseline,
    candidate: slo.observed,
    slo,
  }))
  const others = pairFigures(before, summary).filter(({ name }) =>
    judged.every((row) => row.name !== name),
  )
  return renderTable({
    caption: 'Baseline and candidate',
    head: ['', 'baseline', 'candidate', 'change', 'limits', 'allowed'],
    rows: [...judged, ...others].map((row) => {
      const { name, unit, baseline, candidate, slo } = row
      const change = slo === undefined ? computeChange(row) : slo.relative.change
      return [
        name,
        formatOrDash(baseline, unit),
        formatOrDash(candidate, unit),
        change === null || !comparable ? '–' : formatChange(change, unit),
        slo === undefined ? '' : formatChanges(slo.relative, unit),
        slo === undefined ? '' : formatAllowance(slo),
      ]
    }),
    note: 'Rows with an allowance are SLOs: their change is the mean over the rounds, and failed requests count as the gate counts them. The others compare completed requests of the whole runs and are not judged.',
  })
}

/** Figures that both summaries have. */
function pairFigures(before: Results['summary'], after: Results['summary']): Row[] {
  const times = (['ttft', 'latency', 'tpot', 'chunk_gap'] as const).flatMap((metric) =>
    (['p50', 'p95'] as const).map((stat): Row => ({
      name: `${metric} ${stat}`,
      unit: 'ms',
      baseline: before[`${metric}_ms`]?.[stat] ?? null,
      candidate: after[`${metric}_ms`]?.[stat] ?? null,
    })),
  )
  const rates = (
    [
      ['success_rate', 'share'],
      ['requests_per_second', '/s'],
      ['output_tokens_per_second', 'tok/s'],
    ] as const
  ).map(([name, unit]): Row => ({ name, unit, baseline: before[name], candidate: after[name] }))
  return [...times, ...rates].filter((row) => row.baseline !== null && row.candidate !== null)
}

/** A ratio − 1, of shares a difference; `null` where there is none. */
function computeChange({ baseline, candidate, unit }: Row): number | null {
  if (typeof baseline !== 'number' || typeof candidate !== 'number') return null
  if (unit === 'share') return candidate - baseline
  return baseline === 0 ? null : candidate / baseline - 1
}

function formatAllowance({ relative, allowance, unit }: RelativeSlo): string {
  const floor = allowance?.floor ?? null
  const least = floor === null ? '' : `, floor ${formatValue(floor, unit)}`
  return `${formatChange(relative.allowed, unit)}${least}`
}

/** The change of one SLO with its limits, 0 and what is allowed on one axis; none where it is not known. */
function renderChange(slo: RelativeSlo, id: string): Markup | undefined {
  const { relative, unit, op } = slo
  const { change, low, high, allowed, rounds } = relative
  if (change === null) return undefined
  const plot = createPlot(420, 92, 10)
  const drawn = [0, allowed, change, low ?? change, high ?? change]
  const x = scaleChanges(drawn, [plot.left, plot.right], unit)
  const place = (value: number): number => fixed(x.place(value))
  const middle = (plot.top + plot.bottom) / 2
  const limit = place(allowed)
  const [from, to] = op.startsWith('<') ? [limit, plot.right] : [plot.left, limit]
  const limits =
    low === null || high === null
      ? undefined
      : markup`<path class="limits" d="M${place(low)} ${middle}H${place(high)}"/>`
  const words = formatChanges(relative, unit)
  const found = `${formatChange(change, unit)}${words === '' ? '' : `, limits ${words}`}; allowed ${formatAllowance(slo)}`
  const chart = renderChart(
    {
      id,
      title: `Change of ${slo.text}`,
      description: `${found}; ${formatCount(rounds)} rounds compared.`,
    },
    plot,
    [
      markup`<rect class="missed" x="${from}" y="${plot.top}" width="${fixed(to - from)}" height="${plot.bottom - plot.top}"/>`,
      renderAxes(plot, x, undefined),
      markup`<path class="axis" d="M${place(0)} ${plot.top}V${plot.bottom}"/>`,
      limits,
      renderBound(plot, x, allowed, `allowed ${formatChange(allowed, unit)}`, 0),
      markup`<circle class="dot" cx="${place(change)}" cy="${middle}" r="3"/>`,
    ],
  )
  return renderFigure(markup`<code>${slo.text}</code>: ${found}.`, chart)
}
