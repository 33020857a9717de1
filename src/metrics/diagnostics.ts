import { mostInFlight } from '../bench-spec/in-flight.ts'
import { keepKnown } from '../bench-spec/known.ts'
import type { GoodputBounds, Slo } from '../bench-spec/slo.ts'
import type { Load } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { Tagging } from '../bench-spec/tagging.ts'
import type { ClientTrust, Recording, RequestRecord, Records } from '../engine/record.ts'
import { measureBuffering } from './buffering.ts'
import { diagnoseClient, type JudgedSlo } from './client-diagnostic.ts'
import { type HeldConcurrency, isHeld, measureConcurrency, measureStage } from './concurrency.ts'
import type { Diagnostic } from './diagnostic.ts'
import { checkParts, type DiagnosedKind, listParts, type Part } from './kind-checks.ts'
import { diagnoseLeaving } from './left-clients.ts'
import { measure } from './measure.ts'
import { keepCounted, keepSeen } from './observation.ts'
import { isMaximum, quantileEach } from './sample.ts'
import { keepTagged } from './scope.ts'
import { isSent } from './sent-rate.ts'
import { type RunSummary, summarize } from './summary.ts'
import { findTokenSlos, type StandingSlos } from './token-slos.ts'

export interface DiagnosticContext {
  /** `undefined`: the load process did not live to tell. */
  trust?: ClientTrust | undefined
  slos: readonly Slo[]
  /** What they came to; none: whether the client changed that is not asked. */
  judged?: readonly JudgedSlo[]
  goodput?: GoodputBounds | undefined
  /** Tells which records an SLO with tags is about; `undefined` where none has any. */
  tagging?: Tagging | undefined
  /** What the spec says of the stream; `undefined`: nothing. */
  stream?: StreamFormat | undefined
  /** Kinds of a mix, each with a stream of its own; `undefined`: all requests are of one. */
  kinds?: readonly DiagnosedKind[] | undefined
  /** Whether the body is the one that is sent where nothing says what to send. */
  defaultBody?: boolean
  /** Whether rounds alternated with those of another target: each was then drained. */
  alternates?: boolean
}

/** Self-checks of a run: what a reader must know before believing its figures. Pure. */
export function diagnose(
  records: Records,
  summary: RunSummary,
  load: Load,
  context: DiagnosticContext,
): Diagnostic[] {
  const { trust, slos, judged = [], goodput, defaultBody, alternates = false } = context
  const parts = listParts(records, summary, context)
  return [
    ...checkConcurrency(records, summary, { load, alternates }),
    ...checkRate(records, summary, load),
    checkLittlesLaw(summary, load),
    trust && diagnoseClient(records, trust, judged, context),
    checkBuffering(records, trust),
    checkLastWord(records),
    checkEnd(records),
    ...checkParts(parts, checkOutput),
    ...checkParts(parts, checkFirstToken),
    checkTokens(summary, { slos, goodput }),
    ...checkPercentiles(records, summary, context),
    ...checkParts(parts, checkDialects),
    checkSockets(records, load),
    checkWarmup(records),
    defaultBody && checkDefaultBody(summary),
    checkCancelled(summary),
    checkSessions(summary),
    diagnoseLeaving(records),
  ].filter((diagnostic) => typeof diagnostic === 'object')
}

/** That a run was recorded, which costs time. */
export function diagnoseRecording(recordings: readonly Recording[]): Diagnostic {
  return {
    id: 'requests-recorded',
    level: 'info',
    recorded: recordings.length,
    bytes: recordings
      .flatMap(({ reads }) => reads)
      .reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
    omitted: recordings.reduce((sum, { omitted }) => sum + omitted, 0),
  }
}

function checkConcurrency(
  records: Records,
  summary: RunSummary,
  { load, alternates }: { load: Load; alternates: boolean },
): Diagnostic[] {
  if (load.kind === 'open') return []
  // There are no figures, and requests that are refused at once hold no slot for long.
  if (summary.requests.completed === 0) return []
  const { concurrency, stages, thinkTime } = load
  if (thinkTime !== undefined) return [tellUsers(records, concurrency)]
  if (stages === undefined) {
    const held = measureConcurrency(records, concurrency, alternates)
    return held === undefined ? [] : [tellConcurrency(held, concurrency, summary)]
  }
  return stages.flatMap(({ name, to }, index): Diagnostic[] => {
    const held = measureStage(records, index, to)
    const own = summarize(records.filter(({ stage }) => stage === index))
    return held === undefined ? [] : [{ ...tellConcurrency(held, to, own), stage: name }]
  })
}

function tellUsers(records: Records, users: number): Diagnostic {
  const { mean = 0, peak = 0 } = measureConcurrency(records, users) ?? {}
  return { id: 'users-thought', level: 'info', users, meanInFlight: mean, peakInFlight: peak }
}

