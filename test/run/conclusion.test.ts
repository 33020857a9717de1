import { expect, test } from 'vitest'

import type { Calibration } from '../../src/calibration/calibration-file.ts'
import type { Reading, RequestRecord } from '../../src/engine/record.ts'
import type { Snapshot } from '../../src/metrics/snapshot.ts'
import { conclude, type Conclusion } from '../../src/run/conclusion.ts'
import type { Drive } from '../../src/run/drive.ts'
import { cancelled, completed, failed, times, trust } from '../metrics/records.ts'
import { driveOf, machine, resultsOf, sendRounds, setting } from './_drive.ts'

const fast = sendRounds({ ttft: 100 })

function concludeAt(driven: Drive): Conclusion {
  return conclude(driven, setting)
}

function statusesOf({ verdict }: Conclusion): string[] {
  return verdict.slos.map(({ status }) => status)
}

function idsOf({ diagnostics }: Conclusion): string[] {
  return diagnostics.map(({ id }) => id)
}

test('a run within its bounds is a PASS, with its figures and those of each round', () => {
  const found = concludeAt(driveOf({ slo: ['ttft p95 <= 800ms', 'success_rate >= 95%'] }, fast))
  expect(found.verdict).toMatchObject({ status: 'PASS', exitCode: 0, looks: { taken: 1 } })
  expect(statusesOf(found)).toEqual(['PASS', 'PASS'])
  expect(found.summary.requests).toMatchObject({ total: 300, completed: 300, warmup: 0 })
  expect(found.summary.ttft?.p50).toBeCloseTo(100, -1)
  expect(found.rounds.map(({ completed: n }) => n)).toEqual(times(10, () => 30))
  expect(found.workload).toContainEqual({ kind: 'value', name: 'method', value: 'POST' })
  expect(idsOf(found)).toEqual(['concurrency-held', 'prompts-repeat'])
})

const hello = { messages: [{ role: 'user', content: 'hello' }], stream: true }

/** As a server with a prefix cache counts, which knows all but the last 8 of 40 tokens. */
function cached(records: readonly RequestRecord[]): RequestRecord[] {
  return records.map((record) => ({ ...record, promptTokens: 40, cachedTokens: 32 }))
}

test.each([
  ['pr', {}, 'PASS', 'warn'],
  ['point', {}, 'PASS', 'warn'],
  ['release', {}, 'INCONCLUSIVE', 'warn'],
  ['release', { cache: 'allowed' }, 'PASS', 'info'],
  ['release', { cache: 'bust' }, 'PASS', undefined],
  ['release', { cache: { shared: 8 } }, 'PASS', undefined],
] as const)(
  'one prompt through all requests, policy %s and %j: %s',
  (policy, declared, status, level) => {
    const given = { body: hello, slo: ['ttft p95 <= 800ms'], gate: { policy }, ...declared }
    const found = concludeAt(driveOf(given, fast))
    expect(found.verdict).toMatchObject({ status, exitCode: status === 'PASS' ? 0 : 2 })
    const check = found.diagnostics.find(({ id }) => id === 'prompts-repeat')
    expect(check?.level).toBe(level)
    if (level !== undefined) {
      expect(check).toMatchObject({ requests: 300, repeated: 299, different: 1 })
    }
    expect(found.verdict.slos[0]?.turns).toMatchObject(
      status === 'PASS'
        ? []
        : [{ from: 'PASS', doubt: { kind: 'prompts-repeat', repeated: 299, requests: 300 } }],
    )
  },
)

test('a cache excuses no miss, and has no say where it can make nothing look better', () => {
  const given = { body: hello, gate: { policy: 'release' as const } }
  const slo = ['ttft p95 <= 50ms', 'success_rate >= 95%', 'latency mean <= 9s']
  expect(statusesOf(concludeAt(driveOf({ ...given, slo }, fast)))).toEqual([
    'FAIL',
    'PASS',
    'INCONCLUSIVE',
  ])
})

test('what the server says that it took from a cache counts, though no prompt of the run repeats', () => {
  const given = { body: hello, cache: 'bust' as const, slo: ['ttft p95 <= 800ms'] }
  const found = concludeAt(driveOf({ ...given, gate: { policy: 'release' } }, cached(fast)))
  expect(found.verdict.slos[0]?.turns).toMatchObject([
    { from: 'PASS', doubt: { kind: 'prompts-cached', cached: 9600, tokens: 12_000 } },
  ])
  expect(found.diagnostics).toContainEqual({
    id: 'prompts-cached',
    level: 'warn',
    marked: true,
    cached: 9600,
    tokens: 12_000,
  })
  const meant = { ...given, cache: 'allowed' as const, gate: { policy: 'release' as const } }
  expect(concludeAt(driveOf(meant, cached(fast))).verdict.status).toBe('PASS')
})

