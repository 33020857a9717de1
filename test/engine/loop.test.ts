import { expect, onTestFinished, test, vi } from 'vitest'

import type { ClosedLoad } from '../../src/bench-spec/spec.ts'
import type { LoadPlan } from '../../src/engine/load-plan.ts'
import { startLoop } from '../../src/engine/loop.ts'
import type { RequestRecord, Shortage } from '../../src/engine/record.ts'
import { chunk, done, fakeConnection, prepared } from './_connection.ts'

function plan(overrides: Partial<ClosedLoad>, rows = 1): LoadPlan {
  return {
    load: {
      kind: 'closed',
      concurrency: 3,
      requests: 7,
      warmup: 0,
      rounds: 1,
      seed: 1,
      ...overrides,
    },
    timeouts: { total: 10_000, connect: 10_000 },
    stream: { dialect: 'openai-chat' },
    requests: Array.from({ length: rows }, (_, row) => ({ ...prepared, row })),
  }
}

type Fake = ReturnType<typeof fakeConnection>

function answer({ handler }: Fake): void {
  handler?.onSend(true)
  handler?.onHeaders(200, { 'content-type': 'text/event-stream' })
  handler?.onData(chunk({ content: 'a' }))
  handler?.onData(done)
  handler?.onEnd()
}

function run(loadPlan: LoadPlan) {
  const connections: Fake[] = []
  const records: RequestRecord[] = []
  const loop = startLoop(
    loadPlan,
    () => {
      const connection = fakeConnection()
      connections.push(connection)
      return connection
    },
    { onRecord: (record) => records.push(record) },
  )
  return { connections, records, loop }
}

test('keeps exactly the asked concurrency in flight and refills a slot in the same turn [S1.1] [S1.44]', async () => {
  const { connections, records, loop } = run(plan({}))
  expect(connections.map((c) => c.sent.length)).toEqual([1, 1, 1])
  expect(loop.inFlight()).toBe(3)
  const [first] = connections
  if (first === undefined) throw new Error('no connection')
  answer(first)
  expect(first.sent).toHaveLength(2)
  expect(loop.inFlight()).toBe(3)
  // A slot is not free before its stream has ended.
  first.handler?.onSend(true)
  first.handler?.onHeaders(200, { 'content-type': 'text/event-stream' })
  first.handler?.onData(done)
  expect(first.sent).toHaveLength(2)
  while (records.length < 7) for (const connection of connections) answer(connection)
  await loop.finished
  expect(records).toHaveLength(7)
  expect(records.map((record) => record.index).toSorted((a, b) => a - b)).toEqual([
    0, 1, 2, 3, 4, 5, 6,
  ])
  expect(connections.every((connection) => connection.closed)).toBe(true)
})

test('a row belongs to a request by its number, whichever ends first [S1.5] [S1.26]', async () => {
  const { connections, records, loop } = run(plan({ requests: 5 }, 2))
  while (records.length < 5) for (const connection of connections.toReversed()) answer(connection)
  await loop.finished
  const rows = new Map(records.map((record) => [record.index, record.row]))
  expect([0, 1, 2, 3, 4].map((index) => rows.get(index))).toEqual([0, 1, 0, 1, 0])
})

test('warm-up takes rows from the end and hands its slots over without draining', async () => {
  const { connections, records, loop } = run(plan({ warmup: 3, requests: 4 }, 9))
  await expect.poll(() => connections.flatMap((c) => c.sent).length).toBe(3)
  expect(connections.map((c) => c.sent[0]?.row)).toEqual([8, 7, 6])
  const [first] = connections
  if (first === undefined) throw new Error('no connection')
  answer(first)
  // The others are still warming up.
  expect(first.sent[1]?.row).toBe(0)
  expect(loop.inFlight()).toBe(3)
  while (records.length < 7) for (const connection of connections) answer(connection)
  await loop.finished
  expect(records.filter((record) => record.phase === 'warmup')).toHaveLength(3)
  expect(records.filter((record) => record.phase === 'measured')).toHaveLength(4)
})

test.each([
  { warmup: 3, begins: [1, 0, 0] },
  { warmup: 4, begins: [2, 0, 0] },
  { warmup: 2, begins: [2, 0, 0] },
])(
  'with a warm-up of $warmup none of three slots takes what the others are to begin with',
  async ({ warmup, begins }) => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { connections, records, loop } = run(plan({ warmup, requests: 4 }, 9))
    const sent = (): number[] => connections.map((connection) => connection.sent.length)
    vi.advanceTimersByTime(0)
    expect(sent()).toEqual([1, 0, 0])
    const [first] = connections
    if (first === undefined) throw new Error('no connection')
    answer(first)
    expect(sent()).toEqual(begins)
    vi.advanceTimersByTime(10)
    expect(loop.inFlight()).toBe(3)
    while (loop.inFlight() > 0) {
      for (const connection of connections) answer(connection)
      vi.advanceTimersByTime(10)
    }
    await loop.finished
    const warm = new Set(records.filter(({ phase }) => phase === 'warmup').map(({ slot }) => slot))
    expect(warm.size).toBe(warmup >= 3 ? 3 : 1)
    expect(records).toHaveLength(warmup + 4)
  },
)

