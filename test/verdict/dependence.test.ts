import { expect, test } from 'vitest'

import type { Gate } from '../../src/bench-spec/spec.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import {
  addUp,
  type Dependence,
  findDependence,
  keepTallies,
  measureBurst,
  measureEffect,
  pickHeaviest,
  slice,
  type Tally,
  weigh,
} from '../../src/verdict/dependence.ts'
import { completed, failed, load, times } from '../metrics/records.ts'
import { tell } from './_tell.ts'
import { judgeOne } from './judging.ts'
import { createRandom } from './random.ts'

const alpha = 0.05
const q = 0.05
/** Upper quantiles of 5 %: of the normal distribution, of Student's t with 9 and with 4 degrees of freedom. */
const [z, t9, t4] = [1.644854, 1.833113, 2.131847]

/** One request each, in the order of dispatch; `hits`: how many are counted in each part. */
function tallyParts(hits: readonly number[], size: number): Tally[] {
  return hits.flatMap((each) => times(size, (i) => ({ size: 1, hits: i < each ? 1 : 0 })))
}

function arrange(tallies: readonly Tally[], anchored: readonly Tally[] = tallies) {
  return findDependence({ tallies, anchored, many: false }, q, alpha)
}

test('the variance between tenths, and between fifths, is set against that of chance', () => {
  const tallies = tallyParts([3, 0, 1, 0, 2, 0, 0, 0, 0, 0], 10)
  // Mean 0.6: 2.4² + 0.4² + 1.4² + 7 · 0.6² = 10.4. Mean 1.2: 1.8² + 0.2² + 0.8² + 2 · 1.2² = 6.8.
  const tenths = ((10 / 9) * 10.4) / 100 ** 2 / (0.0475 / 100)
  const fifths = ((5 / 4) * 6.8) / 100 ** 2 / (0.0475 / 100)
  expect(measureEffect(slice(tallies, 10), 0.0475)).toBeCloseTo(tenths, 12)
  expect(measureEffect(slice(tallies, 5), 0.0475)).toBeCloseTo(fifths, 12)
  const [ofTenths, ofFifths] = [(z / t9) ** 2 / tenths, (z / t4) ** 2 / fifths]
  expect(ofTenths).toBeLessThan(ofFifths)
  const { pass } = arrange(tallies)
  expect(pass).toMatchObject({ kind: 'groups', of: 'slices', groups: 10, at: 'bound' })
  expect(weigh(pass, alpha)).toBeCloseTo(ofTenths, 6)
})

test('conversations that have a luck of their own count as fewer requests, one request of each does not', () => {
  // Forty of five turns; in every fourth of them all are bad, one in each tenth of the run.
  const sessions = times(200, (i) => Math.floor(i / 5))
  const tallies = sessions.map((session) => ({ size: 1, hits: session % 4 === 3 ? 1 : 0 }))
  const { pass } = findDependence({ tallies, sessions, many: false }, 0.3, alpha)
  expect(pass).toMatchObject({ kind: 'groups', of: 'sessions', groups: 40, at: 'bound' })
  expect(weigh(pass, alpha)).toBeLessThan(1 / 4)
  expect(findDependence({ tallies, many: false }, 0.3, alpha).pass).toEqual({ kind: 'none' })
  const alone = times(200, (i) => i)
  expect(findDependence({ tallies, sessions: alone, many: false }, 0.3, alpha).pass).toEqual({
    kind: 'none',
  })
})

test('a judge puts the turns of a conversation together, failed ones where they count', () => {
  const records = times(400, (index) => ({
    ...completed({ index, ttft: Math.floor(index / 5) % 4 === 3 ? 900 : 100 }),
    session: Math.floor(index / 5),
    turn: index % 5,
  }))
  const { dependence, status } = judgeOne('ttft p70 <= 500', records)
  expect(dependence?.pass).toMatchObject({ of: 'sessions', groups: 80 })
  expect(status).toBe('INCONCLUSIVE')
  const singly = records.map((record) => ({ ...record, session: record.index }))
  expect(judgeOne('ttft p70 <= 500', singly).status).toBe('PASS')
})

test('of tenths and fifths that counts which leaves fewer observations', () => {
  const fifths = arrange(tallyParts([3, 3, 0, 0, 0, 0, 0, 0, 0, 0], 10)).pass
  expect(fifths).toMatchObject({ groups: 5 })
  const tenths = arrange(tallyParts([4, 0, 4, 0, 0, 4, 0, 4, 4, 0], 10)).pass
  expect(tenths).toMatchObject({ groups: 10 })
})

