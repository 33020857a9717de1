import { expect, test } from 'vitest'

import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import type { RelativeSlo } from '../../src/bench-spec/slo.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { takeRounds } from '../../src/verdict/figures.ts'
import { judge, type JudgeOptions, judgeStored } from '../../src/verdict/judge.ts'
import type { Difference } from '../../src/verdict/reason.ts'
import type { SloVerdict } from '../../src/verdict/verdict.ts'
import { completed, failed, load, times } from '../metrics/records.ts'
import { tell } from './_tell.ts'
import { createNormal, createRandom } from './random.ts'

const gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 } as const

function relativeSlo(text: string, more: Partial<RelativeSlo> = {}): RelativeSlo {
  const parsed = parseSlo(text)
  if (!('allowance' in parsed) || parsed.allowance === undefined) throw new Error(text)
  return { id: text, level: 'error', ...parsed, ...more }
}

/** 10 rounds of 30 requests, times around `ttft` with σ .2. */
function side(ttft: number, seed: number, { rounds = 10, size = 30 } = {}): RequestRecord[] {
  const normal = createNormal(createRandom(seed))
  return times(rounds * size, (i) =>
    completed({
      index: i,
      round: Math.floor(i / size),
      at: i * 1000,
      ttft: ttft * Math.exp(0.2 * normal()),
    }),
  )
}

function compare(
  text: string,
  candidate: readonly RequestRecord[],
  baseline: readonly RequestRecord[],
  options: Partial<JudgeOptions> = {},
): SloVerdict {
  const reference = { kind: 'interleaved', records: baseline } as const
  const given = { gate, load, end: { kind: 'finished' }, reference, ...options } as const
  const [verdict] = judge([relativeSlo(text)], candidate, given).slos
  if (verdict === undefined) throw new Error('no verdict')
  return verdict
}

test('a proven regression FAILs, the same service PASSes, between them more rounds are asked for', () => {
  const slow = compare('ttft p50 <= baseline + 10%', side(130, 1), side(100, 2))
  expect(slow).toMatchObject({ status: 'FAIL', method: 'ratio', n: 300, rounds: 10 })
  expect(slow.relative?.change).toBeCloseTo(0.3, 1)
  expect(slow.relative?.low).toBeGreaterThan(0.1)
  expect(compare('ttft p50 <= baseline + 10%', side(100, 1), side(100, 2)).status).toBe('PASS')
  const near = compare('ttft p50 <= baseline + 10%', side(108, 1), side(100, 2))
  expect(near.status).toBe('INCONCLUSIVE')
  expect(near.more).toBeGreaterThan(30)
  expect(tell(near)).toMatch(
    /^ttft p50 is .+ms, of the baseline .+ms: \+\d.*% is allowed\. About \d+ more requests/,
  )
})

test('the verdict is FAIL exactly when the whole interval lies beyond what is allowed', () => {
  for (const ttft of [90, 100, 105, 108, 110, 112, 116, 125]) {
    const { status, relative } = compare(
      'ttft p95 <= baseline + 10%',
      side(ttft, ttft),
      side(100, 3),
    )
    const { low = NaN, high = NaN, allowed = NaN } = relative ?? {}
    const expected = low > allowed ? 'FAIL' : high < allowed ? 'PASS' : 'INCONCLUSIVE'
    expect(status).toBe(expected)
  }
})

test('a floor protects small numbers, and a floor below the change does nothing', () => {
  const [slow, fast] = [side(13, 1), side(10, 2)]
  expect(compare('ttft p50 <= baseline + 10%', slow, fast).status).toBe('FAIL')
  const saved = compare('ttft p50 <= baseline + 10% or 20ms', slow, fast)
  expect(saved.status).toBe('PASS')
  expect(saved.relative?.allowed).toBeCloseTo(2, 0)
  expect(saved.relative?.bound).toBeCloseTo((saved.relative?.baseline ?? 0) + 20, 9)
  const large = compare('ttft p50 <= baseline + 10% or 20ms', side(1300, 1), side(1000, 2))
  expect(large).toMatchObject({ status: 'FAIL', relative: { allowed: 0.1 } })
})

