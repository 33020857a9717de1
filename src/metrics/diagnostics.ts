import type { Slo } from '../bench-spec/slo.ts'
import type { Load } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { ClientTrust, RequestRecord } from '../engine/record.ts'
import { measureBuffering } from './buffering.ts'
import { type ClientReason, rateClient } from './client.ts'
import { measureConcurrency } from './concurrency.ts'
import { formatQuantity } from './quantity.ts'
import { nearestRank, quantile, toSample } from './sample.ts'
import type { Diagnostic, RunSummary } from './summary.ts'

export interface DiagnosticContext {
  /** `undefined`: the load process did not live to tell. */
  trust?: ClientTrust | undefined
  slos: readonly Slo[]
  /** What the spec says of the stream; `undefined`: nothing. */
  stream?: StreamFormat | undefined
  /** Whether rounds alternated with those of another target: each was then drained. */
  alternates?: boolean
}

/** Self-checks of a run: what a reader must know before believing its figures. Pure. */
export function diagnose(
  records: readonly RequestRecord[],
  summary: RunSummary,
  load: Load,
  { trust, slos, stream, alternates = false }: DiagnosticContext,
): Diagnostic[] {
  return [
    checkConcurrency(records, load, alternates),
    checkLittlesLaw(summary, load),
    summary.requests.completed > 0 ? checkClient(trust) : undefined,
    checkBuffering(records),
    checkFirstToken(records, stream),
    checkTokens(summary, slos),
    checkPercentiles(summary, slos),
    checkDialects(summary, stream),
    checkSockets(records),
    checkWarmup(records),
    checkCancelled(summary),
  ].filter((diagnostic) => diagnostic !== undefined)
}

const heldEnough = 0.95

function checkConcurrency(
  records: readonly RequestRecord[],
  { concurrency }: Load,
  alternates: boolean,
): Diagnostic | undefined {
  const held = measureConcurrency(records, concurrency, alternates)
  if (held === undefined) return undefined
  const mean = held.mean.toFixed(2)
  if (held.peak < concurrency) {
    return warn(
      'concurrency-not-held',
      `Concurrency ${concurrency} was never reached, ${held.peak} was the most: raise requests or lower concurrency.`,
    )
  }
  if (held.mean < heldEnough * concurrency) {
    return warn(
      'concurrency-not-held',
      `Concurrency ${concurrency} was not held, the mean between ramp-up and drain was ${mean}: the figures are those of a lighter load; look for slow connects or a busy client.`,
    )
  }
  return info(
    'concurrency-held',
    `Concurrency ${concurrency} was held ${formatQuantity(held.fullShare, 'share')} of the time between ramp-up and drain (mean ${mean}).`,
  )
}

function checkLittlesLaw(summary: RunSummary, { concurrency }: Load): Diagnostic | undefined {
  const { latency, duration } = summary
  if (latency === undefined || duration === undefined) return undefined
  const implied = (latency.mean * latency.count) / duration
  if (implied <= concurrency * 1.01) return undefined
  return warn(
    'inconsistent-times',
    `The latencies add up to ${implied.toFixed(2)} requests in flight, but no more than ${concurrency} were allowed (Little's law): do not trust the times of this run.`,
  )
}

function checkClient(trust: ClientTrust | undefined): Diagnostic | undefined {
  if (trust === undefined) return undefined
  const { state, reasons } = rateClient(trust)
  if (state === 'ok') return undefined
  const found = reasons.map(nameReason).join(', ')
  return state === 'limited'
    ? warn(
        'client-limited',
        `The load process could not keep up (${found}): lower the load or give it a core of its own.`,
      )
    : warn(
        'client-busy',
        `The load process was near its limits (${found}): times may read a few ms too long; free a core for it.`,
      )
}

function nameReason(reason: ClientReason): string {
  if (reason.kind === 'event-loop-busy') {
    return `its event loop was ${formatQuantity(reason.utilization, 'share')} busy`
  }
  return reason.kind === 'event-loop-late'
    ? `its event loop was late by ${formatQuantity(reason.delay, 'ms')} (p99)`
    : `it waited for a core ${formatQuantity(reason.share, 'share')} of the time`
}

function checkBuffering(records: readonly RequestRecord[]): Diagnostic | undefined {
  const { buffered, atOnce, requests } = measureBuffering(records)
  if (!buffered) return undefined
  return warn(
    'tokens-in-one-read',
    `All tokens came in a single read for ${atOnce} of ${requests} requests: the answers were not streamed; look for a buffering proxy.`,
  )
}

const lifecycleEvents: ReadonlySet<string> = new Set([
  'workflow_started',
  'node_started',
  'ping',
  'message_start',
])

