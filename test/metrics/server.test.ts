import { expect, test } from 'vitest'

import type { RequestRecord, Reading, Watch } from '../../src/engine/record.ts'
import { diagnoseServer } from '../../src/metrics/server-diagnostics.ts'
import { locateTime } from '../../src/metrics/server-finding.ts'
import { type ServerSummary, summarizeServer } from '../../src/metrics/server-summary.ts'
import type { Snapshot, TimeTotals } from '../../src/metrics/snapshot.ts'
import { cancelled, completed, failed, times } from './records.ts'
import { slo } from './slos.ts'

/** Count and mean in ms; without buckets. */
function totals(count: number, mean: number, buckets: TimeTotals['buckets'] = []): TimeTotals {
  return { kind: 'totals', count, sum: count * mean, buckets }
}

function reading(at: number, value: Partial<Snapshot>): Reading<Snapshot> {
  return { sent: at, received: at + 2, value: { source: 'vllm', times: {}, ...value } }
}

function watch(
  before: Reading<Snapshot> | undefined,
  after: Reading<Snapshot> | undefined,
  more: Partial<Watch<Snapshot>> = {},
): Watch<Snapshot> {
  const readings = [before, after].filter((each) => each !== undefined)
  return {
    url: 'http://127.0.0.1:8000/metrics',
    readings,
    start: 10_000,
    ...(before && { before }),
    ...(after && { after }),
    scrapes: readings.length,
    failed: 0,
    ...more,
  }
}

/** 20 requests of 10 tokens, 190 ms each, the first one sent after the first reading. */
const records: RequestRecord[] = times(20, (index) => ({
  ...completed({ index, at: 10_010 + index * 200, tokens: 10 }),
  promptTokens: 7,
}))

/** Counts as they are before the run, and what the 20 requests add to them. */
const earlier: Partial<Snapshot> = { finished: 5, promptTokens: 50, outputTokens: 500 }
const later: Partial<Snapshot> = { finished: 25, promptTokens: 190, outputTokens: 700 }

function summarize(
  after: Partial<Snapshot> = {},
  before: Partial<Snapshot> = {},
  own: readonly RequestRecord[] = records,
  more: Partial<Watch<Snapshot>> = {},
): ServerSummary {
  const first = reading(10_000, { ...earlier, ...before })
  const last = reading(15_000, { ...later, ...after })
  return summarizeServer(watch(first, last, more), own, 1000)
}

function idsOf(server: ServerSummary): string[] {
  return diagnoseServer(server).map(({ id }) => id)
}

test('what the server counted is what it has now less what it had before', () => {
  const server = summarize()
  expect(server.requests).toEqual({ server: 20, client: 20, agrees: true })
  expect(server.promptTokens).toEqual({ server: 140, client: 140, agrees: true })
  expect(server.outputTokens).toEqual({
    server: 200,
    client: 200,
    agrees: true,
    usage: 200,
    events: 200,
  })
  expect(server.covers).toEqual({ from: 0, to: 5002, warmup: 0 })
  expect(idsOf(server)).toEqual([])
})

/** ttft of so many values: in all, of at most 100 ms, of at most 250 ms. */
function ttft(count: number, sum: number, small: number, large: number): Partial<Snapshot> {
  const buckets = [
    { bound: 100, count: small },
    { bound: 250, count: large },
    { bound: Infinity, count },
  ]
  return { times: { ttft: { kind: 'totals', count, sum, buckets } } }
}

test('a mean is of the sums and counts that came between, percentiles are bounds of buckets', () => {
  const server = summarize(ttft(25, 2500, 14, 24), ttft(5, 4, 4, 5))
  expect(server.times.ttft).toEqual({
    count: 20,
    mean: 2496 / 20,
    p50: 100,
    p95: 250,
    percentiles: 'at-most',
    client: { count: 20, mean: 100, p50: 100, p95: 100, p99: 100 },
  })
  expect(server.times.latency).toBeUndefined()
})

