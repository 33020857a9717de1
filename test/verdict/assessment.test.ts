import { expect, test } from 'vitest'

import { type Dependence, weigh } from '../../src/verdict/dependence.ts'
import { estimateMore } from '../../src/verdict/exact.ts'
import { completed, completedWith, failed, load, times } from '../metrics/records.ts'
import { tell } from './_tell.ts'
import { judgeOne, ramp } from './judging.ts'

test('passes a percentile that is proven, with the arithmetic', () => {
  const verdict = judgeOne('ttft p95 <= 495.5', ramp(500))
  expect(verdict).toMatchObject({
    status: 'PASS',
    method: 'exact',
    observed: 475,
    margin: 20.5,
    n: 500,
    exceedances: 5,
    passAtMost: 16,
    failAtLeast: 34,
    dependence: { fail: { kind: 'none' }, pass: { kind: 'none' } },
    interval: { low: 467, high: 484 },
  })
  expect(tell(verdict)).toBe(
    'ttft p95 is 475ms: 5 of 500 requests are above 495.5ms; up to 16 still prove the SLO.',
  )
})

test('fails a percentile that is disproven', () => {
  const verdict = judgeOne('ttft p95 <= 450', ramp(500))
  expect(verdict).toMatchObject({ status: 'FAIL', exceedances: 50, margin: -25 })
  expect(tell(verdict)).toBe(
    'ttft p95 is 475ms: 50 of 500 requests are above 450ms; 34 are enough to disprove it.',
  )
})

test('leaves undecided what chance may have done, and tells what would decide', () => {
  const verdict = judgeOne('ttft p95 <= 480', ramp(500), { load: { ...load, requests: 500 } })
  expect(verdict).toMatchObject({ status: 'INCONCLUSIVE', exceedances: 20, more: 826 })
  expect(tell(verdict)).toBe(
    'ttft p95 is 475ms: 20 of 500 requests are above 480ms; a PASS allows 16, a FAIL takes 34. About 826 more requests (1326 in all) would decide it.',
  )
})

test('decides exactly when the bound leaves the interval', () => {
  const records = ramp(500)
  expect(judgeOne('ttft p95 <= 484', records).status).toBe('PASS')
  expect(judgeOne('ttft p95 <= 483', records).status).toBe('INCONCLUSIVE')
  expect(judgeOne('ttft p95 <= 467', records).status).toBe('INCONCLUSIVE')
  expect(judgeOne('ttft p95 <= 466', records).status).toBe('FAIL')
})

test('counts a value at the bound by the comparator', () => {
  const records = completedWith(times(100, () => 10))
  expect(judgeOne('ttft p50 <= 10', records).exceedances).toBe(0)
  expect(judgeOne('ttft p50 < 10', records).exceedances).toBe(100)
  expect(judgeOne('ttft p50 >= 10', records).exceedances).toBe(0)
  expect(judgeOne('ttft p50 > 10', records).exceedances).toBe(100)
})

test('judges a floor under a percentile from the other side', () => {
  const records = ramp(500)
  expect(judgeOne('ttft p50 >= 200', records)).toMatchObject({
    status: 'PASS',
    observed: 250,
    margin: 50,
    exceedances: 199,
  })
  const failing = judgeOne('ttft p50 >= 300', records)
  expect(failing).toMatchObject({ status: 'FAIL', exceedances: 299 })
  const { low = 0, high = 0 } = failing.interval ?? {}
  expect(judgeOne(`ttft p50 >= ${low}`, records).status).toBe('PASS')
  expect(judgeOne(`ttft p50 >= ${low + 1}`, records).status).toBe('INCONCLUSIVE')
  expect(judgeOne(`ttft p50 >= ${high}`, records).status).toBe('INCONCLUSIVE')
  expect(judgeOne(`ttft p50 >= ${high + 1}`, records).status).toBe('FAIL')
})