function tellConcurrency(
  held: HeldConcurrency,
  concurrency: number,
  { requests: { completed, failed } }: RunSummary,
): Extract<Diagnostic, { id: 'concurrency-held' | 'concurrency-not-held' }> {
  const { fullShare, mean: meanInFlight, peak: peakInFlight } = held
  if (!isHeld(held, concurrency)) {
    const requests = completed + failed
    const seen = { peakInFlight, meanInFlight, requests, failed }
    return { id: 'concurrency-not-held', level: 'warn', concurrency, ...seen }
  }
  return { id: 'concurrency-held', level: 'info', concurrency, fullShare, meanInFlight }
}

function checkRate(records: Records, { requests, sentRate }: RunSummary, load: Load): Diagnostic[] {
  if (load.kind === 'closed' || sentRate === undefined) return []
  const late = isSent(sentRate)
    ? []
    : [{ id: 'rate-not-sent', level: 'warn', ...sentRate } as const]
  const { heldBack } = sentRate
  if (heldBack === 0) return late
  const longest = records.reduce((most, record) => {
    const delay = record.heldBack === true ? measure(record, 'dispatch_delay') : 0
    return record.phase === 'measured' && typeof delay === 'number' ? Math.max(most, delay) : most
  }, 0)
  const { maxConcurrency } = load
  const told = { heldBack, maxConcurrency, requests: requests.total, longest }
  return [...late, { id: 'requests-held-back', level: 'warn', ...told }]
}

function checkLittlesLaw(summary: RunSummary, load: Load): Diagnostic | undefined {
  const concurrency = mostInFlight(load)
  const { latency, duration } = summary
  if (latency === undefined || duration === undefined) return undefined
  const impliedInFlight = (latency.mean * latency.count) / duration
  if (impliedInFlight <= concurrency * 1.01) return undefined
  return { id: 'inconsistent-times', level: 'warn', concurrency, impliedInFlight }
}

function checkBuffering(records: Records, trust: ClientTrust | undefined): Diagnostic | undefined {
  const { buffered, heldBack, inOneRead, requests } = measureBuffering(records, trust)
  if (!buffered) return undefined
  return { id: 'tokens-held-back', level: 'warn', heldBack, inOneRead, requests }
}

function checkLastWord(records: Records): Diagnostic | undefined {
  const completed = records.filter(isAnswer)
  const answers = completed.filter(({ marks }) => marks.completed === undefined).length
  if (answers === 0) return undefined
  return { id: 'no-last-word', level: 'info', answers, requests: completed.length }
}

/** Formats of which not every stream has a last word. */
const openEnded: ReadonlySet<string | undefined> = new Set(['sse', 'ndjson'])

function checkEnd(records: Records): Diagnostic | undefined {
  const completed = records.filter(isAnswer)
  const unproven = completed.filter(
    ({ dialect, marks }) => openEnded.has(dialect) && marks.completed === marks.ended,
  )
  const [first] = unproven
  if (first?.dialect === undefined) return undefined
  const names = (first.eventNames ?? []).map(({ name }) => name)
  const level = names.length > 0 ? 'warn' : 'info'
  const counts = { answers: unproven.length, requests: completed.length }
  return { id: 'end-unproven', level, ...counts, dialect: first.dialect, names }
}

function checkOutput({ records, stream }: Part): Diagnostic | undefined {
  const path = stream?.outputPath
  if (path === undefined) return undefined
  const completed = records.filter(isAnswer)
  const without = completed.filter(({ output }) => output === undefined)
  if (without.length === 0) return undefined
  const told = without.find(({ missingOutput }) => missingOutput !== undefined)?.missingOutput
  return keepKnown<Diagnostic>({
    id: 'output-missing',
    level: 'warn',
    path,
    missing: without.length,
    requests: completed.length,
    at: told?.at,
    keys: told?.keys ?? [],
  })
}

function isAnswer({ phase, outcome }: RequestRecord): boolean {
  return phase === 'measured' && outcome === 'completed'
}

const lifecycleEvents: ReadonlySet<string> = new Set([
  'workflow_started',
  'node_started',
  'ping',
  'message_start',
])

/** From the first token to the first content, ms. */
function measureLead(record: RequestRecord): number | undefined {
  const { firstContent, firstToken } = record.marks
  if (!isAnswer(record) || firstContent === undefined || firstToken === undefined) return undefined
  return firstContent - firstToken
}

function checkFirstToken({ records, stream }: Part): Diagnostic | undefined {
  const lead = quantileEach(records, measureLead, 0.5)
  const event = stream?.firstTokenEvent
  const lifecycle = event !== undefined && lifecycleEvents.has(event)
  if (!lifecycle && !(lead !== undefined && lead > 0)) return undefined
  return keepKnown<Diagnostic>({ id: 'ttft-without-content', level: 'warn', event, lead })
}

