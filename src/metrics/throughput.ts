import { countTokenTimes } from '../engine/packed-records.ts'
import type { RequestRecord, Records } from '../engine/record.ts'
import { answeredAt } from './measure.ts'

/** Where the output token counts come from. `estimated`: token events were counted. */
export type TokenBasis = 'usage' | 'estimated' | 'mixed' | 'none'

/** Per second: of the whole run, and of each round with requests. */
export interface Throughput {
  perSecond: number
  rounds: readonly { round: number; perSecond: number }[]
}

/** First dispatch → last token, ms; `undefined` without a token. Give it measured records only. */
export function runDuration(records: Records): number | undefined {
  const span = { first: Infinity, last: -Infinity }
  records.forEach((record) => {
    span.first = Math.min(span.first, record.marks.dispatched ?? Infinity)
    span.last = Math.max(span.last, answeredAt(record) ?? -Infinity)
  })
  const lasted = span.last - span.first
  return lasted > 0 && Number.isFinite(lasted) ? lasted : undefined
}

/** First call → last end, ms; `undefined` for 0 records. Give it measured records only. */
export function wallTime(records: Records): number | undefined {
  const span = { first: Infinity, last: -Infinity }
  records.forEach(({ marks }) => {
    span.first = Math.min(span.first, marks.called)
    span.last = Math.max(span.last, marks.ended)
  })
  return records.length === 0 ? undefined : span.last - span.first
}

/** The server's count, or else the number of token events: an estimate. */
export function outputTokens(record: RequestRecord): number {
  return record.completionTokens ?? countTokenTimes(record)
}

/** Of how many completed requests the server counted the tokens, and of how many events stand for them. */
export function countBases(records: Records): {
  counted: number
  estimated: number
} {
  let counted = 0
  let estimated = 0
  records.forEach((record) => {
    if (record.outcome !== 'completed') return
    if (record.completionTokens !== undefined) counted++
    else if (countTokenTimes(record) > 0) estimated++
  })
  return { counted, estimated }
}

/** Where the counts of the completed requests come from. */
export function tokenBasis(records: Records): TokenBasis {
  const { counted, estimated } = countBases(records)
  if (counted > 0) return estimated > 0 ? 'mixed' : 'usage'
  return estimated > 0 ? 'estimated' : 'none'
}

/**
 * Σ weight of completed requests ÷ run duration; `undefined` without a duration.
 *
 * Rounds overlap in time, so a round's share of the clock is not its own. Its rate follows from
 * Little's law: its weight per second of slot time (called → ended, failures included), times the
 * mean concurrency of the run. Weighted by slot time, the rounds average to the run's rate.
 */
export function throughput(
  records: Records,
  weigh: (record: RequestRecord) => number,
): Throughput | undefined {
  return throughputs(records, [weigh])[0]
}

/** The same of several weights; none without a duration. */
export function throughputs(
  records: Records,
  weighs: readonly ((record: RequestRecord) => number)[],
): Throughput[] {
  const duration = runDuration(records)
  if (duration === undefined) return []

  const rounds = new Map<number, { round: number; weights: number[]; slotTime: number }>()
  const findRound = (round: number) => {
    const own = rounds.get(round) ?? { round, weights: weighs.map(() => 0), slotTime: 0 }
    rounds.set(round, own)
    return own
  }
  let round: ReturnType<typeof findRound> | undefined
  records.forEach((record) => {
    if (record.outcome === 'cancelled') return
    if (round?.round !== record.round) round = findRound(record.round)
    const { weights } = round
    round.slotTime += record.marks.ended - record.marks.called
    if (record.outcome !== 'completed') return
    for (let at = 0; at < weighs.length; at++) weights[at]! += weighs[at]!(record)
  })

  const all = [...rounds.values()].filter(({ slotTime }) => slotTime > 0)
  const concurrency = all.reduce((sum, { slotTime }) => sum + slotTime, 0) / duration
  return weighs.map((_, at) => ({
    perSecond: (all.reduce((sum, { weights }) => sum + (weights[at] ?? 0), 0) / duration) * 1000,
    rounds: all.map(({ round, weights, slotTime }) => ({
      round,
      perSecond: ((weights[at] ?? 0) / slotTime) * concurrency * 1000,
    })),
  }))
}
