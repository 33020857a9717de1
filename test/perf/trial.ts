import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { finish } from '../real/_process.ts'
import { type Accuracy, measureAccuracy } from './accuracy.ts'
import type { OwnClient } from './clients/name.ts'
import type { Order, SeenStream } from './clients/order.ts'
import type { Peer } from './clients/peers.ts'
import { cores, pin } from './pinning.ts'
import { type CpuWatch, watchCpu } from './process-tree.ts'
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
export function planTrial({ streams, mode, seconds }: Trial): {
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
 * Puts a client under a load once, against a server of its own. `send` has the client send it and tells
 * what it saw; `onStart` wants the process that all of it runs in.
 *
 * @throws Error when client and server do not agree on requests and tokens.
 */
export async function runTrial(trial: Trial, send: Send): Promise<Accuracy> {
  const { pace, order } = planTrial(trial)
  const server = await startStreamServer(pace)
  let cpu: CpuWatch | undefined
  try {
    const seen = await send({ ...order, url: server.url }, (pid) => {
      cpu = watchCpu(pid)
    })
    const readings = cpu?.stop() ?? { between: () => Number.NaN }
    return measureAccuracy(seen, await server.log(), order.warmup, readings)
  } finally {
    cpu?.stop()
    await server.stop()
  }
}

export type Send = (order: Order, onStart: (pid: number) => void) => Promise<SeenStream[]>

/** Sends by a tool of others, which is on its way for at most ten minutes. */
export function sendByPeer({ software, command, read }: Peer): Send {
  return async (order, onStart) => {
    const folder = mkdtempSync(join(tmpdir(), 'peer-'))
    try {
      const { path, args, ...rest } = command(software.path ?? '', order, folder)
      const pinned = { ...rest, ...pin(cores.tool, path, args) }
      const finished = await finish(pinned, 600_000, onStart)
      if (finished.code !== 0) {
        const said = finished.text.trim().split('\n').at(-1)
        throw new Error(`it ended with code ${finished.code}: ${said}`)
      }
      return read(folder, finished)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** Sends by one of our own clients, in a process of its own. */
export function sendBy(client: OwnClient): Send {
  return async (order, onStart) => {
    const entry = fileURLToPath(new URL('clients/main.ts', import.meta.url))
    const { path, args } = pin(cores.tool, process.execPath, [entry])
    const child = spawn(path, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    onStart(child.pid ?? 0)
    const told = new Promise<SeenStream[]>((resolve, reject) => {
      child.once('message', (message) => resolve(message as SeenStream[]))
      child.once('error', reject)
      child.once('close', (code) => reject(new Error(`it ended with code ${code}`)))
    })
    child.send({ client, order })
    return told.finally(() => child.kill())
  }
}
