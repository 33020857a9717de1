import type { RequestRecord, Records } from '../../engine/record.ts'
import type { Weighted } from './tool.ts'

/** One value that counts once, or none. */
export function only(value: number | undefined): readonly Weighted[] {
  return value === undefined ? [] : [{ value, weight: 1 }]
}

/** One value that counts `weight` times; none of weight 0. */
export function weigh(value: number | undefined, weight: number): readonly Weighted[] {
  return value === undefined || weight <= 0 ? [] : [{ value, weight }]
}

/** ms between two instants; `undefined` when one of them never came. */
export function between(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from
}

/** `undefined` for a count below 1 or an unknown one. */
export function divide(value: number | undefined, count: number | undefined): number | undefined {
  return value === undefined || count === undefined || count < 1 ? undefined : value / count
}

/** From the first token event to the last one, ms. */
export function decoding({ marks }: RequestRecord): number | undefined {
  return between(marks.firstToken, marks.lastToken)
}

/** Steps between the tokens that the server counted; `undefined` when it did not. */
export function listSteps({ completionTokens }: RequestRecord): number | undefined {
  return completionTokens === undefined ? undefined : completionTokens - 1
}

/** Chunks that a reader of choices stamps: the first event, a role perhaps, and those with text. */
export function chunkTimes({ marks, tokenTimes }: RequestRecord): number[] {
  const { firstEvent } = marks
  const times = Array.from(tokenTimes)
  const isApart = firstEvent !== undefined && firstEvent < (times[0] ?? Infinity)
  return isApart ? [firstEvent, ...times] : times
}

/** Between consecutive instants, ms. */
export function listGaps(times: readonly number[]): readonly Weighted[] {
  return times.slice(1).map((time, index) => ({ value: time - (times[index] ?? time), weight: 1 }))
}

/** Completed requests, or their tokens, per second from the first dispatch to the last end of a stream. */
export function rateOver(
  records: Records,
  amount: (record: RequestRecord) => number | undefined,
): number | undefined {
  let [first, last, sum] = [Infinity, -Infinity, 0]
  for (const record of records) {
    first = Math.min(first, record.marks.dispatched ?? Infinity)
    last = Math.max(last, record.marks.ended)
    if (record.outcome !== 'completed') continue
    // A sum that leaves out what was not counted would be too small.
    sum += amount(record) ?? Number.NaN
  }
  return last > first && !Number.isNaN(sum) ? (sum / (last - first)) * 1000 : undefined
}
