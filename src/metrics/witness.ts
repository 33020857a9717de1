import { keepKnown } from '../bench-spec/known.ts'
import type { FailureKind, RequestRecord, Records } from '../engine/record.ts'
import { measure } from './measure.ts'
import { keepSeen, orderByIndex } from './observation.ts'

/** A measured request that says where to look, by its 0-based number and row. */
export type Witness = { index: number; row?: number } & (
  | { of: 'ttft' | 'latency'; ms: number }
  /** The first of its kind. */
  | { of: 'failure'; kind: FailureKind; status?: number }
)

/** Slowest requests of each metric. */
const most = 5

/** The slowest requests by ttft and by latency, then the first failed one of each kind. */
export function listWitnesses(records: Records): Witness[] {
  const measured = records.filter(({ phase }) => phase === 'measured')
  return [
    ...findSlowest(measured, 'ttft'),
    ...findSlowest(measured, 'latency'),
    ...findFailed(measured),
  ]
}

function findSlowest(records: Records, of: 'ttft' | 'latency'): Witness[] {
  let slowest: { record: RequestRecord; ms: number }[] = []
  for (const record of keepSeen(records, of)) {
    const ms = record.outcome === 'failed' ? undefined : measure(record, of)
    if (typeof ms !== 'number' || ms < (slowest[most - 1]?.ms ?? 0)) continue
    slowest.push({ record, ms })
    slowest.sort((a, b) => b.ms - a.ms || a.record.index - b.record.index)
    slowest = slowest.slice(0, most)
  }
  return slowest.map(({ record: { index, row }, ms }) => keepKnown<Witness>({ of, index, row, ms }))
}

function findFailed(records: Records): Witness[] {
  const kinds = new Map<string, Witness>()
  for (const record of orderByIndex(records)) {
    if (record.outcome !== 'failed') continue
    const { index, row, failure } = record
    const status = failure.kind === 'http_status' ? record.status : undefined
    const name = `${failure.kind} ${status}`
    if (kinds.has(name)) continue
    kinds.set(name, keepKnown<Witness>({ of: 'failure', index, row, kind: failure.kind, status }))
  }
  return [...kinds.values()]
}
