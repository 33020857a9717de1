import { cleanLine, cleanMessage } from '../bench-spec/plain-text.ts'
import { countTokenTimes } from '../engine/packed-records.ts'
import { requestNumber, type RequestRecord, type Records } from '../engine/record.ts'
import { orderByIndex } from '../metrics/observation.ts'
import { mapLazily, type Sequence } from '../metrics/sequence.ts'
import type { Results } from '../results/results.ts'

/** `test_results.json`: times in seconds, `total_tokens` counts token events. */
export interface TestResults {
  config: { url: string; concurrency: number; total_requests: number; timestamp: string }
  summary: { success_count: number; failed_count: number }
  metrics: Sequence<RequestFigures>
}

/** What `test_results.json` says of one request. */
interface RequestFigures {
  request_id: number
  ttft: number | null
  total_time: number
  total_tokens: number
  /** Token events ÷ total time. */
  tokens_per_second: number
  error: string | null
  /** Only of a run that was recorded: those of the body. */
  total_bytes?: number
  /** The same: of the stream, and those that have names by them. */
  events_count?: number
  events?: Readonly<Record<string, number>>
}

/** Requests that are rendered at once: one by one they take longer. */
const inPiece = 100

/**
 * The measured records as `test_results.json`, sorted by `request_id`, which counts from 1. A
 * cancelled request stands under the failed ones: the format knows only two outcomes; one that left, on
 * purpose, is none of its requests. In pieces: the
 * text of many requests is longer than a string may be.
 */
export function* renderTestResults(results: Results, records: Records): Generator<string> {
  const { metrics, ...head } = toTestResults(results, records)
  yield `${JSON.stringify(head, null, 2).slice(0, -'\n}'.length)},\n  "metrics": [`
  let separator = ''
  let piece: RequestFigures[] = []
  const render = (): string => {
    const list = JSON.stringify({ metrics: piece }, null, 2)
    return separator + list.slice('{\n  "metrics": ['.length, -'\n  ]\n}'.length)
  }
  for (const metric of metrics) {
    piece.push(metric)
    if (piece.length < inPiece) continue
    yield render()
    separator = ','
    piece = []
  }
  if (piece.length > 0) yield render()
  yield metrics.length === 0 ? ']\n}\n' : '\n  ]\n}\n'
}

function toTestResults(results: Results, records: Records): TestResults {
  const recorded = results.diagnostics.some(({ id }) => id === 'requests-recorded')
  const requests = measured(records)
  const failed = requests.filter(({ outcome }) => outcome !== 'completed').length
  return {
    config: {
      url: results.target.url,
      concurrency: placesOf(results.load),
      total_requests: results.load.requests ?? requests.length,
      timestamp: results.started_at.replace(/Z$/, '+00:00'),
    },
    summary: { success_count: requests.length - failed, failed_count: failed },
    metrics: mapLazily(requests, (record) => describeRequest(record, recorded)),
  }
}

function describeRequest(record: RequestRecord, recorded: boolean): RequestFigures {
  const time = totalTime(record)
  return {
    request_id: requestNumber(record),
    ttft: firstToken(record) ?? null,
    total_time: time,
    total_tokens: countTokenTimes(record),
    tokens_per_second: Number(rateOver(record, time).toFixed(4)),
    error: errorText(record),
    ...(recorded && countEvents(record)),
  }
}

function placesOf(load: Results['load']): number {
  return load.kind === 'closed' ? load.concurrency : load.max_concurrency
}

function countEvents({ bytes, events, eventNames = [] }: RequestRecord): Partial<RequestFigures> {
  const names = eventNames.map(({ name, count }) => [name, count] as const)
  return { total_bytes: bytes, events_count: events, events: Object.fromEntries(names) }
}

/** Warm-up left out, in the order of the requests. */
export function measured(records: Records): Records {
  return orderByIndex(
    records.filter(({ phase, outcome }) => phase === 'measured' && outcome !== 'left'),
  )
}

/** s, from dispatch; `undefined` without a token. */
export function firstToken({ marks }: RequestRecord): number | undefined {
  const { dispatched, firstToken: at } = marks
  return dispatched === undefined || at === undefined ? undefined : seconds(at - dispatched)
}

/** s, from dispatch to the end of the body; from the call when the request was never sent. */
export function totalTime({ marks }: RequestRecord): number {
  return seconds(marks.ended - (marks.dispatched ?? marks.called))
}

/** To a microsecond. */
function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(6))
}

/** Token events per second of total time; 0 when it took none. */
export function tokenRate(record: RequestRecord): number {
  return rateOver(record, totalTime(record))
}

function rateOver(record: RequestRecord, time: number): number {
  return time > 0 ? countTokenTimes(record) / time : 0
}

/** Longest text of an error in these layouts, in UTF-16 units. */
const errorLimit = 200

/** `null` for a completed request. */
export function errorText(record: RequestRecord): string | null {
  if (record.outcome === 'completed') return null
  if (record.outcome !== 'failed') return record.outcome
  return cleanLine(cleanMessage(record.failure.message, errorLimit)) || record.failure.kind
}
