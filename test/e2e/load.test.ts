import { execFileSync } from 'node:child_process'

import { expect, test } from 'vitest'

import type { ClosedLoad } from '../../src/bench-spec/spec.ts'
import type { LoadPlan } from '../../src/engine/load-plan.ts'
import { runLoad } from '../../src/engine/load.ts'
import { dealTo } from '../../src/engine/share.ts'
import { measureConcurrency } from '../../src/metrics/concurrency.ts'
import { startMock, type TruthRecord } from '../../src/mock/index.ts'
import { chatEvent, refusingUrl, serve, wrongAnswers } from '../_server.ts'

function planFor(url: string, overrides: Partial<ClosedLoad> = {}): LoadPlan {
  return {
    load: {
      kind: 'closed',
      concurrency: 2,
      requests: 6,
      warmup: 2,
      rounds: 1,
      seed: 1,
      ...overrides,
    },
    timeouts: { total: 5_000, connect: 2_000 },
    stream: { dialect: 'openai-chat' },
    requests: [{ url: `${url}/v1/chat/completions`, method: 'POST', headers: {}, body: '{}' }],
  }
}

test.each(Object.entries(wrongAnswers))(
  'every request of a target that answers with %s is a record that says so',
  async (name, listener) => {
    const server = await serve(listener)
    const { records, end } = await runLoad(planFor(server.url))
    await server.close()
    expect(end).toEqual({ kind: 'finished' })
    expect(records).toHaveLength(8)
    expect(server.requests()).toBe(8)
    for (const record of records) {
      expect(record).toMatchObject({ outcome: 'failed', failure: { kind: name.split(' ')[0] } })
    }
  },
)

test('a target that refuses connections is counted, request by request [S0.31]', async () => {
  const { records, end } = await runLoad(planFor(await refusingUrl()))
  expect(end).toEqual({ kind: 'finished' })
  expect(records).toHaveLength(8)
  for (const record of records) {
    expect(record).toMatchObject({ outcome: 'failed', failure: { kind: 'connect' } })
  }
})

test('bytes that are not HTTP are a protocol failure, and the next request gets a new socket', async () => {
  const server = await serve((request) => {
    request.socket.end('no HTTP at all\r\n\r\n')
  })
  const { records } = await runLoad(planFor(server.url))
  await server.close()
  for (const record of records) {
    expect(record).toMatchObject({ outcome: 'failed', failure: { kind: 'protocol' } })
  }
})

test('keeps sockets and says so', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${chatEvent('a')}data: [DONE]\n\n`)
  })
  const { records } = await runLoad(planFor(server.url))
  await server.close()
  expect(records.filter((record) => !record.reused)).toHaveLength(2)
  expect(records.every((record) => record.outcome === 'completed')).toBe(true)
})

test.each([0, 2])(
  'tells when the first request was due, and when the measured phase begins, after a warm-up of %i',
  async (warmup) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`${chatEvent('a')}data: [DONE]\n\n`)
    })
    const starts: number[] = []
    const told: number[] = []
    const { records } = await runLoad(planFor(server.url, { warmup }), {
      onStart: (at) => told.push(at),
      onMeasure: (at) => starts.push(at),
      onRecords: () => expect(told).toHaveLength(1),
    })
    await server.close()
    const first = records.find(({ phase, index }) => phase === 'measured' && index === 0)
    expect(starts).toEqual([first?.marks.scheduled])
    expect(told).toEqual([Math.min(...records.map(({ marks }) => marks.scheduled))])
  },
)

test('an abort keeps what was measured and cancels what is in flight', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${chatEvent('a')}data: [DONE]\n\n`)
  })
  const abort = new AbortController()
  const run = await runLoad(planFor(server.url, { requests: 1_000_000 }), {
    signal: abort.signal,
    onRecords(records) {
      if (records.length > 0) abort.abort('SIGINT')
    },
  })
  await server.close()
  expect(run.end).toEqual({ kind: 'interrupted', reason: 'SIGINT' })
  expect(run.records.some((record) => record.outcome === 'completed')).toBe(true)
  expect(run.records.length).toBe(new Set(run.records.map((r) => `${r.phase}${r.index}`)).size)
})

test('an abort before the first request is heard, and nothing is sent', async () => {
  let asked = 0
  const server = await serve((_request, response) => {
    asked++
    response.end()
  })
  const abort = new AbortController()
  const running = runLoad(planFor(server.url, { requests: 10 }), { signal: abort.signal })
  abort.abort('SIGINT')
  const run = await running
  await server.close()
  expect(run).toMatchObject({ end: { kind: 'interrupted', reason: 'SIGINT' }, records: [] })
  expect(asked).toBe(0)
})

