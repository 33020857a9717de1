import type { BenchDocument } from './bench-document.ts'
import { parseDuration } from './duration.ts'
import type { Path, Report } from './issue.ts'
import { keepKnown } from './known.ts'
import { chooseRequests } from './sample-size.ts'
import type { Slo } from './slo.ts'
import type { Gate, Load, Timeouts } from './spec.ts'

/** Timers of the platform overflow above it, ms. */
const longest = 2 ** 31 - 1

/** Files that the load process has open beside its connections, about 20, and some to look up names. */
const ownFiles = 32

/** Own deadlines; bare numbers are seconds. */
export function readTimeouts(document: Partial<BenchDocument>, report: Report): Timeouts {
  type Key = 'timeout' | 'connect_timeout' | 'ttft_timeout' | 'idle_timeout'
  const read = (key: Key): number | undefined => readDuration([key], document[key], report)
  return keepKnown<Timeouts>({
    total: read('timeout') ?? 300_000,
    connect: read('connect_timeout') ?? 10_000,
    ttft: read('ttft_timeout'),
    idle: read('idle_timeout'),
  })
}

/**
 * The load with its defaults: 10 in flight, as many requests as the SLOs need, one wave of warm-up,
 * up to 5 rounds, or up to 10 where two targets alternate.
 */
export function readLoad(
  document: Partial<BenchDocument>,
  report: Report,
  {
    slos,
    gate,
    alternates,
    openFiles = Infinity,
  }: {
    slos: readonly Slo[]
    gate: Gate
    alternates: boolean
    /** Files and sockets that a process may have open. */
    openFiles?: number | undefined
  },
): Load {
  const {
    concurrency = 10,
    requests: given,
    total_requests: alias,
    warmup,
    rounds,
    seed = 1,
    keep_alive: keepAlive,
    resend,
  } = document
  if (given !== undefined && alias !== undefined && given !== alias) {
    report(
      ['total_requests'],
      `is the same as requests, got ${alias} here and ${given} there. Remove one of them.`,
    )
  }
  const duration = readDuration(['duration'], document.duration, report)
  const confidence = 1 - (1 - gate.confidence) / (1 + gate.maxExtraRounds)
  const mock = document.mock !== undefined && document.mock !== false
  const chosen =
    given === undefined && alias === undefined && document.duration === undefined
      ? chooseRequests(slos, { concurrency, confidence, burst: gate.burst, mock })
      : undefined
  const requests = given ?? alias ?? chosen?.requests
  if (rounds !== undefined && requests !== undefined && rounds > requests) {
    report(['rounds'], `must be at most the number of requests, ${requests}, got ${rounds}.`)
  }
  if (alternates && rounds !== undefined && rounds % 2 === 1) {
    const even = rounds + 1 > (requests ?? Infinity) ? Math.max(2, rounds - 1) : rounds + 1
    report(
      ['rounds'],
      `must be an even number where a baseline alternates, got ${rounds}: in an odd number drift does not cancel out. Ask for ${even}, in the spec or by SLOGATE_ROUNDS=${even}.`,
    )
  }
  const warmed = countWarmup(warmup) ?? concurrency
  const targets = alternates ? 2 : 1
  const needed = countOpenFiles({ inFlight: concurrency, requests, warmup: warmed }, targets)
  if (needed > openFiles) {
    const most = Math.floor((openFiles - ownFiles) / targets)
    const bound = most < 1 ? 'cannot be had here' : `must be at most ${most} here`
    const advice = most < 1 ? '' : ', or ask for less'
    report(
      ['concurrency'],
      `${bound}, got ${concurrency}: ${alternates ? 'connections to two targets take' : 'that takes'} ${needed} open files, and a process may have ${openFiles}. Raise the limit (ulimit -n ${needed})${advice}.`,
    )
  }
  return keepKnown<Load>({
    kind: 'closed',
    concurrency,
    requests,
    chosen,
    duration,
    warmup: warmed,
    rounds: rounds ?? (alternates ? pairedRounds(requests, concurrency) : defaultRounds(requests)),
    shuffle: document.data_source?.shuffle,
    seed,
    keepAlive,
    resend,
  })
}

/** Files and connections that the process of a load has open at the most. */
export function countOpenFiles(
  {
    inFlight,
    requests = Infinity,
    warmup,
  }: {
    /** The most requests to one target. */
    inFlight: number
    requests?: number | undefined
    warmup: number
  },
  targets: number,
): number {
  return Math.min(inFlight, warmup + requests) * targets + ownFiles
}

/** Slices of fewer than 10 requests say nothing. */
function defaultRounds(requests = Infinity): number {
  return Math.max(1, Math.min(5, Math.floor(requests / 10)))
}

/** Of at least one wave each; an even number, because drift cancels out over two pairs of rounds. */
function pairedRounds(requests = Infinity, concurrency: number): number {
  const rounds = Math.max(1, Math.min(10, Math.floor(requests / Math.max(10, concurrency))))
  return rounds > 1 ? rounds - (rounds % 2) : rounds
}

function countWarmup(warmup: BenchDocument['warmup']): number | undefined {
  if (warmup === false) return 0
  return typeof warmup === 'object' ? warmup.requests : warmup
}

/** ms; a bare number is in seconds. `undefined` when there is none, or none that can be used. */
export function readDuration(
  path: Path,
  value: number | string | undefined,
  report: Report,
): number | undefined {
  if (value === undefined) return undefined
  const ms = typeof value === 'number' ? value * 1000 : (parseDuration(value) ?? 0)
  if (ms > 0 && ms <= longest) return ms
  report(path, `must be more than nothing and at most 24 days, got ${value}.`)
  return undefined
}
