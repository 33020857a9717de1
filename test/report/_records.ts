import type { CompletedRecord, RequestRecord } from '../../src/engine/record.ts'

/** On the clock of the records: ms. */
export const t0 = 5_000_000

interface Given {
  /** ms from dispatch. */
  ttft?: number
  end: number
  tokens: number
  bytes?: number
  dispatched?: number
}

/** A completed request whose token events are evenly spread. */
export function completed(index: number, given: Given): CompletedRecord {
  const dispatched = t0 + (given.dispatched ?? 0)
  const first = given.ttft ?? given.end
  const times = Array.from({ length: given.tokens }, (_, token) =>
    given.tokens < 2 ? first : first + ((given.end - first) * token) / (given.tokens - 1),
  )
  const [firstToken, lastToken] = [times[0], times.at(-1)]
  return {
    outcome: 'completed',
    index,
    target: 'candidate',
    phase: 'measured',
    round: 0,
    slot: 0,
    marks: {
      scheduled: dispatched,
      called: dispatched,
      dispatched,
      ...(firstToken !== undefined && { firstToken: dispatched + firstToken }),
      ...(lastToken !== undefined && { lastToken: dispatched + lastToken }),
      ended: dispatched + given.end,
    },
    tokenTimes: Float64Array.from(times, (time) => dispatched + time),
    status: 200,
    events: given.tokens + 2,
    reads: given.tokens,
    bytes: given.bytes ?? 1024,
    reused: false,
  }
}

/** A request that ended before any token. */
export function failed(index: number, message: string, end = 2000): RequestRecord {
  return {
    ...completed(index, { end, tokens: 0 }),
    outcome: 'failed',
    failure: { kind: 'http_status', message },
  }
}
