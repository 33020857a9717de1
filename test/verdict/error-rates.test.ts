import { expect, test } from 'vitest'

import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import { testExactly } from '../../src/verdict/exact.ts'
import { adjustByHolm } from '../../src/verdict/holm.ts'
import { judge } from '../../src/verdict/judge.ts'
import { shareAlpha } from '../../src/verdict/looks.ts'
import { testRounds } from '../../src/verdict/rounds.ts'
import { completed, failed, load, times } from '../metrics/records.ts'
import { slo } from '../metrics/slos.ts'
import { testTimes } from './_budgets.ts'
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

/** σ of ln(time) of a request, in all services here. */
const sigma = 0.4

/** Log-normal times of a service in the order of dispatch, of which the p95 of all that there is is 1. */
interface Service {
  /** Correlation of a request with the one before. */
  likeness?: number
  /** σ of ln(time) that the requests of a part share, and the number of parts. */
  luck?: number
  parts?: number
  /** 1.1: 10 % slower. */
  slowness?: number
}

function drawTimes(
  normal: () => number,
  n: number,
  { likeness = 0, luck = 0, parts = 1, slowness = 1 }: Service = {},
): number[] {
  let state = normal()
  let shift = 0
  const shared = Math.hypot(sigma, luck)
  return times(n, (i) => {
    if (i === 0 || Math.floor((i * parts) / n) > Math.floor(((i - 1) * parts) / n)) {
      shift = luck * normal()
    }
    state = likeness * state + Math.sqrt(1 - likeness ** 2) * normal()
    return slowness * Math.exp(shift + sigma * state - z95 * shared)
  })
}

test('errs in at most α of runs either way when the true p95 is the bound', () => {
  const normal = createNormal(createRandom(1))
  const runs = 500
  const { fail, pass } = rates(runs, () => testTimes(drawTimes(normal, 500), 1, alpha))
  expect(fail).toBeLessThan(limit(runs))
  expect(pass).toBeLessThan(limit(runs))
  expect(fail).toBeGreaterThan(0.005)
  expect(pass).toBeGreaterThan(0.005)
})

test.for<[string, Service]>([
  ['fifths of the run have a luck of their own', { luck: 0.1, parts: 5 }],
  ['tenths of the run have a luck of their own', { luck: 0.1, parts: 10 }],
  ['requests of a wave of 8 share their delay', { luck: 0.3, parts: 62 }],
  ['each request resembles the one before', { likeness: 0.5 }],
  ['each request resembles many before', { likeness: 0.9 }],
])(
  'keeps false FAILs and false PASSes rare, where the plain binomial does not, when %s',
  ([, service]) => {
    const normal = createNormal(createRandom(2))
    const runs = 300
    const plain = { fail: 0, pass: 0 }
    const { fail, pass } = rates(runs, () => {
      const drawn = drawTimes(normal, 500, service)
      const hits = drawn.filter((each) => each > 1).length
      const { pFail, pPass } = testExactly({ size: 500, hits }, q, alpha)
      if (pFail <= alpha) plain.fail++
      if (pPass <= alpha) plain.pass++
      return testTimes(drawn, 1, alpha)
    })
    expect(fail).toBeLessThan(limit(runs))
    expect(pass).toBeLessThan(limit(runs))
    expect(plain.fail / runs).toBeGreaterThan(0.06)
    expect(plain.pass / runs).toBeGreaterThan(0.06)
    expect(fail + pass).toBeLessThan((plain.fail + plain.pass) / runs / 2)
  },
)

test('finds a service that is clearly too slow, and one that is clearly fast enough', () => {
  const normal = createNormal(createRandom(4))
  const runs = 150
  const run = (service: Service) => () => testTimes(drawTimes(normal, 500, service), 1, alpha)
  // 20 % too slow: 11.7 % are beyond the bound; 20 % of room: 1.8 % are.
  expect(rates(runs, run({ slowness: 1.2 })).fail).toBeGreaterThan(0.9)
  expect(rates(runs, run({ slowness: 1 / 1.2 })).pass).toBeGreaterThan(0.8)
  expect(rates(runs, run({ slowness: 1 / 1.5 })).pass).toBeGreaterThan(0.98)
})