test('an improvement can be asked for', () => {
  const text = 'ttft p50 <= baseline - 20%'
  expect(compare(text, side(70, 1), side(100, 2)).status).toBe('PASS')
  expect(compare(text, side(90, 1), side(100, 2)).status).toBe('FAIL')
})

/** The same one after the other: each request begins when the one before it has ended. */
function inSequence(ttft: number, seed: number): RequestRecord[] {
  let at = 0
  return side(ttft, seed).map(({ round, marks }) => {
    const record = completed({ round, at, ttft: marks.ended - marks.called - 90, events: 1 })
    at = record.marks.ended
    return record
  })
}

test('rates are asked for at least', () => {
  expect(
    compare('requests_per_second >= baseline - 5%', inSequence(100, 1), inSequence(100, 1)).status,
  ).toBe('PASS')
  expect(
    compare('requests_per_second >= baseline - 5%', inSequence(130, 1), inSequence(100, 2)).status,
  ).toBe('FAIL')
})

test('puts rounds together until a percentile is not simply the maximum of each', () => {
  const small = { rounds: 10, size: 10 }
  const found = compare('ttft p95 <= baseline + 10%', side(130, 1, small), side(100, 2, small))
  expect(found.relative?.rounds).toBe(5)
  expect(
    compare('ttft p50 <= baseline + 10%', side(130, 1, small), side(100, 2, small)).relative
      ?.rounds,
  ).toBe(10)
  const large = { rounds: 10, size: 34 }
  const tail = compare('ttft p99 <= baseline + 10%', side(130, 1, large), side(100, 2, large))
  expect(tail.relative?.rounds).toBe(3)
  const fewer = compare('ttft p99 <= baseline + 10%', side(130, 1, small), side(100, 2, small))
  expect(fewer.status).toBe('INCONCLUSIVE')
  expect(tell(fewer)).toBe(
    'To compare ttft p99 takes 3 rounds of at least 100 requests in which both sides have a value, and there are 1.',
  )
})

/** Every `every`-th request failed. */
function spoil(records: readonly RequestRecord[], every: number): RequestRecord[] {
  return records.map((record, i) =>
    i % every === 0 ? failed({ round: record.round, index: i }) : record,
  )
}

test('a candidate that fails more than the percentile allows is worse than any ratio, by the sign test', () => {
  const found = compare('ttft p95 <= baseline + 10%', spoil(side(50, 1), 10), side(100, 2))
  expect(found).toMatchObject({ status: 'FAIL', observed: Infinity, margin: -Infinity })
  expect(found.relative).not.toHaveProperty('change')
  expect(tell(found)).toContain('10 of 10 are')
  const excluded = { gate: { ...gate, failures: 'exclude' } as const }
  const large = { size: 60 }
  const [own, other] = [spoil(side(50, 1, large), 10), spoil(side(100, 2, large), 10)]
  expect(compare('ttft p95 <= baseline + 10%', own, other, excluded).status).toBe('PASS')
})

test('rounds that fail whole are beyond every limit, for times and for rates', () => {
  const dead = side(50, 1).map((record) => (record.round < 9 ? failed(record) : record))
  const times = compare('ttft p50 <= baseline + 10%', dead, side(100, 2))
  expect(times).toMatchObject({ status: 'FAIL', relative: { rounds: 10 } })
  expect(tell(times)).toContain('270 of 300 requests failed')
  const rates = compare('requests_per_second >= baseline - 5%', dead, side(100, 2))
  expect(rates).toMatchObject({ status: 'FAIL', relative: { rounds: 10 } })
})

test('a baseline that fails is nothing to be measured by', () => {
  const found = compare('ttft p95 <= baseline + 10%', side(50, 1), spoil(side(100, 2), 10))
  expect(found.status).toBe('INCONCLUSIVE')
  expect(tell(found)).toContain('nothing to be measured by in 10 of 10 rounds')
  const dead = compare('ttft p95 <= baseline + 10%', side(50, 1), spoil(side(100, 2), 1))
  expect(dead).toMatchObject({ status: 'ERROR', method: 'none' })
  expect(tell(dead)).toBe(
    'Of the baseline: No request completed: 300 of 300 failed, most often with http_status 503.',
  )
})

