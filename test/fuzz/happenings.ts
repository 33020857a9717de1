import type { BenchDocument } from '../../src/bench-spec/bench-document.ts'
import type { FailureKind, RequestRecord, RunEnd } from '../../src/engine/record.ts'
import { cancelled, completed, failed } from '../metrics/records.ts'
import { driveOf } from '../run/_drive.ts'
import type { Chance } from './chance.ts'

export const failureKinds: readonly FailureKind[] = [
  'connect',
  'tls',
  'http_status',
  'timeout.connect',
  'timeout.ttft',
  'timeout.idle',
  'timeout.total',
  'reset',
  'protocol',
  'in_band_error',
  'malformed_event',
  'incomplete_stream',
  'no_token',
  'not_streamed',
  'wrong_content_type',
]

export const ends: readonly RunEnd[] = [
  { kind: 'finished' },
  { kind: 'curtailed' },
  { kind: 'unhealthy', illness: { kind: 'no-connection', requests: 20 } },
  { kind: 'unhealthy', illness: { kind: 'errors', failed: 20, requests: 40, limit: 0.1 } },
  { kind: 'interrupted', reason: 'SIGINT' },
  { kind: 'crashed', message: 'the load process ended early (exit code 1): out of memory' },
]

export const objectives: readonly string[] = [
  'success_rate >= 95%',
  'success_rate >= 99.9%',
  'error_rate <= 1%',
  'ttft p50 <= 200ms',
  'ttft p95 <= 150ms',
  'ttft p99 < 1s',
  'ttft mean <= 130ms',
  'ttft max <= 5s',
  'ttft min >= 1ms',
  'ttfo p90 <= 200ms',
  'latency p95 <= 500ms',
  'tpot p95 <= 30ms',
  'chunk_gap p99 <= 40ms',
  'stall p99 <= 100ms',
  'dispatch_delay p99 <= 10ms',
  'requests_per_second >= 1/s',
  'output_tokens_per_second >= 20tok/s',
]

/** Some of the objectives, one about each figure. */
export function drawObjectives(chance: Chance): string[] {
  const drawn = chance.some(1, 5, () => chance.pick(objectives))
  return [...new Map(drawn.map((text) => [text.replace(/ [<>].*/, ''), text])).values()]
}

/** Requests of a service with luck, faults and answers of its own. */
export function drawRecords(chance: Chance): RequestRecord[] {
  const count = chance.pick([0, 1, 2, 10, 40, 100, 300])
  const rounds = chance.pick([1, 2, 5, 10])
  const failing = chance.pick([0, 0, 0.02, 0.3, 1])
  const leaving = chance.pick([0, 0, 0, 0.1])
  const level = chance.pick([20, 100, 100, 1000])
  const spread = chance.pick([0, 0.2, 1])
  const counted = chance.happens(0.7)
  const lasting = chance.pick([0, 1, 2, 10])
  return Array.from({ length: count }, (_, index) => {
    const events = lasting === 10 ? 1 + chance.below(20) : lasting
    const shape = {
      index,
      round: Math.floor((index * rounds) / count),
      slot: index % 4,
      at: index * 40 + chance.below(10),
      ttft: level * (1 + spread * chance.share()),
      gap: chance.pick([0, 5, 10, 60]),
      events,
      reused: chance.happens(0.8),
      ...(counted && { tokens: events + chance.below(3) }),
    }
    if (chance.happens(failing)) {
      return failed({ ...shape, failure: { kind: chance.pick(failureKinds), message: 'as it is' } })
    }
    return chance.happens(leaving) ? cancelled(shape) : completed(shape)
  })
}

/** What a spec may ask beside its objectives. */
export function drawGate(chance: Chance): Pick<BenchDocument, 'gate'> {
  const policy = chance.pick(['pr', 'release', 'point'] as const)
  return chance.happens(0.3) ? {} : { gate: { policy } }
}

export function drawDrive(
  chance: Chance,
  records: readonly RequestRecord[],
  given: Partial<BenchDocument>,
): ReturnType<typeof driveOf> {
  const end = chance.happens(0.6) ? { kind: 'finished' as const } : chance.pick(ends)
  const requests = Math.max(1, records.length + (chance.happens(0.2) ? chance.below(50) : 0))
  return driveOf({ concurrency: 4, requests, ...given }, records, { end })
}
