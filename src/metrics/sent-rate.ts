import type { Records } from '../engine/record.ts'

/**
 * The rate of an open loop as it was, per second, from the first measured request to the last; of
 * conversations that of their first turns.
 */
export interface SentRate {
  /** By the instants at which requests were due, as they were drawn. */
  due: number
  /** By those at which they left. */
  sent: number
  /** Measured requests that found as many in flight as may be, and were sent late. */
  heldBack: number
}

/** `undefined` where fewer than two requests were sent. */
export function measureSentRate(records: Records): SentRate | undefined {
  let requests = 0
  let heldBack = 0
  const due = { first: Infinity, last: -Infinity }
  const sent = { first: Infinity, last: -Infinity }
  records.forEach(({ phase, marks, heldBack: late, turn = 0, step = 0 }) => {
    if (turn + step > 0) return
    if (phase !== 'measured' || marks.dispatched === undefined) return
    requests++
    if (late === true) heldBack++
    widen(due, marks.scheduled)
    widen(sent, marks.dispatched)
  })
  if (requests < 2 || due.last === due.first || sent.last === sent.first) return undefined
  const perSecond = (span: Span): number => (1000 * (requests - 1)) / (span.last - span.first)
  return { due: perSecond(due), sent: perSecond(sent), heldBack }
}

/** ms. */
interface Span {
  first: number
  last: number
}

function widen(span: Span, at: number): void {
  span.first = Math.min(span.first, at)
  span.last = Math.max(span.last, at)
}

const sentEnough = 0.95

/** Whether it is the load that was asked for, but for a twentieth. */
export function isSent({ due, sent }: SentRate): boolean {
  return sent >= sentEnough * due
}
