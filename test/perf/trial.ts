import { fileURLToPath } from 'node:url'

import { type Accuracy, measureAccuracy } from './accuracy.ts'
import type { OwnClient } from './clients/name.ts'
import type { Order, SeenStream } from './clients/order.ts'
import { cores, startPinned } from './pinning.ts'
import { watchCpu } from './process-tree.ts'
import { type Mode, type Pace, startStreamServer } from './stream-server.ts'

/** The load that every client is put under. */
export interface Trial {
  streams: number
  mode: Mode
  /** About so many seconds of load behind the warm-up. */
  seconds: number
}

const tokens = { paced: 100, 'lock-step': 100, flood: 2_000 }

/** Tokens a second that a flood is made for: a fast client is through it sooner. */
const floodRate = 300_000

/** How the server is to answer, and what is sent to it: the warm-up is one request of each slot. */
function planTrial({ streams, mode, seconds }: Trial): {
  pace: Pace
  order: Omit<Order, 'url'>
} {
  const pace: Pace = { mode, tokens: tokens[mode], per_send: mode === 'flood' ? 8 : 1 }
  // 100 ms to the first token, 20 between the others.
  const perRequest = (100 + 20 * (tokens[mode] - 1)) / 1000
  const requests =
    mode === 'flood'
      ? Math.max(2 * streams, Math.round((seconds * floodRate) / tokens[mode]))
      : streams * Math.max(1, Math.round(seconds / perRequest))
  return { pace, order: { streams, warmup: streams, requests, tokens: tokens[mode] } }
}

/**
 * Runs one of our own clients once against a server of its own.
 *
 * @throws Error when client and server do not agree on requests and tokens.
 */
export async function tryClient(client: OwnClient, trial: Trial): Promise<Accuracy> {
  const { pace, order } = planTrial(trial)
  const server = await startStreamServer(pace, cores.server)
  try {
    const entry = fileURLToPath(new URL('clients/main.ts', import.meta.url))
    const child = startPinned(cores.tool, process.execPath, [entry], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    const cpu = watchCpu(child.pid ?? 0)
    const told = new Promise<SeenStream[]>((resolve, reject) => {
      child.once('message', (message) => resolve(message as SeenStream[]))
      child.once('error', reject)
      child.once('close', (code) => reject(new Error(`${client} ended with code ${code}`)))
    })
    child.send({ client, order: { ...order, url: `${server.url}/v1/chat/completions` } })
    const seen = await told.finally(() => child.kill())
    return measureAccuracy(seen, await server.log(), order.warmup, cpu.stop())
  } finally {
    await server.stop()
  }
}
