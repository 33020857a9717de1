import { expect, test } from 'vitest'

import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import { testExactly } from '../../src/verdict/exact.ts'
import { adjustByHolm } from '../../src/verdict/holm.ts'
import { judge } from '../../src/verdict/judge.ts'
import { shareAlpha } from '../../src/verdict/looks.ts'
import { testRounds } from '../../src/verdict/rounds.ts'
import { load, times } from '../metrics/records.ts'
import { simulatePairs, simulateRuns } from './_rounds.ts'
import { lookAgain } from './looking.ts'
import { createNormal, createRandom } from './random.ts'

const alpha = 0.05
const q = 0.05
/** z of the 95th percentile. */
const z95 = 1.6448536269514722

/** Three standard errors above α: what a rate of exactly α may show in so many runs. */
function limit(runs: number): number {
  return alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs)
}

function rate(runs: number, happens: () => boolean): number {
  return times(runs, happens).filter(Boolean).length / runs
}

interface Outcome {
  fail: number
  pass: number
}

function rates(runs: number, run: () => { pFail: number; pPass: number }): Outcome {
  const outcomes = times(runs, run)
  const share = (found: number) => found / runs
  return {
    fail: share(outcomes.filter(({ pFail }) => pFail <= alpha).length),
    pass: share(outcomes.filter(({ pPass }) => pPass <= alpha).length),
  }
}

test('errs in at most α of runs either way when the true p95 is the bound', () => {
  const random = createRandom(1)
  const runs = 4000
  const { fail, pass } = rates(runs, () => {
    const clusters = times(5, () => ({
      size: 100,
      hits: times(100, () => random() < q).filter(Boolean).length,
    }))
    return testExactly(clusters, q, alpha)
  })
  expect(fail).toBeLessThan(limit(runs))
  expect(pass).toBeLessThan(limit(runs))
  expect(fail).toBeGreaterThan(0.005)
  expect(pass).toBeGreaterThan(0.005)
})

test('keeps false FAILs rare when rounds have a luck of their own, where the plain binomial does not', () => {
  const normal = createNormal(createRandom(2))
  const runs = 2000
  // Log-normal times: σ .4 between requests, .1 between rounds; the bound is the true p95 of both.
  const bound = z95 * Math.hypot(0.4, 0.1)
  let plain = 0
  const { fail } = rates(runs, () => {
    const clusters = times(5, () => {
      const luck = 0.1 * normal()
      return {
        size: 100,
        hits: times(100, () => luck + 0.4 * normal() > bound).filter(Boolean).length,
      }
    })
    const hits = clusters.reduce((sum, cluster) => sum + cluster.hits, 0)
    if (testExactly([{ size: 500, hits }], q, alpha).pFail <= alpha) plain++
    return testExactly(clusters, q, alpha)
  })
  expect(fail).toBeLessThan(limit(runs))
  expect(plain / runs).toBeGreaterThan(0.08)
})

test('finds a service that is clearly too slow, and one that is clearly fast enough', () => {
  const random = createRandom(4)
  const runs = 500
  const run = (share: number) => () =>
    testExactly(
      times(5, () => ({
        size: 100,
        hits: times(100, () => random() < share).filter(Boolean).length,
      })),
      q,
      alpha,
    )
  expect(rates(runs, run(0.11)).fail).toBeGreaterThan(0.9)
  expect(rates(runs, run(0.015)).pass).toBeGreaterThan(0.9)
})

test('fails a family of 20 SLOs at the boundary in at most α of runs, thanks to Holm', () => {
  const random = createRandom(5)
  const runs = 1000
  let uncorrected = 0
  const family = rate(runs, () => {
    const p = times(20, () => {
      let hits = 0
      for (let i = 0; i < 200; i++) if (random() < q) hits++
      return testExactly([{ size: 200, hits }], q, alpha).pFail
    })
    if (p.some((each) => each <= alpha)) uncorrected++
    return adjustByHolm(p).some((each) => each <= alpha)
  })
  expect(family).toBeLessThan(limit(runs))
  expect(uncorrected / runs).toBeGreaterThan(0.3)
})

