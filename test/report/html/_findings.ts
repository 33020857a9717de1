import type { RequestRecord, RunEnd } from '../../../src/engine/record.ts'
import { diagnose } from '../../../src/metrics/diagnostics.ts'
import { summarize } from '../../../src/metrics/summary.ts'
import { sentences } from '../../../src/report/sentence/sentences.ts'
import type { Findings } from '../../../src/results/findings.ts'
import { type Results, toResults } from '../../../src/results/results.ts'
import { checkSpec } from '../../../src/run/checked-spec.ts'
import { judge } from '../../../src/verdict/judge.ts'
import { completed, failed, times, trust } from '../../metrics/records.ts'
import { createRandom } from '../../verdict/random.ts'
import { hostile } from '../_runs.ts'

/** The records as the findings of a run with these SLOs, by the same stages as those of a real one. */
export function find(
  records: readonly RequestRecord[],
  slo: readonly unknown[] = ['success_rate >= 95%', 'ttft p95 <= 300ms', 'latency p99 <= 2s'],
  given: { name?: string; concurrency?: number; end?: RunEnd; format?: 'json' } = {},
): { results: Results; records: readonly RequestRecord[] } {
  const { name = 'chat', concurrency = 10, end = { kind: 'finished' }, format } = given
  const measured = records.filter(({ phase }) => phase === 'measured').length
  const document = { url: 'http://127.0.0.1:8000/v1/chat', concurrency, slo, stream_format: format }
  const spec = checkSpec(
    { ...document, requests: Math.max(1, measured) },
    { env: {}, baseDir: '/', name },
  )
  const { load, slos, gate } = spec
  const summary = summarize(records)
  const input = {
    spec,
    summary,
    diagnostics: diagnose(records, summary, load, { trust, slos }),
    verdict: judge(slos, records, { gate, load, goodput: undefined, end }),
    end,
    trust,
    version: '0.1.0',
    startedAt: '2026-01-15T10:30:00.000Z',
    finishedAt: '2026-01-15T10:30:27.000Z',
    rounds: [],
    workload: [],
    file: 'bench/chat.bench.yaml',
    environment: { node: 'v24.0.0', platform: 'linux', arch: 'x64', cpu: 'Example', cores: 2 },
  }
  return { results: toResults(input, sentences), records }
}

/**
 * Requests of a closed loop with 10 slots, 200 ms to the first token on average, the first ones of
 * warm-up; every `failing`th fails.
 */
export function simulate(count: number, { failing = 50, warmup = 0 } = {}): RequestRecord[] {
  const random = createRandom(7)
  const free = times(10, () => 1000)
  return times(warmup + count, (at) => {
    const slot = free.indexOf(Math.min(...free))
    const begun = free[slot] ?? 0
    const index = at < warmup ? at : at - warmup
    const phase = at < warmup ? ('warmup' as const) : ('measured' as const)
    const round = at < warmup ? -1 : Math.floor((index * 5) / count)
    const shape = { index, phase, round, slot, at: begun, ttft: 100 + 200 * random() }
    const record =
      (index + 1) % failing === 0
        ? failed(shape)
        : completed({ ...shape, gap: 5 + 10 * random(), events: 12, tokens: 12 })
    free[slot] = record.marks.ended + 0.2
    return record
  })
}

/** The same request with a whole document for an answer. */
function toWhole(record: RequestRecord): RequestRecord {
  const { scheduled, called, dispatched = called, ended } = record.marks
  const marks = { scheduled, called, dispatched, firstByte: ended, lastByte: ended, ended }
  return { ...record, marks, dialect: 'json', tokenTimes: new Float64Array(), events: 1 }
}

/** Ways out of an element, an attribute, a script and a reading direction. */
const scripts = `</script><script>window.owned=1</script><!--<script> "onload=window.owned=1 x=" '><svg/onload=window.owned=1> \u2028window.owned=1\u202e javascript:window.owned=1 \u0000`

const [first] = simulate(1)

/** Findings of every kind, by name. */
export const findings: Readonly<Record<string, Findings>> = {
  pass: find(simulate(300, { failing: 1000, warmup: 10 }), [
    'success_rate >= 98%',
    'ttft p95 <= 800ms',
    'latency p99 <= 2s',
  ]),
  fail: find(simulate(300), ['ttft p95 <= 150ms', 'success_rate >= 90%', 'chunk_gap p99 <= 16ms']),
  inconclusive: find(simulate(100, { failing: 1000 }), ['latency p99 <= 2s']),
  'nothing completed': find(times(40, (index) => failed({ index, at: index * 10 }))),
  interrupted: find(
    [...simulate(60), { ...completed({ index: 60, at: 3000 }), outcome: 'cancelled' }],
    undefined,
    { end: { kind: 'interrupted', reason: 'SIGINT' } },
  ),
  'one request': find(first === undefined ? [] : [first], undefined, { concurrency: 1 }),
  'one token each': find(times(60, (index) => completed({ index, at: index * 200, events: 1 }))),
  'all alike': find(times(60, (index) => completed({ index, at: index * 200 }))),
  'no request': find([]),
  'no SLO': find(simulate(60), []),
  'a long tail': find(
    simulate(300).map((record) =>
      record.index === 7 ? completed({ index: 7, at: 1000, ttft: 30_000 }) : record,
    ),
  ),
  'whole answers': find(
    simulate(300).map(toWhole),
    ['latency p95 <= 150ms', 'success_rate >= 90%'],
    {
      format: 'json',
    },
  ),
  'without records': { results: find(simulate(300)).results },
  hostile: find(
    [
      ...simulate(60),
      ...times(5, (index) =>
        failed({
          index: 60 + index,
          at: 2000,
          failure: { kind: 'in_band_error', message: `${hostile} ${scripts}` },
        }),
      ),
    ],
    undefined,
    { name: `${hostile} ${scripts}` },
  ),
}
