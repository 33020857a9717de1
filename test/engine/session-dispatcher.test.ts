import { expect, test } from 'vitest'

import type { Session, Turn } from '../../src/bench-spec/session.ts'
import type { BenchSpec, Conversation, Load, Target } from '../../src/bench-spec/spec.ts'
import type { Tag } from '../../src/bench-spec/tag.ts'
import { tagSpec } from '../../src/bench-spec/tagging.ts'
import type { LoadPlan } from '../../src/engine/load-plan.ts'
import { startLoop } from '../../src/engine/loop.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { chunk, done, type FakeConnection, fakeConnection, prepared } from './_connection.ts'

const closed: Load = {
  kind: 'closed',
  concurrency: 2,
  requests: 6,
  sessions: 2,
  warmup: 0,
  rounds: 2,
  seed: 1,
}

const target: Target = {
  url: 'http://127.0.0.1:1/v1/chat/completions',
  method: 'POST',
  headers: {},
  body: { messages: '{{messages}}', max_tokens: '{{max_tokens}}', user: '{{name}}' },
}

function turns(...texts: string[]): Turn[] {
  return texts.map((user, at) => ({ user, results: [], cells: { max_tokens: at + 1 } }))
}

const threes: Session[] = [
  { system: 'Be kind.', turns: turns('a1', 'a2', 'a3') },
  { turns: turns('b1', 'b2', 'b3') },
]

interface Asked {
  load?: Partial<Load>
  sessions?: Session[]
  conversation?: Conversation
  share?: LoadPlan['share']
  baseline?: Target
  extraRounds?: number
}

/** A loop whose time and connections are the test's. */
function hold(asked: Asked = {}) {
  const sessions = asked.sessions ?? threes
  const dataset = {
    source: 'talks.jsonl',
    path: '/talks.jsonl',
    columns: ['name'],
    rows: sessions.map((_, row) => ({ name: `row ${row}` })),
    sessions,
  }
  const load = { ...closed, ...asked.load } as Load
  let time = 0
  const alarms: { at: number; ring: () => void }[] = []
  const connections: FakeConnection[] = []
  const records: RequestRecord[] = []
  const opened: number[] = []
  const loop = startLoop(
    {
      load,
      timeouts: { total: 10_000, connect: 10_000 },
      stream: { dialect: 'openai-chat' },
      requests: [prepared],
      talks: {
        dataset,
        conversation: asked.conversation ?? {},
        target,
        wanted: {},
        ...(asked.baseline && { baseline: asked.baseline }),
      },
      ...(asked.share && { share: asked.share }),
      ...(asked.baseline && { baseline: [prepared] }),
      ...(asked.extraRounds && { extraRounds: asked.extraRounds }),
    },
    () => {
      const connection = fakeConnection()
      connections.push(connection)
      return connection
    },
    { onRecord: (record) => records.push(record), onOpen: () => opened.push(time) },
    () => time,
    (at, ring) => {
      const alarm = { at, ring }
      alarms.push(alarm)
      return () => alarms.splice(alarms.indexOf(alarm), 1)
    },
  )
  return {
    loop,
    connections,
    records,
    opened,
    spec: { dataset, load, target } as unknown as BenchSpec,
    /** Rings what is due by then. */
    pass(to: number) {
      for (;;) {
        alarms.sort((a, b) => a.at - b.at)
        const [next] = alarms
        if (next === undefined || next.at > to) break
        alarms.shift()
        time = Math.max(time, next.at)
        next.ring()
      }
      time = to
    },
    /** What is in flight on that connection gets this answer. */
    answer(slot: number, text: string, ...more: object[]) {
      const { handler } = connections[slot] ?? {}
      handler?.onSend(true)
      handler?.onHeaders(200, { 'content-type': 'text/event-stream' })
      for (const part of text.match(/.{1,2}/gs) ?? []) handler?.onData(chunk({ content: part }))
      for (const delta of more) handler?.onData(chunk(delta))
      handler?.onData(done)
      handler?.onEnd()
    },
    fail(slot: number) {
      const { handler } = connections[slot] ?? {}
      handler?.onSend(true)
      handler?.onHeaders(503, {})
      handler?.onEnd()
    },
    /** The latest body on that connection. */
    body(slot: number): Record<string, unknown> {
      return JSON.parse(connections[slot]?.sent.at(-1)?.body ?? '{}') as Record<string, unknown>
    },
    sent: (slot: number) => connections[slot]?.sent.length,
  }
}

