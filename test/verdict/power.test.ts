import { expect, test } from 'vitest'

import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import type { RelativeSlo } from '../../src/bench-spec/slo.ts'
import { explainInfeasibility } from '../../src/report/sentence/infeasibility.ts'
import { checkFeasibility } from '../../src/verdict/feasibility.ts'
import { type NoiseFigure, smallestChange } from '../../src/verdict/noise.ts'
import { testRounds } from '../../src/verdict/rounds.ts'
import { load } from '../metrics/records.ts'
import { createNormal, createRandom } from './random.ts'

const gate = {
  policy: 'pr',
  confidence: 0.95,
  failures: 'as-infinite',
  maxExtraRounds: 0,
} as const
const target = { url: '', method: 'POST', headers: {} }
const interleaved = { kind: 'interleaved', target } as const
const file = { kind: 'file', source: 'results.json', results: {} } as const

function warn(
  text: string,
  asked: { requests?: number; rounds: number },
  { baseline = interleaved, noise = [] }: Options = {},
): string[] {
  const slo = { id: text, level: 'error', ...parseSlo(text) } as RelativeSlo
  const { requests: _, ...timed } = load
  const found = checkFeasibility([slo], { ...timed, ...asked }, gate, { baseline, noise })
  return found.map(explainInfeasibility)
}

interface Options {
  baseline?: typeof interleaved | typeof file
  noise?: readonly NoiseFigure[]
}

test('says before the run that so few rounds, or so small ones, can hardly tell', () => {
  const text = 'ttft p95 <= baseline + 10%'
  expect(warn(text, { requests: 400, rounds: 10 })).toEqual([])
  expect(warn(text, { requests: 399, rounds: 10 })).toEqual([
    '"ttft p95 <= baseline + 10%" is decided best by 10 rounds of at least 40 requests, the spec asks for 399 in 10 rounds: it may well stay INCONCLUSIVE; ask for 400 requests in 10 rounds, or measure what can be told: slogate calibrate --noise',
  ])
  expect(warn(text, { requests: 400, rounds: 8 }).join()).toContain('400 in 8 rounds')
  expect(warn('ttft p50 <= baseline + 10%', { requests: 100, rounds: 10 })).toEqual([])
  expect(warn('ttft p50 <= baseline + 10%', { rounds: 6 }).join()).toContain(
    'the spec asks for 6 rounds: it may well stay INCONCLUSIVE; ask for 10 rounds',
  )
  // Both sides of an earlier run have rounds of their own.
  expect(warn(text, { requests: 200, rounds: 5 }, { baseline: file })).toEqual([])
  expect(warn(text, { requests: 199, rounds: 5 }, { baseline: file })).toHaveLength(1)
})

test('where the noise of the target is known, it is asked instead', () => {
  const noise = [{ metric: 'ttft', stat: 'p50', spread: 0.1, size: 20 }]
  const asked = { requests: 200, rounds: 10 }
  // (1.833 + 0.883) · 0.1 ÷ √10, as a ratio.
  expect(smallestChange(0.1, 10, 0.05)).toBeCloseTo(0.0897, 4)
  expect(warn('ttft p50 <= baseline + 9%', asked, { noise })).toEqual([])
  expect(warn('ttft p50 <= baseline + 8%', asked, { noise })).toEqual([
    '"ttft p50 <= baseline + 8%": by the calibrated noise of this target its 10 rounds find a change of +9% in four of five runs, and +8% is allowed: it may well stay INCONCLUSIVE; ask for about 250 requests, or allow more',
  ])
  expect(warn('ttft p50 <= baseline - 0%', asked, { noise }).join()).toMatch(/allow more$/)
  // Calm enough for few rounds, and no word of the rule for targets that are not known.
  const calm = [{ metric: 'ttft', stat: 'p50', spread: 0.01, size: 20 }]
  expect(warn('ttft p50 <= baseline + 8%', { requests: 120, rounds: 6 }, { noise: calm })).toEqual(
    [],
  )
  // Rounds of a quarter of the size differ twice as much.
  expect(
    warn('ttft p50 <= baseline + 17%', { requests: 50, rounds: 10 }, { noise }).join(),
  ).toContain('+18.7%')
  // Of another figure it says nothing.
  expect(warn('ttft p95 <= baseline + 8%', { requests: 400, rounds: 10 }, { noise })).toEqual([])
  const rates = [{ metric: 'requests_per_second', stat: 'value', spread: 0.1, size: 20 }]
  expect(warn('requests_per_second >= baseline - 8%', asked, { noise: rates }).join()).toContain(
    'find a change of -8.2% in four of five runs, and -8% is allowed',
  )
})

test('what an absolute allowance comes to is not known before the run', () => {
  const noise = [{ metric: 'ttft', stat: 'p50', spread: 0.1, size: 20 }]
  const text = 'ttft p50 <= baseline + 8% or 20ms'
  expect(warn(text, { requests: 200, rounds: 10 }, { noise })).toEqual([])
  expect(warn(text, { requests: 60, rounds: 6 }, { noise }).join()).toContain('10 rounds of')
})

test('a figure that failed requests are not in takes as many as disprove far more failures', () => {
  const text = 'ttft mean <= baseline + 10%'
  expect(warn(text, { requests: 72, rounds: 10 })).toEqual([])
  expect(warn(text, { requests: 71, rounds: 10 })).toEqual([
    '"ttft mean <= baseline + 10%" takes at least 72 requests of each target to disprove that far more fail than of the baseline, the spec asks for 71: this SLO can never PASS; ask for 72',
  ])
  expect(warn('ttft p50 <= baseline + 10%', { requests: 71, rounds: 10 })).toEqual([])
})

test('a change of the smallest size is found in about four of five comparisons', () => {
  const normal = createNormal(createRandom(1))
  const runs = 2000
  const bound = 1 + smallestChange(0.1, 10, 0.05)
  let found = 0
  for (let i = 0; i < runs; i++) {
    const ratios = Array.from({ length: 10 }, () => Math.exp(0.1 * normal()))
    if ((testRounds(ratios, { op: '<=', bound }, 0.05)?.pPass ?? 1) <= 0.05) found++
  }
  expect(found / runs).toBeGreaterThan(0.77)
  expect(found / runs).toBeLessThan(0.83)
})
