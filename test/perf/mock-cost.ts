import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { startMock, type MockOptions, type TruthRecord } from '../../src/mock/index.ts'
import { compare, quantileOf, renderTable } from './comparison.ts'
import type { DrainOrder } from './draining-client.ts'

const repetitions = 3

/** Contents of one stream, and how they are paced. */
interface Load {
  name: string
  streams: number
  tokens: number
  rampMs: number
  options: MockOptions
}

const loads: readonly Load[] = [
  ...[100, 1000].map((streams): Load => ({
    name: `${streams} streams, 50 contents/s each`,
    streams,
    tokens: 250,
    rampMs: 1000,
    options: { ttft: '100ms', itl: '20ms' },
  })),
  // As fast as it goes: of each stream, what is due in one turn leaves in one system call.
  {
    name: 'unpaced, 100 streams',
    streams: 100,
    tokens: 2000,
    rampMs: 0,
    options: { ttft: 0, itl: 0.001 },
  },
]

/**
 * What the mock itself costs, told by its own record: how late it sends, how much of a core it takes,
 * how fast it can be. Its client, in another process, only drains.
 */
export async function measureMockCost(): Promise<string> {
  const rows = [['load', 'contents/s', 'late p50', 'late p99', 'late max', 'CPU', 'µs each']]
  for (const load of loads) {
    const [cost] = await compare([() => measure(load)], repetitions)
    if (cost === undefined) continue
    rows.push([
      load.name,
      cost.rate.toFixed(0),
      ...[cost.p50, cost.p99, cost.max].map((ms) => ms.toFixed(2)),
      `${(100 * cost.cpu).toFixed(0)}%`,
      ((1000 * cost.cpu) / (cost.rate / 1000)).toFixed(1),
    ])
  }
  return renderTable(
    `The mock by its own record: sends later than due, ms; CPU of one core, its start included; medians of ${repetitions} runs`,
    rows,
  )
}

type Cost = Readonly<Record<'rate' | 'p50' | 'p99' | 'max' | 'cpu', number>>

async function measure({ streams, tokens, rampMs, options }: Load): Promise<Cost> {
  const mock = await startMock({ profile: 'vllm', ...options })
  const body = JSON.stringify({ prompt: 'hi', stream: true, max_tokens: tokens })
  const before = readCpuMs(mock.pid)
  await drain({
    port: Number(new URL(mock.url).port),
    path: '/v1/completions',
    body,
    streams,
    rampMs,
  })
  const cpuMs = readCpuMs(mock.pid) - before
  const records = await mock.truth()
  await mock.stop()
  if (records.filter(({ outcome }) => outcome === 'ok').length !== streams) {
    throw new Error(`of ${streams} streams ${records.length} were recorded`)
  }
  const first = records.reduce((least, { recv_ms }) => Math.min(least, recv_ms), Infinity)
  const last = records.reduce((most, { end_ms }) => Math.max(most, end_ms ?? 0), 0)
  const late = records.flatMap(listLateness)
  return {
    rate: (1000 * late.length) / (last - first),
    p50: quantileOf(late, 0.5),
    p99: quantileOf(late, 0.99),
    max: quantileOf(late, 1),
    cpu: cpuMs / (last - first),
  }
}

async function drain(order: DrainOrder): Promise<void> {
  const child = fork(fileURLToPath(new URL('./draining-client.ts', import.meta.url)))
  child.send(order)
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', (code) => reject(new Error(`the client ended with code ${code}`)))
  })
}

/** By how many ms each content was sent after it was due. */
function listLateness({ admitted_ms, plan, content_ms }: TruthRecord): number[] {
  let due = (admitted_ms ?? Number.NaN) + (plan?.ttft_ms ?? Number.NaN)
  return content_ms.map((at, index) => {
    if (index > 0) due += plan?.itl_ms[index - 1] ?? Number.NaN
    return at - due
  })
}

/** CPU time that a process has used, ms; NaN where the system does not tell. */
function readCpuMs(pid: number): number {
  try {
    // Behind the name, which may hold blanks: user and system time are the 12th and 13th, in 1/100 s.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return 10 * (Number(fields[11]) + Number(fields[12]))
  } catch {
    return Number.NaN
  }
}