test('parts that differ no more than by chance change nothing', () => {
  const { fail, pass } = arrange(tallyParts([1, 0, 1, 0, 1, 0, 1, 0, 1, 0], 10))
  expect([fail, pass]).toEqual([{ kind: 'none' }, { kind: 'none' }])
  expect(weigh(fail, alpha)).toBe(1)
})

test('parts that are not of one size are held against what is due to each', () => {
  const tallies = times(12, (i) => ({ size: 1, hits: i < 3 ? 1 : 0 }))
  const parts = slice(tallies, 5)
  expect(parts.map(({ size }) => size)).toEqual([3, 2, 3, 2, 2])
  // A quarter is due: 3 − 0.75 in the first, none of 0.5, 0.75, 0.5 and 0.5 in the others.
  const squares = 2.25 ** 2 + 0.75 ** 2 + 3 * 0.5 ** 2
  expect(measureEffect(parts, 0.25 * 0.75)).toBeCloseTo(
    ((5 / 4) * squares) / 144 / ((0.25 * 0.75) / 12),
    12,
  )
})

test('a run of fewer requests than parts has a part for each, and of two nothing is known', () => {
  expect(slice(tallyParts([1, 0, 0, 0], 1), 10)).toHaveLength(4)
  expect(arrange(tallyParts([1, 0], 1))).toEqual({ fail: { kind: 'none' }, pass: { kind: 'none' } })
  expect(arrange(tallyParts([1, 0, 0], 1)).pass).toMatchObject({ groups: 3 })
})

test('for a FAIL the variance is that of the observed share where it is larger, for a PASS the allowed one', () => {
  const tallies = tallyParts([9, 1, 8, 2, 7, 3, 6, 4, 5, 5], 10)
  const { fail, pass } = arrange(tallies)
  const groups = slice(tallies, 10)
  expect(fail).toMatchObject({ groups: 10, designEffect: measureEffect(groups, 0.25) })
  expect(pass).toMatchObject({ groups: 10, designEffect: measureEffect(groups, 0.0475) })
  const few = tallyParts([2, 2, 0, 0, 0, 0, 0, 0, 0, 0], 10)
  expect(arrange(few).fail).toEqual(arrange(few).pass)
})

test('a PASS is also held against what lies beyond the quantile of the run itself, a FAIL is not', () => {
  const [even, uneven] = [
    tallyParts(
      times(10, () => 0),
      10,
    ),
    tallyParts([5, ...times(9, () => 0)], 10),
  ]
  const { fail, pass } = arrange(even, uneven)
  expect(fail).toEqual({ kind: 'none' })
  expect(pass).toMatchObject({ kind: 'groups', at: 'quantile' })
  expect(arrange(uneven, even).pass).toMatchObject({ kind: 'groups', at: 'bound' })
})

test('a run of L failures counts as one of 2L − 1, and of all that is found the heaviest counts', () => {
  const bursts: Dependence = { kind: 'bursts', length: 3, by: 'run' }
  const groups: Dependence = {
    kind: 'groups',
    of: 'slices',
    groups: 10,
    designEffect: 2,
    at: 'bound',
  }
  expect(weigh(bursts, alpha)).toBe(1 / 5)
  expect(weigh({ ...bursts, length: 1 }, alpha)).toBe(1)
  expect(weigh(groups, alpha)).toBeCloseTo((z / t9) ** 2 / 2, 6)
  expect(pickHeaviest([groups, bursts], alpha)).toBe(bursts)
  expect(pickHeaviest([groups, { ...bursts, length: 1.1 }], alpha)).toBe(groups)
  expect(pickHeaviest([{ ...bursts, length: 1 }], alpha)).toEqual({ kind: 'none' })
})

function burstOf(text: string): number | undefined {
  return measureBurst(Array.from(text, (each) => each === 'x'))
}

test('the length of bursts is the mean of the runs of failures', () => {
  expect(burstOf('....')).toBeUndefined()
  expect(burstOf('x..x.x')).toBe(1)
  expect(burstOf('xxx.x.')).toBe(2)
  expect(burstOf('xx.xxx')).toBe(2.5)
  expect(burstOf('xxxx')).toBe(4)
})

/** Requests in the order of dispatch: `x` failed, `.` did not. */
function outcomes(text: string): RequestRecord[] {
  return Array.from(text, (each, index) =>
    each === 'x'
      ? failed({ index })
      : completed({ index, round: Math.floor((5 * index) / text.length) }),
  )
}

