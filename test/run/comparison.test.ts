import { expect, test } from 'vitest'

import type { RequestRecord } from '../../src/engine/record.ts'
import {
  type Comparison,
  renderComparison,
  type Statistic,
} from '../../src/report/comparison-table.ts'
import type { Results } from '../../src/results/results.ts'
import { compareStored, limitRegression } from '../../src/run/comparison.ts'
import { completed } from '../metrics/records.ts'
import { driveOf, machine, resultsOf, sendRounds } from './_drive.ts'

const names = { baseline: 'old', candidate: 'new' }
const baseline = resultsOf(driveOf({}, sendRounds({ ttft: 100 })))
const slower = resultsOf(driveOf({}, sendRounds({ ttft: 130, seed: 2 })))

function compare(
  candidate: Results,
  given: Partial<Parameters<typeof compareStored>[2]> = {},
): Comparison {
  return compareStored(baseline, candidate, { limits: [], names, ...given })
}

function find({ statistics }: Comparison, name: string): Statistic | undefined {
  return statistics.find((each) => each.name === name)
}

const shown = [
  'ttft p50',
  'ttft p95',
  'latency p50',
  'latency p95',
  'tpot p50',
  'chunk_gap p95',
  'requests_per_second',
  'output_tokens_per_second',
  'success_rate',
]
const limited = ['ttft p50', 'ttft p95', 'latency p95', 'requests_per_second', 'success_rate']

test('a limit is one of times, of the rate and of the success rate, which may fall by a point', () => {
  const limits = limitRegression(10).map(({ metric, level, allowance }) => ({
    metric,
    level,
    change: allowance.change,
  }))
  expect(limits).toEqual([
    { metric: 'ttft', level: 'error', change: 0.1 },
    { metric: 'ttft', level: 'error', change: 0.1 },
    { metric: 'latency', level: 'error', change: 0.1 },
    { metric: 'requests_per_second', level: 'error', change: -0.1 },
    { metric: 'success_rate', level: 'error', change: -0.01 },
  ])
})

test('without a limit every statistic is shown with its change, and none is judged', () => {
  const comparison = compare(slower)
  expect(comparison).toMatchObject({ ...names, comparable: true, differences: [] })
  expect(comparison.verdict).toMatchObject({ passed: true, exit_code: 0 })
  expect(comparison.statistics.map(({ name }) => name)).toEqual(shown)
  for (const { status, allowed, why } of comparison.statistics) {
    expect([status, allowed, why]).toEqual([null, null, null])
  }
  const { change, low, high, unit, baseline: before, candidate } = find(comparison, 'ttft p50')!
  expect(change).toBeCloseTo(0.3, 1)
  expect(low).toBeLessThan(change!)
  expect(high).toBeGreaterThan(change!)
  expect(Number(candidate) / Number(before)).toBeCloseTo(1.3, 1)
  expect(unit).toBe('ms')
  expect(find(comparison, 'chunk_gap p95')?.change).toBeCloseTo(0, 6)
})

test('a run is what it is beside itself', () => {
  const comparison = compare(baseline, { limits: limitRegression(5) })
  expect(comparison.verdict).toMatchObject({ status: 'PASS', exit_code: 0 })
  for (const { change, name, baseline: before, candidate } of comparison.statistics) {
    expect([name, change]).toEqual([name, 0])
    expect(candidate).toBe(before)
  }
})

test('limits are judged, come first, and are asked once', () => {
  const comparison = compare(slower, { limits: limitRegression(10) })
  expect(comparison.verdict).toMatchObject({ status: 'FAIL', passed: false, exit_code: 1 })
  expect(comparison.statistics.map(({ name }) => name)).toEqual([
    ...limited,
    ...shown.filter((name) => !limited.includes(name)),
  ])
  expect(find(comparison, 'ttft p50')).toMatchObject({ status: 'FAIL', allowed: 0.1 })
  expect(find(comparison, 'success_rate')).toMatchObject({ status: 'PASS', allowed: -0.01 })
  expect(find(comparison, 'latency p50')).toMatchObject({ status: null, allowed: null })
})

/** A run of which the spec compared with an earlier one by itself. */
function judgedBesideFile(slo: string, records: readonly RequestRecord[]): Results {
  const driven = driveOf({ slo: [slo, 'ttft p95 <= 1s'], baseline: { url: 'http://a' } }, records)
  const { spec } = driven
  const file = { kind: 'file', source: 'old.json', results: slower } as const
  return resultsOf({ ...driven, spec: { ...spec, baseline: file } })
}

