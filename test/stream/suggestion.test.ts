import { expect, test } from 'vitest'

import { listTextPlaces, suggestFormat } from '../../src/stream/suggestion.ts'
import { traceStream } from '../../src/stream/trace.ts'
import { eventStream, loadRecordings } from './recording.ts'

function read(text: string) {
  const reads = [{ at: 0, bytes: Buffer.from(text) }]
  return traceStream(reads, { contentType: 'text/event-stream', ended: 0 })
}

const own = [
  { event: 'begin', run: 'run-of-nobody-1' },
  { event: 'piece', run: 'run-of-nobody-1', part: { words: 'Two ' } },
  { event: 'piece', run: 'run-of-nobody-1', part: { words: 'words' } },
  { event: 'finish', run: 'run-of-nobody-1', whole: ['Two words'] },
]

test('a stream of one’s own: the event with its pieces, the last one, and where it holds the whole', () => {
  const traced = read(eventStream(...own))
  expect(suggestFormat(traced)).toEqual({
    dialect: 'sse',
    firstTokenEvent: 'piece',
    completionEvent: 'finish',
    outputPath: 'whole.0',
  })
  expect(listTextPlaces(traced.events)).toEqual([
    { name: 'piece', path: 'part.words', texts: ['Two ', 'words'] },
    { name: 'finish', path: 'whole.0', texts: ['Two words'] },
  ])
})

test('what is proposed reads the stream: a proper end, and the whole answer as output', () => {
  const text = eventStream(...own)
  const format = suggestFormat(read(text))
  const { marks, fault } = traceStream([{ at: 0, bytes: Buffer.from(text) }], {
    format,
    contentType: 'text/event-stream',
    ended: 0,
  })
  expect(fault).toBeUndefined()
  expect(marks).toMatchObject({ output: 'Two words', completed: 0 })
})

test('identifiers and numbers are no pieces of an answer, and nothing is made up without names', () => {
  const ids = Array.from({ length: 4 }, (_, n) => ({
    id: `evt-0123456789${n}`,
    at: `${n}.5`,
    text: `w${n} `,
  }))
  expect(suggestFormat(read(eventStream(...ids)))).toEqual({ dialect: 'sse' })
  expect(suggestFormat(read(''))).toEqual({ dialect: 'sse' })
  const named = ids.map((id, n) => ({ event: n === 3 ? 'end' : 'piece', ...id }))
  expect(suggestFormat(read(eventStream(...named)))).toMatchObject({ firstTokenEvent: 'piece' })
})

test.each(['openai-chat', 'anthropic', 'dify', 'ollama', 'openai-responses', 'gemini', 'tgi'])(
  'a stream of %s is read as such',
  (dialect) => {
    const { bytes, expected } = loadRecordings().find(
      (each) => each.expected.dialect === dialect && each.expected.fault === undefined,
    )!
    const { contentType } = expected
    const traced = traceStream([{ at: 0, bytes }], { contentType, ended: 0 })
    expect(suggestFormat(traced)).toEqual({ dialect })
  },
)