function checkFirstToken(
  records: readonly RequestRecord[],
  stream: StreamFormat | undefined,
): Diagnostic | undefined {
  const leads: number[] = []
  for (const { phase, outcome, marks } of records) {
    if (phase !== 'measured' || outcome !== 'completed') continue
    if (marks.firstContent === undefined || marks.firstToken === undefined) continue
    leads.push(marks.firstContent - marks.firstToken)
  }
  const sample = toSample(leads)
  const lead = sample && quantile(sample, 0.5)
  const name = stream?.firstTokenEvent
  const lifecycle = name !== undefined && lifecycleEvents.has(name)
  if (!lifecycle && !(lead !== undefined && lead > 0)) return undefined
  const event = name === undefined ? 'an event' : `the event "${name}"`
  const ahead =
    lead === undefined ? '' : `, ${formatQuantity(lead, 'ms')} (median) before the first content`
  return warn(
    'ttft-without-content',
    `The TTFT clock stops at ${event} that carries no text of the answer${ahead}: set first_token_event to the event that does.`,
  )
}

function checkTokens(summary: RunSummary, slos: readonly Slo[]): Diagnostic | undefined {
  const { tokenBasis } = summary
  const asking = slos.filter(
    ({ metric }) => metric === 'output_tokens_per_second' || metric === 'tpot',
  )
  if (asking.length === 0 || tokenBasis === 'usage' || tokenBasis === 'none') return undefined
  return warn(
    'estimated-tokens',
    `The server sent no token count for ${tokenBasis === 'mixed' ? 'some' : 'all'} answers, so token events are counted instead and tpot is unknown there (${quote(asking)}): ask for usage, for example with stream_options.include_usage.`,
  )
}

function checkPercentiles(summary: RunSummary, slos: readonly Slo[]): Diagnostic | undefined {
  const { completed, failed } = summary.requests
  const requests = completed + failed
  if (requests === 0) return undefined
  const few = slos.filter(({ metric, stat }) => {
    const n = metric === 'chunk_gap' ? (summary.chunkGap?.count ?? 0) : requests
    return stat.kind === 'percentile' && n > 0 && isMaximum(n, stat.p / 100)
  })
  if (few.length > 0) {
    return warn(
      'percentile-of-few',
      `With ${requests} requests the percentile is simply the maximum in ${quote(few)}: ask for more requests or a lower percentile.`,
    )
  }
  if (!isMaximum(requests, 0.99)) return undefined
  return info(
    'percentile-of-few',
    `p99 of ${requests} requests is simply the maximum: ask for at least 100 to read it.`,
  )
}

function isMaximum(n: number, p: number): boolean {
  return p < 1 && nearestRank(n, p) === n
}

function checkDialects(
  { dialects }: RunSummary,
  stream: StreamFormat | undefined,
): Diagnostic | undefined {
  const [first] = dialects
  if (first === undefined) return undefined
  if (dialects.length > 1) {
    const counts = dialects.map(({ name, count }) => `${count} as ${name}`).join(', ')
    return warn(
      'mixed-dialects',
      `The answers were read as different dialects (${counts}): set stream_format.`,
    )
  }
  if (stream !== undefined) return undefined
  return info(
    'dialect-guessed',
    `The answers were read as ${first.name}, chosen from the response: set stream_format to be sure.`,
  )
}

function checkSockets(records: readonly RequestRecord[]): Diagnostic | undefined {
  const seen = new Set<number>()
  let later = 0
  let opened = 0
  for (const { slot, reused, marks } of records) {
    if (marks.dispatched === undefined) continue
    if (seen.has(slot)) {
      later++
      if (!reused) opened++
    }
    seen.add(slot)
  }
  if (opened * 10 <= later) return undefined
  return warn(
    'sockets-not-reused',
    `${opened} of ${later} later requests had to open a new connection: let the server keep connections alive.`,
  )
}

function checkWarmup(records: readonly RequestRecord[]): Diagnostic | undefined {
  const warmup = records.filter(({ phase }) => phase === 'warmup')
  const [first, ...others] = warmup.filter((record) => record.outcome === 'failed')
  if (first === undefined) return undefined
  return warn(
    'warmup-failures',
    `${others.length + 1} of ${warmup.length} warm-up requests failed, the first with ${first.failure.kind}: the target may not have been ready.`,
  )
}

function checkCancelled({ requests }: RunSummary): Diagnostic | undefined {
  if (requests.cancelled === 0) return undefined
  return info(
    'requests-cancelled',
    `${requests.cancelled} of ${requests.total} requests were in flight when the run was stopped: they count nowhere.`,
  )
}

function quote(slos: readonly Slo[]): string {
  return slos.map(({ text }) => `"${text}"`).join(', ')
}

export function warn(id: string, message: string): Diagnostic {
  return { id, level: 'warn', message }
}

export function info(id: string, message: string): Diagnostic {
  return { id, level: 'info', message }
}
