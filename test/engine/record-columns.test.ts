import { expect, test } from 'vitest'

import { createRecordBatch, decodeRecords } from '../../src/engine/record-columns.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { encodeRecords } from './_columns.ts'

const completed: RequestRecord = {
  index: 3,
  row: 1,
  target: 'candidate',
  phase: 'measured',
  round: 2,
  slot: 0,
  marks: {
    scheduled: 1000.25,
    called: 1000.5,
    dispatched: 1001,
    headers: 1010,
    firstByte: 1011,
    firstEvent: 1011,
    firstContent: 1012,
    firstToken: 1012,
    firstOutput: 1013,
    lastToken: 1020,
    completed: 1021,
    lastByte: 1021,
    ended: 1022,
  },
  tokenTimes: Float64Array.of(1012, 1013, 1020),
  status: 200,
  events: 5,
  reads: 4,
  bytes: 812,
  promptTokens: 9,
  completionTokens: 3,
  reused: true,
  dialect: 'openai-chat',
  output: '财经',
  eventNames: [{ name: 'message', count: 4 }],
  missingOutput: { at: 'data', keys: ['a', 'b'] },
  outcome: 'completed',
}

const failed: RequestRecord = {
  index: 0,
  target: 'candidate',
  phase: 'warmup',
  round: -1,
  slot: 1,
  marks: { scheduled: 1, called: 2, ended: 3 },
  tokenTimes: new Float64Array(0),
  events: 0,
  reads: 0,
  bytes: 0,
  reused: false,
  replaced: 'unsent',
  heldBack: true,
  outcome: 'failed',
  failure: { kind: 'connect', message: 'connect ECONNREFUSED' },
}

const cancelled: RequestRecord = {
  index: 4,
  target: 'candidate',
  phase: 'measured',
  round: 0,
  slot: 0,
  marks: { scheduled: 1, called: 2, dispatched: 2.5, ended: 3 },
  tokenTimes: Float64Array.of(2.75),
  events: 1,
  reads: 1,
  bytes: 10,
  reused: false,
  replaced: 'resent',
  outcome: 'cancelled',
}

test('records come back from columns as they were, with nothing where there was nothing', () => {
  const records = [completed, failed, cancelled]
  const back = decodeRecords(structuredClone(encodeRecords(records)))
  expect(back).toEqual(records)
  expect(Object.keys(back[1] ?? {})).not.toContain('status')
})

test('a batch that was taken is empty, and what is added then does not change it', () => {
  const batch = createRecordBatch()
  expect(decodeRecords(batch.take())).toEqual([])
  batch.add(completed)
  expect(batch.count()).toBe(1)
  const taken = batch.take()
  expect(batch.count()).toBe(0)
  batch.add(failed)
  expect(decodeRecords(taken)).toEqual([completed])
  expect(decodeRecords(batch.take())).toEqual([failed])
})

test('a batch grows with what it holds', () => {
  const tokenTimes = Float64Array.from({ length: 3000 }, (_, token) => token)
  const many = Array.from({ length: 40 }, (_, index) => ({ ...completed, index, tokenTimes }))
  expect(decodeRecords(encodeRecords(many))).toEqual(many)
})
