import type { Records } from '../engine/record.ts'
import { groupRounds } from './round-records.ts'
import { dropValues, sampleEach } from './sample.ts'
import { joinSessions, type Stays } from './sessions.ts'

/** Requests in flight, or conversations in progress, between ramp-up (all slots taken for the first time) and the last dispatch. */
export interface HeldConcurrency {
  /** Share of that time with all slots taken, 0–1; 0 when they never were. */
  fullShare: number
  mean: number
  peak: number
}

const heldEnough = 0.95

/** Whether it is the load that was asked for: reached, and kept but for a twentieth. */
export function isHeld({ mean, peak }: HeldConcurrency, asked: number): boolean {
  return peak >= asked && mean >= heldEnough * asked
}

/**
 * The same in the time of one stage, from the instant at which as many as it asks for were in flight to
 * its last dispatch; what is in flight beyond that, from the stage before, counts.
 */
export function measureStage(
  records: Records,
  stage: number,
  asked: number,
): HeldConcurrency | undefined {
  const { time, full, busy, peak } = addUp(records, asked, stage)
  return time > 0 ? { fullShare: full / time, mean: busy / time, peak } : undefined
}

/**
 * Exact, from every dispatch and every end; warm-up requests in flight count, because they hold
 * slots. `drained`: each round ended before the next one began, and is ramped up and drained by
 * itself. `undefined` when there is no time between ramp-up and the last dispatch.
 */
export function measureConcurrency(
  records: Records,
  asked: number,
  drained = false,
): HeldConcurrency | undefined {
  const stays = joinSessions(records)
  const stretches: Stays[] = !drained
    ? [stays]
    : stays === records
      ? [...groupRounds(records).values()]
      : [...Map.groupBy(stays, ({ round }) => round).values()]
  let time = 0
  let full = 0
  let busy = 0
  let peak = 0
  for (const stretch of stretches) {
    const held = addUp(stretch, asked)
    time += held.time
    full += held.full
    busy += held.busy
    peak = Math.max(peak, held.peak)
  }
  return time > 0 ? { fullShare: full / time, mean: busy / time, peak } : undefined
}

/** Times in ms, between ramp-up and the last dispatch. */
interface Held {
  time: number
  full: number
  /** Weighted by the requests in flight. */
  busy: number
  peak: number
}

/** `stage`: only in its time; `undefined`: in the measured phase. */
function addUp(records: Stays, asked: number, stage?: number): Held {
  const sent = { first: Infinity, last: -Infinity }
  records.forEach(({ phase, stage: own, marks }) => {
    if (phase !== 'measured' || (stage !== undefined && own !== stage)) return
    const { dispatched } = marks
    if (dispatched === undefined) return
    sent.first = Math.min(sent.first, dispatched)
    sent.last = Math.max(sent.last, dispatched)
  })
  const held: Held = { time: 0, full: 0, busy: 0, peak: 0 }
  const before = { at: Number.NaN, inFlight: 0 }
  followInFlight(records, (at, inFlight) => {
    if (at < sent.first || at > sent.last) return
    // The first of them has none before it.
    const lasted = at - before.at || 0
    held.time += lasted
    held.busy += lasted * before.inFlight
    if (before.inFlight >= asked) held.full += lasted
    // What was before all slots were taken for the first time is the ramp-up.
    if (inFlight >= asked && held.peak < asked) Object.assign(held, { time: 0, full: 0, busy: 0 })
    held.peak = Math.max(held.peak, inFlight)
    before.at = at
    before.inFlight = inFlight
  })
  return held
}

/**
 * Tells of every dispatch and every end, in order of time, how many are in flight from then on; warm-up
 * requests included. `at`: ms, on the clock of the records.
 */
export function followInFlight(records: Stays, tell: (at: number, inFlight: number) => void): void {
  const starts = sampleEach(records, ({ marks }) => marks.dispatched)
  const ends = sampleEach(records, ({ marks }) =>
    marks.dispatched === undefined ? undefined : marks.ended,
  )
  if (starts === undefined || ends === undefined) return
  let started = 0
  let ended = 0
  while (ended < ends.length) {
    const [start, end] = [starts[started] ?? Infinity, ends[ended] ?? Infinity]
    // At equal instants the ended request frees its slot for the dispatched one.
    if (end <= start) ended++
    else started++
    tell(Math.min(start, end), started - ended)
  }
  dropValues(starts)
  dropValues(ends)
}