test('values of 0 have no ratio: without a floor nothing is decided, with one it is', () => {
  const still = times(100, (i) => completed({ round: Math.floor(i / 10), gap: 0 }))
  expect(compare('chunk_gap p50 <= baseline + 10%', still, still).status).toBe('INCONCLUSIVE')
  expect(compare('chunk_gap p50 <= baseline + 10% or 5ms', still, still).status).toBe('PASS')
})

test('shares are compared in points', () => {
  const text = 'success_rate >= baseline - 1%'
  expect(compare(text, side(100, 1), side(100, 2))).toMatchObject({
    status: 'PASS',
    relative: { baseline: 1, change: 0, allowed: -0.01, bound: 0.99 },
  })
  expect(compare(text, spoil(side(100, 1), 10), side(100, 2)).status).toBe('FAIL')
  expect(compare(text, spoil(side(100, 1), 100), side(100, 2)).status).toBe('INCONCLUSIVE')
  expect(compare('error_rate <= baseline + 1%', spoil(side(100, 1), 10), side(100, 2)).status).toBe(
    'FAIL',
  )
  const goodput = [{ metric: 'ttft', op: '<=', bound: 110 }] as const
  expect(compare('goodput >= baseline - 5%', side(130, 1), side(100, 2), { goodput }).status).toBe(
    'FAIL',
  )
})

test('policy point compares the two values', () => {
  const point = { gate: { ...gate, policy: 'point' } as const }
  const found = compare('ttft p50 <= baseline + 10%', side(130, 1), side(100, 2), point)
  expect(found).toMatchObject({ status: 'FAIL', method: 'point' })
  expect(tell(found)).toMatch(
    /10% is allowed, which makes .+ms: decided by the observed values alone/,
  )
})

test('Holm counts relative SLOs among the others', () => {
  const reference = { kind: 'interleaved', records: side(100, 2) } as const
  const slos = times(4, (i) => relativeSlo(`ttft p${50 + i} <= baseline + 5%`))
  const { slos: found } = judge(slos, side(130, 1), {
    gate,
    load,
    end: { kind: 'finished' },
    reference,
  })
  for (const { pFail = 1, pFailAdjusted = 0 } of found)
    expect(pFailAdjusted).toBeGreaterThanOrEqual(pFail)
  expect(
    Math.max(...found.map(({ pFail = 1, pFailAdjusted = 0 }) => pFailAdjusted / pFail)),
  ).toBeCloseTo(4, 6)
})

test('a doubt about the figures is one about the comparison', () => {
  const asked: unknown[] = []
  const found = compare('ttft p50 <= baseline + 10%', side(130, 1), side(100, 2), {
    findDoubt(_slo, decided) {
      asked.push(decided)
      return { kind: 'client-limited', target: 'candidate', reasons: [] }
    },
  })
  expect(found.status).toBe('INCONCLUSIVE')
  expect(asked).toEqual([{ status: 'FAIL', margin: found.margin }])
})

test('an earlier run is compared by Welch, unless something differs', () => {
  const taking = { failures: gate.failures }
  const compareFile = (ttft: number, differences: readonly Difference[] = []) =>
    compare('ttft p50 <= baseline + 10%', side(ttft, 1), [], {
      reference: { kind: 'file', rounds: takeRounds(side(100, 2), taking), differences },
    })
  expect(compareFile(130).status).toBe('FAIL')
  expect(compareFile(100).status).toBe('PASS')
  const foreign = compareFile(130, [{ fact: 'cpu', baseline: 'X', candidate: 'Y' }])
  expect(foreign.status).toBe('INCONCLUSIVE')
  expect(tell(foreign)).toMatch(/^Not comparable: cpu differs: X \/ Y\. ttft p50 is/)
})