function gateWith(more: Partial<Gate>): { gate: Gate } {
  return {
    gate: { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0, ...more },
  }
}

test('35 of 100 failed requests are a FAIL of 99 %, however they come by chance', () => {
  const random = createRandom(31)
  for (let run = 0; run < 100; run++) {
    const places = times(100, (index) => ({ index, place: random() }))
    const order = places.toSorted((a, b) => a.place - b.place).map(({ index }) => index)
    const failing = new Set(order.slice(0, 35))
    const records = times(100, (index) => {
      const round = Math.floor(index / 20)
      return failing.has(index) ? failed({ index, round }) : completed({ index, round })
    })
    expect(judgeOne('success_rate >= 0.99', records).status).toBe('FAIL')
    expect(judgeOne('ttft p99 <= 800', records).status).toBe('FAIL')
  }
  const even = outcomes('x.x..x..x..x.x..x..x'.repeat(5).slice(0, 100))
  expect(judgeOne('success_rate >= 0.95', even).status).toBe('FAIL')
})

test('35 of 100 that failed in a row may be one bad spell', () => {
  const block = outcomes('x'.repeat(35) + '.'.repeat(65))
  const verdict = judgeOne('success_rate >= 0.95', block)
  expect(verdict.status).toBe('INCONCLUSIVE')
  // Fifths of 20, 15, 0, 0, 0, of which 7 are due to each.
  const squares = 13 ** 2 + 8 ** 2 + 3 * 7 ** 2
  const designEffect = expect.closeTo(((5 / 4) * squares) / 100 ** 2 / ((0.35 * 0.65) / 100), 9)
  expect(verdict.dependence?.fail).toEqual({
    kind: 'groups',
    of: 'slices',
    groups: 5,
    designEffect,
    at: 'bound',
  })
})

/** 500 requests, three of them beyond 800 ms; the next 22 slow ones are where `isSlow` says. */
function slowOnes(isSlow: (index: number) => boolean, rounds = 5): RequestRecord[] {
  return times(500, (index) => {
    const ttft =
      index % 200 === 90 ? 900 : isSlow(index) ? 600 + index / 10 : 100 + ((index * 309) % 500) / 10
    return completed({ index, round: Math.floor((index * rounds) / 500), ttft })
  })
}

test('few beyond the bound are no PASS when the slowest of the run came all at once', () => {
  const spread = judgeOne(
    'ttft p95 <= 800',
    slowOnes((index) => index % 22 === 5),
  )
  expect(spread).toMatchObject({
    status: 'PASS',
    exceedances: 3,
    dependence: { pass: { kind: 'none' } },
  })
  const once = judgeOne(
    'ttft p95 <= 800',
    slowOnes((index) => index >= 210 && index < 232),
  )
  expect(once).toMatchObject({
    status: 'INCONCLUSIVE',
    exceedances: 3,
    dependence: { fail: { kind: 'none' }, pass: { kind: 'groups', of: 'slices', at: 'quantile' } },
  })
  expect(tell(once)).toMatch(/For a PASS these 500 count as fewer: ttft differs between 5 parts/)
})

test('no number of rounds changes what depends on what', () => {
  const found = [1, 2, 3, 5, 10].map((rounds) => {
    const records = slowOnes((index) => index >= 210 && index < 232, rounds)
    return judgeOne('ttft p95 <= 800', records, { load: { ...load, requests: 500, rounds } })
  })
  for (const verdict of found) expect(verdict).toEqual(found[0])
  expect(found[0]?.status).toBe('INCONCLUSIVE')
  const bad = times(500, (index) => completed({ index, ttft: index < 40 ? 900 : 100 }))
  expect(judgeOne('ttft p95 <= 800', bad).status).toBe('INCONCLUSIVE')
  expect(
    judgeOne(
      'ttft p95 <= 800',
      bad.map((each) => ({ ...each, round: each.index % 2 })),
    ).status,
  ).toBe('INCONCLUSIVE')
})

test('the order is that of dispatch, whatever ended first', () => {
  const records = slowOnes((index) => index >= 210 && index < 232)
  const shuffled = records.toSorted((a, b) => ((a.index * 309) % 500) - ((b.index * 309) % 500))
  expect(judgeOne('ttft p95 <= 800', shuffled)).toEqual(judgeOne('ttft p95 <= 800', records))
})

