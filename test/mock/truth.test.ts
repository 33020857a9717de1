import { expect, test } from 'vitest'

import { type Arrival, createTruth } from '../../src/mock/metrics/truth.ts'

const arrival: Arrival = {
  path: '/v1/chat/completions',
  dialect: 'openai-chat',
  phase: null,
  key: undefined,
  conn: 1,
  conn_req: 1,
  recv_ms: 0,
}

test('counts what is in flight when a request arrives, itself included', () => {
  const truth = createTruth()
  const first = truth.open(arrival)
  const second = truth.open(arrival)
  truth.close(first, 'ok')
  const third = truth.open(arrival)
  expect([first, second, third].map((record) => record.in_flight)).toEqual([1, 2, 2])
})

test('shows a request that has not ended with outcome null', () => {
  const truth = createTruth()
  truth.close(truth.open(arrival), 'rejected')
  truth.open({ ...arrival, key: 'row-7' })
  expect(truth.list()).toMatchObject([
    { seq: 1, key: '1', outcome: 'rejected' },
    { seq: 2, key: 'row-7', outcome: null, end_ms: null },
  ])
})

test('keeps the latest records when there are more than it has room for', () => {
  const truth = createTruth(3)
  for (let request = 0; request < 5; request++) truth.open(arrival)
  expect(truth.list().map(({ seq }) => seq)).toEqual([3, 4, 5])
})

test('starts over after a reset but still counts what is in flight', () => {
  const truth = createTruth()
  truth.open(arrival)
  truth.reset()
  expect(truth.list()).toEqual([])
  expect(truth.open(arrival)).toMatchObject({ seq: 1, in_flight: 2 })
})
