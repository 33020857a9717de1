import { expect, test } from 'vitest'

import { createAgenda } from '../../src/mock/latency/agenda.ts'
import { createTimeline } from '../../src/mock/latency/timeline.ts'
import { createRandom } from '../../src/mock/plan/random.ts'
import { createVirtualClock } from './_clock.ts'

test('calls back in order of time, what is due together in order of the calls', () => {
  const random = createRandom(1, 'timeline', '')
  const timeline = createTimeline<number>()
  const dues = Array.from({ length: 500 }, () => Math.floor(random() * 50))
  const taken: number[] = []
  for (const [number, due] of dues.entries()) {
    timeline.add(due, number)
    if (number % 3 === 0) taken.push(timeline.shift()!.item)
  }
  const rest: number[] = []
  for (let entry = timeline.shift(); entry !== undefined; entry = timeline.shift()) {
    rest.push(entry.item)
  }
  expect(rest).toEqual(rest.toSorted((a, b) => dues[a]! - dues[b]! || a - b))
  expect([...taken, ...rest].toSorted((a, b) => a - b)).toEqual(dues.map((_, number) => number))
})

test.each([-0.9, 0, 3])('never calls early with timers that are %d ms off', (shift) => {
  const clock = createVirtualClock(shift)
  const agenda = createAgenda(clock)
  const from = clock.now()
  const random = createRandom(1, 'agenda', '')
  const called: [due: number, at: number][] = []
  for (let number = 0; number < 300; number++) {
    const due = from + random() * 100
    agenda.schedule(due, () => {
      called.push([due, clock.now()])
      if (number % 10 === 0) agenda.schedule(due + 5, () => called.push([due + 5, clock.now()]))
    })
  }
  clock.run()
  expect(called).toHaveLength(330)
  expect(called.filter(([due, at]) => at < due)).toEqual([])
  // One timer for all: it fires at most a ms and its own lateness after the first of those it serves.
  expect(called.filter(([due, at]) => at > due + 2 + Math.max(0, shift))).toEqual([])
})

test('keeps one timer, for the earliest deadline', () => {
  const clock = createVirtualClock(0)
  const agenda = createAgenda(clock)
  for (const ms of [50, 20, 70, 10, 90]) agenda.schedule(clock.now() + ms, () => {})
  expect(clock.timers()).toBe(1)
})

test('does not call what was cancelled', () => {
  const clock = createVirtualClock(0)
  const agenda = createAgenda(clock)
  const called: string[] = []
  const cancel = agenda.schedule(clock.now() + 5, () => called.push('a'))
  agenda.schedule(clock.now() + 5, () => called.push('b'))
  cancel()
  clock.run()
  expect(called).toEqual(['b'])
})
