import { expect, test } from 'vitest'

import { DocumentError } from '../../src/results/document-error.ts'
import {
  isRecordings,
  parseRecordings,
  type RecordedRequest,
  toRecordingDocument,
} from '../../src/results/recordings.ts'

const recorded: RecordedRequest = {
  recording: {
    index: 4,
    request: { url: 'http://h/v1', method: 'POST', headers: { a: 'b' }, body: '{}' },
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    // The second and the third part a character of three bytes.
    reads: [
      { at: 1.5, bytes: Buffer.from('data: 中\n\n') },
      { at: 2, bytes: Buffer.from('data: 文').subarray(0, 7) },
      { at: 3, bytes: Buffer.from('data: 文\n\n').subarray(7) },
    ],
    omitted: 0,
    ended: 9,
  },
  stream: { dialect: 'sse', firstTokenEvent: 'message' },
  outcome: 'completed',
}

test('what was recorded is read back to the byte', () => {
  const line = JSON.stringify(toRecordingDocument(recorded, []))
  expect(JSON.parse(line)).toMatchObject({ number: 5, omitted_bytes: 0, ended_ms: 9 })
  expect(isRecordings(`${line}\n`)).toBe(true)
  const [read] = parseRecordings(`${line}\n`, 'debug_events.ndjson')
  expect(read).toEqual(recorded)
})

test('a line that is none is named', () => {
  const line = JSON.stringify(toRecordingDocument(recorded, []))
  expect(() => parseRecordings(`${line}\n{"cut`, 'a.ndjson')).toThrow(DocumentError)
  expect(() => parseRecordings(`${line}\n{"cut`, 'a.ndjson')).toThrow('a.ndjson:2')
  expect(isRecordings('{"text": "a stream of lines"}\n')).toBe(false)
})