test("the candidate's own relative SLOs are judged anew, before limits that ask the same", () => {
  const candidate = judgedBesideFile(
    'ttft p50 <= baseline + 50%',
    sendRounds({ ttft: 130, seed: 2 }),
  )
  const alone = compare(candidate)
  expect(alone.statistics.filter(({ status }) => status !== null)).toMatchObject([
    { name: 'ttft p50', status: 'PASS', allowed: 0.5 },
  ])
  expect(alone.statistics[0]?.change).toBeCloseTo(0.3, 1)
  const limitedToo = compare(candidate, { limits: limitRegression(10) })
  expect(limitedToo.statistics.filter(({ name }) => name === 'ttft p50')).toMatchObject([
    { status: 'PASS', allowed: 0.5 },
  ])
  expect(find(limitedToo, 'ttft p95')).toMatchObject({ status: 'FAIL', allowed: 0.1 })
})

test('two models are compared, and what differs is named by both values [S1.46]', () => {
  const [a, b, longer] = (
    [
      ['a', 4],
      ['b', 4],
      ['b', 8],
    ] as const
  ).map(([model, max_tokens]) =>
    resultsOf(driveOf({ body: { model, max_tokens } }, sendRounds({ ttft: 100 }))),
  ) as [Results, Results, Results]
  const limits = limitRegression(10)
  const models = compareStored(a, b, { limits, names })
  const contrasts = [{ fact: 'model', baseline: 'a', candidate: 'b' }]
  expect(models).toMatchObject({ comparable: true, differences: [], contrasts })
  expect(models.verdict).toMatchObject({ status: 'PASS' })
  const style = { color: false, unicode: true }
  expect(renderComparison(models, style)).toContain('\n compared although model differs: a / b\n')
  const loads = compareStored(a, longer, { limits, names })
  expect(loads.verdict).toMatchObject({ status: 'INCONCLUSIVE' })
  expect(renderComparison(loads, style)).toContain(
    '\n not comparable: max_tokens differs: 4 / 8\n besides, model differs: a / b\n',
  )
})

test('runs that must not be compared are shown side by side, and blocked where the policy says so', () => {
  const driven = driveOf({}, sendRounds({ ttft: 130, seed: 2 }))
  const elsewhere = resultsOf(driven, { machine: { ...machine, cores: 64 } })
  const comparison = compare(elsewhere, { limits: limitRegression(10) })
  expect(comparison).toMatchObject({ comparable: false, differences: [{ fact: 'cores' }] })
  expect(comparison.verdict).toMatchObject({ status: 'INCONCLUSIVE', policy: 'pr', exit_code: 0 })
  expect(find(comparison, 'ttft p50')).toMatchObject({ status: 'INCONCLUSIVE' })
  expect(find(comparison, 'ttft p50')?.change).toBeCloseTo(0.3, 1)
  const blocked = compare(elsewhere, { limits: limitRegression(10), policy: 'release' })
  expect(blocked.verdict).toMatchObject({ policy: 'release', passed: false, exit_code: 2 })
})

test('what one side does not have is left out', () => {
  const uncounted = sendRounds({ ttft: 100 }).map((record) => {
    const { completionTokens: _, ...rest } = record
    return rest
  })
  const results = resultsOf(driveOf({}, uncounted))
  for (const comparison of [
    compareStored(results, results, { limits: [], names }),
    compare(results),
  ]) {
    const found = comparison.statistics.map(({ name }) => name)
    expect(found).toEqual(shown.filter((name) => name !== 'tpot p50'))
  }
})

test('of a single round nothing is proven', () => {
  const records = Array.from({ length: 30 }, (_, index) => completed({ index, at: 1000 * index }))
  const results = resultsOf(driveOf({}, records))
  const { statistics } = compareStored(results, results, { limits: limitRegression(10), names })
  expect(statistics.filter(({ name }) => limited.includes(name)).map((s) => s.status)).toEqual(
    limited.map(() => 'INCONCLUSIVE'),
  )
})

test('limits on times of tokens are not asked of whole answers', () => {
  const whole = { ...slower, stream: { asked: 'json', dialects: [{ name: 'json', count: 1 }] } }
  const { statistics } = compare(whole, { limits: limitRegression(10) })
  const judged = statistics.filter(({ status }) => status !== null).map(({ name }) => name)
  expect(judged).toEqual(['latency p95', 'requests_per_second', 'success_rate'])
})
