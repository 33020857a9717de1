import { expect, test } from 'vitest'

import { fewestToPass } from '../../src/bench-spec/sample-size.ts'
import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import type { Gate } from '../../src/bench-spec/spec.ts'
import { explainInfeasibility } from '../../src/report/sentence/infeasibility.ts'
import { testExactly } from '../../src/verdict/exact.ts'
import { checkFeasibility } from '../../src/verdict/feasibility.ts'
import { load, times } from '../metrics/records.ts'
import { slo } from '../metrics/slos.ts'
import { testTimes } from './_budgets.ts'
import { tell } from './_tell.ts'
import { judgeOne, ramp } from './judging.ts'
import { createNormal, createRandom } from './random.ts'

const gate: Gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 }

test('needs the published numbers of requests for a PASS', () => {
  const table = [
    [0.5, [4, 5, 6, 7]],
    [0.9, [22, 29, 36, 44]],
    [0.95, [45, 59, 72, 90]],
    [0.99, [230, 299, 368, 459]],
    [0.999, [2302, 2995, 3688, 4603]],
  ] as const
  for (const [p, row] of table) {
    expect([0.9, 0.95, 0.975, 0.99].map((confidence) => fewestToPass(1 - p, confidence))).toEqual(
      row,
    )
  }
})

test('agrees with the test that will decide', () => {
  for (const p of [0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995]) {
    const n = fewestToPass(1 - p, 0.95)
    expect(testExactly({ size: n, hits: 0 }, 1 - p, 1 - 0.95).passAtMost).toBe(0)
    expect(testExactly({ size: n - 1, hits: 0 }, 1 - p, 1 - 0.95).passAtMost).toBeUndefined()
  }
})

test('says before the run that an SLO can never pass, and what to ask for', () => {
  const asked = slo('ttft p99 <= 800')
  const found = checkFeasibility([asked, slo('ttft p90 <= 800')], load, gate)
  expect(found.map((each) => each.slo)).toEqual([asked])
  expect(found.map(explainInfeasibility)).toEqual([
    'ttft p99 needs at least 299 requests at 95% confidence, the spec asks for 100: this SLO can never PASS; ask for 299 or use policy point',
  ])
})

test('says of an SLO that can pass only with every request good that it is likely undecided', () => {
  const asked = slo('ttft p99 <= 800')
  const find = (requests: number) =>
    checkFeasibility([asked], { ...load, requests }, gate).map(({ kind }) => kind)
  expect(find(298)).toEqual(['few-requests'])
  expect(find(299)).toEqual(['likely-undecided'])
  expect(find(896)).toEqual(['likely-undecided'])
  expect(find(897)).toEqual([])
  const [found] = checkFeasibility([slo('ttft p95 <= 800')], load, gate)
  expect(found && explainInfeasibility(found)).toBe(
    'ttft p95: likely INCONCLUSIVE with 100 requests, 59 are the fewest that can be a PASS; ask for 177 or more',
  )
})

test('with three times the fewest a service whose p95 is two thirds of the bound is likely to PASS', () => {
  const normal = createNormal(createRandom(11))
  // Log-normal times with σ .4, as in docs/verdicts.md; 1.645 is z of the 95th percentile.
  const bound = 1.5 * Math.exp(0.4 * 1.645)
  const share = (n: number): number =>
    times(200, () => {
      const ttfts = times(n, () => Math.exp(0.4 * normal()))
      return testTimes(ttfts, bound, 0.05).pPass <= 0.05
    }).filter(Boolean).length / 200
  const [fewest, likely] = [share(59), share(3 * 59)]
  expect(likely).toBeGreaterThan(0.7)
  expect(fewest).toBeLessThan(likely)
})

test('says the same of shares', () => {
  const [found] = checkFeasibility([slo('success_rate >= 0.99')], load, gate)
  expect(found && explainInfeasibility(found)).toContain(
    'success_rate needs at least 299 requests at 95% confidence',
  )
  expect(checkFeasibility([slo('error_rate <= 0.05')], load, gate)).toMatchObject([
    { kind: 'likely-undecided', least: 59, asked: 100, likely: 177 },
  ])
  expect(checkFeasibility([slo('error_rate <= 0.1')], load, gate)).toEqual([])
})

test('says that what allows no exception cannot be proven', () => {
  const [found] = checkFeasibility([slo('success_rate >= 1')], { ...load, requests: 100_000 }, gate)
  expect(found && explainInfeasibility(found)).toContain('allows no exception')
})

test('says nothing where the number of observations is not known, or nothing is tested', () => {
  const asked = slo('ttft p99 <= 800')
  const { requests: _requests, ...timed } = load
  expect(checkFeasibility([asked], timed, gate)).toEqual([])
  expect(checkFeasibility([asked], load, { ...gate, policy: 'point' })).toEqual([])
  const others = [
    'chunk_gap p99 <= 60',
    'latency mean <= 800',
    'ttft max <= 9',
    'requests_per_second >= 1',
  ]
  expect(
    checkFeasibility(
      others.map((text) => slo(text)),
      load,
      gate,
    ),
  ).toEqual([])
})