test('a turn is sent when the one before has ended, with what the server really said', async () => {
  const talk = hold()
  expect(talk.body(0)).toEqual({
    messages: [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'a1' },
    ],
    max_tokens: 1,
    user: 'row 0',
  })
  expect(talk.body(1)['messages']).toEqual([{ role: 'user', content: 'b1' }])
  talk.answer(0, 'Hello "you"\n')
  expect(talk.sent(0)).toBe(2)
  expect(talk.body(0)).toEqual({
    messages: [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'a1' },
      { role: 'assistant', content: 'Hello "you"\n' },
      { role: 'user', content: 'a2' },
    ],
    max_tokens: 2,
    user: 'row 0',
  })
  talk.answer(0, 'two')
  talk.answer(0, 'three')
  for (const text of ['x', 'y', 'z']) talk.answer(1, text)
  await talk.loop.finished
  expect(
    talk.records.map(({ index, session, turn, row, round }) => [index, session, turn, row, round]),
  ).toEqual([
    [0, 0, 0, 0, 0],
    [1, 0, 1, 0, 0],
    [2, 0, 2, 0, 0],
    [3, 1, 0, 1, 1],
    [4, 1, 1, 1, 1],
    [5, 1, 2, 1, 1],
  ])
  // The record of a request has no output that nobody asked for.
  expect(talk.records.every(({ output }) => output === undefined)).toBe(true)
})

test('a slot has one conversation from its first turn to its last, thinking included', async () => {
  const talk = hold({
    load: { concurrency: 1, requests: 6, sessions: 2 },
    conversation: { thinkTime: { kind: 'constant', value: 500 } },
  })
  talk.pass(10)
  talk.answer(0, 'one')
  expect(talk.sent(0)).toBe(1)
  expect(talk.loop.inFlight()).toBe(0)
  talk.pass(509)
  expect(talk.sent(0)).toBe(1)
  talk.pass(520)
  expect(talk.sent(0)).toBe(2)
  talk.answer(0, 'two')
  talk.pass(2000)
  talk.answer(0, 'three')
  // The next conversation begins at once.
  expect(talk.body(0)['messages']).toEqual([{ role: 'user', content: 'b1' }])
  for (const to of [3000, 4000, 5000]) {
    talk.answer(0, 'x')
    talk.pass(to)
  }
  await talk.loop.finished
  // A turn is due when its user has thought, whenever it could be sent.
  expect(talk.records.map(({ marks }) => marks.scheduled)).toEqual([0, 510, 1020, 2000, 2500, 3500])
})

test('the time of thinking is that of the data, else drawn by the seed and the number of the request', async () => {
  const spread = { thinkTime: { kind: 'uniform', min: 100, max: 1000 } } as const
  const waits = async (seed: number): Promise<number[]> => {
    const [first, second] = threes
    if (first === undefined || second === undefined) throw new Error('two sessions')
    const [one, ...rest] = second.turns
    const sessions = [first, { turns: [one, { ...rest[0], think: 7 }, rest[1]] as Turn[] }]
    const talk = hold({ sessions, conversation: spread, load: { seed } })
    for (let to = 2000; talk.records.length < 6; to += 2000) {
      for (const slot of [0, 1]) talk.answer(slot, 'x')
      talk.pass(to)
    }
    await talk.loop.finished
    const due = new Map(talk.records.map(({ index, marks }) => [index, marks]))
    return [1, 2, 4, 5].map((at) => (due.get(at)?.scheduled ?? 0) - (due.get(at - 1)?.ended ?? 0))
  }
  const once = await waits(1)
  expect(once[2]).toBe(7)
  for (const wait of [once[0], once[1], once[3]]) {
    expect(wait).toBeGreaterThanOrEqual(100)
    expect(wait).toBeLessThanOrEqual(1000)
  }
  expect(await waits(1)).toEqual(once)
  expect(await waits(2)).not.toEqual(once)
})

test('a turn that failed ends its conversation, and the next one takes its place', async () => {
  const talk = hold({ load: { concurrency: 1, sessions: 2, requests: 6 } })
  talk.answer(0, 'one')
  talk.fail(0)
  expect(talk.body(0)['messages']).toEqual([{ role: 'user', content: 'b1' }])
  for (const text of ['x', 'y', 'z']) talk.answer(0, text)
  await talk.loop.finished
  // The numbers of the turns that were not sent are those of nothing else.
  expect(talk.records.map(({ index }) => index)).toEqual([0, 1, 3, 4, 5])
})

