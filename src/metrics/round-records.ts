import { groupRecords } from '../engine/packed-records.ts'
import type { Records } from '../engine/record.ts'

/** The records of each round, in their order. */
export function groupRounds(records: Records): Map<number, Records> {
  return groupRecords(records, ({ round }) => round)
}
