import type { Report } from './issue.ts'

/** Files that a process has open beside its connections, about 20, and some to look up names. */
const ownFiles = 32

/** Files that the process that starts load processes has open for each of them. */
const filesPerProcess = 2

/** What connections are opened for. */
export interface Connecting {
  /** The most requests to one target. */
  inFlight: number
  requests?: number | undefined
  warmup: number
  /** Load processes that they are split over; one by default. */
  processes?: number | undefined
}

/** Connections to each target for which so many files suffice in one process; may be negative. */
export function countConnections(limit: number, targets: number): number {
  return Math.floor((limit - ownFiles) / targets)
}

/** Files and connections that a load process has open at the most. */
export function countOpenFiles(connecting: Connecting, targets: number): number {
  const { processes = 1 } = connecting
  return Math.ceil(countSlots(connecting) / processes) * targets + ownFiles
}

function countSlots({ inFlight, requests = Infinity, warmup }: Connecting): number {
  return Math.min(inFlight, warmup + requests)
}

/** Refuses, at `path`, more connections than the `limit` of files that a process may have open lets be. */
export function checkOpenFiles(
  connecting: Connecting,
  {
    path,
    limit,
    alternates,
    mock,
  }: {
    path: readonly string[]
    limit: number
    /** Between two targets. */
    alternates: boolean
    /** Whether the target is the bundled mock: a process of this machine with as many connections. */
    mock: boolean
  },
  report: Report,
): void {
  const { inFlight, requests = Infinity, processes = 1 } = connecting
  const targets = alternates ? 2 : 1
  const own = countOpenFiles(connecting, targets)
  const needed = mock ? Math.max(own, countSlots(connecting) + ownFiles) : own
  if (needed <= limit) return
  const inOne = countConnections(limit, targets)
  const most = mock ? inOne : inOne * processes
  const bound = most < 1 ? 'cannot be had here' : `must be at most ${most} here`
  const takes = alternates ? 'connections to two targets take' : 'that takes'
  const where = needed === own && processes > 1 ? ` in each of ${processes} load processes` : ''
  const ways = [`Raise the limit (ulimit -n ${needed})`]
  const split = Math.ceil(countSlots(connecting) / inOne)
  if (
    most >= 1 &&
    !mock &&
    !alternates &&
    split <= Math.min(inFlight, requests) &&
    split * filesPerProcess + ownFiles <= limit
  ) {
    ways.push(`split the load over ${split} processes (load: { processes: ${split} })`)
  }
  if (most >= 1) ways.push('or ask for less')
  report(
    path,
    `${bound}, got ${inFlight}: ${takes} ${needed} open files${where}, and a process may have ${limit}. ${ways.join(', ')}.`,
  )
}
