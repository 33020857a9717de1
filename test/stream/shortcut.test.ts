import { expect, test } from 'vitest'

import type { Dialect } from '../../src/stream/dialect.ts'
import { dialects } from '../../src/stream/dialects.ts'
import type { FramerEvents } from '../../src/stream/framer.ts'
import { createInterpreter, type Interpreter, type Meaning } from '../../src/stream/interpret.ts'
import { createJsonFramer } from '../../src/stream/json.ts'
import { createNdjsonFramer } from '../../src/stream/ndjson.ts'
import { createShortcut } from '../../src/stream/shortcut.ts'
import { createSseFramer } from '../../src/stream/sse.ts'
import { loadRecordings } from './recording.ts'

interface Event {
  data: string
  line: string | undefined
}

/** All but the payload, which the shortcut leaves out by design. */
function comparable(meaning: Meaning): unknown {
  return meaning.kind === 'event' ? { ...meaning, payload: undefined } : meaning
}

function compare(quick: Interpreter, full: Interpreter, { data, line }: Event): void {
  expect(comparable(quick(data, line)), data).toEqual(comparable(full(data, line)))
}

function countParses(dialect: Dialect): { interpret: Interpreter; count: () => number } {
  const full = createInterpreter(dialect)
  let parses = 0
  return {
    interpret: (data, line) => {
      parses++
      return full(data, line)
    },
    count: () => parses,
  }
}

const streams = loadRecordings().flatMap(({ name, bytes, expected }) => {
  const dialect = Object.values(dialects).find((row) => row.name === expected.dialect)
  if (dialect === undefined || dialect.framing === 'raw') return []
  const events: Event[] = []
  const on: FramerEvents = {
    event: (data, line) => events.push({ data, line }),
    foreign: () => {},
    tooLong: () => {},
  }
  const createFramer = dialect.framing === 'sse' ? createSseFramer : createNdjsonFramer
  const isJson = expected.contentType.startsWith('application/json')
  const framer = isJson ? createJsonFramer(on) : createFramer(on)
  framer.feed(bytes.toString())
  framer.end()
  return [{ name, dialect, events }]
})

test.each(streams)('$name: quick and full agree on every event', ({ dialect, events }) => {
  const full = createInterpreter(dialect)
  const quick = createShortcut(full, true)
  for (const event of [...events, ...events]) compare(quick, full, event)
})

/** Every payload with one character taken out, doubled or replaced, at every place. */
function* mutate(data: string): Generator<string> {
  for (let at = 0; at < data.length; at++) {
    yield data.slice(0, at) + data.slice(at + 1)
    yield data.slice(0, at + 1) + data.slice(at)
    for (const other of ['"', '\\', '{', '\n']) yield data.slice(0, at) + other + data.slice(at + 1)
  }
}

test.each(
  streams.filter(({ name }) =>
    /^(chat|completions|dify-chatflow|events-unknown|responses|anthropic|ollama|tgi|gemini)$/.test(
      name,
    ),
  ),
)('$name: quick and full agree on events that are damaged at any place', ({ dialect, events }) => {
  const full = createInterpreter(dialect)
  for (const event of events) {
    for (const data of mutate(event.data)) {
      const quick = createShortcut(full, true)
      quick(event.data, event.line)
      const [got, wanted] = [quick(data, event.line), full(data, event.line)]
      if (JSON.stringify(comparable(got)) !== JSON.stringify(comparable(wanted))) {
        expect.fail(`${data}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`)
      }
    }
  }
})

const ordinary = '{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}'

