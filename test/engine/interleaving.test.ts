import { expect, test } from 'vitest'

import type { ClosedLoad } from '../../src/bench-spec/spec.ts'
import { createInterleavedSchedule } from '../../src/engine/interleaving.ts'
import type { LoadPlan } from '../../src/engine/load-plan.ts'
import { startLoop } from '../../src/engine/loop.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import type { Ticket } from '../../src/engine/schedule.ts'
import { chunk, done, fakeConnection, prepared } from './_connection.ts'

const load: ClosedLoad = {
  kind: 'closed',
  concurrency: 2,
  requests: 4,
  warmup: 0,
  rounds: 4,
  seed: 1,
}

function tag({ target, phase, round }: Ticket): string {
  return `${target === 'candidate' ? 'A' : 'B'}${phase === 'warmup' ? 'w' : round}`
}

/** Takes until there is none left, each request ending before the next one is taken. */
function takeAll(overrides: Partial<ClosedLoad>): Ticket[] {
  const schedule = createInterleavedSchedule({ ...load, ...overrides })
  const tickets: Ticket[] = []
  for (;;) {
    const ticket = schedule.take(tickets.length, 0)
    if (typeof ticket !== 'object') return tickets
    tickets.push(ticket)
  }
}

test('each target warms up, then rounds go A B, B A, A B, B A', () => {
  expect(takeAll({ warmup: 1 }).map(tag)).toEqual([
    'Aw',
    'Bw',
    'A0',
    'B0',
    'B1',
    'A1',
    'A2',
    'B2',
    'B3',
    'A3',
  ])
})

test('each target gets the whole load, in rounds as equal as they can be', () => {
  const tickets = takeAll({ requests: 10, rounds: 4, warmup: 3 })
  for (const target of ['candidate', 'baseline']) {
    const own = tickets.filter((ticket) => ticket.target === target && ticket.phase === 'measured')
    expect(own.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(own.map(({ round }) => round)).toEqual([0, 0, 0, 1, 1, 2, 2, 2, 3, 3])
  }
})

test('the next round waits until the last request of this one has ended', () => {
  const schedule = createInterleavedSchedule({ ...load, requests: 2, rounds: 1 })
  expect([schedule.take(0, 0), schedule.take(0, 1)].map((ticket) => tag(ticket as Ticket))).toEqual(
    ['A0', 'A0'],
  )
  expect(schedule.take(1, 1)).toBe('wait')
  expect(tag(schedule.take(2, 0) as Ticket)).toBe('B0')
})

test('a run by duration gives each round its share of it', () => {
  const { requests: _, ...timed } = load
  const schedule = createInterleavedSchedule({ ...timed, duration: 400, rounds: 2 })
  const at = [0, 199, 200, 399, 400, 599, 600, 799, 800]
  const tickets = at.map((instant) => schedule.take(instant, 0))
  expect(tickets.slice(0, 8).map((ticket) => tag(ticket as Ticket))).toEqual([
    'A0',
    'A0',
    'B0',
    'B0',
    'B1',
    'B1',
    'A1',
    'A1',
  ])
  expect(tickets[8]).toBeUndefined()
})

function run(overrides: Partial<ClosedLoad>) {
  const plan: LoadPlan = {
    load: { ...load, ...overrides },
    timeouts: { total: 10_000, connect: 10_000 },
    stream: { dialect: 'openai-chat' },
    requests: [{ ...prepared, url: 'http://candidate' }],
    baseline: [{ ...prepared, url: 'http://baseline' }],
  }
  const connections: ReturnType<typeof fakeConnection>[] = []
  const records: RequestRecord[] = []
  const busy = new Map<string, number>()
  let clash = 0
  let sent = 0
  const loop = startLoop(
    plan,
    () => {
      const connection = fakeConnection(({ url }, handler) => {
        busy.set(url, (busy.get(url) ?? 0) + 1)
        if ((busy.get('http://candidate') ?? 0) > 0 && (busy.get('http://baseline') ?? 0) > 0)
          clash++
        setTimeout(
          () => {
            handler.onSend(true)
            handler.onHeaders(200, { 'content-type': 'text/event-stream' })
            handler.onData(chunk({ content: 'a' }))
            handler.onData(done)
            busy.set(url, (busy.get(url) ?? 0) - 1)
            handler.onEnd()
          },
          (sent++ * 7) % 4,
        )
      })
      connections.push(connection)
      return connection
    },
    { onRecord: (record) => records.push(record) },
  )
  return { loop, connections, records, clashes: () => clash }
}

test('no target is busy while the other is measured, and each keeps its own connections', async () => {
  const { loop, connections, records, clashes } = run({ concurrency: 3, requests: 12, warmup: 3 })
  await loop.finished
  expect(clashes()).toBe(0)
  expect(records).toHaveLength(30)
  const urls = connections.map(({ sent }) => new Set(sent.map(({ url }) => url)))
  expect(urls.every((seen) => seen.size === 1)).toBe(true)
  expect(connections).toHaveLength(6)
  expect(connections.every(({ closed }) => closed)).toBe(true)
})

test('stopped while slots wait for the next round, it ends', async () => {
  const { loop, records } = run({ concurrency: 3, requests: 12, rounds: 12 })
  await expect.poll(() => records.length).toBeGreaterThan(1)
  loop.stop('cancel')
  await loop.finished
  expect(loop.inFlight()).toBe(0)
})
