import { keepKnown } from '../bench-spec/known.ts'
import type { RequestRecord, Records } from '../engine/record.ts'
import { type HeldConcurrency, measureConcurrency } from './concurrency.ts'
import { measure } from './measure.ts'
import { carriedQuantile, quantile, toSample } from './sample.ts'

/** What a server says of one answer: instants in ms on the clock of the records. */
export interface SentAnswer {
  /** The head of the request was there. */
  received: number
  /** Just before each token event was written. */
  tokens: readonly number[]
}

/** ms, nearest rank; `undefined` of so few values that it is their maximum. */
export interface Spread {
  min: number
  p50: number
  p95?: number
  p99?: number
  max: number
}

/**
 * By how much the client's figures exceed what the server says, which is a lower bound: the client
 * cannot have sent later or seen earlier. The way between the two is part of it.
 */
export interface ClientError {
  requests: number
  ttft: Spread
  latency: Spread
  /** The larger of the two, of each request. */
  request: Spread
  /** Of each token event; `undefined` where reads cannot be told apart as events. */
  chunk: Spread | undefined
  dispatchDelay: Spread
  held: HeldConcurrency | undefined
}

/** `undefined` when no measured request completed that the server knows of. */
export function compareWithSent(
  records: Records,
  sentOf: (record: RequestRecord) => SentAnswer | undefined,
  concurrency: number,
): ClientError | undefined {
  const ttfts: number[] = []
  const latencies: number[] = []
  const worse: number[] = []
  const chunks: number[] = []
  const delays: number[] = []
  for (const record of records) {
    const sent = sentOf(record)
    const [first, last] = [sent?.tokens[0], sent?.tokens.at(-1)]
    if (record.phase !== 'measured' || record.outcome !== 'completed') continue
    if (sent === undefined || first === undefined || last === undefined) continue
    const [ttft, latency] = [measure(record, 'ttft'), measure(record, 'latency')]
    const delay = measure(record, 'dispatch_delay')
    if (typeof ttft !== 'number' || typeof latency !== 'number') continue
    const ttftError = ttft - (first - sent.received)
    const latencyError = latency - (last - sent.received)
    ttfts.push(ttftError)
    latencies.push(latencyError)
    worse.push(Math.max(ttftError, latencyError))
    if (typeof delay === 'number') delays.push(delay)
    if (record.tokenTimes.length !== sent.tokens.length) continue
    for (const [i, at] of sent.tokens.entries()) chunks.push((record.tokenTimes[i] ?? 0) - at)
  }
  const [ttft, latency, request] = [spread(ttfts), spread(latencies), spread(worse)]
  const dispatchDelay = spread(delays)
  if (!ttft || !latency || !request || !dispatchDelay) return undefined
  return {
    requests: ttfts.length,
    ttft,
    latency,
    request,
    chunk: spread(chunks),
    dispatchDelay,
    held: measureConcurrency(records, concurrency),
  }
}

function spread(values: readonly number[]): Spread | undefined {
  const sample = toSample(values)
  return (
    sample &&
    keepKnown<Spread>({
      min: sample[0],
      p50: quantile(sample, 0.5),
      p95: carriedQuantile(sample, 0.95),
      p99: carriedQuantile(sample, 0.99),
      max: quantile(sample, 1),
    })
  )
}
