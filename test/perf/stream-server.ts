import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { startPinned } from './pinning.ts'

export type Mode = 'paced' | 'lock-step' | 'flood'

/** How the server answers; what is left out is its own default (`stream-server.c`). */
export interface Pace {
  mode?: Mode
  tokens?: number
  gap_us?: number
  /** `least-most`, drawn evenly per request. */
  first_us?: string
  per_send?: number
  /** 0: only the first and the last send of a request are kept. */
  stamps?: 0 | 1
}

/** One request as the server noted it down; instants in ms on CLOCK_MONOTONIC, to the µs. */
export interface SentStream {
  /** Empty: the request had none. */
  id: string
  received: number
  /** Before the first and the last token were sent; 0: none was. */
  first: number
  last: number
  /** Before each send of tokens; empty without stamps. */
  sends: Float64Array
  tokens: number
  /** The most that a send was behind its time, ms. */
  late: number
  /** Whether everything was sent. */
  ended: boolean
}

export interface StreamServer {
  url: string
  pid: number
  /** Every streamed request since the start, in the order in which they came. */
  log(): Promise<SentStream[]>
  stop(): Promise<void>
}

/** Compiled once per process; `undefined`: there is no C compiler here, or it refuses. */
export function compileServer(): string | undefined {
  program ??= { path: compile() }
  return program.path
}

let program: { path: string | undefined } | undefined

function compile(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'stream-server-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'stream-server')
  const source = fileURLToPath(new URL('stream-server.c', import.meta.url))
  try {
    execFileSync('cc', ['-O2', '-o', path, source], { stdio: 'pipe' })
    return path
  } catch {
    return undefined
  }
}

/**
 * Starts a server of its own, on one core where there is `taskset`.
 *
 * @throws Error when it cannot be compiled or does not start.
 */
export async function startStreamServer(pace: Pace, core?: number): Promise<StreamServer> {
  const path = compileServer()
  if (path === undefined) throw new Error('the stream server needs a C compiler (cc) and Linux')
  const options = Object.entries(pace).map(([name, value]) => `${name}=${value}`)
  const child = startPinned(core, path, options, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(Number(text)))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the stream server ended with code ${code}`)))
  })
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    pid: child.pid ?? 0,
    log: async () => readLog(await (await fetch(`${url}/log`)).text()),
    async stop() {
      child.kill('SIGKILL')
      await closed
    },
  }
}

interface LogLine {
  id: string
  recv: number
  first: number
  last: number
  late: number
  tokens: number
  ended: boolean
  sends: number[]
}

/** @throws Error on a line that is no JSON: the log was cut. */
function readLog(text: string): SentStream[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { id, recv, first, last, late, tokens, ended, sends } = JSON.parse(line) as LogLine
      return {
        id,
        received: recv / 1000,
        first: first / 1000,
        last: last / 1000,
        sends: Float64Array.from(sends, (after) => (recv + after) / 1000),
        tokens,
        late: late / 1000,
        ended,
      }
    })
}