test('tells the mock which phase a request belongs to, and nobody else', async () => {
  const told = run({ ...plan({ warmup: 1, requests: 1, concurrency: 1 }), phaseHeader: 'x-phase' })
  await expect.poll(() => told.connections[0]?.sent.length).toBe(1)
  while (told.records.length < 2) for (const connection of told.connections) answer(connection)
  expect(told.connections[0]?.sent.map((request) => request.headers)).toEqual([
    { 'x-phase': 'warmup' },
    { 'x-phase': 'measured' },
  ])
  const silent = run(plan({ requests: 1, concurrency: 1 }))
  expect(silent.connections[0]?.sent[0]?.headers).toEqual({})
  silent.loop.stop('cancel')
})

test('stopped, it sends nothing more and settles what is in flight as cancelled', async () => {
  const { connections, records, loop } = run(plan({ requests: 100 }))
  const [first] = connections
  if (first === undefined) throw new Error('no connection')
  answer(first)
  loop.stop('cancel')
  await loop.finished
  expect(records.map((record) => record.outcome).toSorted()).toEqual([
    'cancelled',
    'cancelled',
    'cancelled',
    'completed',
  ])
  expect(connections.flatMap((connection) => connection.sent)).toHaveLength(4)
})

test('asked to finish, it sends nothing more and lets what is in flight end', async () => {
  const { connections, records, loop } = run(plan({ requests: 100 }))
  loop.stop('finish')
  expect(loop.inFlight()).toBe(3)
  for (const connection of connections) answer(connection)
  await loop.finished
  expect(records.map((record) => record.outcome)).toEqual(['completed', 'completed', 'completed'])
})

test('adds rounds on the same connections at full concurrency', async () => {
  const opened: number[] = []
  const records: RequestRecord[] = []
  const connections: Fake[] = []
  const loop = startLoop(
    { ...plan({ requests: 6, rounds: 2 }), extraRounds: 1 },
    () => {
      const connection = fakeConnection()
      connections.push(connection)
      return connection
    },
    {
      onRecord: (record) => records.push(record),
      onOpen: () => opened.push(records.filter(({ phase }) => phase === 'measured').length),
    },
  )
  const measured = () => records.filter(({ phase }) => phase === 'measured').length
  while (measured() < 6) for (const connection of connections) answer(connection)
  expect(opened).toEqual([6])
  expect(loop.inFlight()).toBe(3)
  loop.extend()
  while (measured() < 9) for (const connection of connections) answer(connection)
  await loop.finished
  expect(opened).toEqual([6])
  expect(connections).toHaveLength(3)
  const rounds = records.flatMap(({ phase, round }) => (phase === 'measured' ? [round] : []))
  expect(rounds).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2])
})

function rowsBySeed(seed: number): (number | undefined)[] {
  const { connections } = run(plan({ concurrency: 8, requests: 8, shuffle: true, seed }, 8))
  return connections.flatMap((connection) => connection.sent.map(({ row }) => row))
}

test('shuffled rows are all sent, in the order of the seed', () => {
  const one = rowsBySeed(1)
  expect(new Set(one)).toEqual(new Set(Array(8).keys()))
  expect(rowsBySeed(1)).toEqual(one)
  expect(rowsBySeed(2)).not.toEqual(one)
})

test('sends nothing more once a connection could not be opened, and tells so once', async () => {
  const shortages: Shortage[] = []
  const records: RequestRecord[] = []
  const connections: Fake[] = []
  const loop = startLoop(
    plan({ requests: 100 }),
    () => {
      const connection = fakeConnection()
      connections.push(connection)
      return connection
    },
    {
      onRecord: (record) => records.push(record),
      onShortage: (shortage) => shortages.push(shortage),
    },
  )
  const error = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' })
  const [first, second, third] = connections
  second?.handler?.onError(error)
  third?.handler?.onError(error)
  if (first === undefined) throw new Error('no connection')
  // What is on its way comes to its end.
  answer(first)
  await loop.finished
  expect(shortages).toEqual(['EMFILE'])
  expect(records.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled', 'completed'])
  expect(connections.flatMap(({ sent }) => sent)).toHaveLength(3)
})

test('one of three load processes has every third slot and what is dealt to those', async () => {
  const { connections, records, loop } = run({
    ...plan({ concurrency: 5, requests: 11, warmup: 0 }, 4),
    share: { index: 1, of: 3 },
  })
  expect(loop.inFlight()).toBe(2)
  while (loop.inFlight() > 0) for (const connection of connections) answer(connection)
  await loop.finished
  expect(new Set(records.map(({ slot }) => slot))).toEqual(new Set([1, 4]))
  expect(records.map(({ index, row }) => [index, row])).toEqual([
    [1, 1],
    [4, 0],
    [6, 2],
    [9, 1],
  ])
})

test('a load process whose share is less than its slots opens no more of them than it can use', async () => {
  const { connections, records, loop } = run({
    ...plan({ concurrency: 9, requests: 4, warmup: 2 }),
    share: { index: 0, of: 3 },
  })
  expect(connections).toHaveLength(3)
  await expect.poll(() => loop.inFlight()).toBe(3)
  for (const connection of connections) answer(connection)
  await loop.finished
  expect(records.map(({ phase, index }) => `${phase} ${index}`)).toEqual([
    'warmup 0',
    'measured 0',
    'measured 3',
  ])
})