test('a family that was not there before begins at nothing', () => {
  const server = summarize({ times: { queue: totals(20, 30) } })
  expect(server.times.queue).toEqual({ count: 20, mean: 30, percentiles: 'none' })
  expect(summarize({ times: { queue: totals(0, 0) } }).times.queue).toBeUndefined()
})

test('what a server says of its latest answers stands beside as many of the client, whichever arrived first', () => {
  const latest = { kind: 'latest', count: 3, mean: 1, p50: 2, p95: 3, p99: 4 } as const
  const slow = times(3, (index) => completed({ index, at: 14_010 + index * 200, ttft: 400 }))
  const server = summarize({ times: { ttft: latest } }, {}, [...slow, ...records])
  expect(server.times.ttft).toEqual({
    count: 3,
    mean: 1,
    p50: 2,
    p95: 3,
    p99: 4,
    percentiles: 'exact',
    client: { count: 3, mean: 400, p50: 400, p95: 400, p99: 400 },
  })
})

test('the mean latency is parted into queue, prefill, decode and the rest', () => {
  const server = summarize({
    times: { ttft: totals(20, 90), latency: totals(20, 170), queue: totals(20, 60) },
  })
  const parts = { latency: 190, queue: 60, prefill: 30, firstToken: 90, decode: 80, outside: 20 }
  expect(locateTime(server)).toEqual({ kind: 'breakdown', ...parts })
})

test('queue and prefill are one where the server does not tell them apart', () => {
  const server = summarize({
    times: { ttft: totals(20, 90), latency: totals(20, 184) },
  })
  const parts = { latency: 190, firstToken: 90, decode: 94, outside: 6 }
  expect(locateTime(server)).toEqual({ kind: 'breakdown', ...parts })
})

const client = (time: 'ttft' | 'latency', mean: number) => ({ of: 'client', time, mean })
const own = (time: 'queue' | 'ttft' | 'latency', mean: number) => ({ of: 'server', time, mean })

test.each([
  // The client saw the first token after 100 ms and the last after 190 ms.
  [{ ttft: 90, latency: 194 }, own('latency', 194), client('latency', 190)],
  [{ ttft: 104, latency: 170 }, own('ttft', 104), client('ttft', 100)],
  [{ ttft: 60, latency: 170, queue: 88 }, own('queue', 88), own('ttft', 60)],
  [{ ttft: 99, latency: 95 }, own('ttft', 99), own('latency', 95)],
] as [Record<string, number>, object, object][])(
  'times that cannot be of the same answers are divided into nothing: %j',
  (means, part, whole) => {
    const timed = Object.entries(means).map(([name, mean]) => [name, totals(20, mean)])
    const server = summarize({ times: Object.fromEntries(timed) })
    expect(locateTime(server)).toEqual({ kind: 'impossible', part, whole })
  },
)

test('means of requests of which a few are others may differ by as many, and add up even so', () => {
  const straggler: RequestRecord = {
    ...completed({ phase: 'warmup', at: 9_900, tokens: 10 }),
    promptTokens: 7,
  }
  // The server did not count one of the client's 21: a twentieth may be missing.
  for (const [latency, kind] of [
    [198, 'breakdown'],
    [201, 'impossible'],
  ] as const) {
    const times = { ttft: totals(20, 101), latency: totals(20, latency), queue: totals(20, 101) }
    const found = locateTime(summarize({ times }, {}, [straggler, ...records]))
    expect(found.kind).toBe(kind)
    if (found.kind !== 'breakdown') continue
    expect(found.firstToken + found.decode + found.outside).toBeCloseTo(found.latency, 9)
    expect(found).toMatchObject({ queue: 101, prefill: 0, outside: 0 })
  }
})

test('a first token that the client saw much later than the server had it was held back', () => {
  // 10 ms outside, and 100 ms to the first token.
  const heldFrom = (mean: number) =>
    locateTime(summarize({ times: { ttft: totals(20, mean), latency: totals(20, 180) } })).kind
  expect(heldFrom(64)).toBe('held-back')
  expect(heldFrom(66)).toBe('breakdown')
  const late = { ttft: totals(20, 21), latency: totals(20, 194) }
  expect(locateTime(summarize({ times: late }))).toEqual({
    kind: 'held-back',
    server: 21,
    client: 100,
  })
})

