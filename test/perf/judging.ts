import type { Gate } from '../../src/bench-spec/spec.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { judge } from '../../src/verdict/judge.ts'
import { completed, load, times } from '../metrics/records.ts'
import { slo } from '../metrics/slos.ts'
import { compare, quantileOf, renderTable } from './comparison.ts'

const count = 100_000
const repetitions = 5
const gate: Gate = {
  policy: 'release',
  confidence: 0.95,
  failures: 'as-infinite',
  maxExtraRounds: 0,
}

/** ms to summarise and to judge many records, beside percentiles of the same figures alone. */
export async function measureJudging(): Promise<string> {
  const records = times(count, (index) =>
    completed({
      index,
      round: Math.floor((5 * index) / count),
      at: index,
      ttft: 50 + (index % 997),
    }),
  )
  const slos = [
    'ttft p95 <= 800',
    'ttft p99 <= 1200',
    'latency p99 <= 5000',
    'chunk_gap p99 <= 60',
    'success_rate >= 0.99',
    'requests_per_second >= 10',
  ].map((text) => slo(text))
  const end = { kind: 'finished' } as const
  const candidates = {
    [`judge by ${slos.length} SLOs`]: () => judge(slos, records, { gate, load, end }),
    summarise: () => summarize(records),
    'sort ttft, latency and gaps': () => {
      quantileOf(
        records.map(({ marks }) => (marks.firstToken ?? 0) - (marks.dispatched ?? 0)),
        0.95,
      )
      quantileOf(
        records.map(({ marks }) => (marks.lastToken ?? 0) - (marks.dispatched ?? 0)),
        0.99,
      )
      quantileOf(
        records.flatMap(({ tokenTimes: at }) =>
          [...at.subarray(1)].map((t, i) => t - (at[i] ?? 0)),
        ),
        0.99,
      )
    },
  }
  const medians = await compare(
    Object.values(candidates).map((candidate) => () => timeOnce(candidate)),
    repetitions,
  )
  const base = medians.at(-1)?.time ?? Number.NaN
  const rows = Object.keys(candidates).map((name, i) => {
    const time = medians[i]?.time ?? Number.NaN
    return [name, time.toFixed(0), (time / base).toFixed(2)]
  })
  return renderTable(`${count} records of 10 events, ms`, [['', 'median', 'ratio'], ...rows])
}

function timeOnce(work: () => unknown): { time: number } {
  const start = performance.now()
  work()
  return { time: performance.now() - start }
}
