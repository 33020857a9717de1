import type { ClosedLoad, Stage } from '../bench-spec/spec.ts'
import { mostOfStages } from '../bench-spec/stages.ts'
import type { Alarm } from './alarm.ts'
import { warmUpInterval } from './closed-pace.ts'
import type { Dispatcher, Pace, Place } from './pace.ts'
import type { Deal } from './share.ts'
import { createStagedSchedule } from './staged-schedule.ts'
import { createThinking } from './thinking.ts'

/**
 * Keeps as many requests in flight as the stages ask for: a slot is refilled in the same turn in which
 * its stream has ended, or when its user has thought, while it is open, and is asked again when it opens.
 */
export function keepStages(
  load: ClosedLoad & { stages: readonly Stage[] },
  deal: Deal,
  dispatcher: Dispatcher,
  alarm: Alarm,
): Pace {
  const schedule = createStagedSchedule(load, deal)
  const thinking = createThinking(load, dispatcher, alarm)
  const slots = deal.count(mostOfStages(load.stages))
  let began = false
  /** Slots that wait for the measured phase. */
  let waiting: Place[] = []
  /** Slots that wait for their instant, and what takes the alarm back. */
  const parked = new Map<Place, () => void>()
  let openSlots = slots

  function fill(place: Place, at: number = dispatcher.now()): void {
    const turn = dispatcher.isStopped() ? undefined : schedule.take(at, place.slot)
    if (turn === undefined) {
      if (--openSlots === 0) dispatcher.finish()
      return
    }
    if (turn.kind === 'wait') {
      waiting.push(place)
    } else if (turn.kind === 'later') {
      const ring = (): void => {
        parked.delete(place)
        fill(place)
      }
      parked.set(place, alarm(turn.at, ring))
    } else {
      const { ticket, due } = turn
      dispatcher.send(place, { ticket, scheduled: due }, () => {
        thinking.pause(ticket, (free) => fill(place, free))
        if (dispatcher.isStopped()) release()
      })
      if (ticket.phase === 'measured' && !began) begin()
    }
  }

  function begin(): void {
    began = true
    const places = waiting
    waiting = []
    for (const place of places) fill(place)
  }

  /** There is nothing more to wait for. */
  function release(): void {
    thinking.release()
    const places = [...parked.keys()]
    for (const cancel of parked.values()) cancel()
    parked.clear()
    for (const place of places) fill(place)
    begin()
  }

  const places = Array.from({ length: slots }, () => dispatcher.open())
  for (const place of places) {
    if (load.warmup === 0) fill(place)
    else setTimeout(() => fill(place), place.slot * warmUpInterval)
  }

  return { extend() {}, stop: release }
}