const two = () => ({ each: 2, all: 2 })

test('vLLM counts every choice with its whole prompt, another server whole requests', () => {
  const times = { ttft: totals(40, 90), latency: totals(40, 170) }
  const counts = { finished: 45, promptTokens: 50 + 280, outputTokens: 700 }
  const first = reading(10_000, earlier)
  const last = reading(15_000, { ...counts, times })
  const server = summarizeServer(watch(first, last), records, 1000, two)
  expect(server.requests).toEqual({ server: 40, client: 40, agrees: true })
  expect(server.promptTokens).toEqual({ server: 280, client: 280, agrees: true })
  expect(server.outputTokens).toMatchObject({ server: 200, client: 200, agrees: true })
  expect(idsOf(server)).toEqual([])
  expect(locateTime(server)).toEqual({ kind: 'several-choices', requests: 20, choices: 40 })

  const shared = summarizeServer(watch(first, last), records, 1000)
  expect(idsOf(shared)).toEqual(['server-shared'])
  const own = reading(15_000, { ...later, source: 'qwen-vllm' })
  const qwen = summarizeServer(watch(reading(10_000, earlier), own), records, 1000, two)
  expect(qwen.requests).toEqual({ server: 20, client: 20, agrees: true })

  // Of one that failed the server may have finished some of its choices.
  const timeout = failed({ at: 14_500, failure: { kind: 'timeout.total', message: '' } })
  const more = (finished: number) =>
    idsOf(
      summarizeServer(
        watch(first, reading(15_000, { finished })),
        [...records, timeout],
        1000,
        two,
      ),
    )
  expect(more(47)).toEqual([])
  expect(more(48)).toEqual(['server-shared'])
})

test('each prompt of completions has as many choices, and each choice its own prompt', () => {
  const counts = { finished: 5 + 20 * 6, promptTokens: 50 + 20 * 7 * 3, outputTokens: 700 }
  const server = summarizeServer(
    watch(reading(10_000, earlier), reading(15_000, counts)),
    records,
    1000,
    () => ({ each: 3, all: 6 }),
  )
  expect(server.requests).toEqual({ server: 120, client: 120, agrees: true })
  expect(server.promptTokens).toEqual({ server: 420, client: 420, agrees: true })
})

test('latest answers that are not all of this run are said so, and their times not shown', () => {
  const latest = { kind: 'latest', count: 21, mean: 1000, p50: 1, p95: 1, p99: 1 } as const
  const server = summarize({ source: 'qwen-vllm', times: { ttft: latest, latency: latest } })
  expect(server.times).toEqual({})
  expect(locateTime(server)).toEqual({ kind: 'foreign-window', window: 21, finished: 20 })

  // The warm-up of this run is its own: the server had nothing to do before.
  const warm = times(3, (index) => completed({ phase: 'warmup', at: 9_000 + index * 200 }))
  const first = reading(8_900, earlier)
  const before = reading(10_000, { finished: 8, promptTokens: 50, outputTokens: 500 })
  const after = reading(15_000, {
    ...later,
    finished: 28,
    times: {
      ttft: { ...latest, count: 23, mean: 95 },
      latency: { ...latest, count: 23, mean: 185 },
    },
  })
  const readings = [first, before, after]
  const own = summarizeServer(watch(before, after, { readings }), [...warm, ...records], 1000)
  expect(own.times.ttft?.client?.count).toBe(23)
  expect(locateTime(own)).toMatchObject({ kind: 'breakdown', firstToken: 95, outside: 5 })
})

test('no time, no breakdown', () => {
  expect(locateTime(summarize())).toEqual({ kind: 'untold' })
  const idle = summarize({ finished: 5, promptTokens: 50, outputTokens: 500 }, {}, [])
  expect(locateTime(idle)).toEqual({ kind: 'nothing-finished' })
  expect(idsOf(idle)).toEqual([])
})

