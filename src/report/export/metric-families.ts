import { keepKnown } from '../../bench-spec/known.ts'
import { cleanLine } from '../../bench-spec/plain-text.ts'
import type { Results, SloDocument } from '../../results/results.ts'
import { uniqueNames } from '../names.ts'
import { listSeries, type Series, specNames } from './exported-series.ts'

type Labels = Readonly<Record<string, string>>

/** Samples of one name, at least one. */
export interface Family {
  /** Without the `_info` that the samples of an `info` end with. */
  name: string
  /** `info`: the labels tell, the value is 1. `stateset`: the state that holds is 1, the others 0. */
  type: 'gauge' | 'info' | 'stateset'
  unit?: string
  help: string
  samples: readonly Sample[]
}

export interface Sample {
  labels: Labels
  /** +Infinity where failed requests fill a percentile. */
  value: number
}

const states: readonly SloDocument['status'][] = ['PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR']

/** Base units, a state per verdict, no sample where there is no value. */
export function listFamilies(runs: readonly Results[]): Family[] {
  const names = specNames(runs)
  const named = runs.map((run, index) => ({ run, spec: names[index] ?? run.spec.name }))
  const series = listSeries(runs)
  const families: Family[] = [
    {
      name: 'slogate_run',
      type: 'info',
      help: 'What was run.',
      samples: named.map(({ run, spec }) => ({
        value: 1,
        labels: {
          spec,
          policy: run.verdict.policy,
          target: cleanLine(run.target.url),
          version: run.tool.version,
        },
      })),
    },
    stateSet(
      'slogate_run_status',
      'Verdict on the run.',
      named.map(({ run, spec }) => ({ labels: { spec }, status: run.verdict.status })),
    ),
    {
      name: 'slogate_run_passed',
      type: 'gauge',
      help: 'Whether the policy lets the run through.',
      samples: named.map(({ run, spec }) => ({
        labels: { spec },
        value: run.verdict.passed ? 1 : 0,
      })),
    },
    {
      name: 'slogate_requests',
      type: 'gauge',
      help: 'Measured requests by outcome.',
      samples: named.flatMap(({ run, spec }) =>
        (['completed', 'failed', 'cancelled', 'left'] as const).map((outcome) => ({
          labels: { spec, outcome },
          value: run.summary.requests[outcome],
        })),
      ),
    },
    stateSet(
      'slogate_slo_status',
      'Verdict on an SLO.',
      named.flatMap(({ run, spec }) => {
        const ids = uniqueNames(run.verdict.slos.map(({ id }) => id))
        return run.verdict.slos.map((slo, index) => ({
          labels: { spec, slo: ids[index] ?? slo.id, level: slo.level },
          status: slo.status,
        }))
      }),
    ),
    ...measureFamilies(
      series.filter(({ slo }) => slo === undefined),
      'slogate',
      'of the run',
    ),
    ...measureFamilies(
      series.filter(({ slo }) => slo !== undefined),
      'slogate_slo',
      'that an SLO is about',
    ),
  ]
  return families.filter(({ samples }) => samples.length > 0)
}

function stateSet(
  name: string,
  help: string,
  each: readonly { labels: Labels; status: string }[],
): Family {
  const samples = each.flatMap(({ labels, status }) =>
    states.map((state) => ({
      labels: { ...labels, [name]: state },
      value: state === status ? 1 : 0,
    })),
  )
  return { name, type: 'stateset', help, samples }
}

/** One family per metric: a name has one unit, and seconds are what Prometheus expects. */
function measureFamilies(series: readonly Series[], prefix: string, whose: string): Family[] {
  return [...Map.groupBy(series, ({ metric }) => metric)].flatMap(([metric, members]) => {
    const [first] = members
    if (first === undefined) return []
    const unit = { ms: 'seconds', share: 'ratio', '/s': undefined, 'tok/s': undefined }[first.unit]
    return keepKnown<Family>({
      name: `${prefix}_${metric}${unit === undefined ? '' : `_${unit}`}`,
      type: 'gauge',
      unit,
      help: `${metric} ${whose}.`,
      samples: members.map(({ spec, slo, stat, value, unit: own }) => ({
        labels: keepKnown<Record<string, string>>({
          spec,
          slo,
          stat: stat === 'value' ? undefined : stat,
        }),
        value: own === 'ms' ? Number((value / 1000).toPrecision(12)) : value,
      })),
    })
  })
}

/** Lines `name{label="value"} 1`, as Prometheus and OpenMetrics both read them. */
export function renderSamples(name: string, samples: readonly Sample[]): string[] {
  return samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeText(text)}"`)
    return `${name}{${pairs.join(',')}} ${value === Infinity ? '+Inf' : value}`
  })
}

/** Of labels, and of descriptions in OpenMetrics. */
export function escapeText(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