test('what was not there is not in the conclusion', () => {
  const found = concludeAt(driveOf({ slo: [] }, fast))
  expect(Object.keys(found).toSorted()).toEqual([
    'diagnostics',
    'rounds',
    'summary',
    'verdict',
    'workload',
  ])
})

test('a run beyond a bound is a FAIL, whatever holds beside it', () => {
  const found = concludeAt(driveOf({ slo: ['ttft p95 <= 50ms', 'success_rate >= 95%'] }, fast))
  expect(found.verdict).toMatchObject({ status: 'FAIL', exitCode: 1, passed: false })
  expect(statusesOf(found)).toEqual(['FAIL', 'PASS'])
})

test('a rate of tokens that no server counted is no PASS, which blocks a release alone', () => {
  const uncounted = fast.map((record) => {
    const { completionTokens: _, ...rest } = record
    return rest
  })
  for (const [policy, exitCode] of [
    ['pr', 0],
    ['release', 2],
  ] as const) {
    const slo = ['output_tokens_per_second >= 1tok/s']
    const given = { slo, gate: { policy }, cache: 'allowed' as const }
    const found = concludeAt(driveOf(given, uncounted))
    expect(found.verdict).toMatchObject({ status: 'INCONCLUSIVE', exitCode })
    expect(found.verdict.slos[0]?.turns).toMatchObject([
      { from: 'PASS', doubt: { kind: 'estimated-tokens', estimated: 300, requests: 300 } },
    ])
    expect(idsOf(found)).toContain('estimated-tokens')
    expect(concludeAt(driveOf(given, fast)).verdict.status).toBe('PASS')
  }
})

test('a run in which nothing completed is an ERROR that counts its failures', () => {
  const records = times(40, (index) => failed({ index }))
  const found = concludeAt(driveOf({ slo: ['ttft p95 <= 800ms', 'error_rate <= 1%'] }, records))
  expect(found.verdict).toMatchObject({ status: 'ERROR', exitCode: 4 })
  expect(statusesOf(found)).toEqual(['ERROR', 'ERROR'])
  expect(found.summary.failures).toMatchObject([{ kind: 'http_status', status: 503, count: 40 }])
  expect(found.summary.ttft).toBeUndefined()
})

