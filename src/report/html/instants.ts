import type { RequestRecord } from '../../engine/record.ts'
import { measure } from '../../metrics/measure.ts'

/** ms on the clock of the records; a request that never left began when it was called. */
export function findStart({ marks }: RequestRecord): number {
  return marks.dispatched ?? marks.called
}

/** The first start of all, warm-up included; the origin of a run's time. */
export function findOrigin(records: readonly RequestRecord[]): number {
  return records.reduce((first, record) => Math.min(first, findStart(record)), Infinity)
}

/** ms from start to the last token, or to the end where there was no proper answer. */
export function measureDuration(record: RequestRecord): number {
  const latency = record.outcome === 'completed' ? measure(record, 'latency') : undefined
  return typeof latency === 'number' ? latency : record.marks.ended - findStart(record)
}

export function measuredOnly(records: readonly RequestRecord[]): RequestRecord[] {
  return records.filter(({ phase }) => phase === 'measured')
}