test('times of a server that does not count its answers explain nothing', () => {
  const time = { ttft: totals(20, 90), latency: totals(20, 170) }
  const first = reading(10_000, { outputTokens: 500 })
  const last = reading(15_000, { outputTokens: 700, times: time })
  const missed = { failed: 1, failure: 'no answer within 3 s' }
  const server = summarizeServer(watch(first, last, missed), records, 1000)
  expect(locateTime(server)).toEqual({ kind: 'uncounted' })
})

test('warm-up requests that were under way at the first reading may be counted or not', () => {
  const straggler: RequestRecord = {
    ...completed({ phase: 'warmup', at: 9_900, tokens: 10 }),
    promptTokens: 7,
  }
  const own = [straggler, ...records]
  for (const extra of [0, 1]) {
    const more = {
      finished: 25 + extra,
      promptTokens: 190 + extra * 7,
      outputTokens: 700 + extra * 10,
    }
    const server = summarize(more, {}, own)
    expect(server.requests).toEqual({ server: 20 + extra, client: 21, agrees: true })
    expect(server.covers?.warmup).toBe(1)
    expect(idsOf(server)).toEqual([])
  }
  expect(idsOf(summarize({ finished: 27 }, {}, own))).toEqual(['server-shared'])
})

test('a warm-up request that ended just before the first reading may be counted late', () => {
  for (const [ended, ids] of [
    [9_990, []],
    [8_990, ['server-shared']],
  ] as const) {
    const early = completed({ phase: 'warmup', at: ended - 190, tokens: 10 })
    const more = { finished: 26, promptTokens: 190, outputTokens: 710 }
    const server = summarize(more, {}, [early, ...records])
    expect(server.requests).toMatchObject({ server: 21, client: 20 })
    expect(server.covers?.warmup).toBe(0)
    expect(idsOf(server)).toEqual(ids)
  }
})

test('a server that others use too is pointed out, and its times explain nothing', () => {
  const time = { ttft: totals(40, 90), latency: totals(40, 170) }
  const server = summarize({ finished: 45, outputTokens: 900, times: time })
  expect(server.requests).toEqual({ server: 40, client: 20, agrees: false })
  expect(diagnoseServer(server)).toEqual([
    {
      id: 'server-shared',
      level: 'warn',
      server: 40,
      client: 20,
    },
  ])
  expect(locateTime(server)).toEqual({ kind: 'shared', server: 40, client: 20 })
})

test('a server that saw only some of the requests is pointed out', () => {
  const server = summarize({ finished: 15 })
  expect(diagnoseServer(server)).toEqual([
    { id: 'server-partial', level: 'warn', server: 10, client: 20 },
  ])
  expect(locateTime(server)).toEqual({ kind: 'partial', server: 10, client: 20 })
})

test('requests that failed may have been finished by the server, unless it refused them', () => {
  const late: RequestRecord = cancelled({ at: 14_500 })
  expect(idsOf(summarize({ finished: 26 }, {}, [...records, late]))).toEqual([])
  const timeout = failed({ at: 14_500, failure: { kind: 'timeout.total', message: '' } })
  expect(idsOf(summarize({ finished: 26, outputTokens: 9999 }, {}, [...records, timeout]))).toEqual(
    [],
  )
  const refused = failed({ at: 14_500 })
  expect(idsOf(summarize({ finished: 26 }, {}, [...records, refused]))).toEqual(['server-shared'])
})

test('usage that is not what the server counted is pointed out, with all three counts', () => {
  expect(diagnoseServer(summarize({ outputTokens: 680 }))).toEqual([
    {
      id: 'tokens-disagree',
      level: 'warn',
      server: 180,
      usage: 200,
      events: 200,
    },
  ])
  expect(diagnoseServer(summarize({ promptTokens: 189 }))).toEqual([
    { id: 'prompt-tokens-disagree', level: 'warn', server: 139, usage: 140 },
  ])
})

