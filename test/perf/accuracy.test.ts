import { expect, test } from 'vitest'

import { measureAccuracy } from './accuracy.ts'
import type { SeenStream } from './clients/order.ts'
import type { SentStream } from './stream-server.ts'

const idle = { between: () => 0 }

/** A stream that was asked for at an instant, with tokens so many ms after that. */
function send(id: string, received: number, after: readonly number[]): SentStream {
  const sends = Float64Array.from(after, (ms) => received + ms)
  return {
    id,
    answer: `answer-${id}`,
    received,
    first: sends[0] ?? 0,
    last: sends.at(-1) ?? 0,
    sends,
    tokens: after.length,
    late: 0,
    ended: true,
  }
}

const see = (id: string, after: readonly number[], tokens = after.length): SeenStream => ({
  id,
  tokens,
  times: Float64Array.from(after),
})

const log = [
  send('warm', 0, [50, 70]),
  send('a', 100, [60, 80, 100]),
  send('b', 110, [60, 80, 100]),
  send('c', 120, [60, 80, 100]),
]
const warm = see('warm', [950, 970])

test('an error is what a client sees later than the server sends, matched by id in any order', () => {
  const seen = [see('c', [63, 83, 103]), warm, see('a', [61, 81, 101]), see('b', [62, 82, 102])]
  const { ttftErrorP50, ttftErrorP99, gapErrorP99 } = measureAccuracy(seen, log, 1, idle)
  expect([ttftErrorP50, ttftErrorP99, gapErrorP99]).toEqual([2, 3, 0])
})

test('a client may know a request by the id of its answer', () => {
  const seen = [warm, ...['a', 'b', 'c'].map((id) => see(`answer-${id}`, [64, 84, 104]))]
  expect(measureAccuracy(seen, log, 1, idle).ttftErrorP50).toBe(4)
})

test('a gap error counts whether a gap was seen longer or shorter', () => {
  const seen = [warm, see('a', [60, 95, 100]), see('b', [60, 80, 100]), see('c', [60, 80, 100])]
  expect(measureAccuracy(seen, log, 1, idle).gapErrorP99).toBe(15)
})

test('a client that tells of first tokens alone has no gap error', () => {
  const seen = [warm, ...['a', 'b', 'c'].map((id) => see(id, [61], 3))]
  const { ttftErrorP99, gapErrorP99 } = measureAccuracy(seen, log, 1, idle)
  expect([ttftErrorP99, gapErrorP99]).toEqual([1, Number.NaN])
})

test('rate and CPU are those from the first measured request to the last token', () => {
  const seen = [warm, ...['a', 'b', 'c'].map((id) => see(id, [60, 80, 100]))]
  const asked: number[][] = []
  const cpu = {
    between(from: number, to: number) {
      asked.push([from, to])
      return 18
    },
  }
  const { eventsPerSecond, cpuPerEvent } = measureAccuracy(seen, log, 1, cpu)
  expect(asked).toEqual([[100, 220]])
  // 9 tokens in 120 ms, of which 18 ms were worked.
  expect([eventsPerSecond, cpuPerEvent]).toEqual([75, 2000])
})

test('tokens of the warm-up that come behind the first measured request count for rate and CPU', () => {
  const late = [send('warm', 90, [5, 70]), ...log.slice(1)]
  const seen = [see('warm', [5, 70]), ...['a', 'b', 'c'].map((id) => see(id, [60, 80, 100]))]
  expect(measureAccuracy(seen, late, 1, idle).eventsPerSecond).toBe((1000 * 10) / 120)
})

const good = ['a', 'b', 'c'].map((id) => see(id, [60, 80, 100]))

test.each([
  ['a request that it does not know', [warm, ...good.slice(1)], /knows of 3 requests, .* of 4/],
  ['one that was never sent', [warm, ...good.slice(1), see('d', [1, 2, 3])], /nothing of d/],
  ['one that it tells twice', [warm, ...good.slice(1), see('b', [60, 80, 100])], /knows b twice/],
  ['a token too few', [warm, ...good.slice(1), see('a', [60, 80])], /2 tokens of a, the server 3/],
])('a client has no figures with %s', (_, seen, message) => {
  expect(() => measureAccuracy(seen, log, 1, idle)).toThrow(message)
})

test('a client has no figures when an answer was given up', () => {
  const cut = log.map((stream) => (stream.id === 'b' ? { ...stream, ended: false } : stream))
  expect(() => measureAccuracy([warm, ...good], cut, 1, idle)).toThrow(/b was given up/)
})
