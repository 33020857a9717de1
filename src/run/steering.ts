import type { BenchSpec } from '../bench-spec/spec.ts'
import { tagSpec } from '../bench-spec/tagging.ts'
import type { Halt, RequestRecord, RunEnd } from '../engine/record.ts'
import { checkHealth } from '../verdict/health.ts'
import { isCertain, judge } from '../verdict/judge.ts'

/** Watches a run and says whether it is to go on. */
export interface Steering {
  add(records: readonly RequestRecord[], inFlight: number): void
  halt(): Halt | undefined
  extend(): boolean
  /** How often the records were judged, the last time included. */
  looks(): number
  /** How the run ended, given how the load did: nothing was cut off when all had been sent by then. */
  correctEnd(end: RunEnd): RunEnd
}

/** Decides by what is certain or tested, never by how the figures stand at the moment. */
export function steer(spec: BenchSpec): Steering {
  const { slos, load, goodput, stream, gate, abort } = spec
  const records: RequestRecord[] = []
  let measured = 0
  let pending = 0
  let looks = 1
  const given = { load, goodput, tagging: tagSpec(spec), stream, gate }

  return {
    add(batch, inFlight) {
      for (const record of batch) {
        records.push(record)
        if (record.phase === 'measured') measured++
      }
      pending = inFlight
    },
    halt() {
      const total = load.requests ?? Infinity
      // What has been sent whole is judged whole; how much an extra round has left is not known here.
      if (looks === 1 && measured + pending >= total) return undefined
      const illness = checkHealth(records, abort.maxErrorRate)
      if (illness !== undefined) return { kind: 'unhealthy', illness }
      if (!abort.certain || !isCertain(slos, records, given)) return undefined
      return { kind: 'curtailed' }
    },
    extend() {
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