test('without usage it is said that an event is no token', () => {
  const silent = times(20, (index) => completed({ index, at: 10_010 + index * 200 }))
  const server = summarize({ outputTokens: 900 }, {}, silent)
  expect(server.outputTokens).toMatchObject({ server: 400, events: 200, agrees: false })
  expect(server.outputTokens).not.toHaveProperty('usage')
  expect(server.promptTokens).toEqual({ server: 140 })
  expect(diagnoseServer(server)).toEqual([
    { id: 'events-are-not-tokens', level: 'info', server: 400, events: 200 },
  ])
  const levelBeside = (text: string): unknown =>
    diagnoseServer(server, {
      slos: [slo(text)],
      goodput: [{ metric: 'tpot', op: '<=', bound: 20 }],
    })[0]?.level
  expect(levelBeside('ttft p95 <= 800')).toBe('info')
  for (const text of ['output_tokens_per_second >= 9', 'tpot p95 <= 40', 'goodput >= 0.9']) {
    expect(levelBeside(text)).toBe('warn')
  }
})

test.each([
  ['is below what it was', { finished: 4 }, []],
  ['fell in between', {}, [reading(12_000, { finished: 1 })]],
  ['of a histogram fell', { times: { ttft: totals(3, 90) } }, []],
] as [string, Partial<Snapshot>, Reading<Snapshot>[]][])(
  'a count that %s is a restart, not a negative number',
  (_, after, between) => {
    const first = reading(10_000, { ...earlier, times: { ttft: totals(5, 90) } })
    const last = reading(15_000, { ...later, times: { ttft: totals(25, 90) }, ...after })
    const seen = watch(first, last, { readings: [first, ...between, last] })
    const server = summarizeServer(seen, records, 1000)
    expect(server).toMatchObject({ restarted: true, times: {} })
    expect(server).not.toHaveProperty('requests')
    expect(server).not.toHaveProperty('covers')
    expect(idsOf(server)).toEqual(['server-restarted'])
    expect(locateTime(server)).toEqual({ kind: 'restarted' })
  },
)

test('what was before the first reading is no restart', () => {
  const first = reading(10_000, earlier)
  const last = reading(15_000, later)
  const readings = [reading(9_000, { finished: 900 }), first, last]
  expect(summarizeServer(watch(first, last, { readings }), records, 1000).restarted).toBe(false)
})

test('without two readings nothing is compared, and it is said why', () => {
  const broken = { failed: 6, failure: '/metrics: status 404' }
  const server = summarizeServer(watch(undefined, undefined, broken), records, 1000)
  expect(server).toMatchObject({ scrapes: 0, failed: 6, timeline: [], times: {} })
  expect(server).not.toHaveProperty('source')
  expect(diagnoseServer(server)).toEqual([
    {
      id: 'server-unread',
      level: 'warn',
      failure: '/metrics: status 404',
    },
  ])
  expect(locateTime(server)).toEqual({ kind: 'unread', failure: '/metrics: status 404' })
  const short = summarizeServer(watch(undefined, reading(9_000, later)), [], 1000)
  expect(diagnoseServer(short)).toEqual([{ id: 'server-unread', level: 'warn' }])
  expect(locateTime(short)).toEqual({ kind: 'not-measured' })
})

test('scrapes that failed in between are a remark', () => {
  const server = summarize({}, {}, records, { failed: 1, failure: 'no answer within 3 s' })
  expect(diagnoseServer(server)).toEqual([
    {
      id: 'server-scrapes-failed',
      level: 'info',
      failed: 1,
      scrapes: 3,
      failure: 'no answer within 3 s',
    },
  ])
})

test('the timeline runs from the start of the measured phase', () => {
  const first = reading(9_500, { ...earlier, running: 1, waiting: 0 })
  const last = reading(15_000, later)
  const { timeline } = summarizeServer(watch(first, last), records, 1000)
  expect(timeline).toEqual([{ at: -500, running: 1, waiting: 0 }, { at: 5000 }])
})

test('tells how much of the prompts its prefix cache had, of this run alone', () => {
  const { prefixCache } = summarize(
    { cacheQueries: 190, cacheHits: 64 },
    { cacheQueries: 50, cacheHits: 32 },
  )
  expect(prefixCache).toEqual({ queries: 140, hits: 32 })
  expect(summarize().prefixCache).toBeUndefined()
  expect(summarize({ cacheQueries: 10, cacheHits: 1 }, { cacheQueries: 50 }).restarted).toBe(true)
})