test('nothing is sent when the run is stopped, and users who think are not waited for', async () => {
  const talk = hold({ conversation: { thinkTime: { kind: 'constant', value: 60_000 } } })
  talk.answer(0, 'one')
  talk.loop.stop('finish')
  expect(talk.sent(0)).toBe(1)
  talk.answer(1, 'x')
  await talk.loop.finished
  expect(talk.records).toHaveLength(2)
})

test('any number of load processes has the same conversations under the same numbers', async () => {
  const sessions = Array.from({ length: 5 }, (_, at) => ({
    turns: turns(...Array.from({ length: 1 + (at % 3) }, (_, turn) => `${at}.${turn}`)),
  }))
  const numbers = async (share?: LoadPlan['share']): Promise<string[]> => {
    const talk = hold({
      sessions,
      load: { concurrency: 2, sessions: 12, requests: 23, shuffle: true },
      ...(share && { share }),
    })
    for (let tries = 0; tries < 60; tries++) {
      for (const slot of [0, 1])
        if ((talk.connections[slot]?.sent.length ?? 0) > 0) talk.answer(slot, 'x')
    }
    await talk.loop.finished
    return talk.records.map(({ index, session, row, turn }) => `${index} ${session} ${row} ${turn}`)
  }
  const whole = await numbers()
  const parts = [await numbers({ index: 0, of: 2 }), await numbers({ index: 1, of: 2 })].flat()
  expect(parts.toSorted()).toEqual(whole.toSorted())
  expect(new Set(whole.map((each) => each.split(' ')[1])).size).toBe(12)
})

test('what a tag tells of a request before anything is sent is what its record says', async () => {
  const talk = hold({ load: { sessions: 5, requests: 15, shuffle: true, seed: 4 } })
  for (let tries = 0; tries < 20; tries++) for (const slot of [0, 1]) talk.answer(slot, 'x')
  await talk.loop.finished
  const tagging = tagSpec(talk.spec)
  const tags: Tag[] = [
    { name: 'turn', value: { kind: 'range', from: 2 } },
    { name: 'name', value: { kind: 'text', text: 'row 1' } },
  ]
  const told = talk.records.filter((record) => tagging.has(record, tags)).map(({ index }) => index)
  expect(told.toSorted((a, b) => a - b)).toEqual(tagging.list(tags, 15))
  expect(told.length).toBeGreaterThan(0)
})

test('in the warm-up conversations are their first turns, from the last row on', async () => {
  const talk = hold({ load: { warmup: 1, concurrency: 1, sessions: 1, requests: 3 } })
  await Promise.resolve()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(talk.body(0)['messages']).toEqual([{ role: 'user', content: 'b1' }])
  for (const text of ['w', 'x', 'y', 'z']) talk.answer(0, text)
  await talk.loop.finished
  expect(talk.records.map(({ phase, index, turn }) => [phase, index, turn])).toEqual([
    ['warmup', 0, 0],
    ['measured', 0, 0],
    ['measured', 1, 1],
    ['measured', 2, 2],
  ])
})

test('at a rate conversations arrive, whatever became of those before, and wait for a place', async () => {
  const open: Partial<Load> = {
    kind: 'open',
    rate: 10,
    arrival: { kind: 'constant' },
    maxConcurrency: 2,
    sessions: 3,
    requests: 9,
  }
  const talk = hold({ load: open, conversation: { thinkTime: { kind: 'constant', value: 50 } } })
  talk.answer(0, 'one')
  talk.pass(100)
  // The first thinks no longer, and the second has come.
  expect(talk.connections.map(({ sent }) => sent.length)).toEqual([2, 1])
  talk.pass(200)
  expect(talk.connections).toHaveLength(2)
  for (let to = 300; talk.records.length < 9; to += 100) {
    for (const slot of [0, 1]) talk.answer(slot, 'x')
    talk.pass(to)
  }
  await talk.loop.finished
  const openings = talk.records.filter(({ turn }) => turn === 0)
  expect(openings.map(({ marks }) => marks.scheduled)).toEqual([0, 100, 200])
  expect(openings.map(({ heldBack }) => heldBack)).toEqual([undefined, undefined, true])
  expect(talk.records.filter(({ heldBack }) => heldBack)).toHaveLength(1)
})

