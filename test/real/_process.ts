import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Command {
  path: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  cwd?: string
  /** What it reads; nothing by default. */
  input?: string
}

export interface Finished {
  code: number | null
  /** Of both streams, as it came. */
  text: string
}

/** No hub, no telemetry: what is tried here is on this machine. */
const offline = {
  HF_HUB_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  DO_NOT_TRACK: '1',
  NO_COLOR: '1',
}

function start({ path, args, env, cwd, input = '' }: Command): {
  child: ChildProcess
  text: () => string
} {
  const { PYTHONDONTWRITEBYTECODE: _slow, ...inherited } = process.env
  const child = spawn(path, args, {
    cwd,
    env: { ...inherited, ...offline, ...env },
    stdio: 'pipe',
    // A group of its own: engines start further processes, which must end with them.
    detached: true,
  })
  // One that ends before it has read everything says so by its exit code.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  return { child, text: () => text }
}

/** `{ port: 80, stream: true }` as `--port 80 --stream`. */
export function flags(options: Readonly<Record<string, string | number | true>>): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  )
}

/** Runs a command to its end; after `timeout` ms it is killed. `onStart` is told its process. */
export async function finish(
  command: Command,
  timeout = 300_000,
  onStart: (pid: number) => void = () => {},
): Promise<Finished> {
  const { child, text } = start(command)
  if (child.pid !== undefined) onStart(child.pid)
  const timer = setTimeout(() => kill(child), timeout)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  clearTimeout(timer)
  return { code, text: text() }
}

/**
 * Starts a server and waits until `url` answers with 200. Returns what ends it.
 *
 * @throws Error with the server's output when it ends or is not ready after `timeout` ms.
 */
export async function launch(
  command: Command,
  url: string,
  timeout = 400_000,
): Promise<() => Promise<void>> {
  const { child, text } = start(command)
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => resolve())
    child.on('error', () => resolve())
  })
  const close = async (): Promise<void> => {
    kill(child)
    await closed
  }
  const deadline = performance.now() + timeout
  while (!(await answers(url))) {
    if (child.exitCode === null && child.pid !== undefined && performance.now() < deadline) {
      await sleep(200)
      continue
    }
    await close()
    throw new Error(`${command.path} ${command.args.join(' ')} is not ready:\n${text()}`)
  }
  return close
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

function kill({ pid, exitCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null) return
  process.kill(-pid, 'SIGKILL')
}

/** A port that was free a moment ago: the servers of others cannot tell which one they chose. */
export async function findPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
