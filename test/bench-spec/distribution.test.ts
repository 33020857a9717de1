import { describe, expect, test } from 'vitest'

import {
  type Amount,
  describeDistribution,
  readDistribution,
} from '../../src/bench-spec/distribution-reading.ts'
import { drawFrom, meanOf, type Distribution } from '../../src/bench-spec/distribution.ts'
import { mulberry32 } from '../../src/bench-spec/random.ts'
import { createSchemaCheck } from '../../src/bench-spec/schema-check.ts'

function read(value: unknown, amount: Amount = 'count') {
  const issues: string[] = []
  const distribution = readDistribution(value, ['input_tokens'], amount, (path, message) => {
    issues.push(`${path.join('.')}: ${message}`)
  })
  return { distribution, issues }
}

function mustRead(value: unknown, amount?: Amount): Distribution {
  const { distribution, issues } = read(value, amount)
  expect(issues).toEqual([])
  if (distribution === undefined) throw new Error('read without an issue')
  return distribution
}

const draws = 20_000

function sample(distribution: Distribution): number[] {
  const random = mulberry32(11)
  return Array.from({ length: draws }, () => drawFrom(distribution, random))
}

function tell(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, stddev: Math.sqrt(squares / values.length) }
}

describe('draws', () => {
  const cases: [unknown, { mean: number; stddev: number }][] = [
    [512, { mean: 512, stddev: 0 }],
    [
      { dist: 'constant', mean: 512 },
      { mean: 512, stddev: 0 },
    ],
    [
      { dist: 'uniform', min: 100, max: 300 },
      { mean: 200, stddev: 200 / Math.sqrt(12) },
    ],
    [
      { dist: 'normal', mean: 400, stddev: 50 },
      { mean: 400, stddev: 50 },
    ],
    [
      { dist: 'lognormal', mean: 400, cv: 0.5 },
      { mean: 400, stddev: 200 },
    ],
    [
      { dist: 'gamma', mean: 400, cv: 0.5 },
      { mean: 400, stddev: 200 },
    ],
    [
      { dist: 'gamma', mean: 400, cv: 1.5 },
      { mean: 400, stddev: 600 },
    ],
    [
      { dist: 'gamma', mean: 400, cv: 0 },
      { mean: 400, stddev: 0 },
    ],
    [
      { dist: 'exponential', mean: 400 },
      { mean: 400, stddev: 400 },
    ],
    [
      {
        mixture: [
          { weight: 3, dist: 'constant', mean: 100 },
          { weight: 1, dist: 'constant', mean: 500 },
        ],
      },
      { mean: 200, stddev: Math.sqrt(30_000) },
    ],
    [{ quantiles: { min: 0, p50: 100, max: 300 } }, { mean: 125, stddev: Math.sqrt(23_125 / 3) }],
  ]

  test.each(cases)('of %j have its mean and its spread', (written, moments) => {
    const distribution = mustRead(written)
    const told = tell(sample(distribution))
    const error = 5 * (moments.stddev / Math.sqrt(draws))
    expect(Math.abs(told.mean - moments.mean)).toBeLessThanOrEqual(error)
    expect(told.stddev).toBeGreaterThanOrEqual(0.95 * moments.stddev)
    expect(told.stddev).toBeLessThanOrEqual(1.05 * moments.stddev)
    expect(Math.abs(meanOf(distribution) - moments.mean)).toBeLessThanOrEqual(
      5 * (moments.stddev / 100),
    )
  })

  test('stay within min and max, and the mean is that of what is drawn', () => {
    const distribution = mustRead({ dist: 'normal', mean: 400, cv: 1, min: 300, max: 450 })
    const values = sample(distribution)
    expect(Math.min(...values)).toBe(300)
    expect(Math.max(...values)).toBe(450)
    expect(Math.abs(meanOf(distribution) - tell(values).mean)).toBeLessThan(5)
  })

  test('of quantiles fall below each of them as often as it says', () => {
    const values = sample(mustRead({ quantiles: { p50: 100, p90: 400, p99: 1000 } }))
    const shareBelow = (limit: number) => values.filter((value) => value <= limit).length / draws
    expect(shareBelow(100)).toBeCloseTo(0.5, 1)
    expect(shareBelow(400)).toBeCloseTo(0.9, 1)
    expect(shareBelow(1000)).toBe(1)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(50)
  })

  test('are the same for the same generator', () => {
    const distribution = mustRead({ dist: 'gamma', mean: 9, cv: 2 })
    expect(sample(distribution)).toEqual(sample(distribution))
  })
})

test('durations are read with their units, in ms', () => {
  expect(mustRead('1.5s', 'ms')).toEqual({ kind: 'constant', value: 1500 })
  expect(mustRead({ dist: 'normal', mean: '2s', stddev: '500ms', max: '1m' }, 'ms')).toEqual({
    kind: 'normal',
    mean: 2000,
    cv: 0.25,
    min: 0,
    max: 60_000,
  })
})

