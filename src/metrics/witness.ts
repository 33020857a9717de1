import { keepKnown } from '../bench-spec/known.ts'
import type { FailureKind, RequestRecord } from '../engine/record.ts'
import { measure } from './measure.ts'
import { keepSeen } from './observation.ts'

/** A measured request that says where to look, by its 0-based number and row. */
export type Witness = { index: number; row?: number } & (
  | { of: 'ttft' | 'latency'; ms: number }
  /** The first of its kind. */
  | { of: 'failure'; kind: FailureKind; status?: number }
)

/** Slowest requests of each metric. */
const most = 5

/** The slowest requests by ttft and by latency, then the first failed one of each kind. */
export function listWitnesses(records: readonly RequestRecord[]): Witness[] {
  const measured = records.filter(({ phase }) => phase === 'measured')
  return [
    ...findSlowest(measured, 'ttft'),
    ...findSlowest(measured, 'latency'),
    ...findFailed(measured),
  ]
}

function findSlowest(records: readonly RequestRecord[], of: 'ttft' | 'latency'): Witness[] {
  const timed = keepSeen(records, of).flatMap((record) => {
    const ms = record.outcome === 'failed' ? undefined : measure(record, of)
    return typeof ms === 'number' ? [{ record, ms }] : []
  })
  return timed
    .toSorted((a, b) => b.ms - a.ms || a.record.index - b.record.index)
    .slice(0, most)
    .map(({ record: { index, row }, ms }) => keepKnown<Witness>({ of, index, row, ms }))
}

function findFailed(records: readonly RequestRecord[]): Witness[] {
  const kinds = new Map<string, Witness>()
  for (const record of records.toSorted((a, b) => a.index - b.index)) {
    if (record.outcome !== 'failed') continue
    const { index, row, failure } = record
    const status = failure.kind === 'http_status' ? record.status : undefined
    const name = `${failure.kind} ${status}`
    if (kinds.has(name)) continue
    kinds.set(name, keepKnown<Witness>({ of: 'failure', index, row, kind: failure.kind, status }))
  }
  return [...kinds.values()]
}
