import { expect, test } from 'vitest'

import type { LoadPlan } from '../../src/engine/load-plan.ts'
import type { LoadProcessEvents } from '../../src/engine/load-process.ts'
import { type LoadOptions, runLoad } from '../../src/engine/load.ts'
import type { Order, Report } from '../../src/engine/process.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { completed, load, trust } from '../metrics/records.ts'
import { encodeRecords } from './_columns.ts'
import { prepared } from './_connection.ts'

interface FakeProcess {
  orders: Order[]
  killed: boolean
  tell(report: Report): void
  /** Records, and that so many more are in flight. */
  hand(records: readonly RequestRecord[], inFlight?: number): void
  end(how?: string, stderr?: string): void
}

/** Runs a load on processes that do what the test says. */
function run(processes: number, options: LoadOptions = {}, more: Partial<LoadPlan> = {}) {
  const fakes: FakeProcess[] = []
  const plan: LoadPlan = {
    load: { ...load, concurrency: 12, processes },
    timeouts: { total: 10_000, connect: 10_000 },
    requests: [prepared],
    ...more,
  }
  const running = runLoad(plan, options, ({ onReport, onEnd }: LoadProcessEvents) => {
    const fake: FakeProcess = {
      orders: [],
      killed: false,
      tell: onReport,
      hand(records, inFlight = 0) {
        onReport({ type: 'records', columns: encodeRecords(records) })
        onReport({ type: 'beat', inFlight })
      },
      end: (how = 'exit code 0', stderr = '') => onEnd({ how, stderr }),
    }
    fakes.push(fake)
    return {
      order: (message) => fake.orders.push(message),
      kill() {
        fake.killed = true
      },
    }
  })
  const orderedOf = ({ orders }: FakeProcess): string[] =>
    orders.map((order) => (order.type === 'stop' ? `stop ${order.inFlight}` : order.type))
  return {
    running,
    fakes,
    ordered: () => fakes.map(orderedOf),
    tellAll: (report: Report) => {
      for (const fake of fakes) fake.tell(report)
    },
    handAll: (records: readonly RequestRecord[]) => {
      for (const fake of fakes) fake.hand(records)
    },
    finish: (fake: FakeProcess, told = trust) => {
      fake.tell({ type: 'finished', trust: told })
      fake.end()
    },
  }
}

function recordsOf(...indexes: number[]): Report {
  const records = indexes.map((index) => completed({ index }))
  return { type: 'records', columns: encodeRecords(records) }
}

test('each process gets the plan and its share, and none starts before all are ready', async () => {
  const { running, fakes, ordered, handAll, finish } = run(3)
  expect(fakes.map(({ orders: [first] }) => first)).toMatchObject(
    [0, 1, 2].map((index) => ({
      type: 'prepare',
      alone: false,
      plan: { share: { index, of: 3 } },
    })),
  )
  fakes[2]?.tell({ type: 'ready' })
  fakes[0]?.tell({ type: 'ready' })
  expect(ordered()).toEqual([['prepare'], ['prepare'], ['prepare']])
  fakes[1]?.tell({ type: 'ready' })
  expect(ordered()).toEqual(fakes.map(() => ['prepare', 'start']))
  handAll([])
  for (const fake of fakes) finish(fake)
  expect((await running).end).toEqual({ kind: 'finished' })
})

test('one process alone has no share but the whole, and waits for nobody', async () => {
  const { running, fakes, ordered, tellAll, finish } = run(1)
  const [only] = fakes
  expect(only?.orders[0]).toMatchObject({ alone: true })
  expect(only?.orders[0]).not.toHaveProperty('plan.share')
  tellAll({ type: 'ready' })
  expect(ordered()).toEqual([['prepare']])
  if (only) finish(only)
  expect((await running).trust).toEqual(trust)
})

test('tells the earliest start before any record, and the start of the measured phase once', () => {
  const told: string[] = []
  const { fakes, tellAll } = run(2, {
    onStart: (at) => told.push(`start ${at}`),
    onMeasure: (at) => told.push(`measure ${at}`),
    onRecords: (batch) => told.push(`records ${batch.length}`),
  })
  tellAll({ type: 'ready' })
  fakes[1]?.tell({ type: 'started', at: 1001 })
  expect(told).toEqual([])
  fakes[0]?.tell({ type: 'started', at: 1000 })
  fakes[1]?.tell({ type: 'measuring', at: 1010 })
  fakes[0]?.tell({ type: 'measuring', at: 1012 })
  fakes[0]?.hand([completed()])
  expect(told).toEqual(['start 1000', 'measure 1010', 'records 1'])
})

