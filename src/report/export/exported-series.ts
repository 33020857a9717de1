import { keepKnown } from '../../bench-spec/known.ts'
import type { Results, SloDocument } from '../../results/results.ts'
import { uniqueNames } from '../names.ts'

/** One figure of a run, under a name that stays the same from run to run. */
export interface Series extends Figure {
  /** `chat/ttft p95`, `chat/<id of an SLO>`: unique among the runs. */
  name: string
}

interface Figure {
  /** Name of the spec, made unique among the runs. */
  spec: string
  /** Of the SLO that asks for it; `undefined` for a figure that every run has. */
  slo?: string
  /** `ttft`. */
  metric: string
  /** `p95`, `mean`, … or `value` for one number per run. */
  stat: string
  unit: SloDocument['unit']
  /** In `unit`; +Infinity where failed requests fill a percentile. */
  value: number
  /** Limits of the true value, where the data reach them. */
  low?: number
  high?: number
  better: 'smaller' | 'bigger'
  /** Observations behind it. */
  n: number
}

const metrics = ['ttft', 'ttfo', 'latency', 'tpot', 'chunk_gap', 'stall'] as const
const stats = ['p50', 'p95', 'p99', 'mean'] as const

/**
 * The figures of each run: those of its SLOs, and the same list for every run. A run that did not
 * finish has none: its figures are those of another, smaller load.
 */
export function listSeries(runs: readonly Results[]): Series[] {
  const specs = specNames(runs)
  const figures = runs.flatMap((run, index) => {
    const spec = specs[index] ?? run.spec.name
    return run.end.kind === 'finished' ? [...sloFigures(run, spec), ...runFigures(run, spec)] : []
  })
  const names = uniqueNames(figures.map(nameFigure))
  return figures.map((figure, index) => ({ ...figure, name: names[index] ?? nameFigure(figure) }))
}

function nameFigure({ spec, slo, metric, stat }: Figure): string {
  return `${spec}/${slo ?? (stat === 'value' ? metric : `${metric} ${stat}`)}`
}

export function specNames(runs: readonly Results[]): string[] {
  return uniqueNames(runs.map(({ spec }) => spec.name))
}

function sloFigures({ verdict }: Results, spec: string): Figure[] {
  const { slos } = verdict
  const ids = uniqueNames(slos.map(({ id }) => id))
  return slos.flatMap((slo, index): Figure[] => {
    const { observed, interval, op, metric, stat, unit, n } = slo
    if (observed === null) return []
    const { low, high } = interval ?? {}
    const value = observed === 'infinite' ? Infinity : observed
    const better = op.startsWith('<') ? 'smaller' : 'bigger'
    return [
      keepKnown<Figure>({
        spec,
        slo: ids[index] ?? slo.id,
        metric,
        stat,
        unit,
        value,
        low: typeof low === 'number' ? low : undefined,
        high: typeof high === 'number' ? high : undefined,
        better,
        n,
      }),
    ]
  })
}

function runFigures({ summary }: Results, spec: string): Figure[] {
  const times = metrics.flatMap((metric): Figure[] => {
    const distribution = summary[`${metric}_ms`]
    if (distribution === null) return []
    const { count: n } = distribution
    return stats.map((stat) => {
      const value = distribution[stat]
      return { spec, metric, stat, unit: 'ms', value, better: 'smaller', n }
    })
  })
  const { total, completed, cancelled, leaving } = summary.requests
  const n = Math.max(0, total - cancelled - leaving)
  const { output_tokens_per_second: tokens } = summary
  const rates = [
    { metric: 'success_rate', unit: 'share', value: summary.success_rate, n },
    { metric: 'goodput', unit: 'share', value: summary.goodput, n },
    { metric: 'requests_per_second', unit: '/s', value: summary.requests_per_second, n: completed },
    { metric: 'output_tokens_per_second', unit: 'tok/s', value: tokens, n: completed },
  ] as const
  return [
    ...times,
    ...rates.flatMap(({ value, ...rest }): Figure[] =>
      value === null ? [] : [{ ...rest, spec, stat: 'value', value, better: 'bigger' }],
    ),
  ]
}
