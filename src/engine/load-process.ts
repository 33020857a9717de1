import { fork } from 'node:child_process'
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

/** Forks a load process, which waits for its plan. It ends with this one. */
export const startLoadProcess: StartLoadProcess = ({ onReport, onEnd }) => {
  // `.ts` in this repository, `.js` in the package.
  const entry = new URL(`./process${extname(import.meta.url)}`, import.meta.url)
  const child = fork(fileURLToPath(entry), {
    serialization: 'advanced',
    // Pauses of the collector are as long as what it has to copy: of 2 MB rather than of 16. What lives
    // longer is looked through at 256 MB: at 1,024 streams it was every other second, for 100 ms.
    execArgv: ['--max-semi-space-size=2', '--initial-old-space-size=256'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  // Node lets go of the channel once a long message is through, and this process could then end before
  // it has heard the last of the other.
  child.channel?.ref()
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
  return {
    order(message) {
      if (child.connected) child.send(message)
    },
    kill: () => child.kill('SIGKILL'),
  }
}
