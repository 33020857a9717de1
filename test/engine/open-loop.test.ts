import { expect, test } from 'vitest'

import type { OpenLoad } from '../../src/bench-spec/spec.ts'
import { startLoop } from '../../src/engine/loop.ts'
import type { RequestRecord, Shortage } from '../../src/engine/record.ts'
import { chunk, done, fakeConnection, prepared } from './_connection.ts'

type Fake = ReturnType<typeof fakeConnection>

/** A loop at 10 a second, evenly, on a clock that the test moves. */
function start(overrides: Partial<OpenLoad> = {}, origin = 5000) {
  const load: OpenLoad = {
    kind: 'open',
    rate: 10,
    arrival: { kind: 'constant' },
    maxConcurrency: 2,
    requests: 5,
    warmup: 0,
    rounds: 1,
    seed: 1,
    ...overrides,
  }
  let at = origin
  let bell: { at: number; ring: () => void } | undefined
  const connections: Fake[] = []
  const records: RequestRecord[] = []
  const shortages: Shortage[] = []
  const loop = startLoop(
    {
      load,
      timeouts: { total: 100_000, connect: 100_000 },
      stream: { dialect: 'openai-chat' },
      requests: [prepared],
    },
    () => {
      const connection = fakeConnection((_, handler) => handler.onSend(true))
      connections.push(connection)
      return connection
    },
    {
      onRecord: (record) => records.push(record),
      onShortage: (shortage) => shortages.push(shortage),
    },
    () => at,
    (when, ring) => {
      bell = { at: when, ring }
      return () => (bell = undefined)
    },
  )
  return {
    loop,
    connections,
    records,
    shortages,
    bell: () => bell?.at,
    /** Moves the clock, ringing whatever is due on the way `late` ms late. */
    moveTo(to: number, late = 0) {
      while (bell !== undefined && bell.at + late <= origin + to) {
        const { ring, at: due } = bell
        bell = undefined
        at = due + late
        ring()
      }
      at = origin + to
    },
    sent: () => connections.map(({ sent }) => sent.length),
    answer(slot: number) {
      const handler = connections[slot]?.handler
      handler?.onHeaders(200, { 'content-type': 'text/event-stream' })
      handler?.onData(chunk({ content: 'a' }))
      handler?.onData(done)
      handler?.onEnd()
    },
  }
}

test('sends what is due whether or not earlier requests have ended', async () => {
  const { moveTo, sent, answer, records, loop, connections } = start({ maxConcurrency: 10 })
  expect(sent()).toEqual([1])
  moveTo(250)
  expect(sent()).toEqual([1, 1, 1])
  moveTo(1000)
  expect(sent()).toEqual([1, 1, 1, 1, 1])
  // In whatever order they end, the instants are those of the schedule.
  for (const slot of [4, 0, 3, 1, 2]) answer(slot)
  await loop.finished
  const due = new Map(records.map(({ index, marks }) => [index, marks.scheduled]))
  expect([0, 1, 2, 3, 4].map((index) => due.get(index))).toEqual([5000, 5100, 5200, 5300, 5400])
  expect(records.map(({ heldBack }) => heldBack)).toEqual(
    Array.from({ length: 5 }, () => undefined),
  )
  expect(connections.every(({ closed }) => closed)).toBe(true)
  expect(await loop.started).toBe(5000)
  expect(await loop.measuring).toBe(5000)
})

test('takes the connection that was used last, and opens no more than are needed at once', () => {
  const { moveTo, sent, answer } = start({ maxConcurrency: 10, requests: 6 })
  moveTo(200)
  expect(sent()).toEqual([1, 1, 1])
  answer(2)
  answer(0)
  moveTo(300)
  expect(sent()).toEqual([2, 1, 1])
  moveTo(400)
  expect(sent()).toEqual([2, 1, 2])
  moveTo(500)
  expect(sent()).toEqual([2, 1, 2, 1])
})

test('a request that finds the most in flight waits, is sent late in its turn and says so', async () => {
  const { moveTo, sent, answer, records, loop } = start()
  moveTo(400)
  expect(sent()).toEqual([1, 1])
  expect(loop.inFlight()).toBe(2)
  moveTo(1000)
  answer(1)
  expect(sent()).toEqual([1, 2])
  answer(1)
  answer(1)
  answer(1)
  answer(0)
  await loop.finished
  const sorted = records.toSorted((a, b) => a.index - b.index)
  expect(
    sorted.map(({ heldBack, marks }) => [heldBack, marks.scheduled, marks.dispatched]),
  ).toEqual([
    [undefined, 5000, 5000],
    [undefined, 5100, 5100],
    [true, 5200, 6000],
    [true, 5300, 6000],
    [true, 5400, 6000],
  ])
})

test('catches up in one go when it wakes up late, and drops nothing', () => {
  const { moveTo, sent, bell } = start({ maxConcurrency: 10 })
  expect(bell()).toBe(5100)
  moveTo(350, 250)
  expect(sent()).toEqual([1, 1, 1, 1])
  expect(bell()).toBe(5400)
})

test('stopped between two requests it ends at once, and sends nothing of what is due or waits', async () => {
  const waiting = start()
  waiting.moveTo(300)
  waiting.loop.stop('finish')
  expect(waiting.bell()).toBeUndefined()
  waiting.answer(0)
  waiting.answer(1)
  await waiting.loop.finished
  expect(waiting.sent()).toEqual([1, 1])
  expect(waiting.records).toHaveLength(2)

  const idle = start()
  idle.answer(0)
  idle.loop.stop('cancel')
  await idle.loop.finished
  expect(idle.sent()).toEqual([1])
  expect(idle.records).toMatchObject([{ outcome: 'completed' }])

  const busy = start()
  busy.moveTo(100)
  busy.loop.stop('cancel')
  await busy.loop.finished
  expect(busy.records).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'cancelled' }])
})

test('sends nothing more when this machine has no file left for a connection', async () => {
  const { connections, moveTo, loop, shortages, sent, records, bell } = start()
  moveTo(100)
  const error = Object.assign(new Error('too many open files'), { code: 'EMFILE' })
  connections[1]?.handler?.onError(error)
  moveTo(1000)
  expect(shortages).toEqual(['EMFILE'])
  expect(sent()).toEqual([1, 1])
  connections[0]?.handler?.onError(error)
  await loop.finished
  expect(bell()).toBeUndefined()
  expect(records.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled'])
})
