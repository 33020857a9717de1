import type { RequestRecord } from '../../engine/record.ts'

/** `completed`, `cancelled`, `left`, or the kind of the failure: `http_status 503`. */
export function nameOutcome(record: RequestRecord): string {
  if (record.outcome !== 'failed') return record.outcome
  const { kind } = record.failure
  return kind === 'http_status' && record.status !== undefined ? `${kind} ${record.status}` : kind
}