function checkTokens(summary: RunSummary, standing: StandingSlos): Diagnostic | undefined {
  const { tokenBasis: basis } = summary
  const asking = findTokenSlos(standing)
  if (asking.length === 0 || basis === 'usage' || basis === 'none') return undefined
  return { id: 'estimated-tokens', level: 'warn', basis, slos: listTexts(asking) }
}

function checkPercentiles(
  records: Records,
  summary: RunSummary,
  { slos, tagging }: DiagnosticContext,
): Diagnostic[] {
  const { completed, failed } = summary.requests
  const all = completed + failed
  if (all === 0) return []
  const countOwn = ({ tags, metric }: Slo): number =>
    tags === undefined && summary.requests.leaving === 0
      ? all
      : keepSeen(keepCounted(keepTagged(records, { ...(tags && { tags }) }, tagging)), metric)
          .length
  const few = slos.filter((slo) => {
    const { metric, stat, tags } = slo
    // How many gaps a part of the requests has is not asked: each has many.
    if (metric === 'chunk_gap' && tags !== undefined) return false
    const n = metric === 'chunk_gap' ? (summary.chunkGap?.count ?? 0) : countOwn(slo)
    return stat.kind === 'percentile' && n > 0 && isMaximum(n, stat.p / 100)
  })
  const found = [...Map.groupBy(few, countOwn)].map(([requests, own]): Diagnostic => {
    return { id: 'percentile-of-few', level: 'warn', requests, slos: listTexts(own) }
  })
  if (found.length > 0 || !isMaximum(all, 0.99)) return found
  return [{ id: 'percentile-of-few', level: 'info', requests: all, slos: [] }]
}

function checkDialects({ summary, stream }: Part): Diagnostic | undefined {
  const { dialects } = summary
  const [first] = dialects
  if (first === undefined) return undefined
  if (dialects.length > 1) return { id: 'mixed-dialects', level: 'warn', dialects: [...dialects] }
  if (stream !== undefined) return undefined
  return { id: 'dialect-guessed', level: 'info', dialect: first.name }
}

function checkSockets(records: Records, { keepAlive = true }: Load): Diagnostic | undefined {
  /** Slots, and those of them whose connection was closed by a client that left. */
  const seen = new Set<number>()
  const left = new Set<number>()
  let later = 0
  let opened = 0
  let closed = 0
  let resent = 0
  records.forEach(({ slot, reused, replaced, marks, outcome }) => {
    if (marks.dispatched === undefined) return
    if (seen.has(slot) && !left.has(slot)) {
      later++
      if (!reused) opened++
    }
    if (replaced !== undefined) closed++
    if (replaced === 'resent') resent++
    seen.add(slot)
    if (outcome === 'left') left.add(slot)
    else left.delete(slot)
  })
  if (!keepAlive || opened * 10 <= later) return undefined
  // What the server had announced is in its hands, what it does against that is another matter.
  if (closed * 10 <= later) return { id: 'sockets-not-reused', level: 'warn', opened, later }
  return { id: 'server-closes-connections', level: 'warn', closed, resent, later }
}

function checkWarmup(records: Records): Diagnostic | undefined {
  const warmup = records.filter(({ phase }) => phase === 'warmup')
  const failures = warmup.filter((record) => record.outcome === 'failed')
  const first = failures.at(0)
  if (first?.outcome !== 'failed') return undefined
  const { kind } = first.failure
  return keepKnown<Diagnostic>({
    id: 'warmup-failures',
    level: 'warn',
    failed: failures.length,
    warmup: warmup.length,
    first: kind,
    status: kind === 'http_status' ? first.status : undefined,
  })
}

/** What a server answers to a body that lacks what it needs. */
const malformed: ReadonlySet<number | undefined> = new Set([400, 422])

function checkDefaultBody({ requests, failures }: RunSummary): Diagnostic | undefined {
  const [{ status } = {}, ...others] = failures
  const refused = requests.completed === 0 && others.length === 0 && malformed.has(status)
  if (!refused || status === undefined) return undefined
  return { id: 'default-body', level: 'warn', status }
}

function checkCancelled({ requests }: RunSummary): Diagnostic | undefined {
  const { cancelled, total } = requests
  if (cancelled === 0) return undefined
  return { id: 'requests-cancelled', level: 'info', cancelled, requests: total }
}

function checkSessions({ sessions }: RunSummary): Diagnostic | undefined {
  if (sessions === undefined || sessions.broken === 0) return undefined
  const { broken, completed, unfinished, turnsNotSent: notSent } = sessions
  const begun = broken + completed + unfinished
  return { id: 'conversations-broken', level: 'warn', broken, begun, notSent }
}

function listTexts(slos: readonly Slo[]): string[] {
  return slos.map(({ text }) => text)
}
