import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { runLoad } from '../../src/engine/load.ts'
import { startMock, type TruthRecord } from '../../src/mock/index.ts'
import { compare, type Figures, quantileOf, renderTable } from './comparison.ts'
import type { NaiveOrder, NaiveReport } from './naive-client.ts'

const repetitions = 3
/** Measured requests of each slot. */
const waves = 6
const body = JSON.stringify({
  messages: [{ role: 'user', content: 'hi' }],
  stream: true,
  max_tokens: 16,
})

type ClientError = Figures<'p50' | 'p99' | 'utilization'>

/**
 * By how much each client sees the first token later than the mock's lower bound, ms, at 50 events/s
 * per stream. Both run in a process of their own, the mock in another.
 */
export async function measureClientError(): Promise<string> {
  const rows = [['streams', 'client', 'requests a run', 'p50', 'p99', 'event loop busy']]
  for (const concurrency of [1, 16, 64]) {
    const [ours, naive] = await compare(
      [() => measure(concurrency, runOurs), () => measure(concurrency, runNaive)],
      repetitions,
    )
    if (ours === undefined || naive === undefined) continue
    const requests = String(waves * concurrency)
    rows.push([String(concurrency), 'slogate', requests, ...cells(ours)])
    rows.push(['', 'fetch', requests, ...cells(naive)])
    const ratio = (name: 'p50' | 'p99'): string => (naive[name] / ours[name]).toFixed(1)
    rows.push(['', 'ratio', '', ratio('p50'), ratio('p99'), ''])
  }
  return renderTable(
    `Client ttft (slogate: from the dispatch, fetch: from the call) − lower bound of the mock, ms; medians of ${repetitions} runs`,
    rows,
  )
}

/** Runs a load; the `ttft` of its measured requests by key, and how busy its event loop was. */
type Run = (
  url: string,
  concurrency: number,
) => Promise<{ ttfts: readonly [key: string, ms: number][]; utilization: number }>

async function measure(concurrency: number, run: Run): Promise<ClientError> {
  const mock = await startMock({
    profile: 'vllm',
    ttft: { dist: 'lognormal', mean: '60ms', cv: 0.3 },
    itl: '20ms',
  })
  const { ttfts, utilization } = await run(`${mock.url}/v1/chat/completions`, concurrency)
  const truth = new Map((await mock.truth()).map((record) => [record.key, record]))
  await mock.stop()
  const errors = ttfts.map(([key, ms]) => ms - lowerBound(truth.get(key)))
  if (errors.length !== waves * concurrency || errors.some(Number.isNaN)) {
    throw new Error(`${errors.length} of ${waves * concurrency} requests were measured`)
  }
  return { p50: quantileOf(errors, 0.5), p99: quantileOf(errors, 0.99), utilization }
}

const runOurs: Run = async (url, concurrency) => {
  const keys = keysOf(concurrency)
  const { records, trust } = await runLoad({
    load: {
      kind: 'closed',
      concurrency,
      requests: waves * concurrency,
      warmup: concurrency,
      rounds: 1,
      seed: 1,
    },
    timeouts: { total: 30_000, connect: 10_000 },
    stream: { dialect: 'openai-chat' },
    requests: [...keys.measured, ...keys.warmup].map((key) => ({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mock-key': key },
      body,
    })),
  })
  const ttfts = records.flatMap(({ phase, index, marks }): [string, number][] =>
    phase === 'warmup'
      ? []
      : [[keys.measured[index] ?? '', (marks.firstToken ?? Number.NaN) - (marks.dispatched ?? 0)]],
  )
  return { ttfts, utilization: trust?.eventLoopUtilization ?? Number.NaN }
}

const runNaive: Run = async (url, concurrency) => {
  const keys = keysOf(concurrency)
  const child = fork(fileURLToPath(new URL('./naive-client.ts', import.meta.url)))
  const order: NaiveOrder = { url, body, concurrency, keys: [...keys.warmup, ...keys.measured] }
  child.send(order)
  const report = await new Promise<NaiveReport>((resolve, reject) => {
    child.once('message', (message) => resolve(message as NaiveReport))
    child.once('exit', (code) => reject(new Error(`the naive client ended with code ${code}`)))
  })
  const measured = new Set(keys.measured)
  return { ...report, ttfts: report.ttfts.filter(([key]) => measured.has(key)) }
}

function keysOf(concurrency: number): { measured: string[]; warmup: string[] } {
  return {
    measured: Array.from({ length: waves * concurrency }, (_, i) => `measured-${i}`),
    warmup: Array.from({ length: concurrency }, (_, i) => `warmup-${i}`),
  }
}

/** What the target took at the least: from the head of the request to just before the first content. */
function lowerBound(truth: TruthRecord | undefined): number {
  return (truth?.before_first_content_ms ?? Number.NaN) - (truth?.recv_ms ?? Number.NaN)
}

function cells({ p50, p99, utilization }: ClientError): string[] {
  return [p50.toFixed(2), p99.toFixed(2), `${(100 * utilization).toFixed(0)}%`]
}
