import { expect, test } from 'vitest'

import type { RequestRecord } from '../../src/engine/record.ts'
import { watchHealth } from '../../src/verdict/health.ts'
import { completed, failed, times } from '../metrics/records.ts'
import { createRandom } from './random.ts'

const run = (bad: number, good: number) => [
  ...times(good, () => completed()),
  ...times(bad, () => failed()),
]

function checkHealth(records: readonly RequestRecord[], maxErrorRate: number | undefined) {
  const health = watchHealth(maxErrorRate)
  health.add(records)
  return health.illness()
}

const refused = () => failed({ failure: { kind: 'connect', message: '' } })

test('gives up a target that refuses the first 20 requests, and no other', () => {
  expect(checkHealth(times(20, refused), undefined)).toEqual({
    kind: 'no-connection',
    requests: 20,
  })
  expect(checkHealth(times(19, refused), undefined)).toBeUndefined()
  expect(checkHealth([...times(19, refused), completed()], undefined)).toBeUndefined()
  expect(checkHealth([completed(), ...times(100, refused)], undefined)).toBeUndefined()
  expect(
    checkHealth(
      times(100, () => failed()),
      undefined,
    ),
  ).toBeUndefined()
})

test('gives up a target whose error rate is proven to be above the limit', () => {
  expect(checkHealth(run(20, 0), 0.5)).toEqual({
    kind: 'errors',
    failed: 20,
    requests: 20,
    limit: 0.5,
  })
  expect(checkHealth(run(19, 0), 0.5)).toBeUndefined()
  // Above the limit, but not by enough to be sure: P(Bin(30, .5) >= 20) = 0.049.
  expect(checkHealth(run(20, 10), 0.5)).toBeUndefined()
  expect(checkHealth(run(24, 6), 0.5)).toBeDefined()
  const warmup = times(50, () => failed({ phase: 'warmup', round: -1 }))
  expect(checkHealth([...warmup, ...run(0, 50)], 0.5)).toBeUndefined()
})

test('seldom gives up a target that is exactly at the limit, however often it is looked at', () => {
  const random = createRandom(11)
  const runs = 300
  const stopped = times(runs, () => {
    const records = times(500, () => (random() < 0.1 ? failed() : completed()))
    const health = watchHealth(0.1)
    return times(25, (look) => {
      health.add(records.slice(20 * look, 20 * (look + 1)))
      return health.illness()
    }).some(Boolean)
  })
  expect(stopped.filter(Boolean).length / runs).toBeLessThan(0.02)
})