test('failures that come in a row prove less of a success rate', () => {
  const singly = outcomes(('.'.repeat(124) + 'x').repeat(4))
  expect(judgeOne('success_rate >= 0.98', singly)).toMatchObject({
    status: 'PASS',
    exceedances: 4,
    dependence: { pass: { kind: 'none' } },
  })
  const pairs = outcomes(('.'.repeat(248) + 'xx').repeat(2))
  const verdict = judgeOne('success_rate >= 0.98', pairs)
  expect(verdict).toMatchObject({ status: 'INCONCLUSIVE', exceedances: 4 })
  expect(verdict.dependence).toEqual({
    fail: { kind: 'none' },
    pass: { kind: 'bursts', length: 2, by: 'run' },
  })
  expect(judgeOne('error_rate <= 0.02', pairs)).toMatchObject({
    pPass: verdict.pPass,
    dependence: verdict.dependence,
  })
})

test('the spec may say how failures come, and what is seen counts where it is more', () => {
  const good = outcomes('.'.repeat(500))
  expect(judgeOne('success_rate >= 0.99', good).status).toBe('PASS')
  expect(tell(judgeOne('success_rate >= 0.99', good))).toContain(
    'Failures are assumed to come singly.',
  )
  const asked = judgeOne('success_rate >= 0.99', good, gateWith({ burst: 2 }))
  expect(asked).toMatchObject({
    status: 'INCONCLUSIVE',
    dependence: { fail: { kind: 'none' }, pass: { kind: 'bursts', length: 2, by: 'spec' } },
  })
  expect(tell(asked)).toContain('by the spec failures come 2 in a row on average')
  // 298.07 are needed when they come singly (0.99^n ≤ 0.05), so 3 times that when they come in pairs.
  const more = (n: number) =>
    judgeOne('success_rate >= 0.99', outcomes('.'.repeat(n)), gateWith({ burst: 2 }))
  expect([more(894).status, more(895).status]).toEqual(['INCONCLUSIVE', 'PASS'])

  const triple = outcomes('.'.repeat(250) + 'xxx' + '.'.repeat(247))
  const by = (burst: number) =>
    judgeOne('success_rate >= 0.9', triple, gateWith({ burst })).dependence?.pass
  expect(by(2)).toEqual({ kind: 'bursts', length: 3, by: 'run' })
  expect(by(4)).toEqual({ kind: 'bursts', length: 4, by: 'spec' })
})

test('how failures come says nothing of percentiles and goodput, nor of a ceiling over good ones', () => {
  const records = times(500, (index) =>
    completed({ index, ttft: 100 + ((index * 309) % 500) / 10 }),
  )
  const goodput = [{ metric: 'ttft', op: '<=', bound: 140 }] as const
  const given = { ...gateWith({ burst: 4 }), goodput }
  for (const text of [
    'ttft p50 <= 140',
    'goodput >= 0.5',
    'success_rate <= 0.5',
    'error_rate >= 0.5',
  ]) {
    expect(judgeOne(text, records, given).dependence?.pass).toEqual({ kind: 'none' })
  }
})

test('a floor is the mirror image of a ceiling', () => {
  const above = slowOnes((index) => index % 50 < 2 || (index >= 210 && index < 222))
  const below = above.map(({ marks, index, round }) =>
    completed({ index, round, ttft: 1000 - (marks.firstToken ?? 0) }),
  )
  for (const [ceiling, floor] of [
    ['ttft p95 <= 800', 'ttft p5 >= 200'],
    ['ttft p95 <= 340', 'ttft p5 >= 660'],
    ['ttft p90 < 150', 'ttft p10 > 850'],
    ['ttft p50 <= 200', 'ttft p50 >= 800'],
  ] as const) {
    const [a, b] = [judgeOne(ceiling, above), judgeOne(floor, below)]
    expect(b).toMatchObject({ status: a.status, exceedances: a.exceedances, n: a.n })
    expect(b.dependence?.fail).toEqual(a.dependence?.fail)
    expect(b.pFail).toBeCloseTo(a.pFail ?? NaN, 12)
    if (!ceiling.includes('p50')) {
      expect(b.dependence?.pass).toEqual(a.dependence?.pass)
      expect(b.pPass).toBeCloseTo(a.pPass ?? NaN, 12)
    }
  }
})