test('a load process that is killed loses no batch that had arrived', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${chatEvent('a')}data: [DONE]\n\n`)
  })
  let arrived = 0
  const run = await runLoad(planFor(server.url, { requests: 1_000_000 }), {
    onRecords(records) {
      arrived += records.length
      if (arrived > 0) killChild()
    },
  })
  await server.close()
  expect(run.end).toMatchObject({ kind: 'crashed' })
  expect(run.records.length).toBeGreaterThanOrEqual(arrived)
  expect(run.trust).toBeUndefined()
})

function killChild(): void {
  const pids = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'engine/process']).toString()
  process.kill(Number(pids.split('\n')[0]), 'SIGKILL')
}

test('a load process of three that is killed is named, and loses nothing of the others', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    setTimeout(() => response.end(`${chatEvent('a')}data: [DONE]\n\n`), 5)
  })
  const arrived = [0, 0, 0]
  let killed = false
  const load = { concurrency: 6, requests: 1_000_000, warmup: 0, processes: 3 }
  const { records, end, trust } = await runLoad(planFor(server.url, load), {
    onRecords(batch) {
      for (const { slot } of batch) arrived[slot % 3]!++
      if (killed || arrived.includes(0)) return
      killed = true
      killChild()
    },
  })
  await server.close()
  const [, number = '0'] =
    /^load process (\d) of 3 ended early \(signal SIGKILL\)$/.exec(
      end.kind === 'crashed' ? end.message : '',
    ) ?? []
  const dead = Number(number) - 1
  expect([0, 1, 2]).toContain(dead)
  expect(trust).toBeUndefined()
  const byProcess = Map.groupBy(records, ({ slot }) => slot % 3)
  for (const index of [0, 1, 2]) {
    const own = byProcess.get(index) ?? []
    expect(own.length).toBeGreaterThanOrEqual(arrived[index] ?? 0)
    if (index === dead) continue
    // What was on its way when they were stopped is there too: without a hole, each once.
    const deal = dealTo({ index, of: 3 }, 6)
    const sent = own.map((record) => record.index).toSorted((a, b) => a - b)
    expect(sent).toEqual(sent.map((_, nth) => deal.number(nth)))
    expect(own.some(({ outcome }) => outcome === 'completed')).toBe(true)
    expect(own.some(({ outcome }) => outcome === 'cancelled')).toBe(true)
  }
})

test('three load processes send what one would, each request once, and never more at once than asked', async () => {
  // The first answers take so long that all slots are taken at once, however late a process starts.
  const cold_start = { requests: 7, delay: '400ms' }
  const mock = await startMock({ profile: 'vllm', ttft: '10ms', itl: '2ms', tokens: 8, cold_start })
  const plan = planFor(mock.url, { concurrency: 7, requests: 60, warmup: 7, processes: 3 })
  const [request] = plan.requests
  const { records, end, trust } = await runLoad({
    ...plan,
    requests: Array.from({ length: 67 }, (_, row) => ({
      ...request!,
      row,
      headers: { 'content-type': 'application/json', 'x-mock-key': String(row) },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }], stream: true }),
    })),
  })
  const truth = await mock.truth()
  await mock.stop()
  expect(end).toEqual({ kind: 'finished' })
  expect(records.every(({ outcome }) => outcome === 'completed')).toBe(true)
  const rows = Array.from({ length: 67 }, (_, row) => row)
  expect(truth.map(({ key }) => Number(key)).toSorted((a, b) => a - b)).toEqual(rows)
  expect(new Set(truth.map(({ conn }) => conn)).size).toBe(7)
  expect(mostAtOnce(truth)).toBe(7)
  expect(measureConcurrency(records, 7)?.peak).toBe(7)
  const sent = records.map(({ phase, index, row }) => `${phase} ${index} ${row}`)
  expect(sent.toSorted()).toEqual(
    rows
      .map((row) => (row < 60 ? `measured ${row} ${row}` : `warmup ${66 - row} ${row}`))
      .toSorted(),
  )
  expect(trust?.processes).toHaveLength(3)
  expect(trust?.cpuShare).toBe(Math.max(...(trust?.processes ?? []).map((each) => each.cpuShare)))
})

/** The most requests that the server had at once. */
function mostAtOnce(truth: readonly TruthRecord[]): number {
  const changes = truth.flatMap(({ recv_ms, end_ms }) => [
    { at: recv_ms, change: 1 },
    { at: end_ms ?? Infinity, change: -1 },
  ])
  changes.sort((a, b) => a.at - b.at || a.change - b.change)
  let now = 0
  return Math.max(...changes.map(({ change }) => (now += change)))
}

test('halted, it lets what is in flight end and sends nothing more', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${chatEvent('a')}data: [DONE]\n\n`)
  })
  let arrived = 0
  const { records, end } = await runLoad(planFor(server.url, { requests: 1_000_000 }), {
    onRecords(batch) {
      arrived += batch.length
    },
    halt: () => (arrived > 0 ? { kind: 'curtailed' } : undefined),
  })
  await server.close()
  expect(end).toEqual({ kind: 'curtailed' })
  expect(records.every(({ outcome }) => outcome === 'completed')).toBe(true)
  expect(records.length).toBeLessThan(1_000_000)
})

test('adds as many rounds as are asked for, on the connections it has', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${chatEvent('a')}data: [DONE]\n\n`)
  })
  const ended: number[] = []
  let measured = 0
  const { records, end } = await runLoad(
    { ...planFor(server.url, { rounds: 2 }), extraRounds: 3 },
    {
      onRecords(batch) {
        measured += batch.filter(({ phase }) => phase === 'measured').length
      },
      extend: () => ended.push(measured) < 3,
    },
  )
  await server.close()
  expect(end).toEqual({ kind: 'finished' })
  expect(ended).toEqual([6, 9, 12])
  expect(records.filter(({ phase }) => phase === 'measured')).toHaveLength(12)
  expect(records.filter(({ reused }) => !reused)).toHaveLength(2)
})
