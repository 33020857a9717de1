import { keepKnown } from '../bench-spec/known.ts'
import type { GoodputBounds, Slo } from '../bench-spec/slo.ts'
import type { Load } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { ClientTrust, RequestRecord } from '../engine/record.ts'
import { measureBuffering } from './buffering.ts'
import { diagnoseClient, type JudgedSlo } from './client-diagnostic.ts'
import { isHeld, measureConcurrency } from './concurrency.ts'
import type { Diagnostic } from './diagnostic.ts'
import { nearestRank, quantile, toSample } from './sample.ts'
import type { RunSummary } from './summary.ts'

export interface DiagnosticContext {
  /** `undefined`: the load process did not live to tell. */
  trust?: ClientTrust | undefined
  slos: readonly Slo[]
  /** What they came to; none: whether the client changed that is not asked. */
  judged?: readonly JudgedSlo[]
  goodput?: GoodputBounds | undefined
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
  { trust, slos, judged = [], goodput, stream, alternates = false }: DiagnosticContext,
): Diagnostic[] {
  return [
    checkConcurrency(records, load, alternates),
    checkLittlesLaw(summary, load),
    trust && diagnoseClient(records, trust, judged, goodput),
    checkBuffering(records),
    checkFirstToken(records, stream),
    checkTokens(summary, slos),
    checkPercentiles(summary, slos),
    checkDialects(summary, stream),
    checkSockets(records, load),
    checkWarmup(records),
    checkCancelled(summary),
  ].filter((diagnostic) => diagnostic !== undefined)
}

function checkConcurrency(
  records: readonly RequestRecord[],
  { concurrency }: Load,
  alternates: boolean,
): Diagnostic | undefined {
  const held = measureConcurrency(records, concurrency, alternates)
  if (held === undefined) return undefined
  const { fullShare, mean: meanInFlight, peak: peakInFlight } = held
  if (!isHeld(held, concurrency)) {
    return { id: 'concurrency-not-held', level: 'warn', concurrency, peakInFlight, meanInFlight }
  }
  return { id: 'concurrency-held', level: 'info', concurrency, fullShare, meanInFlight }
}

function checkLittlesLaw(summary: RunSummary, { concurrency }: Load): Diagnostic | undefined {
  const { latency, duration } = summary
  if (latency === undefined || duration === undefined) return undefined
  const impliedInFlight = (latency.mean * latency.count) / duration
  if (impliedInFlight <= concurrency * 1.01) return undefined
  return { id: 'inconsistent-times', level: 'warn', concurrency, impliedInFlight }
}

function checkBuffering(records: readonly RequestRecord[]): Diagnostic | undefined {
  const { buffered, atOnce, requests } = measureBuffering(records)
  if (!buffered) return undefined
  return { id: 'tokens-in-one-read', level: 'warn', atOnce, requests }
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
  const event = stream?.firstTokenEvent
  const lifecycle = event !== undefined && lifecycleEvents.has(event)
  if (!lifecycle && !(lead !== undefined && lead > 0)) return undefined
  return keepKnown<Diagnostic>({ id: 'ttft-without-content', level: 'warn', event, lead })
}

function checkTokens(summary: RunSummary, slos: readonly Slo[]): Diagnostic | undefined {
  const { tokenBasis: basis } = summary
  const asking = slos.filter(
    ({ metric }) => metric === 'output_tokens_per_second' || metric === 'tpot',
  )
  if (asking.length === 0 || basis === 'usage' || basis === 'none') return undefined
  return { id: 'estimated-tokens', level: 'warn', basis, slos: listTexts(asking) }
}

function checkPercentiles(summary: RunSummary, slos: readonly Slo[]): Diagnostic | undefined {
  const { completed, failed } = summary.requests
  const requests = completed + failed
  if (requests === 0) return undefined
  const few = slos.filter(({ metric, stat }) => {
    const n = metric === 'chunk_gap' ? (summary.chunkGap?.count ?? 0) : requests
    return stat.kind === 'percentile' && n > 0 && isMaximum(n, stat.p / 100)
  })
  if (few.length === 0 && !isMaximum(requests, 0.99)) return undefined
  const level = few.length > 0 ? 'warn' : 'info'
  return { id: 'percentile-of-few', level, requests, slos: listTexts(few) }
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
  if (dialects.length > 1) return { id: 'mixed-dialects', level: 'warn', dialects: [...dialects] }
  if (stream !== undefined) return undefined
  return { id: 'dialect-guessed', level: 'info', dialect: first.name }
}

function checkSockets(
  records: readonly RequestRecord[],
  { keepAlive = true }: Load,
): Diagnostic | undefined {
  const seen = new Set<number>()
  let later = 0
  let opened = 0
  let closed = 0
  let resent = 0
  for (const { slot, reused, replaced, marks } of records) {
    if (marks.dispatched === undefined) continue
    if (seen.has(slot)) {
      later++
      if (!reused) opened++
    }
    if (replaced !== undefined) closed++
    if (replaced === 'resent') resent++
    seen.add(slot)
  }
  if (!keepAlive || opened * 10 <= later) return undefined
  // What the server had announced is in its hands, what it does against that is another matter.
  if (closed * 10 <= later) return { id: 'sockets-not-reused', level: 'warn', opened, later }
  return { id: 'server-closes-connections', level: 'warn', closed, resent, later }
}

function checkWarmup(records: readonly RequestRecord[]): Diagnostic | undefined {
  const warmup = records.filter(({ phase }) => phase === 'warmup')
  const failures = warmup.filter((record) => record.outcome === 'failed')
  const [first] = failures
  if (first === undefined) return undefined
  return {
    id: 'warmup-failures',
    level: 'warn',
    failed: failures.length,
    warmup: warmup.length,
    first: first.failure.kind,
  }
}

function checkCancelled({ requests }: RunSummary): Diagnostic | undefined {
  const { cancelled, total } = requests
  if (cancelled === 0) return undefined
  return { id: 'requests-cancelled', level: 'info', cancelled, requests: total }
}

function listTexts(slos: readonly Slo[]): string[] {
  return slos.map(({ text }) => text)
}