test('counts failed requests as infinitely slow, unless they are excluded', () => {
  const records = times(500, (i) =>
    i % 10 === 0 ? failed({ round: i % 5 }) : completed({ round: i % 5 }),
  )
  const verdict = judgeOne('ttft p95 <= 800', records)
  expect(verdict).toMatchObject({ observed: Infinity, margin: -Infinity, exceedances: 50, n: 500 })
  expect(tell(verdict)).toContain('ttft p95 is ∞: 50 of 500 requests are above 800ms or failed')
  const excluded = judgeOne('ttft p95 <= 800', records, { failures: 'exclude' })
  expect(excluded).toMatchObject({ status: 'PASS', observed: 100, exceedances: 0, n: 450 })
})

test('fails fast answers with one failure in ten', () => {
  const records = times(500, (i) => {
    const round = Math.floor(i / 100)
    return i % 10 === 0 ? failed({ round }) : completed({ round, ttft: 1 })
  })
  expect(judgeOne('ttft p95 <= 800', records).status).toBe('FAIL')
})

test('counts failed requests against a floor as well', () => {
  const records = times(100, (i) => (i % 5 < 3 ? failed() : completed({ ttft: 900 })))
  expect(judgeOne('ttft p50 >= 800', records)).toMatchObject({
    status: 'FAIL',
    observed: Infinity,
    margin: -Infinity,
    exceedances: 60,
    interval: {},
  })
  const some = times(100, (i) => (i % 20 < 9 ? failed() : completed({ ttft: 900 })))
  expect(judgeOne('ttft p50 >= 800', some).interval).toEqual({ high: 900 })
})

test('judges shares, in the words of the metric', () => {
  const records = times(500, (i) => (i % 200 === 50 ? failed() : completed()))
  const success = judgeOne('success_rate >= 0.98', records)
  expect(success).toMatchObject({ status: 'PASS', observed: 0.994, exceedances: 3, n: 500 })
  expect(success).not.toHaveProperty('rounds')
  expect(tell(success)).toContain('success_rate is 99.4%: 3 of 500 requests failed')
  expect(success.interval?.low).toBeGreaterThan(0.98)
  expect(success.interval?.high).toBeLessThan(1)
  const error = judgeOne('error_rate <= 0.02', records)
  expect(error).toMatchObject({ status: 'PASS', observed: 0.006, pPass: success.pPass })
  expect(error.interval?.high).toBeCloseTo(1 - (success.interval?.low ?? 0), 12)
  expect(judgeOne('success_rate <= 0.9', records)).toMatchObject({
    status: 'FAIL',
    exceedances: 497,
  })
  expect(judgeOne('error_rate >= 0.1', records)).toMatchObject({ status: 'FAIL', exceedances: 497 })
})

test('fails what allows no exception at the first one, and never passes it', () => {
  const fine = times(300, (i) => completed({ round: i % 5 }))
  const whole = judgeOne('success_rate >= 1', fine)
  expect(whole.status).toBe('INCONCLUSIVE')
  expect(tell(whole)).toContain('no number of requests can prove that none ever will')
  expect(whole).not.toHaveProperty('more')
  expect(judgeOne('success_rate >= 1', [...fine, failed()]).status).toBe('FAIL')
})

test('judges goodput by the bounds of the spec', () => {
  const goodput = [{ metric: 'ttft', op: '<=', bound: 100 }] as const
  const records = times(100, (i) => completed({ round: i % 5, ttft: i < 50 ? 100 : 101 }))
  const verdict = judgeOne('goodput >= 0.95', records, { goodput })
  expect(verdict).toMatchObject({ status: 'FAIL', observed: 0.5, exceedances: 50 })
  expect(tell(verdict)).toContain('50 of 100 requests missed a goodput bound')
})

