import { expect, test } from 'vitest'

import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import { SloSyntaxError } from '../../src/bench-spec/slo-syntax.ts'

test.each([
  ['ttft p95 <= 800ms', 'ttft p95 <= 800ms', 800],
  ['  latency   p99<=5s ', 'latency p99 <= 5s', 5000],
  ['e2e p99.9 < 250us', 'latency p99.9 < 250us', 0.25],
  ['tpot median > 10.0 ms', 'tpot p50 > 10ms', 10],
  ['stall max <= 1.1s', 'stall max <= 1.1s', 1100],
  ['success_rate >= 99.9%', 'success_rate >= 99.9%', 0.999],
  ['error_rate <= 0.1%', 'error_rate <= 0.1%', 0.001],
  ['requests_per_second >= 20/s', 'requests_per_second >= 20/s', 20],
  ['output_tokens_per_second >= 50 tok/s', 'output_tokens_per_second >= 50tok/s', 50],
])('reads %s [T14]', (text, canonical, bound) => {
  const slo = parseSlo(text)
  expect(slo.text).toBe(canonical)
  expect(slo).toMatchObject({ bound })
  expect(parseSlo(canonical)).toEqual(slo)
})

test.each([
  ['ttft p95 <= baseline+10%', 'ttft p95 <= baseline + 10%', { change: 0.1 }],
  [
    'e2e p50 < baseline + 7.5 % or 0.02s',
    'latency p50 < baseline + 7.5% or 0.02s',
    { change: 0.075, floor: 20 },
  ],
  ['latency mean <= baseline - 20%', 'latency mean <= baseline - 20%', { change: -0.2 }],
  [
    'requests_per_second >= baseline - 5% or 2/s',
    'requests_per_second >= baseline - 5% or 2/s',
    { change: -0.05, floor: 2 },
  ],
  ['success_rate >= baseline - 0.5%', 'success_rate >= baseline - 0.5%', { change: -0.005 }],
])('reads %s, relative to a baseline', (text, canonical, allowance) => {
  const slo = parseSlo(text)
  expect(slo).toMatchObject({ text: canonical, allowance })
  expect(slo).not.toHaveProperty('bound')
  expect(parseSlo(canonical)).toEqual(slo)
})

test('tells metric, statistic, comparator and unit apart', () => {
  expect(parseSlo('chunk_gap p99 < 60ms')).toEqual({
    text: 'chunk_gap p99 < 60ms',
    metric: 'chunk_gap',
    stat: { kind: 'percentile', p: 99 },
    op: '<',
    bound: 60,
    unit: 'ms',
  })
  expect(parseSlo('goodput > 95%')).toMatchObject({ stat: { kind: 'value' }, unit: 'share' })
  expect(parseSlo('ttft mean >= 1ms').stat).toEqual({ kind: 'mean' })
})

test.each([
  'constructor p95 <= 1ms',
  'ttft p95 <= 5constructor',
  'ttft p-5 <= 1s',
  'ttft p95 < = 1s',
])('%s is no SLO', (text) => {
  expect(() => parseSlo(text)).toThrow(SloSyntaxError)
})

test.each([
  [`ttft p95 <= ${'9'.repeat(400)}ms`, 'is more than can be counted with, which bounds nothing'],
  [`ttft p95 <= baseline + ${'9'.repeat(400)}%`, 'is more than can be counted with'],
  [`ttft p95 <= baseline + 10% or ${'9'.repeat(400)}ms`, 'is more than can be counted with'],
  ['ttft p95 <= Infinity', '"Infinity" is no bound'],
  [`ttft p95 <= ${'9'.repeat(400_000)}ms`, 'is 400014 characters long, at most 500 are read'],
  [`ttft p95 <= 5${' '.repeat(400_000)}x y`, 'characters long'],
  [`${'a'.repeat(400_000)} p95 <= 5ms`, 'characters long'],
])('what cannot be counted with, or is endlessly long, bounds nothing (%#)', (text, message) => {
  expect(() => parseSlo(text)).toThrow(message)
})

test.each([
  'ttft p95 <= 1000000000000000000000000s',
  'ttft p95 <= 0.00000001ms',
  'ttft p95 <= 9999999999999999us',
])(
  'a bound that JavaScript would write with an exponent, or rounded, is read again as it is written: %s',
  (text) => {
    expect(parseSlo(text).text).toBe(text)
    expect(parseSlo(parseSlo(text).text)).toEqual(parseSlo(text))
  },
)
