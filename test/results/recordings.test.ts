import { expect, test } from 'vitest'

import {
  isRecordings,
  parseRecordings,
  type RecordedRequest,
  toRecordingDocument,
} from '../../src/results/recordings.ts'
import { hostile } from '../report/_runs.ts'

const bytes = Buffer.from('data: 世\n\n')
const recorded: RecordedRequest = {
  recording: {
    index: 2,
    request: { method: 'POST', url: 'http://a/', headers: { a: 'b' }, body: '{}' },
    status: 200,
    headers: { 'content-type': 'text/event-stream', x: hostile.toWellFormed() },
    reads: [
      { at: 1.25, bytes: bytes.subarray(0, 7) },
      { at: 2, bytes: bytes.subarray(7) },
      { at: 3, bytes: Buffer.from('data: b\n\n') },
    ],
    omitted: 7,
    ended: 9,
  },
  stream: { dialect: 'sse', outputPath: 'a.b' },
  outcome: 'failed',
  failure: { kind: 'incomplete_stream', message: 'x' },
}

test('what was written is read back, byte for byte', () => {
  const { status: _s, ended: _e, ...broken } = recorded.recording
  const least: RecordedRequest = { recording: { ...broken, reads: [], headers: {} } }
  const text = [recorded, least].map((each) => `${JSON.stringify(toRecordingDocument(each, []))}\n`)
  expect(isRecordings(text.join(''))).toBe(true)
  expect(parseRecordings(text.join(''), 'debug_events.ndjson')).toEqual([recorded, least])
})

test('an event has its time, its name, what it was taken for, and the start of its data', () => {
  const events = [{ at: 1.23456, name: 'x', data: 'y'.repeat(3000), roles: ['token'] }]
  expect(toRecordingDocument(recorded, events)).toMatchObject({
    events: [{ at_ms: 1.2346, event: 'x', taken_for: ['token'], data: 'y'.repeat(2000) }],
    reads: [
      { at_ms: 1.25, base64: bytes.subarray(0, 7).toString('base64') },
      { at_ms: 2 },
      { at_ms: 3, text: 'data: b\n\n' },
    ],
  })
})

test('a file that was changed or cut is told by its line', () => {
  const line = JSON.stringify(toRecordingDocument(recorded, []))
  expect(() => parseRecordings(`${line}\n{"ind`, 'd.ndjson')).toThrow('d.ndjson:2:1: is not JSON')
  expect(() => parseRecordings(line.replace('"status":200', '"status":"x"'), 'd.ndjson')).toThrow(
    /^d\.ndjson:1:1: status/,
  )
  expect(isRecordings('{"a":1}\n')).toBe(false)
  expect(isRecordings('data: x')).toBe(false)
})
