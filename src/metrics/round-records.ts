import { pickRecords } from '../engine/packed-records.ts'
import type { Records } from '../engine/record.ts'

/** The records of each round, in their order. */
export function groupRounds(records: Records): Map<number, Records> {
  const rounds = new Map<number, number[]>()
  records.forEach(({ round }, position) => {
    const own = rounds.get(round)
    if (own === undefined) rounds.set(round, [position])
    else own.push(position)
  })
  return new Map(
    Array.from(rounds, ([round, own]) => [round, pickRecords(records, Uint32Array.from(own))]),
  )
}