test('two earlier runs are judged as one and an earlier one are', () => {
  const taking = { failures: gate.failures }
  const [a, b] = [takeRounds(side(130, 1), taking), takeRounds(side(100, 2), taking)]
  const slos = [
    relativeSlo('ttft p50 <= baseline + 10%'),
    relativeSlo('success_rate >= baseline - 1%'),
  ]
  const stored = judgeStored(slos, a, { kind: 'file', rounds: b, differences: [] }, { gate, load })
  expect(stored.slos.map(({ status }) => status)).toEqual(['FAIL', 'PASS'])
  expect(stored).toMatchObject({ status: 'FAIL', exitCode: 1 })
  const live = compare('ttft p50 <= baseline + 10%', side(130, 1), [], {
    reference: { kind: 'file', rounds: b, differences: [] },
  })
  expect(stored.slos[0]?.pFail).toBe(live.pFail)
  const [few] = judgeStored(
    [relativeSlo('ttft p99 <= baseline + 10%')],
    a,
    { kind: 'file', rounds: b, differences: [] },
    { gate, load },
  ).slos
  expect(few).toMatchObject({ status: 'INCONCLUSIVE' })
  expect(tell(few)).toContain('3 rounds of at least 100 requests')
  const [unkept] = judgeStored(
    [relativeSlo('ttft p97 <= baseline + 10%')],
    a,
    { kind: 'file', rounds: b, differences: [] },
    { gate, load },
  ).slos
  expect(tell(unkept)).toContain('mean, p50, p75, p90, p95 and p99')
})

test('the figures of rounds are those of the summary', () => {
  const records = side(100, 1, { rounds: 1, size: 50 })
  const [round] = takeRounds(records, { failures: 'as-infinite' })
  const { ttft, requestsPerSecond } = summarize(records)
  expect(round?.times.ttft).toEqual({
    mean: ttft?.mean,
    p50: ttft?.p50,
    p75: ttft?.p75,
    p90: ttft?.p90,
    p95: ttft?.p95,
    p99: ttft?.p99,
  })
  expect(round?.requestsPerSecond).toBeCloseTo(requestsPerSecond ?? 0, 9)
  expect(round).toMatchObject({ round: 0, completed: 50, failed: 0 })
})

test('a metric that either side does not have is an ERROR', () => {
  const counted = side(100, 2).map((record) => ({ ...record, completionTokens: 10 }))
  const text = 'tpot p50 <= baseline + 10%'
  expect(compare(text, side(100, 1), counted)).toMatchObject({ status: 'ERROR', method: 'none' })
  const found = compare(text, counted, side(100, 1))
  expect(found.status).toBe('ERROR')
  expect(tell(found)).toMatch(/^Of the baseline: No tpot/)
})

/** Rounds below `rounds` failed whole. */
function kill(records: readonly RequestRecord[], rounds: number): RequestRecord[] {
  return records.map((record) => (record.round < rounds ? failed(record) : record))
}

test.each([
  ['ttft mean <= baseline + 10%', 'as-infinite'],
  ['ttft p50 <= baseline + 10%', 'exclude'],
] as const)(
  'a round without a value of the candidate is bad, not left out: %s, %s',
  (text, failures) => {
    const options = { gate: { ...gate, failures } }
    const found = compare(text, kill(side(90, 1), 2), side(100, 2), options)
    expect(found).toMatchObject({ status: 'INCONCLUSIVE', relative: { rounds: 10 } })
    expect(tell(found)).toContain('2 of 10 are')
    const dead = compare(text, kill(side(90, 1), 6), side(100, 2), options)
    expect(dead).toMatchObject({ status: 'FAIL', reason: { kind: 'failures', failed: 180 } })
  },
)

test('of stored rounds too', () => {
  const taking = { failures: gate.failures }
  const [a, b] = [takeRounds(kill(side(90, 1), 6), taking), takeRounds(side(100, 2), taking)]
  const judgeMean = (rounds: typeof a, reference: typeof a): SloVerdict | undefined =>
    judgeStored(
      [relativeSlo('ttft mean <= baseline + 10%')],
      rounds,
      { kind: 'file', rounds: reference, differences: [] },
      { gate, load },
    ).slos[0]
  expect(judgeMean(a, b)).toMatchObject({ status: 'FAIL', reason: { kind: 'failures' } })
  expect(judgeMean(b, a)).toMatchObject({
    status: 'INCONCLUSIVE',
    reason: { kind: 'left-out', leftOut: 6, pairs: 10, most: 2 },
  })
})