test('never passes a p99 with 110 requests', () => {
  const verdict = judgeOne('ttft p99 <= 800', ramp(110))
  expect(verdict).toMatchObject({ status: 'INCONCLUSIVE', exceedances: 0, more: 189 })
  expect(verdict).not.toHaveProperty('passAtMost')
  expect(verdict.interval).not.toHaveProperty('high')
  expect(tell(verdict)).toContain('not even 0 would be a PASS, a FAIL takes 4')
})

test.each([
  [
    'ttft p99 <= baseline + 10%',
    { requests: 339, rounds: 10 },
    'interleaved',
    'ask for 340 requests',
  ],
  ['ttft p95 <= baseline + 10%', { requests: 50, rounds: 2 }, 'interleaved', 'rounds: 2'],
  ['ttft p95 <= baseline + 10%', { requests: 95, rounds: 5 }, 'file', 'ask for 100 requests'],
  [
    'ttft p97 <= baseline + 10%',
    { requests: 500, rounds: 5 },
    'file',
    'a statistic that results do not keep',
  ],
  [
    'success_rate >= baseline - 1%',
    { requests: 298, rounds: 10 },
    'interleaved',
    'ask for 299 or allow more',
  ],
  [
    'success_rate >= baseline - 0%',
    { requests: 298, rounds: 10 },
    'interleaved',
    'allow a little more',
  ],
] as const)('says before the run that %s takes more than %j', (text, asked, kind, advice) => {
  const relative = { id: text, level: 'error' as const, ...parseSlo(text) }
  const target = { url: '', method: 'POST', headers: {} }
  const baseline =
    kind === 'file'
      ? ({ kind, source: 'results.json', results: {} } as const)
      : ({ kind, target } as const)
  const messages = (more: Partial<typeof load>) =>
    checkFeasibility([relative], { ...load, ...asked, ...more }, gate, { baseline }).map(
      explainInfeasibility,
    )
  expect(messages({}).join()).toContain(advice)
  const [, enough] = /ask for (\d+)/.exec(advice) ?? []
  if (enough !== undefined) {
    expect(messages({ requests: Number(enough) }).join()).not.toContain('never')
  }
  const point = { ...gate, policy: 'point' } as const
  expect(checkFeasibility([relative], { ...load, ...asked }, point, { baseline })).toEqual([])
})

test('counts the requests of extra rounds, and the confidence that they cost', () => {
  const asked = slo('ttft p95 <= 800')
  const find = (requests: number, maxExtraRounds: number) =>
    checkFeasibility([asked], { ...load, requests, rounds: 5 }, { ...gate, maxExtraRounds })
  // 72 are needed at 97.5%: 60 and 12 more, no fewer.
  expect(find(60, 1)).toMatchObject([{ kind: 'likely-undecided', least: 72, likely: 216 }])
  expect(find(59, 1).map(explainInfeasibility)).toEqual([
    'ttft p95 needs at least 72 requests at 97.5% confidence (95% over 2 looks), the spec asks for 59 and up to 12 more: this SLO can never PASS; ask for 72 or use policy point',
  ])
  // Three times as many: 180 and 36 more.
  expect(find(180, 1)).toEqual([])
  expect(find(179, 1)).toMatchObject([{ kind: 'likely-undecided', asked: 179, likely: 216 }])
})

test('says before the run that a success rate takes more when failures come in a row', () => {
  const bursts: Gate = { ...gate, burst: 5 }
  const asked = slo('success_rate >= 0.99')
  const find = (requests: number) => checkFeasibility([asked], { ...load, requests }, bursts)
  expect(find(3 * 299)).toMatchObject([{ kind: 'few-requests' }])
  expect(find(3 * 9 * 299)).toEqual([])
  expect(checkFeasibility([slo('ttft p99 <= 800')], { ...load, requests: 897 }, bursts)).toEqual([])
})

test('a mean of few requests can never pass, because so few cannot prove that requests complete', () => {
  const few = checkFeasibility([slo('ttft mean <= 800')], { ...load, requests: 58 }, gate)
  expect(few).toMatchObject([{ kind: 'few-for-success', least: 59, asked: 58, proof: 0.95 }])
  expect(few.map(explainInfeasibility)).toEqual([
    '"ttft mean <= 800" takes at least 59 requests to prove that 95% of them complete, as it is of completed ones alone; the spec asks for 58: this SLO can never PASS; ask for 59 or use policy point',
  ])
  expect(
    checkFeasibility([slo('requests_per_second >= 1')], { ...load, requests: 59 }, gate),
  ).toEqual([])
})