test('errs in about α of runs for means of rounds', () => {
  const normal = createNormal(createRandom(6))
  const runs = 4000
  const { fail, pass } = rates(runs, () => {
    const values = times(5, () => 100 * Math.exp(0.1 * normal()))
    return testRounds(values, { op: '<=', bound: 100 }, alpha) ?? { pFail: 1, pPass: 1 }
  })
  for (const each of [fail, pass]) {
    expect(each).toBeLessThan(limit(runs))
    expect(each).toBeGreaterThan(0.03)
  }
})

test.for([
  ['independent requests', {}],
  ['requests like the one before', { likeness: 0.5 }],
  ['rounds with a luck of their own', { luck: 0.1 }],
  ['a machine that slows down', { drift: 0.03 }],
] as const)('errs in about α of comparisons at what is allowed: %s', ([, services]) => {
  const normal = createNormal(createRandom(8))
  const runs = 1000
  const question = { op: '<=', bound: 1.1 } as const
  const { fail, pass } = rates(runs, () => {
    const pairs = simulatePairs(normal, { ratio: 1.1, ...services })
    const ratios = pairs.map(({ candidate, baseline }) => candidate / baseline)
    return testRounds(ratios, question, alpha) ?? { pFail: 1, pPass: 1 }
  })
  for (const each of [fail, pass]) {
    expect(each).toBeLessThan(limit(runs))
    expect(each).toBeGreaterThan(0.02)
  }
})

test('errs in about α of comparisons where an absolute allowance counts', () => {
  const normal = createNormal(createRandom(9))
  const runs = 300
  // 20 ms on top of 100 ms, from requests to verdict.
  const statuses = times(runs, () =>
    judgeRuns(
      simulateRuns(normal, { ratio: 1.2 }, { rounds: 6 }),
      'ttft p50 <= baseline + 5% or 20ms',
    ),
  )
  for (const status of ['FAIL', 'PASS'] as const) {
    expect(statuses.filter((each) => each === status).length / runs).toBeLessThan(limit(runs))
  }
})

test('never FAILs the same service on a machine that slows down, where before and after does', () => {
  const services = { ratio: 1, drift: 0.03 }
  const text = 'ttft p95 <= baseline + 10%'
  const count = (order: 'ABBA' | 'AABB') =>
    times(100, (seed) => {
      const normal = createNormal(createRandom(100 + seed))
      return judgeRuns(simulateRuns(normal, services, { order }), text)
    }).filter((status) => status === 'FAIL').length
  expect(count('ABBA')).toBe(0)
  expect(count('AABB')).toBeGreaterThan(50)
})

function judgeRuns({ candidate, baseline }: ReturnType<typeof simulateRuns>, text: string) {
  const gate = {
    policy: 'pr',
    confidence: 0.95,
    failures: 'as-infinite',
    maxExtraRounds: 0,
  } as const
  const slos = [{ id: text, level: 'error' as const, ...parseSlo(text) }]
  const reference = { kind: 'interleaved', records: baseline } as const
  return judge(slos, candidate, { gate, load, end: { kind: 'finished' }, reference }).status
}

test('errs in at most α of runs either way with extra rounds, where looking again without paying for it does not', () => {
  const random = createRandom(8)
  const runs = 3000
  const draw = (size: number) => times(size, () => random() < q).filter(Boolean).length
  const share = (outcomes: (string | undefined)[], status: string) =>
    outcomes.filter((each) => each === status).length / runs
  const gate = {
    policy: 'pr',
    confidence: 0.95,
    failures: 'as-infinite',
    maxExtraRounds: 0,
  } as const
  for (const extra of [1, 3, 5]) {
    const spent = shareAlpha({ ...gate, maxExtraRounds: extra })
    const ours = times(runs, () => lookAgain(draw, extra, spent).status)
    expect(share(ours, 'FAIL')).toBeLessThan(alpha)
    expect(share(ours, 'PASS')).toBeLessThan(alpha)
    expect(share(ours, 'FAIL') + share(ours, 'PASS')).toBeGreaterThan(0.01)
  }
  const naive = times(runs, () => lookAgain(draw, 5, alpha).status)
  expect(share(naive, 'FAIL') + share(naive, 'PASS')).toBeGreaterThan(2 * alpha)
  expect(share(naive, 'PASS')).toBeGreaterThan(limit(runs))
})
