import { expect, test } from 'vitest'

import { createReader } from '../../src/stream/read.ts'
import { collectCalls } from '../../src/stream/tool-calls.ts'

const encoder = new TextEncoder()

function chunk(delta: object): Uint8Array {
  const payload = { object: 'chat.completion.chunk', choices: [{ index: 0, delta }] }
  return encoder.encode(`data: ${JSON.stringify(payload)}\n\n`)
}

function call(index: number, piece: object): object {
  return { tool_calls: [{ index, ...piece }] }
}

test('puts the calls of an answer together, whatever else comes between their pieces', () => {
  const reader = createReader({ dialect: 'openai-chat' }, 'text/event-stream', {
    keepOutput: true,
    keepCalls: true,
  })
  const parts = [
    chunk({ content: 'Let me ' }),
    chunk({
      content: 'see.',
      ...call(0, { id: 'a', function: { name: 'one', arguments: '{"x"' } }),
    }),
    chunk(call(1, { id: 'b', type: 'function', function: { name: 'two', arguments: '' } })),
    chunk(call(0, { function: { arguments: ':1}' } })),
    chunk(call(1, { function: { arguments: '{}' } })),
    encoder.encode('data: [DONE]\n\n'),
  ]
  for (const [at, part] of parts.entries()) reader.feed(part, at)
  expect(reader.end(9)).toBeUndefined()
  expect(reader.marks.output).toBe('Let me see.')
  expect(reader.marks.toolCalls).toEqual([
    { id: 'a', name: 'one', argumentsJson: '{"x":1}' },
    { id: 'b', name: 'two', argumentsJson: '{}' },
  ])
})

test('nothing is kept where nobody asks for it, or no tool was called', () => {
  for (const keepCalls of [true, false]) {
    const reader = createReader({ dialect: 'openai-chat' }, 'text/event-stream', { keepCalls })
    reader.feed(chunk({ content: 'a' }), 0)
    if (!keepCalls) reader.feed(chunk(call(0, { id: 'a', function: { name: 'one' } })), 1)
    reader.feed(encoder.encode('data: [DONE]\n\n'), 2)
    reader.end(3)
    expect(reader.marks).not.toHaveProperty('toolCalls')
  }
})

test('what a server sends in the place of a call is left alone, and there is an end to it', () => {
  const calls = collectCalls()
  for (const odd of [
    null,
    7,
    [],
    {},
    { choices: 'x' },
    { choices: [{ delta: { tool_calls: [4, null] } }] },
  ]) {
    calls.add(odd)
  }
  expect(calls.list()).toEqual([])
  for (let index = 0; index < 1000; index++) {
    calls.add({
      choices: [{ delta: call(index, { function: { name: 7, arguments: 'x'.repeat(1000) } }) }],
    })
    calls.add({ choices: [{ delta: call(0, { function: { arguments: 'x'.repeat(1000) } }) }] })
  }
  const list = calls.list()
  expect(list).toHaveLength(128)
  expect(list[0]).toMatchObject({ id: 'call_0', name: '' })
  expect(list[0]?.argumentsJson).toHaveLength(65_536)
})