test('a failed request is beyond the own quantile at either end', () => {
  // The first ten fail, the last ten are the worst of the others.
  const records = times(200, (index) => {
    const by = (index < 190 ? 0 : 100) + ((index * 123) % 200) / 10
    return index < 10 ? failed({ index }) : completed({ index, ttft: 500 + by })
  })
  const mirrored = records.map((each) =>
    each.outcome === 'failed'
      ? each
      : completed({ index: each.index, ttft: 1000 - (each.marks.firstToken ?? 0) }),
  )
  // Fifths of 10, 0, 0, 0 and 10, of which 4 are due to each.
  const squares = 2 * 6 ** 2 + 3 * 4 ** 2
  const designEffect = expect.closeTo(((5 / 4) * squares) / 200 ** 2 / ((0.1 * 0.9) / 200), 9)
  const expected = { kind: 'groups', of: 'slices', groups: 5, designEffect, at: 'quantile' }
  expect(judgeOne('ttft p90 <= 800', records).dependence?.pass).toEqual(expected)
  expect(judgeOne('ttft p10 >= 200', mirrored).dependence?.pass).toEqual(expected)
})

test('goodput of one bound is judged as the percentile with that bound', () => {
  const goodput = [{ metric: 'ttft', op: '<=', bound: 800 }] as const
  for (const isSlow of [
    (index: number) => index % 22 === 5,
    (index: number) => index >= 210 && index < 232,
  ]) {
    const records = slowOnes(isSlow)
    const [share, percentile] = [
      judgeOne('goodput >= 0.95', records, { goodput }),
      judgeOne('ttft p95 <= 800', records),
    ]
    expect(share.status).toBe(percentile.status)
    expect(share.pPass).toBeCloseTo(percentile.pPass ?? NaN, 9)
    const { fail, pass } = percentile.dependence ?? {}
    expect(share.dependence).toMatchObject({ fail: near(fail), pass: near(pass) })
  }
})

function near(dependence: Dependence | undefined): object {
  return dependence?.kind === 'groups'
    ? { ...dependence, designEffect: expect.closeTo(dependence.designEffect, 9) as number }
    : { ...dependence }
}

/** 200 answers of 51 events, 16 in flight; a stall slows so many gaps of all that are in flight. */
function stalled(waves: readonly number[], gaps: number): RequestRecord[] {
  return times(200, (index) => {
    const stalls = waves.includes(Math.floor(index / 16)) ? gaps : 0
    const tokenTimes = Float64Array.from(
      { length: 51 },
      (_, i) => 100 + 10 * i + 100 * Math.min(i, stalls),
    )
    return { ...completed({ index, events: 51 }), tokenTimes }
  })
}

test('a stall that hits all requests in flight is one event, not one of each request', () => {
  // 48 of 200 requests with 15 of 50 gaps: 7.2 %, in three waves one after the other.
  const verdict = judgeOne('chunk_gap p95 <= 60', stalled([4, 5, 6], 15))
  expect(verdict).toMatchObject({
    status: 'INCONCLUSIVE',
    n: 10_000,
    exceedances: 720,
    dependence: { fail: { of: 'slices' }, pass: { of: 'slices' } },
  })
  // By request alone it would be a FAIL: 48 · (15 − 3.6)² + 152 · 3.6², against the observed share.
  const squares = 48 * 11.4 ** 2 + 152 * 3.6 ** 2
  const designEffect = ((200 / 199) * squares) / 10_000 ** 2 / ((0.072 * 0.928) / 10_000)
  const alone = weigh(
    { kind: 'groups', of: 'requests', groups: 200, designEffect, at: 'bound' },
    alpha,
  )
  expect(weigh(verdict.dependence?.fail ?? { kind: 'none' }, alpha)).toBeLessThan(alone / 3)
  // And few stalls, all in one wave, are no PASS.
  expect(judgeOne('chunk_gap p95 <= 60', stalled([4], 25)).status).not.toBe('PASS')
})

test('stalls that come over and over are decided', () => {
  const all = times(13, (wave) => wave)
  expect(judgeOne('chunk_gap p95 <= 60', stalled(all, 5)).status).toBe('FAIL')
  expect(judgeOne('chunk_gap p95 <= 120', stalled(all, 5)).status).toBe('PASS')
})

test('tallies that are kept are those that were given, however many a request has', () => {
  const given = [1, 0, 255, 256, 70_000, 2].map((size) => ({ size, hits: Math.floor(size / 2) }))
  const kept = keepTallies(given)
  expect(kept).toHaveLength(given.length)
  expect([...kept]).toEqual(given)
  expect(addUp(kept)).toEqual(addUp(given))
})
