import { expect, test } from 'vitest'

import { checkSpec } from '../../src/bench-spec/loading.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'
import { prepare } from '../../src/bench-spec/template.ts'
import { createComposer } from '../../src/engine/composer.ts'
import type { TargetRole } from '../../src/engine/record.ts'
import type { Ticket } from '../../src/engine/schedule.ts'

function create(document: object): BenchSpec {
  return checkSpec(
    {
      url: 'http://127.0.0.1:1/v1/chat/completions',
      body: { messages: [{ role: 'user', content: 'Say "hello".' }], stream: true },
      ...document,
    },
    { env: {}, baseDir: '.' },
  )
}

/** The body that is sent for a ticket. */
function compose(document: object, plan: object = {}): (ticket: Partial<Ticket>) => string {
  const spec = create(document)
  const compose = createComposer({
    load: spec.load,
    timeouts: spec.timeouts,
    requests: prepare(spec),
    ...plan,
  })
  return (ticket) => {
    const { request } = compose({
      target: 'candidate',
      phase: 'measured',
      index: 0,
      round: 0,
      ...ticket,
    })
    expect(request).not.toHaveProperty('heads')
    return request.body ?? ''
  }
}

function readPrompt(body: string): string {
  return (JSON.parse(body) as { messages: { content: string }[] }).messages[0]?.content ?? ''
}

test('each request begins with a marker of its own, those of the warm-up too, and all are as long', () => {
  const send = compose({ cache: 'bust' })
  const bodies = [
    ...Array.from({ length: 200 }, (_, index) => send({ index })),
    ...Array.from({ length: 50 }, (_, index) => send({ phase: 'warmup', round: -1, index })),
  ]
  expect(new Set(bodies).size).toBe(250)
  expect(new Set(bodies.map(({ length }) => length)).size).toBe(1)
  for (const body of bodies) expect(readPrompt(body)).toMatch(/^\[#\d{12}\] Say "hello"\.$/)
})

test('the same seed sends the same, to both targets, whatever was sent before', () => {
  const send = compose({ cache: 'bust', seed: 5 })
  const again = compose(
    { cache: 'bust', seed: 5 },
    { baseline: prepare(create({ cache: 'bust' })) },
  )
  again({ index: 99 })
  for (const target of ['candidate', 'baseline'] satisfies TargetRole[]) {
    expect(again({ target, index: 7 })).toBe(send({ index: 7 }))
  }
  expect(compose({ cache: 'bust', seed: 6 })({ index: 7 })).not.toBe(send({ index: 7 }))
})

test('what is shared stands before the marker, the same in all', () => {
  const send = compose({ cache: { shared: 40 } })
  const prompts = [0, 1].map((index) => readPrompt(send({ index })))
  const [first, second] = prompts.map((prompt) => prompt.split('\n\n')) as [string[], string[]]
  expect(first[0]).toBe(second[0])
  expect(first[0]?.split(' ')).toHaveLength(40)
  expect(first[1]).toMatch(/^\[#\d{12}\] Say "hello"\.$/)
  expect(second[1]).not.toBe(first[1])
})

test('without a rule, and where repeats are allowed, a body is sent as it is', () => {
  const plain = compose({})({})
  expect(readPrompt(plain)).toBe('Say "hello".')
  expect(compose({ cache: 'allowed' })({})).toBe(plain)
})

test('all turns of a conversation have its marker, so that they go on sharing what was said', () => {
  const send = compose({ cache: 'bust' })
  const first = send({ index: 4, session: 1, turn: 0, step: 0 })
  expect(send({ index: 5, session: 1, turn: 1, step: 0 })).toBe(first)
  expect(send({ index: 8, session: 2, turn: 0, step: 0 })).not.toBe(first)
})