test('a baseline that fails in more than a fifth of the rounds is nothing to compare with', () => {
  const slow = side(90, 1).map((record) =>
    record.round < 6 ? completed({ round: record.round, ttft: 10_000 }) : record,
  )
  for (const text of ['ttft mean <= baseline + 10%', 'ttft p50 <= baseline + 10%']) {
    const found = compare(text, slow, kill(side(100, 2), 6))
    expect(found).toMatchObject({
      status: 'INCONCLUSIVE',
      reason: { kind: 'left-out', leftOut: 6, pairs: 10, most: 2 },
    })
    expect(tell(found)).toContain(
      'the baseline is nothing to be measured by in 6 of 10 rounds; a comparison can leave out 2.',
    )
  }
  const rates = compare('requests_per_second >= baseline - 5%', slow, kill(side(100, 2), 9))
  expect(rates.reason).toEqual({ kind: 'left-out', leftOut: 9, pairs: 10, most: 2 })
  const found = compare('ttft p50 <= baseline + 10%', side(90, 1), kill(side(100, 2), 2))
  expect(found).toMatchObject({ status: 'PASS', relative: { rounds: 8 } })
})

/** So many of each ten requests failed. */
function spoilShare(records: readonly RequestRecord[], tenths: number): RequestRecord[] {
  return records.map((record, i) =>
    i % 10 < tenths ? failed({ round: record.round, index: i }) : record,
  )
}

function beLate() {
  return { kind: 'client-late', target: 'candidate', delay: 9, reach: 9, margin: 1 } as const
}

test('far more failures than the baseline has are a FAIL by themselves, whatever the times', () => {
  const small = { rounds: 5, size: 30 }
  const [candidate, records] = [spoilShare(side(50, 1, small), 6), side(100, 2, small)]
  const reference = { kind: 'interleaved', records } as const
  const slos = ['ttft p50 <= baseline + 10%', 'latency p50 <= baseline + 10%'].map((text) =>
    relativeSlo(text),
  )
  const verdict = judge(slos, candidate, { gate, load, end: { kind: 'finished' }, reference })
  expect(verdict).toMatchObject({ status: 'FAIL', exitCode: 1 })
  const [found] = verdict.slos
  const options = { gate, load, end: { kind: 'finished' }, reference, findDoubt: beLate } as const
  expect(judge(slos, candidate, options).status).toBe('FAIL')
  expect(found?.reason).toMatchObject({
    kind: 'failures',
    failed: 90,
    requests: 150,
    baseline: { failed: 0, requests: 150 },
    difference: 0.6,
    allowed: 0.05,
  })
  expect(found && tell(found)).toMatch(
    /90 of 150 requests failed, of the baseline 0 of 150: \+60pp, between \+\d.+pp and \+\d.+pp; \+5pp is allowed, whatever the others take\.$/,
  )
})

test('a mean is of what completed: it PASSes only beside as few failures as the baseline has', () => {
  const text = 'ttft mean <= baseline + 10%'
  expect(compare(text, spoilShare(side(80, 1), 3), spoilShare(side(100, 2), 3)).status).not.toBe(
    'FAIL',
  )
  expect(compare(text, side(80, 1), side(100, 2)).status).toBe('PASS')
  const unsure = compare(text, spoil(side(80, 1), 25), side(100, 2))
  expect(unsure).toMatchObject({ status: 'INCONCLUSIVE', reason: { kind: 'failures' } })
  expect(tell(unsure)).toMatch(/12 of 300 requests failed.+not proven/)
  expect(compare(text, spoilShare(side(80, 1), 3), side(100, 2)).status).toBe('FAIL')
})

test('failures of a percentile are those that it leaves beyond it, where these are fewer', () => {
  const large = { rounds: 10, size: 40 }
  const found = compare(
    'ttft p99 <= baseline + 10%',
    spoil(side(50, 1, large), 20),
    side(100, 2, large),
  )
  expect(found).toMatchObject({ status: 'FAIL', reason: { kind: 'failures', allowed: 0.01 } })
})
