import { expect, test } from 'vitest'

import { isFar } from '../../src/verdict/distance.ts'
import { completed, failed, times } from '../metrics/records.ts'
import { judgeOne } from './judging.ts'

const ceiling = { op: '<=', bound: 800 } as const

function each(count: number, valueOf: (index: number) => number): number[][] {
  return times(count, (index) => [valueOf(index)])
}

function oddTenth(odd: number): number[][] {
  return each(500, (index) => (index < 50 ? odd : 100))
}

test('parts that differ a little are far from a bound that is forty times as much', () => {
  expect(
    isFar(
      each(500, (index) => 20 + index / 1000),
      ceiling,
      0.95,
    ),
  ).toBe(true)
  expect(
    isFar(
      each(500, (index) => (index < 50 ? 21 : 20)),
      ceiling,
      0.95,
    ),
  ).toBe(true)
  const drifting = times(500, (index) => completed({ index, ttft: 20 + index / 1000 }))
  expect(judgeOne('ttft p95 <= 800', drifting)).toMatchObject({
    status: 'PASS',
    dependence: { pass: { kind: 'none' } },
  })
  expect(judgeOne('ttft p95 <= 20.6', drifting).status).toBe('INCONCLUSIVE')
})

test('the bound must be as far from the worst part as that is from the best', () => {
  expect(isFar(oddTenth(282), ceiling, 0.95)).toBe(true)
  expect(isFar(oddTenth(283), ceiling, 0.95)).toBe(false)
  // At a floor the other way round.
  const floor = { op: '>=', bound: 12.5 } as const
  expect(isFar(oddTenth(35.4), floor, 0.05)).toBe(true)
  expect(isFar(oddTenth(35.3), floor, 0.05)).toBe(false)
})

test('a part full of failed requests is not far from any bound, at either end', () => {
  const failing = times(500, (index) => [index < 50 ? Infinity : 20])
  expect(isFar(failing, ceiling, 0.95)).toBe(false)
  const records = times(500, (index) =>
    index < 20 ? failed({ index }) : completed({ index, ttft: 500 }),
  )
  for (const text of ['ttft p95 <= 80000', 'ttft p5 >= 1']) {
    expect(judgeOne(text, records).dependence?.pass).toMatchObject({ kind: 'groups' })
  }
})
