import { expect, test } from 'vitest'

import { type Comparison, renderComparison } from '../../src/report/comparison-table.ts'
import { hostile } from './_runs.ts'

const nothing = { change: null, low: null, high: null, allowed: null, status: null, why: null }

const comparison: Comparison = {
  schema_version: 1,
  tool: { name: 'slogate', version: '0.1.0' },
  baseline: 'main/results.json',
  candidate: 'branch/results.json',
  comparable: true,
  differences: [],
  contrasts: [],
  verdict: {
    status: 'FAIL',
    policy: 'pr',
    passed: false,
    exit_code: 1,
    reason: { kind: 'slos', slos: ['ttft p95'], blocking: 1 },
    why: '1 of 1 SLO missed',
  },
  statistics: [
    {
      name: 'ttft p95',
      unit: 'ms',
      baseline: 100,
      candidate: 'infinite',
      change: 0.2,
      low: 0.15,
      high: 0.25,
      allowed: 0.1,
      status: 'FAIL',
      why: 'slower',
    },
    { ...nothing, name: 'success_rate', unit: 'share', baseline: 1, candidate: null },
  ],
}

test('shows both sides, the change with its limits, what is allowed and the verdict', () => {
  expect(renderComparison(comparison, { color: false, unicode: true })).toBe(
    [
      ' FAIL  1 of 1 SLO missed',
      ' baseline  main/results.json',
      ' candidate branch/results.json',
      '',
      '                 baseline  candidate  change  limits            allowed  verdict',
      ' ✗ ttft p95         100ms          ∞  +20.0%  [+15.0%, +25.0%]   +10.0%  FAIL',
      '     slower',
      '   success_rate    100.0%          –',
    ].join('\n'),
  )
})

test('what others wrote does no harm', () => {
  const text = renderComparison(
    {
      ...comparison,
      baseline: hostile,
      candidate: hostile,
      comparable: false,
      differences: [{ fact: 'cpu', baseline: hostile, candidate: hostile }],
    },
    { color: false, unicode: false },
  )
  expect(text).toContain('not comparable: ')
  expect(text).not.toMatch(/^\s*::|##\[|\p{Cc}(?<!\n)/mu)
})
