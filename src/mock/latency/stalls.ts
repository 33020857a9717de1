import { isFields, rejectUnknown, type Report } from '../plan/fields.ts'
import type { LatencyOption } from './distribution-option.ts'
import { readDistribution } from './distribution-reading.ts'
import type { Distribution } from './distribution.ts'
import { createSampler } from './sampler.ts'

/** Stretches of time in which the engine stands still, and every answer with it. */
export interface StallOption {
  /** From the end of one to the begin of the next. */
  every: LatencyOption
  /** How long one lasts. */
  for: LatencyOption
}

/** ms, before `latency_factor`. */
export interface Stalls {
  every: Distribution
  for: Distribution
}

/** The time of an engine that stands still now and then, and that of a clock; ms, both begin at 0. */
export interface StallCalendar {
  /** What the engine does just when a stall begins it does when it is over. */
  toClock(engineMs: number): number
  toEngine(clockMs: number): number
}

/** Below this the engine would do nothing but stall. */
const shortestWork = 1

export function createStallCalendar(stalls: Stalls, seed: number, factor = 1): StallCalendar {
  const drawEvery = createSampler(stalls.every, seed, 'stall every')
  const drawFor = createSampler(stalls.for, seed, 'stall for')
  /** `at` in the time of the engine, `before`: how long those before it last together. */
  const known = [{ at: 0, before: 0, ms: 0 }]

  function extend(beyond: number): void {
    for (let last = known.at(-1)!; last.at <= beyond; last = known.at(-1)!) {
      const turn = known.length - 1
      const every = Math.max(shortestWork, drawEvery(String(turn), turn)()) * factor
      const ms = drawFor(String(turn), turn)() * factor
      known.push({ at: last.at + every, before: last.before + last.ms, ms })
    }
  }

  return {
    toClock(engineMs) {
      extend(engineMs)
      const { before, ms } = known.findLast(({ at }) => at <= engineMs)!
      return engineMs + before + ms
    },
    toEngine(clockMs) {
      extend(clockMs)
      const { at, before, ms } = known.findLast((stall) => stall.at + stall.before <= clockMs)!
      return Math.max(at, clockMs - before - ms)
    },
  }
}

export function readStalls(report: Report, value: unknown): Stalls | undefined {
  if (value === undefined) return undefined
  if (!isFields(value) || value['every'] === undefined || value['for'] === undefined) {
    report('stalls', '{ every, for }', value, 'Write e.g. { every: 2s, for: 80ms }')
    return undefined
  }
  rejectUnknown(report, 'stalls', value, ['every', 'for'])
  const never = { kind: 'constant', value: Infinity } as const
  const every = readDistribution(report, 'stalls.every', value['every'], never)
  if (every.kind === 'constant' && every.value === 0) {
    report('stalls.every', 'a time above 0', value['every'], 'The engine has to do something')
  }
  return { every, for: readDistribution(report, 'stalls.for', value['for'], never) }
}
