import { type ChildProcess, fork } from 'node:child_process'
import { Socket } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Order, Report } from './process.ts'

/** A process that sends, from its start to its end. */
export interface LoadProcess {
  /** Nothing once it has ended. */
  order(message: Order): void
  kill(): void
}

/** How a process ended. */
export interface ProcessEnd {
  /** `exit code 1`, `signal SIGKILL`. */
  how: string
  /** The last of what it wrote to its stderr; may hold secrets. */
  stderr: string
}

export interface LoadProcessEvents {
  onReport(report: Report): void
  /** Called once, behind every report. */
  onEnd(end: ProcessEnd): void
}

/** UTF-16 units of its stderr that are kept. */
const stderrLimit = 65_536

export type StartLoadProcess = (events: LoadProcessEvents) => LoadProcess

/** One that nobody has asked for yet. */
let spare: ChildProcess | undefined

/**
 * Forks the first load process before there is a plan: it starts while this one reads the spec. One that
 * is never asked for ends with this process, and does not keep it.
 */
export function standBy(): void {
  spare ??= holdSpare(forkProcess())
}

/** A load process, which waits for its plan. It ends with this one. */
export const startLoadProcess: StartLoadProcess = ({ onReport, onEnd }) => {
  const child = takeSpare() ?? forkProcess()
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrLimit)
  })
  child.on('message', onReport)
  child.on('error', (error) => {
    stderr ||= error.message
  })
  child.on('close', (code, killedBy) => {
    onEnd({ how: killedBy === null ? `exit code ${code}` : `signal ${killedBy}`, stderr })
  })
  // Node lets go of the channel once a long message is through, and this process could then end before
  // it has heard the last of the other.
  child.channel?.ref()
  return {
    order(message) {
      if (child.connected) child.send(message)
    },
    kill: () => child.kill('SIGKILL'),
  }
}

function forkProcess(): ChildProcess {
  // `.ts` in this repository, `.js` in the package.
  const entry = new URL(`./process${extname(import.meta.url)}`, import.meta.url)
  return fork(fileURLToPath(entry), {
    serialization: 'advanced',
    // Pauses of the collector are as long as what it has to copy: of 2 MB rather than of 16. What lives
    // longer is looked through at 256 MB: at 1,024 streams it was every other second, for 100 ms.
    execArgv: ['--max-semi-space-size=2', '--initial-old-space-size=256'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

function holdSpare(child: ChildProcess): ChildProcess {
  child.send({ type: 'rehearse' } satisfies Order, () => {})
  child.unref()
  child.channel?.unref()
  pipeOf(child)?.unref()
  return child.on('error', () => {})
}

/** `undefined`: there is none, or it has ended; why, the next one will say. */
function takeSpare(): ChildProcess | undefined {
  const child = spare
  spare = undefined
  if (child?.connected !== true || child.exitCode !== null) return undefined
  child.ref()
  pipeOf(child)?.ref()
  return child
}

function pipeOf({ stderr }: ChildProcess): Socket | undefined {
  return stderr instanceof Socket ? stderr : undefined
}