test('does not take the gaps of a few slow answers for many observations', () => {
  const records = times(60, (i) => completed({ events: 51, gap: i % 15 === 7 ? 100 : 10 }))
  const verdict = judgeOne('chunk_gap p95 <= 60', records)
  expect(verdict).toMatchObject({
    status: 'INCONCLUSIVE',
    n: 3000,
    exceedances: 200,
    dependence: {
      fail: { kind: 'groups', of: 'requests', groups: 60, at: 'bound' },
      pass: { kind: 'groups', of: 'requests', groups: 60, at: 'bound' },
    },
  })
  // 60/59 · (4 · 46.67² + 56 · 3.33²) ÷ 3000² against a share of 4/60, and against one of 0.05.
  const between = ((60 / 59) * (4 * (50 - 10 / 3) ** 2 + 56 * (10 / 3) ** 2)) / 3000 ** 2
  const { fail, pass } = verdict.dependence ?? {}
  const [observed, allowed] = [(4 / 60) * (56 / 60), 0.05 * 0.95]
  expect(effectOf(fail)).toBeCloseTo(between / (observed / 3000), 9)
  expect(effectOf(pass)).toBeCloseTo(between / (allowed / 3000), 9)
  expect(effectOf(fail)).toBeGreaterThan(40)
  expect(tell(verdict)).toContain('200 of 3000 gaps are above 60ms')
})

function effectOf(dependence: Dependence | undefined): number {
  return dependence?.kind === 'groups' ? dependence.designEffect : NaN
}

test('estimates further requests, not further gaps', () => {
  const records = times(20, (i) => completed({ events: 11, gap: i % 5 === 0 ? 100 : 10 }))
  const verdict = judgeOne('chunk_gap p75 <= 60', records)
  const { fail, pass } = verdict.dependence ?? {}
  if (fail === undefined || pass === undefined) throw new Error('there is no dependence')
  expect([fail, pass]).toMatchObject([{ of: 'requests' }, { of: 'requests' }])
  const weights = { fail: weigh(fail, 0.05), pass: weigh(pass, 0.05) }
  const gaps = estimateMore({ n: 200, bad: 40, weights }, 0.25, 0.05) ?? 0
  expect(gaps).toBeGreaterThan(100)
  expect(verdict.more).toBe(Math.ceil(gaps / 10))
})

test('estimates nothing towards a PASS where requests gave no value, and says how many', () => {
  const records = times(60, (i) => completed({ events: 3, ...(i < 2 && { tokens: 3 }) }))
  const verdict = judgeOne('tpot p95 <= 800', records)
  expect(verdict).toMatchObject({ status: 'INCONCLUSIVE', n: 2, exceedances: 0 })
  expect(verdict.reason).toMatchObject({ requests: 60, withoutValue: 58 })
  expect(verdict.more).toBeUndefined()
  expect(tell(verdict)).toContain(' 58 completed requests gave no value.')
})

test('counts requests without a value among those that would disprove an SLO', () => {
  const records = times(80, (i) => completed({ events: i % 2 ? 1 : 3, gap: i % 8 ? 10 : 90 }))
  const verdict = judgeOne('stall p80 <= 60', records)
  const { n, exceedances, reason, more = 0 } = verdict
  expect({ n, exceedances, reason }).toMatchObject({
    n: 40,
    exceedances: 10,
    reason: { requests: 80, withoutValue: 40 },
  })
  const alone = judgeOne(
    'stall p80 <= 60',
    records.filter((_, i) => i % 2 === 0),
  )
  expect(more).toBeGreaterThan(0)
  expect(Math.abs(more - 2 * (alone.more ?? 0))).toBeLessThanOrEqual(1)
})

test('allows for requests that will fail in the estimate of further ones', () => {
  const records = times(100, (i) =>
    i % 2 ? failed({ round: i % 5 }) : completed({ round: i % 5 }),
  )
  const verdict = judgeOne('ttft p95 <= 800', records, { failures: 'exclude' })
  expect(verdict).toMatchObject({ n: 50, more: 18 })
})

test('failed requests are in no part of the run when they are excluded', () => {
  const records = times(100, (i) => (i % 10 < 5 ? failed() : completed({ ttft: 100 + i })))
  const excluded = judgeOne('ttft p90 <= 200', records, { failures: 'exclude' })
  expect(excluded).toMatchObject({ n: 50, exceedances: 0, reason: { requests: 100, failed: 0 } })
  // The five slowest are all in the last fifth of the fifty: 5/4 · (4 · 1² + 4²) ÷ 50² ÷ (.09 ÷ 50).
  expect(excluded.dependence?.pass).toMatchObject({ of: 'slices', groups: 5, at: 'quantile' })
  expect(effectOf(excluded.dependence?.pass)).toBeCloseTo(50 / 9, 9)
  expect(judgeOne('ttft p90 <= 800', records)).toMatchObject({ n: 100, exceedances: 50 })
})

