import { afterEach, expect, test, vi } from 'vitest'

import { createAlarm } from '../../src/engine/alarm.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** A clock that moves by `turn` ms with each turn of the loop, and otherwise when it is told to. */
function startClock(turn: number) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] })
  let at = 1000
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const turns = vi.spyOn(globalThis, 'setImmediate')
  const advance = (): void => {
    at += turn
    vi.advanceTimersToNextTimer()
  }
  return { now: () => at, advance, setTo: (to: number) => (at = to), timers, turns }
}

test('waits for an instant by a timer, and for the last of it in turns of the loop', () => {
  const clock = startClock(0.25)
  const alarm = createAlarm(clock.now)
  clock.setTo(1500)
  const rung: number[] = []
  alarm(1550, () => rung.push(clock.now()))
  expect(clock.timers.mock.calls.map(([, ms]) => ms)).toEqual([48.5])
  clock.setTo(1548.75)
  clock.advance()
  while (rung.length === 0) clock.advance()
  expect(rung).toEqual([1550])
  expect(clock.timers).toHaveBeenCalledTimes(1)
  expect(clock.turns).toHaveBeenCalledTimes(4)
})

test('never rings in the turn in which it is asked, even when the instant has passed', () => {
  const clock = startClock(0.25)
  const rung: string[] = []
  createAlarm(clock.now)(900, () => rung.push('late'))
  expect(rung).toEqual([])
  clock.advance()
  expect(rung).toEqual(['late'])
})

test('waits by a timer alone when turns of the loop have had a tenth of the time', () => {
  const clock = startClock(0.25)
  const alarm = createAlarm(clock.now)
  clock.setTo(1010)
  const rung: number[] = []
  alarm(1011.5, () => rung.push(clock.now()))
  while (rung.length === 0) clock.advance()
  expect(clock.turns).toHaveBeenCalledTimes(5)
  // More than a tenth of these 11.5 ms: the rest of the way is left to a timer.
  expect(clock.timers.mock.calls.map(([, ms]) => ms)).toEqual([1])
})

test('does not ring when it was taken back', () => {
  const clock = startClock(0.25)
  const rung: string[] = []
  const alarm = createAlarm(clock.now)
  const takeBack = [alarm(900, () => rung.push('past')), alarm(5000, () => rung.push('later'))]
  takeBack.forEach((cancel) => cancel())
  expect(vi.getTimerCount()).toBe(0)
  expect(rung).toEqual([])
})
