import { expect, test } from 'vitest'

import { readLog } from './stream-server.ts'
import { planTrial } from './trial.ts'

const line = {
  id: 'req-1',
  answer: 'chatcmpl-1',
  recv: 2_000_000,
  header: 2_000_010,
  first: 2_050_500,
  last: 2_070_250,
  late: 120,
  tokens: 2,
  ended: true,
}

test('the log of the server is read in ms, sends as instants', () => {
  const text = `${JSON.stringify({ ...line, sends: [50_500, 70_250] })}\n`
  expect(readLog(text)).toEqual([
    {
      id: 'req-1',
      answer: 'chatcmpl-1',
      received: 2000,
      first: 2050.5,
      last: 2070.25,
      sends: Float64Array.of(2050.5, 2070.25),
      tokens: 2,
      late: 0.12,
      ended: true,
    },
  ])
})

test('a log that was cut is no shorter log', () => {
  expect(() => readLog(JSON.stringify(line).slice(0, -5))).toThrow(SyntaxError)
})

test('every slot sends one request of warm-up and as many behind it as the seconds hold', () => {
  const { order } = planTrial({ streams: 10, mode: 'paced', seconds: 8 })
  // 100 ms to the first token and 99 times 20 behind it.
  expect(order).toMatchObject({ streams: 10, warmup: 10, requests: 40, tokens: 100 })
})

test('a flood sends at least two requests of each slot', () => {
  const { order } = planTrial({ streams: 2_000, mode: 'flood', seconds: 1 })
  expect(order.requests).toBe(4_000)
})
