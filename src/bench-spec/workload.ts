import type { BenchDocument } from './bench-document.ts'
import { readCancel } from './cancel.ts'
import { parseDuration } from './duration.ts'
import { expectInFlight, readFlow, usualWarmup } from './flow.ts'
import { mostInFlight } from './in-flight.ts'
import type { Path, Report } from './issue.ts'
import { keepKnown } from './known.ts'
import { checkOpenFiles, countConnections } from './open-files.ts'
import { readProcesses } from './process-count.ts'
import { chooseRequests } from './sample-size.ts'
import type { SessionOrder } from './session-order.ts'
import type { Slo } from './slo.ts'
import type { Gate, Load, Timeouts } from './spec.ts'
import type { Tagging } from './tagging.ts'

/** Timers of the platform overflow above it, ms. */
export const longest: number = 2 ** 31 - 1

/** Where a load is sent from, and to what. */
export interface LoadScene {
  mock: boolean
  alternates: boolean
  /** Files and sockets that a process may have open; as many as it wants by default. */
  openFiles?: number | undefined
  /** Of this machine, that processes may run on; one by default. */
  cores?: number | undefined
}

/** Of a spec that names no seed. */
export const defaultSeed = 1

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
 * The load with its defaults: 10 in flight, as many requests as the SLOs need, a warm-up, up to 5 rounds, or up to 10 where two targets alternate.
 */
export function readLoad(
  document: Partial<BenchDocument>,
  report: Report,
  {
    slos,
    gate,
    tagging,
    alternates,
    openFiles = Infinity,
    hasRate = document.rate !== undefined,
    cores = 1,
    talks,
  }: {
    slos: readonly Slo[]
    gate: Gate
    /** The order of its conversations; `undefined` without any. */
    talks?: SessionOrder | undefined
    tagging?: Tagging | undefined
    alternates: boolean
    /** Files and sockets that a process may have open. */
    openFiles?: number | undefined
    /** Whether there is a rate, be it one that cannot be used. */
    hasRate?: boolean
    /** Of this machine, that processes may run on. */
    cores?: number | undefined
  },
): Load {
  const { requests: given, total_requests: alias, warmup, rounds } = document
  if (given !== undefined && alias !== undefined && given !== alias) {
    report(
      ['total_requests'],
      `is the same as requests, got ${alias} here and ${given} there. Remove one of them.`,
    )
  }
  const most = countConnections(openFiles, alternates ? 2 : 1)
  const flow = readFlow(document, report, { alternates, most, hasRate })
  const concurrency = mostInFlight(flow)
  // A rate has none.
  const waves = flow.kind === 'closed' ? concurrency : 0
  const duration = readDuration(['duration'], document.duration, report)
  const confidence = 1 - (1 - gate.confidence) / (1 + gate.maxExtraRounds)
  const mock = document.mock !== undefined && document.mock !== false
  const { sessions: asked } = document
  const manner = readManner(document, report)
  const chosen = [given, alias, asked, document.duration].every((said) => said === undefined)
    ? chooseRequests(slos, {
        concurrency: waves,
        confidence,
        burst: gate.burst,
        mock,
        tagging,
        leaving: manner,
      })
    : undefined
  const wanted = given ?? alias ?? chosen?.requests
  const sessions = talks && (asked ?? (wanted === undefined ? undefined : talks.cover(wanted)))
  const requests = sessions === undefined ? wanted : talks?.count(sessions)
  /** What is in progress, due and in a round: conversations, or requests. */
  const units = talks === undefined ? requests : sessions
  if (rounds !== undefined && units !== undefined && rounds > units) {
    const what = talks === undefined ? 'requests' : 'sessions'
    report(['rounds'], `must be at most the number of ${what}, ${units}, got ${rounds}.`)
  }
  if (alternates && rounds !== undefined && rounds % 2 === 1) {
    const even = rounds + 1 > (units ?? Infinity) ? Math.max(2, rounds - 1) : rounds + 1
    report(
      ['rounds'],
      `must be an even number where a baseline alternates, got ${rounds}: in an odd number drift does not cancel out. Ask for ${even}, in the spec or by SLOGATE_ROUNDS=${even}.`,
    )
  }
  const warmed = countWarmup(warmup) ?? Math.max(usualWarmup(flow), countKinds(document))
  const processes = readProcesses(document, report, {
    inFlight: concurrency,
    expected: expectInFlight(flow),
    requests: units,
    alternates,
    cores,
  })
  checkOpenFiles(
    { inFlight: concurrency, requests: units, warmup: warmed, processes },
    {
      path: [flow.kind === 'closed' ? 'concurrency' : 'max_concurrency'],
      limit: openFiles,
      alternates,
      mock,
    },
    report,
  )
  return keepKnown<Load>({
    ...flow,
    requests,
    sessions,
    chosen: chosen && requests !== undefined ? { ...chosen, requests } : undefined,
    duration,
    warmup: warmed,
    rounds:
      rounds ??
      (alternates
        ? pairedRounds(units, concurrency)
        : Math.min(defaultRounds(requests), units ?? Infinity)),
    processes: processes > 1 ? processes : undefined,
    ...manner,
  })
}

/** What a load of either kind says beside how many requests are sent when. */
export function readManner(document: Partial<BenchDocument>, report: Report): Manner {
  const { data_source: source, seed = defaultSeed, keep_alive: keepAlive, resend, load } = document
  const { shuffle } = source ?? {}
  const cancel = readCancel(document, report)
  const { transport } = load ?? {}
  return keepKnown<Manner>({ shuffle, seed, keepAlive, resend, transport, cancel })
}

type Manner = Pick<Load, 'shuffle' | 'seed' | 'keepAlive' | 'resend' | 'transport' | 'cancel'>

/** Slices of fewer than 10 requests say nothing. */
export function defaultRounds(requests: number = Infinity): number {
  return Math.max(1, Math.min(5, Math.floor(requests / 10)))
}

/** Of at least one wave each; an even number, because drift cancels out over two pairs of rounds. */
function pairedRounds(requests = Infinity, concurrency: number): number {
  const rounds = Math.max(1, Math.min(10, Math.floor(requests / Math.max(10, concurrency))))
  return rounds > 1 ? rounds - (rounds % 2) : rounds
}

/** Requests of the warm-up; `undefined`: the document does not say. */
export function countWarmup(warmup: BenchDocument['warmup']): number | undefined {
  if (warmup === false) return 0
  return typeof warmup === 'object' ? warmup.requests : warmup
}

/** Kinds of a mix, each of which is to be warmed up; 0 without one. */
export function countKinds({ mix }: Partial<BenchDocument>): number {
  return mix?.length ?? 0
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
