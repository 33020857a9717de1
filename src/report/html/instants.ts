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

/** The first `most` in an order, without one of all. */
export function pickFirst(
  records: Records,
  most: number,
  compare: (a: RequestRecord, b: RequestRecord) => number,
): RequestRecord[] {
  let first: RequestRecord[] = []
  let last: RequestRecord | undefined
  for (const record of records) {
    if (last !== undefined && compare(record, last) >= 0) continue
    first.push(record)
    if (first.length < 2 * most) continue
    first = first.sort(compare).slice(0, most)
    last = first.at(-1)
  }
  return first.sort(compare).slice(0, most)
}

export function measuredOnly(records: Records): Records {
  return records.filter(({ phase }) => phase === 'measured')
}