test.each<[unknown, Amount, string]>([
  [
    { dist: 'uniform', min: -1, max: 3 },
    'count',
    'input_tokens.min: must be a number of at least 0, got -1.',
  ],
  [
    { dist: 'uniform', min: 9, max: 3 },
    'count',
    'input_tokens.max: must be at least min, got 3 below 9. Swap them.',
  ],
  [
    { dist: 'uniform', min: 9 },
    'count',
    'input_tokens: needs max, the upper end of a uniform distribution.',
  ],
  [
    { dist: 'lognorml', mean: 9, cv: 1 },
    'count',
    'input_tokens.dist: must be one of constant, uniform, normal, lognormal, gamma, exponential, got "lognorml". Did you mean "lognormal"?',
  ],
  [
    { dist: 'normal', mean: 9 },
    'count',
    'input_tokens: needs either cv or stddev. Write for example cv: 0.5.',
  ],
  [
    { dist: 'normal', mean: 9, cv: 1, stddev: 9 },
    'count',
    'input_tokens: needs either cv or stddev. Write for example cv: 0.5.',
  ],
  [{ dist: 'normal', mean: 9, cv: -1 }, 'count', 'input_tokens.cv: must be 0 to 100, got -1.'],
  [
    { dist: 'normal', mean: 9, cv: Infinity },
    'count',
    'input_tokens.cv: must be 0 to 100, got Infinity.',
  ],
  [
    { dist: 'normal', mean: 9, stddev: 901 },
    'count',
    'input_tokens.stddev: must be 0 to 100 times the mean, got 901.',
  ],
  [
    { dist: 'gamma', mean: 9, cv: 1, max: 8 },
    'count',
    'input_tokens.mean: must be at most max, got 9 and 8.',
  ],
  [
    { dist: 'constant', mean: 9, min: 10 },
    'count',
    'input_tokens.mean: must be at least min, got 9 and 10.',
  ],
  [
    { dist: 'gamma', mean: 0, cv: 1 },
    'count',
    'input_tokens.mean: must be above 0. Write dist: constant for a fixed 0.',
  ],
  [{ dist: 'gamma', cv: 1 }, 'count', 'input_tokens: needs mean. Write for example mean: 400.'],
  [
    { dist: 'gamma', mean: 4, variance: 1 },
    'count',
    'input_tokens.variance: unknown key. Known here: dist, mean, min, max, stddev, cv.',
  ],
  [
    { mean: 4 },
    'count',
    'input_tokens: must have one of dist, quantiles, mixture. Write for example { dist: lognormal, mean: 400, cv: 0.5 }.',
  ],
  [
    { quantiles: { p50: 9, p90: 4 } },
    'count',
    'input_tokens.quantiles.p90: must be at least p50, got 4 below 9. Quantiles ascend.',
  ],
  [
    { quantiles: { p100: 9 } },
    'count',
    'input_tokens.quantiles.p100: is no quantile. Name min, p50 … p99.9 or max.',
  ],
  [
    { quantiles: { min: 1, max: 9 } },
    'count',
    'input_tokens.quantiles: needs at least one quantile such as p50. Write for example { p50: 40, p99: 90 }.',
  ],
  [
    { quantiles: 9 },
    'count',
    'input_tokens.quantiles: must be a table of quantiles, got 9. Write for example { p50: 40, p99: 90 }.',
  ],
  [
    { mixture: [] },
    'count',
    'input_tokens.mixture: must be a list of distributions with weights. Write for example { weight: 0.7, dist: constant, mean: 400 }.',
  ],
  [
    { mixture: [{ weight: -1, dist: 'constant', mean: 4 }] },
    'count',
    'input_tokens.mixture.0.weight: must be a number of at least 0, got -1.',
  ],
  [
    { mixture: [{ weight: 0, dist: 'constant', mean: 4 }] },
    'count',
    'input_tokens.mixture: needs a weight above 0. Raise one.',
  ],
  [
    { mixture: [9] },
    'count',
    'input_tokens.mixture.0: must be a distribution with a weight. Write for example { weight: 0.7, dist: constant, mean: 400 }.',
  ],
  ['2', 'ms', 'input_tokens: must be a duration with its unit (us, ms, s, m, h), got "2".'],
  [
    { dist: 'exponential', mean: 500 },
    'ms',
    'input_tokens.mean: must be a duration with its unit (us, ms, s, m, h), got 500.',
  ],
])('%j as %s cannot be, and one sentence says why', (written, amount, issue) => {
  const { distribution, issues } = read(written, amount)
  expect(distribution).toBeUndefined()
  expect(issues).toEqual([issue])
})

test.each<[Amount, unknown, string[]]>([
  ['count', 512, []],
  ['count', { dist: 'normal' }, []],
  ['count', 0, ['must be a whole number of at least 1, got 0.']],
  ['count', '9', ['must be a whole number of at least 1 or an object, got "9". For example 512.']],
  ['ms', '9s', []],
  ['ms', 9, ['must be text with a unit (us, ms, s, m, h) or an object, got 9. For example 512.']],
])('the schema of one as %s takes %j, or says what it takes', (amount, value, messages) => {
  const check = createSchemaCheck(describeDistribution(amount, 'Size.', { examples: [512] }))
  expect(check(value, () => undefined).map(({ message }) => message)).toEqual(messages)
})