test('does not keep records back for a process that has not started', () => {
  const told: string[] = []
  const { fakes, tellAll } = run(2, {
    onStart: (at) => told.push(`start ${at}`),
    onRecords: (batch) => told.push(`records ${batch.length}`),
  })
  tellAll({ type: 'ready' })
  fakes[0]?.tell({ type: 'started', at: 1000 })
  fakes[0]?.hand([completed()])
  fakes[1]?.tell({ type: 'started', at: 1002 })
  expect(told).toEqual(['start 1000', 'records 1'])
})

test('adds up what is in flight, and puts records together', async () => {
  const inFlight: number[] = []
  const { running, fakes, tellAll, finish } = run(2, {
    onRecords: (_, pending) => inFlight.push(pending),
  })
  const [a, b] = fakes as [FakeProcess, FakeProcess]
  tellAll({ type: 'ready' })
  a.hand([completed({ index: 0 })], 5)
  b.hand([completed({ index: 1 })], 7)
  a.hand([completed({ index: 2 })], 3)
  a.hand([], 0)
  finish(a)
  b.hand([completed({ index: 3 })], 2)
  finish(b)
  const { records } = await running
  expect(inFlight).toEqual([5, 12, 10, 7, 2])
  expect(records.map(({ index }) => index)).toEqual([0, 1, 2, 3])
})

test('asks for a round when all wait for it, adds it to all, and ends all when there is none', () => {
  const asked: number[] = []
  const { fakes, ordered, tellAll } = run(2, { extend: () => asked.push(0) < 2 })
  const [a, b] = fakes as [FakeProcess, FakeProcess]
  tellAll({ type: 'ready' })
  a.tell({ type: 'open' })
  expect(asked).toHaveLength(0)
  b.tell({ type: 'open' })
  expect(ordered()).toEqual(fakes.map(() => ['prepare', 'start', 'extend']))
  b.tell({ type: 'open' })
  expect(asked).toHaveLength(1)
  a.tell({ type: 'open' })
  expect(ordered()).toEqual(fakes.map(() => ['prepare', 'start', 'extend', 'stop finish']))
})

test('records are told of at a beat, or at the end of their process', async () => {
  const told: number[] = []
  const { running, fakes, tellAll } = run(1, {
    onRecords: (batch) => told.push(...batch.map(({ index }) => index)),
  })
  const [only] = fakes as [FakeProcess]
  tellAll({ type: 'ready' })
  only.tell(recordsOf(0, 1))
  only.tell(recordsOf(2))
  expect(told).toEqual([])
  only.tell({ type: 'beat', inFlight: 1 })
  expect(told).toEqual([0, 1, 2])
  only.tell(recordsOf(3))
  only.end('signal SIGKILL')
  expect(told).toEqual([0, 1, 2, 3])
  expect((await running).records.map(({ index }) => index)).toEqual([0, 1, 2, 3])
})

test('a halt stops all, asks no more, and lets what is in flight end', async () => {
  let asked = 0
  const { running, fakes, ordered, tellAll, handAll, finish } = run(2, {
    halt: () => (++asked === 2 ? { kind: 'curtailed' } : undefined),
    extend: () => true,
  })
  tellAll({ type: 'ready' })
  handAll([completed()])
  expect(ordered()).toEqual(fakes.map(() => ['prepare', 'start', 'stop finish']))
  tellAll({ type: 'open' })
  handAll([completed()])
  expect(ordered().map((orders) => orders.length)).toEqual([3, 3])
  expect(asked).toBe(2)
  for (const fake of fakes) finish(fake)
  expect((await running).end).toEqual({ kind: 'curtailed' })
})

test('a process that runs out of files stops all, and is named by the shortage', async () => {
  const { running, fakes, ordered, tellAll, finish } = run(2)
  tellAll({ type: 'ready' })
  fakes[1]?.tell({ type: 'exhausted', shortage: 'EMFILE' })
  fakes[0]?.tell({ type: 'exhausted', shortage: 'ENFILE' })
  expect(ordered()).toEqual(fakes.map(() => ['prepare', 'start', 'stop finish']))
  for (const fake of fakes) finish(fake)
  expect((await running).end).toMatchObject({ kind: 'exhausted', shortage: 'EMFILE' })
})

test('a process that dies is named, and the others hand over what they have', async () => {
  const secrets = [{ value: 'hunter-2-hunter', label: '[key]' }]
  const { running, fakes, ordered, tellAll, finish } = run(3, {}, { secrets })
  const [a, b, c] = fakes as [FakeProcess, FakeProcess, FakeProcess]
  tellAll({ type: 'ready' })
  b.hand([completed({ index: 1 })], 4)
  b.end('signal SIGKILL', 'no room for hunter-2-hunter\n')
  expect(ordered()).toEqual([
    ['prepare', 'start', 'stop cancel'],
    ['prepare', 'start', 'stop cancel'],
    ['prepare', 'start', 'stop cancel'],
  ])
  a.hand([completed({ index: 0 })])
  finish(a)
  c.hand([completed({ index: 2 })])
  finish(c)
  const { records, end, trust: told } = await running
  expect(records.map(({ index }) => index)).toEqual([1, 0, 2])
  expect(end).toEqual({
    kind: 'crashed',
    message: 'load process 2 of 3 ended early (signal SIGKILL): no room for [key]',
  })
  expect(told).toBeUndefined()
})