test('judges a mean by its rounds', () => {
  const records = times(60, (i) => completed({ round: i % 5, ttft: 100 + (i % 5) }))
  expect(judgeOne('ttft mean <= 110', records)).toMatchObject({
    status: 'PASS',
    method: 'rounds',
    observed: 102,
    rounds: 5,
    n: 60,
  })
  const failing = judgeOne('ttft mean <= 100', records)
  expect(failing.status).toBe('FAIL')
  expect(tell(failing)).toMatch(
    /^ttft mean is 102ms: its 5 rounds put it between 100\.\dms and 103\.\dms/,
  )
  expect(judgeOne('ttft mean <= 101.9', records).status).toBe('INCONCLUSIVE')
})

test('judges the mean of chunk gaps by rounds, not by requests', () => {
  const records = times(60, (i) => completed({ round: i % 5, gap: 10 + (i % 5) }))
  expect(judgeOne('chunk_gap mean <= 20', records)).toMatchObject({ status: 'PASS', rounds: 5 })
})

test('judges rates by rounds', () => {
  const records = times(60, (i) =>
    completed({
      round: Math.floor(i / 12),
      at: i * 1000,
      ttft: 900 + (i % 3) * 30,
      events: 1,
      tokens: 20,
    }),
  )
  const rate = judgeOne('requests_per_second >= 0.5', records)
  expect(rate).toMatchObject({ status: 'PASS', method: 'rounds', rounds: 5, n: 60 })
  expect(rate.observed).toBeCloseTo(1, 1)
  expect(judgeOne('output_tokens_per_second >= 30', records).status).toBe('FAIL')
})

test('decides by the observed value with fewer than three rounds, and says so', () => {
  const records = times(60, (i) => completed({ round: i % 2, ttft: 100 }))
  const verdict = judgeOne('ttft mean <= 100', records)
  expect(verdict).toMatchObject({ status: 'PASS', method: 'point' })
  expect(tell(verdict)).toBe(
    'ttft mean is 100ms, the bound is 100ms: decided by the observed value alone (2 rounds, a test takes 3).',
  )
})

test('decides extremes by the observed value, a failed request being beyond either', () => {
  const records = ramp(100)
  expect(judgeOne('ttft max <= 100', records)).toMatchObject({
    status: 'PASS',
    method: 'point',
    observed: 100,
  })
  expect(judgeOne('ttft min >= 1', records)).toMatchObject({ status: 'PASS', observed: 1 })
  expect(judgeOne('ttft max <= 99', records)).toMatchObject({ status: 'FAIL', margin: -1 })
  const broken = [...records, failed()]
  expect(judgeOne('ttft max <= 100', broken)).toMatchObject({ status: 'FAIL', observed: Infinity })
  expect(judgeOne('ttft min >= 1', broken)).toMatchObject({ status: 'FAIL', observed: Infinity })
  expect(judgeOne('ttft max <= 100', broken, { failures: 'exclude' }).status).toBe('PASS')
})

test('compares the observed value alone under policy point', () => {
  const records = ramp(100)
  const verdict = judgeOne('ttft p99 <= 99', records, { policy: 'point' })
  expect(verdict).toMatchObject({
    status: 'PASS',
    method: 'point',
    observed: 99,
    margin: 0,
    n: 100,
  })
  expect(tell(verdict)).toContain('decided by the observed value alone (policy point)')
  expect(judgeOne('ttft p99 <= 98', records, { policy: 'point' }).status).toBe('FAIL')
  expect(judgeOne('success_rate >= 1', records, { policy: 'point' }).status).toBe('PASS')
  expect(judgeOne('ttft mean <= 50.5', records, { policy: 'point' }).method).toBe('point')
})
