import type { RequestRecord, Records } from '../../engine/record.ts'
import { measure } from '../../metrics/measure.ts'

/** ms on the clock of the records; a request that never left began when it was called. */
export function findStart({ marks }: RequestRecord): number {
  return marks.dispatched ?? marks.called
}

/** The first start of all, warm-up included; the origin of a run's time. */
export function findOrigin(records: Records): number {
  return records.reduce((first, record) => Math.min(first, findStart(record)), Infinity)
}

/** ms from start to the last token, or to the end where there was no proper answer. */
export function measureDuration(record: RequestRecord): number {
  const latency = record.outcome === 'completed' ? measure(record, 'latency') : undefined
  return typeof latency === 'number' ? latency : record.marks.ended - findStart(record)
}

/** What puts the slowest first. */
export function negateDuration(record: RequestRecord): number {
  return -measureDuration(record)
}

/** A request in an order. */
interface Standing {
  key: number
  index: number
  position: number
}

function compareStandings(a: Standing, b: Standing): number {
  return a.key - b.key || a.index - b.index
}

/**
 * The first `most` in the order of a number that each has, and of those where it is the same by their
 * own number; without an order of all.
 */
export function pickFirst(
  records: Records,
  most: number,
  keyOf: (record: RequestRecord) => number,
): RequestRecord[] {
  let first: Standing[] = []
  let last: Standing | undefined
  records.forEach((record, position) => {
    const key = keyOf(record)
    if (last !== undefined && key > last.key) return
    const standing = { key, index: record.index, position }
    if (last !== undefined && compareStandings(standing, last) >= 0) return
    first.push(standing)
    if (first.length < 2 * most) return
    first = first.sort(compareStandings).slice(0, most)
    last = first.at(-1)
  })
  return first
    .sort(compareStandings)
    .slice(0, most)
    .map(({ position }) => records.at(position) as RequestRecord)
}

export function measuredOnly(records: Records): Records {
  return records.filter(({ phase }) => phase === 'measured')
}