test('with two targets each gets the same conversations, with its own answers in them', async () => {
  const baseline = { ...target, body: { messages: '{{messages}}', model: 'other' } }
  const talk = hold({ baseline, load: { concurrency: 1, sessions: 2, requests: 6, rounds: 2 } })
  const [candidate, other] = [0, 1]
  for (let tries = 0; tries < 12; tries++) {
    for (const slot of [candidate, other])
      if (talk.sent(slot) !== 0) talk.answer(slot, `of ${slot}`)
  }
  expect(talk.records).toHaveLength(12)
  await talk.loop.finished
  const last = talk.connections.map(({ sent }) => sent.at(-1)?.body ?? '')
  expect(last[0]).toContain('of 0')
  expect(last[0]).not.toContain('of 1')
  expect(last[1]).toContain('of 1')
  expect(last[1]).toContain('"model":"other"')
})

test('a round that is added is one of conversations', async () => {
  const talk = hold({
    extraRounds: 1,
    load: { concurrency: 1, sessions: 2, requests: 6, rounds: 2 },
  })
  for (let tries = 0; tries < 6; tries++) talk.answer(0, 'x')
  expect(talk.opened).toEqual([0])
  // Until it is asked for the slot is kept busy.
  expect(talk.sent(0)).toBe(7)
  talk.loop.extend()
  for (let tries = 0; tries < 4; tries++) talk.answer(0, 'x')
  await talk.loop.finished
  const measured = talk.records.filter(({ phase }) => phase === 'measured')
  expect(
    measured.slice(6).map(({ index, session, turn, round }) => [index, session, turn, round]),
  ).toEqual([
    [6, 2, 0, 2],
    [7, 2, 1, 2],
    [8, 2, 2, 2],
  ])
})

const call = (index: number, name: string, id: string) => ({
  tool_calls: [{ index, id, type: 'function', function: { name, arguments: '{"city":' } }],
})
const rest = (index: number) => ({ tool_calls: [{ index, function: { arguments: '"Oslo"}' } }] })

test('tools that an answer calls are answered by what is scripted, in a request of the same turn', async () => {
  const sessions: Session[] = [
    {
      turns: [
        { user: 'a1', results: [{ weather: 'clear', '*': 'none' }], cells: { max_tokens: 1 } },
        { user: 'a2', results: ['late'], cells: { max_tokens: 2 } },
      ],
    },
  ]
  const talk = hold({
    sessions,
    conversation: { toolResult: 'ok' },
    load: { concurrency: 1, sessions: 1, requests: 4 },
  })
  talk.answer(0, '', call(0, 'weather', 'c1'), call(1, 'news', 'c2'), rest(0), rest(1))
  expect(talk.body(0)['messages']).toEqual([
    { role: 'user', content: 'a1' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
        { id: 'c2', type: 'function', function: { name: 'news', arguments: '{"city":"Oslo"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'clear' },
    { role: 'tool', tool_call_id: 'c2', content: 'none' },
  ])
  // Once more: there is no request left for it in this turn, and the next begins with the results.
  talk.answer(0, 'Wait.', call(0, 'weather', 'c3'))
  expect(talk.body(0)['messages']).toEqual([
    ...(talk.body(0)['messages'] as unknown[]).slice(0, 4),
    {
      role: 'assistant',
      content: 'Wait.',
      tool_calls: [
        { id: 'c3', type: 'function', function: { name: 'weather', arguments: '{"city":' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c3', content: 'clear' },
    { role: 'user', content: 'a2' },
  ])
  // No call: what was kept for its results is not sent.
  talk.answer(0, 'Done.')
  await talk.loop.finished
  expect(talk.records.map(({ index, turn, step }) => [index, turn, step])).toEqual([
    [0, 0, 0],
    [1, 0, 1],
    [2, 1, 0],
  ])
})

test('calls that nothing is scripted for are left out of what is said on', async () => {
  const talk = hold({ load: { concurrency: 1, sessions: 1, requests: 3 } })
  talk.answer(0, 'Hm.', call(0, 'weather', 'c1'))
  expect((talk.body(0)['messages'] as unknown[]).slice(2)).toEqual([
    { role: 'assistant', content: 'Hm.' },
    { role: 'user', content: 'a2' },
  ])
  talk.answer(0, 'x')
  talk.answer(0, 'x')
  await talk.loop.finished
})