test('finds gross failure also in a service whose parts have a luck of their own', () => {
  const normal = createNormal(createRandom(3))
  const runs = 100
  const service = { luck: 0.2, parts: 5, slowness: 2 }
  expect(
    rates(runs, () => testTimes(drawTimes(normal, 500, service), 1, alpha)).fail,
  ).toBeGreaterThan(0.95)
})

test('fails a family of 20 SLOs at the boundary in at most α of runs, thanks to Holm', () => {
  const random = createRandom(5)
  const runs = 600
  let uncorrected = 0
  const family = rate(runs, () => {
    const p = times(20, () => {
      let hits = 0
      for (let i = 0; i < 200; i++) if (random() < q) hits++
      return testExactly({ size: 200, hits }, q, alpha).pFail
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

test('errs as rarely from records to verdict', () => {
  const random = createRandom(7)
  const runs = 300
  const gate = {
    policy: 'pr',
    confidence: 0.95,
    failures: 'as-infinite',
    maxExtraRounds: 0,
  } as const
  const slos = [slo('ttft p95 <= 950')]
  const statuses = times(runs, () => {
    const records = times(300, (i) =>
      completed({ index: i, round: Math.floor(i / 60), ttft: 1000 * random() }),
    )
    return judge(slos, records, { gate, load, end: { kind: 'finished' } }).status
  })
  for (const status of ['FAIL', 'PASS'] as const) {
    expect(statuses.filter((each) => each === status).length / runs).toBeLessThan(limit(runs))
  }
})

test.for([
  ['independent requests', {}],
  ['requests like the one before', { likeness: 0.5 }],
  ['rounds with a luck of their own', { luck: 0.1 }],
  ['a machine that slows down', { drift: 0.03 }],
] as const)('errs in about α of comparisons at what is allowed: %s', ([, services]) => {
  const normal = createNormal(createRandom(8))
  const runs = 600
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

test('errs in at most 1.5 α of comparisons whose times and failures are both exactly at what is allowed', () => {
  const normal = createNormal(createRandom(10))
  const random = createRandom(10)
  const runs = 400
  const statuses = times(runs, () => {
    const { candidate, baseline } = simulateRuns(normal, { ratio: 1.1 })
    const failing = candidate.map((record) => (random() < 0.05 ? failed(record) : record))
    return judgeRuns({ candidate: failing, baseline }, 'ttft mean <= baseline + 10%')
  })
  const share = (status: string) => statuses.filter((each) => each === status).length / runs
  expect(share('FAIL')).toBeLessThan(limit(runs) + alpha / 2)
  // Both have to be proven.
  expect(share('PASS')).toBeLessThan(alpha / 2)
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
  const normal = createNormal(createRandom(8))
  const runs = 200
  const draw = (size: number) => drawTimes(normal, size)
  const share = (outcomes: (string | undefined)[], status: string) =>
    outcomes.filter((each) => each === status).length / runs
  const gate = {
    policy: 'pr',
    confidence: 0.95,
    failures: 'as-infinite',
    maxExtraRounds: 0,
  } as const
  const both: number[] = []
  for (const extra of [1, 3, 5]) {
    const spent = shareAlpha({ ...gate, maxExtraRounds: extra })
    const ours = times(runs, () => lookAgain(draw, { bound: 1, extra, alpha: spent }).status)
    expect(share(ours, 'FAIL')).toBeLessThan(alpha)
    expect(share(ours, 'PASS')).toBeLessThan(alpha)
    both.push(share(ours, 'FAIL') + share(ours, 'PASS'))
  }
  expect(Math.max(...both)).toBeGreaterThan(0.01)
  const naive = times(runs, () => lookAgain(draw, { bound: 1, extra: 5, alpha }).status)
  expect(share(naive, 'FAIL') + share(naive, 'PASS')).toBeGreaterThan(0.08)
  expect(share(naive, 'FAIL') + share(naive, 'PASS')).toBeGreaterThan(2 * Math.max(...both))
})