test.each([
  ['an empty text', '{"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}'],
  ['null', '{"choices":[{"index":0,"delta":{"content":null},"finish_reason":null}]}'],
  [
    'a space behind the colon',
    '{"choices":[{"index":0,"delta":{"content": "x"},"finish_reason":null}]}',
  ],
  [
    'text that looks like the key',
    '{"choices":[{"index":0,"delta":{"content":"\\"content\\":\\""},"finish_reason":null}]}',
  ],
  [
    'text that looks like the end',
    '{"choices":[{"index":0,"delta":{"content":"\\"},\\"finish_reason\\":null}]}"},"finish_reason":null}]}',
  ],
  [
    'a text that ends early and starts again',
    '{"choices":[{"index":0,"delta":{"content":"a","role":"b"},"finish_reason":null}]}',
  ],
  [
    'a second content',
    '{"choices":[{"index":0,"delta":{"content":"a","content":""},"finish_reason":null}]}',
  ],
  ['a key of that name elsewhere', '{"content":"x","choices":[{"index":0,"delta":{}}]}'],
  ['reasoning', '{"choices":[{"index":0,"delta":{"reasoning":"x"},"finish_reason":null}]}'],
  ['an error', '{"error":{"message":"x"},"choices":[{"index":0,"delta":{"content":"x"}}]}'],
  ['only an error', '{"error":"content"}'],
  [
    'a backslash before the end',
    '{"choices":[{"index":0,"delta":{"content":"\\"},"finish_reason":null}]}',
  ],
  ['a wrong escape', '{"choices":[{"index":0,"delta":{"content":"\\x"},"finish_reason":null}]}'],
  [
    'half an escape',
    '{"choices":[{"index":0,"delta":{"content":"\\u00g0"},"finish_reason":null}]}',
  ],
  ['a raw tab', '{"choices":[{"index":0,"delta":{"content":"\t"},"finish_reason":null}]}'],
  ['a raw line feed', '{"choices":[{"index":0,"delta":{"content":"\n"},"finish_reason":null}]}'],
  [
    'escapes',
    '{"choices":[{"index":0,"delta":{"content":"\\u4e00\\n\\/\\ud83d"},"finish_reason":null}]}',
  ],
  ['U+2028', '{"choices":[{"index":0,"delta":{"content":"\u2028"},"finish_reason":null}]}'],
  ['padding', '{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}   '],
  ['the last word', '[DONE]'],
  ['usage', '{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"completion_tokens":3}}'],
])('after an ordinary token, quick and full agree on %s', (_, data) => {
  const full = createInterpreter(dialects['openai-chat'])
  const quick = createShortcut(full, true)
  quick(ordinary, undefined)
  compare(quick, full, { data, line: undefined })
  compare(quick, full, { data, line: 'error' })
  compare(quick, full, { data, line: 'ping' })
})

test('a value that repeats the text elsewhere does not mislead it', () => {
  const full = createInterpreter(dialects['openai-chat'])
  const quick = createShortcut(full, true)
  quick('{"model":"x","choices":[{"delta":{"content":"x"}}]}', undefined)
  for (const data of [
    '{"model":"y","choices":[{"delta":{"content":"x"}}]}',
    '{"model":"x","choices":[{"delta":{"content":"y"}}]}',
  ]) {
    compare(quick, full, { data, line: undefined })
  }
})

test('an event that ends the answer keeps its payload', () => {
  const quick = createShortcut(createInterpreter(dialects.sse), true)
  const read = (text: string) => quick(ordinary.replace('"x"', `"${text}"`), 'workflow_finished')
  for (const text of ['a', 'b']) {
    expect(read(text)).toMatchObject({ completes: 'event', payload: { choices: [{}] } })
  }
})

test('after two parses the tokens of a stream are read without one', () => {
  const { interpret, count } = countParses(dialects['openai-chat'])
  const quick = createShortcut(interpret, true)
  const read = (text: string) => quick(ordinary.replace('"x"', JSON.stringify(text)), undefined)
  for (const text of ['x', 'hello', '财', '\n', 'a "b" \\']) {
    expect(read(text)).toMatchObject({ content: 'output', text })
  }
  expect(count()).toBe(2)
})

test('a stream whose events never repeat costs a bounded number of additional parses', () => {
  const { interpret, count } = countParses(dialects['openai-chat'])
  const quick = createShortcut(interpret, false)
  for (let id = 0; id < 100; id++) {
    quick(`{"id":${id},"choices":[{"delta":{"content":"x"}}]}`, undefined)
  }
  expect(count()).toBeLessThanOrEqual(104)
})

test('text that comes as ASCII escapes is learnt too', () => {
  const { interpret, count } = countParses(dialects['openai-chat'])
  const quick = createShortcut(interpret, true)
  for (const body of ['\\u8d22', '\\u7ecf', '\\ud83d\\udc4b']) {
    const meaning = quick(`{"choices":[{"delta":{"content":"${body}"}}]}`, undefined)
    expect(meaning).toMatchObject({ text: JSON.parse(`"${body}"`) })
  }
  expect(count()).toBe(2)
})
