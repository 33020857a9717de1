import { expect, test } from 'vitest'

import type { Stage } from '../../src/bench-spec/spec.ts'
import {
  expectRequests,
  findStage,
  findStageRound,
  listShifts,
  mostOfStages,
  totalDuration,
} from '../../src/bench-spec/stages.ts'

/** 0 to 4 within 2 s, then 2, then up to 6 within 4 s and no longer. */
const stages: Stage[] = [
  { name: 'rise', duration: 3000, ramp: 2000, from: 0, to: 4 },
  { name: 'calm', duration: 1000, ramp: 0, from: 4, to: 2 },
  { name: 'peak', duration: 4000, ramp: 4000, from: 2, to: 6 },
]

test('every instant is in one stage, the last one has no end', () => {
  expect([0, 2999.9, 3000, 3999, 4000, 7999, 9000].map((at) => findStage(stages, at))).toEqual([
    0, 0, 1, 1, 2, 2, 2,
  ])
  expect(totalDuration(stages)).toBe(8000)
  expect(mostOfStages(stages)).toBe(6)
})

function roundAt(elapsed: number): object {
  return findStageRound(stages, elapsed, 5)
}

test('each stage is cut into the same number of rounds', () => {
  expect(roundAt(0)).toEqual({ stage: 0, round: 0 })
  expect(roundAt(2999)).toEqual({ stage: 0, round: 4 })
  expect(roundAt(3000)).toEqual({ stage: 1, round: 0 })
  expect(roundAt(3250)).toEqual({ stage: 1, round: 1 })
  expect(roundAt(8000)).toEqual({ stage: 2, round: 4 })
})

test('a ramp opens slots one by one, a step opens and closes them at once', () => {
  expect(listShifts(stages, 0)).toEqual([{ from: 0, to: 8000 }])
  expect(listShifts(stages, 1)).toEqual([{ from: 500, to: 8000 }])
  expect(listShifts(stages, 3)).toEqual([
    { from: 1500, to: 3000 },
    { from: 5000, to: 8000 },
  ])
  expect(listShifts(stages, 5)).toEqual([{ from: 7000, to: 8000 }])
  expect(listShifts(stages, 6)).toEqual([])
})

test('a ramp downwards closes them one by one', () => {
  const down: Stage[] = [{ name: 'down', duration: 1000, ramp: 400, from: 4, to: 2 }]
  expect([0, 1, 2, 3, 4].map((slot) => listShifts(down, slot))).toEqual([
    [{ from: 0, to: 1000 }],
    [{ from: 0, to: 1000 }],
    [{ from: 0, to: 400 }],
    [{ from: 0, to: 200 }],
    [],
  ])
})

test('as many slots are open as the line of the stages asks for, rounded up', () => {
  for (let at = 1; at < 8000; at += 7) {
    const open = [0, 1, 2, 3, 4, 5].filter((slot) =>
      listShifts(stages, slot).some(({ from, to }) => at >= from && at < to),
    ).length
    const level =
      at < 2000 ? at / 500 : at < 3000 ? 4 : at < 4000 ? 2 : 2 + (4 * (at - 4000)) / 4000
    // At the very instant a slot is open already.
    if (!Number.isInteger(level)) expect(open).toBe(Math.ceil(level))
  }
})

test('rates say how many requests are due', () => {
  expect(stages.map(expectRequests)).toEqual([8, 2, 16])
})
