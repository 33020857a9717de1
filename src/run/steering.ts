import { findStream } from '../bench-spec/kinds.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { tagSpec } from '../bench-spec/tagging.ts'
import type { Halt, RunEnd, Records } from '../engine/record.ts'
import { watchHealth } from '../verdict/health.ts'
import { isCertain, judge } from '../verdict/judge.ts'

/** Watches a run and says whether it is to go on. */
export interface Steering {
  /** Those to the candidate that have ended since. */
  add(batch: Records, inFlight: number): void
  /** `records`: all that were added. */
  halt(records: Records): Halt | undefined
  extend(records: Records): boolean
  /** How often the records were judged, the last time included. */
  looks(): number
  /** How the run ended, given how the load did: nothing was cut off when all had been sent by then. */
  correctEnd(end: RunEnd): RunEnd
}

/**
 * Whether the outcome is certain is asked with every batch, and from so many requests on only when a
 * share more of them has ended: all looks of a run then cost a fixed multiple of one.
 */
const everyBatch = { below: 10_000, thenEach: 1 / 4 }

/** Decides by what is certain or tested, never by how the figures stand at the moment. */
export function steer(spec: BenchSpec): Steering {
  const { slos, load, goodput, gate, abort } = spec
  const health = watchHealth(abort.maxErrorRate)
  let measured = 0
  let lookedAt = 0
  let pending = 0
  let looks = 1
  const given = { load, goodput, tagging: tagSpec(spec), stream: findStream(spec), gate }

  return {
    add(batch, inFlight) {
      health.add(batch)
      for (const { phase } of batch) if (phase === 'measured') measured++
      pending = inFlight
    },
    halt(records) {
      const total = load.requests ?? Infinity
      // What has been sent whole is judged whole; how much an extra round has left is not known here.
      if (looks === 1 && measured + pending >= total) return undefined
      const illness = health.illness()
      if (illness !== undefined) return { kind: 'unhealthy', illness }
      const due = measured < everyBatch.below || measured >= lookedAt * (1 + everyBatch.thenEach)
      if (!abort.certain || !due) return undefined
      lookedAt = measured
      if (!isCertain(slos, records, given)) return undefined
      return { kind: 'curtailed' }
    },
    extend(records) {
      // What the client or the stream make doubtful, more requests do not mend.
      const end = { kind: 'finished' } as const
      if (judge(slos, records, { ...given, end }).status !== 'INCONCLUSIVE') return false
      looks++
      return true
    },
    looks: () => looks,
    correctEnd: (end) =>
      isHalt(end) && looks === 1 && measured >= (load.requests ?? Infinity)
        ? { kind: 'finished' }
        : end,
  }
}

function isHalt({ kind }: RunEnd): boolean {
  return kind === 'curtailed' || kind === 'unhealthy'
}
