import { readFileSync } from 'node:fs'

/**
 * Files and sockets that a process started from this one may have open at once: the soft limit, which
 * Node.js has raised to the hard one. `undefined` where the system does not tell, or has none.
 */
export function readOpenFilesLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8')
    const soft = /^Max open files +(\d+) /m.exec(limits)?.[1]
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}
