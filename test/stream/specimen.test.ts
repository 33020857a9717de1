import { expect, test } from 'vitest'

import {
  type DialectName,
  dialectNames,
  type StreamFormat,
} from '../../src/bench-spec/stream-format.ts'
import { dialects } from '../../src/stream/dialects.ts'
import { createReader } from '../../src/stream/read.ts'
import { composeSpecimen } from '../../src/stream/specimen.ts'

const formats: (StreamFormat | undefined)[] = [
  undefined,
  ...dialectNames.map((dialect) => ({ dialect })),
  { dialect: 'sse', firstTokenEvent: 'delta', completionEvent: 'end', outputPath: 'data.text' },
  { dialect: 'openai-chat', completionEvent: 'end' },
  { dialect: 'ndjson', contentType: 'application/x-own' },
]

const shaped = formats.flatMap((format) => [0, 1, 5].map((shape) => ({ format, shape })))

test.each(shaped)(
  'a specimen of $format in shape $shape is a proper answer',
  ({ format, shape }) => {
    const { contentType, events } = composeSpecimen(format, 5, shape)
    const reader = createReader(format, contentType)
    for (const [at, event] of events.entries()) reader.feed(event, at)
    expect(reader.end(events.length)).toBeUndefined()
    const { dialect, tokenTimes } = reader.marks
    expect(dialect).toBe(format?.dialect ?? 'openai-chat')
    // Where nothing says what the text is, every event is a token.
    if (dialect === 'json') {
      expect(tokenTimes.length).toBe(0)
      return
    }
    const only = dialects[dialect as DialectName].tokenEvents === 'content'
    expect(only ? [...tokenTimes] : [...tokenTimes].slice(-8)).toEqual(
      only ? [1, 2, 3, 4, 5] : expect.arrayContaining([1, 2, 3, 4, 5]),
    )
  },
)