test('a run of which nothing is known but its end is an ERROR', () => {
  const { trust: _, ...rest } = driveOf({ requests: 10, slo: ['ttft p95 <= 800ms'] }, [])
  const found = concludeAt({ ...rest, end: { kind: 'crashed', message: 'gone' } })
  expect(found.verdict).toMatchObject({ status: 'ERROR', exitCode: 4 })
  expect(found.summary.requests.total).toBe(0)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('an interrupted run keeps a proven FAIL and is undecided else: %s', (reason, exitCode) => {
  const records = [...fast, cancelled({ round: 9 })]
  const end = { kind: 'interrupted', reason } as const
  const asked = { requests: 1000, slo: ['ttft p95 <= 50ms', 'latency p95 <= 800ms'] }
  const found = concludeAt(driveOf(asked, records, { end }))
  expect(found.verdict).toMatchObject({ status: 'FAIL', exitCode })
  expect(statusesOf(found)).toEqual(['FAIL', 'ERROR'])
  expect(found.summary.requests).toMatchObject({ total: 301, completed: 300, cancelled: 1 })
  const open = concludeAt(driveOf({ ...asked, slo: ['ttft p95 <= 800ms'] }, records, { end }))
  expect(open.verdict).toMatchObject({ status: 'ERROR', exitCode })
})

test('a run that was judged before is judged with the confidence that is left', () => {
  const asked = { slo: ['ttft p95 <= 800ms'], gate: { max_extra_rounds: 2 } }
  const found = concludeAt(driveOf(asked, fast, { looks: 3 }))
  expect(found.verdict.looks).toMatchObject({ planned: 3, taken: 3 })
  expect(found.verdict.looks.confidence).toBeCloseTo(1 - 0.05 / 3, 9)
})

const relative = ['ttft p50 <= baseline + 10%', 'ttft p50 <= 1s']
const alternating = { slo: relative, baseline: { url: 'http://127.0.0.1:8001' } }

/** Both sides of a run whose rounds alternated; `change` is the candidate's, 0.3 for 30 % slower. */
function alternate(change: number, gap = 10): Drive {
  const records = sendRounds({ ttft: 100 * (1 + change), seed: 3 }, 8000)
  const baseline = sendRounds({ target: 'baseline', ttft: 100, seed: 4, gap }, 8000)
  return driveOf(alternating, records, { baseline })
}

test('a slower candidate is a FAIL beside a baseline that alternated with it, the same one is none', () => {
  const slower = concludeAt(alternate(0.3))
  expect(statusesOf(slower)).toEqual(['FAIL', 'PASS'])
  expect(slower.verdict.slos[0]?.relative?.change).toBeCloseTo(0.3, 1)
  expect(slower.baseline).toMatchObject({
    kind: 'interleaved',
    source: 'http://127.0.0.1:8001/v1/chat/completions',
    summary: { requests: { total: 300 } },
  })
  expect(statusesOf(concludeAt(alternate(0)))).toEqual(['PASS', 'PASS'])
})

test('the rounds of the other target do not count as time of this one', () => {
  const { summary, diagnostics } = concludeAt(alternate(0))
  const whole = sendRounds({ ttft: 100, seed: 3 })
  const last = whole.at(-1)?.marks.ended ?? 0
  expect(summary.duration).toBeCloseTo(last, 3)
  expect(summary.requestsPerSecond).toBeCloseTo(300_000 / last, 3)
  expect(diagnostics.map(({ id }) => id)).toContain('concurrency-held')
})

test('each round of two targets is ramped up and drained by itself', () => {
  const records = times(40, (index) => {
    const round = Math.floor(index / 4)
    const at = 10_000 * round + (index % 4 < 2 ? 0 : 100)
    // The last one of a round takes longer, alone.
    const ttft = index % 4 === 3 ? 900 : 100
    return completed({ index, round, slot: index % 2, at, ttft, events: 1 })
  })
  const given = { ...alternating, concurrency: 2 }
  const found = concludeAt(driveOf(given, records, { baseline: records }))
  expect(idsOf(found)).toContain('concurrency-held')
})

test('a baseline that cannot be believed makes undecided what is relative to it, and nothing else', () => {
  // All of its tokens came in one read: it was not streamed.
  expect(statusesOf(concludeAt(alternate(0.3, 0)))).toEqual(['INCONCLUSIVE', 'PASS'])
})

/** A run beside the stored results of another one, which was made on `other`. */
function besideFile(ttft: number, other: Partial<typeof machine> = {}): Drive {
  const stored = resultsOf(driveOf({}, fast), { machine: { ...machine, ...other } })
  const driven = driveOf(alternating, sendRounds({ ttft, seed: 5 }))
  const baseline = { kind: 'file', source: 'old.json', results: stored } as const
  return { ...driven, spec: { ...driven.spec, baseline } }
}

test('a run is compared with the rounds of an earlier one', () => {
  expect(statusesOf(concludeAt(besideFile(130)))).toEqual(['FAIL', 'PASS'])
  expect(statusesOf(concludeAt(besideFile(100)))).toEqual(['PASS', 'PASS'])
  const { baseline } = resultsOf(besideFile(130))
  expect(baseline).toMatchObject({ kind: 'file', source: 'old.json', comparable: true })
  expect(baseline?.summary.requests.total).toBe(300)
})

test('nothing is said beside an earlier run on another machine, or of another kind of target', () => {
  const elsewhere = besideFile(130, { cores: 64 })
  const { spec, ...rest } = besideFile(130)
  for (const driven of [elsewhere, { ...rest, spec: { ...spec, mock: {} } }]) {
    expect(statusesOf(concludeAt(driven))).toEqual(['INCONCLUSIVE', 'PASS'])
    expect(resultsOf(driven).baseline).toMatchObject({ comparable: false })
  }
})

test('a client that was late leaves a miss undecided that may be its own, and nothing else', () => {
  const asked = { slo: ['ttft p95 <= 105ms', 'ttft p90 <= 150ms', 'success_rate >= 95%'] }
  const late = { ...trust, eventLoopDelayP99: 40 }
  const sound = concludeAt(driveOf(asked, fast))
  expect(statusesOf(sound)).toEqual(['FAIL', 'PASS', 'PASS'])
  expect(idsOf(sound)).not.toContain('client-limited')
  const found = concludeAt(driveOf(asked, fast, { trust: late }))
  expect(statusesOf(found)).toEqual(['INCONCLUSIVE', 'PASS', 'PASS'])
  expect(found.diagnostics.find(({ id }) => id === 'client-limited')).toMatchObject({
    slos: [
      { slo: 'ttft p95 <= 105ms', status: 'INCONCLUSIVE' },
      { slo: 'ttft p90 <= 150ms', status: 'PASS' },
    ],
  })
  const far = { slo: ['ttft p95 <= 1s'] }
  expect(idsOf(concludeAt(driveOf(far, fast, { trust: late })))).not.toContain('client-limited')
})

test('a load that was not held leaves undecided what it flatters', () => {
  const asked = { slo: ['ttft p95 <= 105ms', 'ttft p90 <= 150ms', 'success_rate >= 95%'] }
  const found = concludeAt(driveOf({ ...asked, concurrency: 2 }, fast))
  expect(statusesOf(found)).toEqual(['FAIL', 'INCONCLUSIVE', 'PASS'])
  expect(idsOf(found)).toContain('concurrency-not-held')
})

const spread = { min: 1, p50: 2, p95: 3, p99: 4, max: 5 }

/** A client that is wrong by `error` ms, or in one of a hundred requests, of this machine and load. */
function calibrate(error: number, seldom = false): Calibration {
  return {
    measured_at: '2026-01-14T10:00:00.000Z',
    machine,
    shape: {
      concurrency: 1,
      events_per_answer: 10,
      dialect: 'openai-chat',
      processes: 1,
      transport: 'lean',
    },
    requests: 100,
    client_error_ms: {
      ttft: spread,
      latency: spread,
      request: {
        ...(seldom ? spread : { min: 0, p50: error, p95: error }),
        p99: error,
        max: error,
      },
      chunk: null,
    },
    dispatch_delay_ms: spread,
    held_concurrency: null,
  }
}

test.each<[string, Calibration, string, boolean]>([
  ['larger than the miss', calibrate(200), 'INCONCLUSIVE', true],
  ['larger than the miss, but seldom', calibrate(200, true), 'FAIL', true],
  ['smaller than the miss', calibrate(4), 'FAIL', true],
  ['of another machine', { ...calibrate(200), machine: { ...machine, cpu: '?' } }, 'FAIL', false],
])('what the client is wrong by is held against a miss: %s', (_, stored, status, matches) => {
  const driven = driveOf({ slo: ['ttft p95 <= 105ms'] }, fast)
  const calibrations = { ...setting.calibrations, calibrations: [stored] }
  const found = conclude(driven, { machine, calibrations })
  expect(found.verdict.status).toBe(status)
  expect(found.calibration).toMatchObject({ requests: 100, noise: null })
  expect(found.calibration?.mismatch === null).toBe(matches)
})

/** What a server had counted at an instant. */
function readAt(sent: number, finished: number): Reading<Snapshot> {
  return { sent, received: sent + 1, value: { source: 'vllm', times: {}, finished } }
}

test('what the server told is compared with the requests on the clock of the run', () => {
  const driven = alternate(0)
  // Some seconds after the first round of the candidate has ended.
  const from = Math.min(...driven.records.slice(30).map(({ marks }) => marks.scheduled)) - 100
  const last = driven.records.at(-1)?.marks.ended ?? 0
  const [before, after] = [readAt(from, 37), readAt(last + 10, 307)]
  const watch = { url: 'http://127.0.0.1:8000/metrics', scrapes: 2, failed: 0, start: from }
  const { server } = concludeAt({
    ...driven,
    spec: { ...driven.spec, serverMetrics: { interval: 500 } },
    watch: { ...watch, readings: [before, after], before, after },
  })
  expect(server).toMatchObject({ source: 'vllm', interval: 500, restarted: false })
  expect(server?.requests).toEqual({ server: 270, client: 270, agrees: true })
  expect(server?.covers?.to).toBeCloseTo(last + 11 - from, 6)
})

test('a server that told nothing is a diagnostic of the run', () => {
  const driven = driveOf({ slo: [], server_metrics: true }, fast)
  const watch = { url: 'http://127.0.0.1:8000/metrics', readings: [], scrapes: 0, failed: 3 }
  const found = concludeAt({ ...driven, watch: { ...watch, failure: '/metrics: 404' } })
  expect(found.server).toMatchObject({ failed: 3, failure: '/metrics: 404' })
  expect(idsOf(found).filter((id) => id.startsWith('server'))).toHaveLength(1)
})

test('the same happenings come to the same, and are left as they were', () => {
  const records: RequestRecord[] = [
    ...times(5, (index) => completed({ index, phase: 'warmup', round: -1 })),
    ...sendRounds({ ttft: 100 }),
    failed({ index: 300, round: 9 }),
  ]
  const driven = { ...alternate(0.05), records }
  const before = structuredClone(driven)
  const first = concludeAt(driven)
  expect(concludeAt(driven)).toEqual(first)
  expect(driven).toEqual(before)
})
