import { shiftRecord } from '../engine/packed-records.ts'
import type { RequestRecord, Records } from '../engine/record.ts'

/**
 * Records of one target whose rounds alternated with another's, on a clock that stood still while it
 * had nothing to do: each round begins when the one before it has ended. Rates, durations and the
 * held concurrency are then those of the target's own time.
 */
export function joinRounds(records: Records): RequestRecord[] {
  const spans = new Map<number, { first: number; last: number }>()
  for (const { round, marks } of records) {
    const { first, last } = spans.get(round) ?? { first: Infinity, last: -Infinity }
    spans.set(round, {
      first: Math.min(first, marks.scheduled),
      last: Math.max(last, marks.ended),
    })
  }
  const shifts = new Map<number, number>()
  let end: number | undefined
  for (const [round, { first, last }] of [...spans].sort(([a], [b]) => a - b)) {
    const shift = end === undefined ? 0 : end - first
    shifts.set(round, shift)
    end = last + shift
  }
  return records.map((record) => {
    const shift = shifts.get(record.round) ?? 0
    return shift === 0 ? record : shiftRecord(record, shift)
  })
}
