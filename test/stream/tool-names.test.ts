import { expect, test } from 'vitest'

import type { DialectName } from '../../src/bench-spec/stream-format.ts'
import { createReader } from '../../src/stream/read.ts'
import { eventStream } from './recording.ts'

const streams: [DialectName, string, string[]][] = [
  [
    'openai-chat',
    eventStream(
      {
        choices: [
          { delta: { tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] } },
        ],
      },
      { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{' } }] } }] },
      {
        choices: [
          { delta: { tool_calls: [{ index: 1, function: { name: 'g', arguments: '' } }] } },
        ],
      },
      '[DONE]',
    ),
    ['f', 'g'],
  ],
  [
    'anthropic',
    eventStream(
      { type: 'content_block_start', content_block: { type: 'text', name: 'no' } },
      { type: 'content_block_start', content_block: { type: 'tool_use', name: 'f' } },
      { type: 'message_stop' },
    ),
    ['f'],
  ],
  [
    'openai-responses',
    eventStream(
      { type: 'response.created' },
      { type: 'response.output_item.added', item: { type: 'reasoning', name: 'no' } },
      { type: 'response.output_item.added', item: { type: 'function_call', name: 'f' } },
      { type: 'response.completed' },
    ),
    ['f'],
  ],
  [
    'gemini',
    eventStream({ candidates: [{ content: { parts: [{ functionCall: { name: 'f' } }] } }] }),
    ['f'],
  ],
  ['ollama', '{"message":{"tool_calls":[{"function":{"name":"f"}}]},"done":true}\n', ['f']],
]

test.each(streams)('%s: the names of the tools that its stream calls', (dialect, text, names) => {
  const contentType = dialect === 'ollama' ? 'application/x-ndjson' : 'text/event-stream'
  for (const format of [{ dialect }, undefined]) {
    const reader = createReader(format, contentType, { keepToolNames: true })
    reader.feed(Buffer.from(text), 1)
    reader.end(2)
    expect(reader.toolNames).toEqual(names)
  }
})

function call(name: string): object {
  return { choices: [{ delta: { tool_calls: [{ function: { name } }] } }] }
}

test('a name that comes in every event is kept once, and of very many names the first', () => {
  const reader = createReader({ dialect: 'openai-chat' }, undefined, { keepToolNames: true })
  const names = Array.from({ length: 500 }, (_, index) => `f${index}`)
  reader.feed(Buffer.from(eventStream(...names.flatMap((name) => [call(name), call(name)]))), 1)
  expect(reader.toolNames).toEqual(names.slice(0, 100))
})
