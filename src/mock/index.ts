import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import type { TruthRecord } from './metrics/truth.ts'
import type { MockOptions } from './options/mock-options.ts'
import type { startServer as StartServer } from './serving/server.ts'

export type { FaultOption } from './fault/fault-option.ts'
export { type FaultName, faultNames } from './fault/kinds.ts'
export type { SelectionOption } from './fault/selection.ts'
export type {
  DistributionOption,
  DriftOption,
  DurationOption,
  ExactOption,
  LatencyOption,
  MixtureOption,
  QuantileOption,
  SampleOption,
} from './latency/distribution-option.ts'
export type { TruthRecord } from './metrics/truth.ts'
export type { MockOptions } from './options/mock-options.ts'
export { checkOptions, profileNames } from './options/options.ts'
export { listScenarios } from './options/scenario.ts'
export type { RunningServer } from './serving/server.ts'

/** A mock server in this process: see `src/mock/serving/server.ts`, which few that come here need. */
export const startServer: typeof StartServer = async (...given) => {
  const server = await import('./serving/server.ts')
  return server.startServer(...given)
}

/** A mock server in a process of its own. */
export interface MockHandle {
  /** Without a path: `http://127.0.0.1:PORT`. */
  url: string
  pid: number
  /**
   * What happened to each request so far, in order of arrival; the latest 50 000. Times in ms of the
   * monotonic clock, which the processes of a machine share.
   *
   * @throws (the promise is rejected) TypeError when the server is gone, Error when it has been given
   * another `api_key` since.
   */
  truth(): Promise<TruthRecord[]>
  /**
   * Ends the process, which cuts every connection and frees the port; resolves when it is gone, at
   * once when it is gone already.
   */
  stop(): Promise<void>
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/**
 * Starts a mock server in its own process, on a free port of 127.0.0.1; resolves when it listens. The
 * process ends with this one at the latest, does not keep it alive and gets none of the terminal's
 * signals. What it says on stderr once it listens comes out on this one's. `options` reach it through
 * its input, which no other user of the machine can read.
 *
 * `signal` stops the server whenever it fires. Times in `options` are ms or carry their unit.
 *
 * @throws Error (the promise is rejected) with the server's own words when it cannot start, for
 * example one line per problem of the options; the reason of `signal` when that fires first.
 */
export async function startMock(
  options: MockOptions | Readonly<Record<string, unknown>> = {},
  { signal }: { signal?: AbortSignal } = {},
): Promise<MockHandle> {
  signal?.throwIfAborted()
  // A built package has main.js beside index.js, the sources have main.ts.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const main = fileURLToPath(new URL(`main.${extension}`, import.meta.url))
  const child: Child = spawn(
    process.execPath,
    [main],
    // A group of its own, so that Ctrl-C reaches the parent alone, which then decides when to stop.
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true, windowsHide: true },
  )
  // Gone before it has read them: told by its end.
  child.stdin.on('error', () => {})
  child.stdin.write(`${JSON.stringify(options)}\n`)
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const kill = (): void => {
    child.kill('SIGTERM')
  }
  signal?.addEventListener('abort', kill, { once: true })
  void exited.then(() => signal?.removeEventListener('abort', kill))

  const { url, pid } = await readReady(child, signal)
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket).unref()
  return {
    url,
    pid,
    truth: async () => {
      const { api_key: key } = options
      const headers = typeof key === 'string' ? { authorization: `Bearer ${key}` } : {}
      const response = await fetch(`${url}/__mock/truth`, { headers })
      if (!response.ok) throw new Error(`mock: the truth is refused with ${response.status}`)
      return (await response.json()) as TruthRecord[]
    },
    stop: async () => {
      child.ref()
      kill()
      await exited
    },
  }
}

/** The line that says that the server listens. */
function readReady(
  child: Child,
  signal: AbortSignal | undefined,
): Promise<{ url: string; pid: number }> {
  return new Promise((resolve, reject) => {
    let output = ''
    let complaint = ''
    let ready = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const end = output.indexOf('\n')
      if (end === -1) return
      ready = true
      resolve(JSON.parse(output.slice(0, end)) as { url: string; pid: number })
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // Once it runs, what it still says (a crash) belongs on the terminal.
      if (ready) process.stderr.write(text)
      else complaint += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const words = complaint.trim()
      if (signal?.aborted === true) reject(signal.reason as Error)
      else reject(new Error(words === '' ? `mock: the server exited with code ${code}` : words))
    })
  })
}