test('one that dies before all are ready leaves nothing behind and nothing sent', async () => {
  const { running, fakes, ordered } = run(2)
  fakes[0]?.tell({ type: 'ready' })
  fakes[1]?.end('exit code 1')
  expect(fakes[0]?.killed).toBe(true)
  fakes[0]?.end('signal SIGKILL')
  expect(ordered()).toEqual([['prepare'], ['prepare']])
  expect((await running).end).toEqual({
    kind: 'crashed',
    message: 'load process 2 of 2 ended early (exit code 1)',
  })
})

test('one process that dies has no number', async () => {
  const { running, fakes, tellAll } = run(1)
  tellAll({ type: 'ready' })
  fakes[0]?.end('exit code 1', 'out of memory')
  expect((await running).end).toEqual({
    kind: 'crashed',
    message: 'the load process ended early (exit code 1): out of memory',
  })
})

test('an abort gives up what is in flight everywhere, and a death behind it is no crash', async () => {
  const abort = new AbortController()
  const { running, fakes, ordered, tellAll, finish } = run(2, { signal: abort.signal })
  const [a, b] = fakes as [FakeProcess, FakeProcess]
  tellAll({ type: 'ready' })
  abort.abort('SIGINT')
  expect(ordered()).toEqual(fakes.map(() => ['prepare', 'start', 'stop cancel']))
  a.end('signal SIGKILL')
  finish(b)
  expect((await running).end).toEqual({ kind: 'interrupted', reason: 'SIGINT' })
})

test('an abort gives up what a halt lets end, and is how the run ended', async () => {
  const abort = new AbortController()
  const { running, fakes, ordered, tellAll, finish } = run(2, {
    signal: abort.signal,
    halt: () => ({ kind: 'curtailed' }),
  })
  tellAll({ type: 'ready' })
  fakes[0]?.hand([])
  abort.abort('SIGINT')
  expect(ordered()).toEqual(fakes.map(() => ['prepare', 'start', 'stop finish', 'stop cancel']))
  for (const fake of fakes) finish(fake)
  expect((await running).end).toEqual({ kind: 'interrupted', reason: 'SIGINT' })
})

test('an abort before all are ready sends nothing', async () => {
  const { running, fakes, ordered } = run(2, { signal: AbortSignal.abort('SIGINT') })
  expect(fakes.every(({ killed }) => killed)).toBe(true)
  for (const fake of fakes) fake.end('signal SIGKILL')
  expect(ordered().flat()).not.toContain('start')
  const { records, end } = await running
  expect(records).toEqual([])
  expect(end).toEqual({ kind: 'interrupted', reason: 'SIGINT' })
})

test('an abort behind the last hand-over changes nothing', async () => {
  const abort = new AbortController()
  const { running, fakes, tellAll } = run(2, { signal: abort.signal })
  tellAll({ type: 'ready' })
  tellAll({ type: 'finished', trust })
  abort.abort('SIGINT')
  for (const fake of fakes) fake.end()
  expect((await running).end).toEqual({ kind: 'finished' })
})

test('puts recordings in the order of their numbers, wherever they were made', async () => {
  const { running, fakes, tellAll, finish } = run(2, {}, { recorded: 4 })
  const recording = { request: prepared, headers: {}, reads: [], omitted: 0 }
  tellAll({ type: 'ready' })
  fakes[1]?.tell({ type: 'recorded', recordings: [3, 1].map((index) => ({ index, ...recording })) })
  fakes[0]?.tell({ type: 'recorded', recordings: [0, 2].map((index) => ({ index, ...recording })) })
  for (const fake of fakes) finish(fake)
  const { recordings } = await running
  expect(recordings?.map(({ index }) => index)).toEqual([0, 1, 2, 3])
})

test('the client is as good as the worst of its processes, figure by figure, and each is told', async () => {
  const { running, fakes, tellAll, finish } = run(2)
  const [a, b] = fakes as [FakeProcess, FakeProcess]
  const late = { ...trust, eventLoopDelayP99: 12, cpuShare: 0.3 }
  const { eventLoopDelayP99: _, runQueueShare: __, ...busy } = { ...trust, gcMax: 9, gcPauses: 4 }
  tellAll({ type: 'ready' })
  finish(a, late)
  finish(b, busy)
  expect((await running).trust).toEqual({
    ...trust,
    eventLoopDelayP99: 12,
    cpuShare: 0.3,
    gcMax: 9,
    gcPauses: 4,
    processes: [late, busy],
  })
})
