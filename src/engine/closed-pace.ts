import type { Load } from '../bench-spec/spec.ts'
import type { Dispatcher, Pace, Place } from './pace.ts'
import type { Schedule } from './schedule.ts'
import type { Thinking } from './thinking.ts'

/** ms between the first requests of neighbouring slots in the warm-up, so that cold sockets and code do not all start at once. */
export const warmUpInterval = 1

/**
 * Keeps `slots` requests in flight; a slot is refilled in the same turn in which its stream has ended, or
 * when its user has thought.
 * `warmups` of the load's `warmup` requests come before all others here: where there are as many as slots, each slot begins with one,
 * and none goes on to a measured request while others have yet to begin. `onOpen`: every measured
 * request has ended and a round may be added; until then slots are kept busy.
 */
export function keepConcurrency(
  schedule: Schedule,
  dispatcher: Dispatcher,
  {
    slots,
    warmup,
    warmups,
    thinking,
    onOpen,
  }: {
    slots: number
    warmups: number
    thinking: Thinking
    onOpen: (() => void) | undefined
  } & Pick<Load, 'warmup'>,
): Pace {
  /** Slots that wait for the requests in flight to end. */
  let waiting: (() => void)[] = []
  let openSlots = slots
  /** Slots that have yet to begin, and those that wait for them. */
  let unbegun = slots
  let held: Place[] = []
  /** Requests that come before the measured ones and were not taken. */
  let warmupsLeft = warmups
  /** Whether `onOpen` was called for the present end of the measured requests. */
  let told = false

  function fill(place: Place, free: number = dispatcher.now()): void {
    const ticket = dispatcher.isStopped() ? undefined : schedule.take(free, dispatcher.inFlight())
    if (ticket === 'wait') {
      waiting.push(() => fill(place))
      return
    }
    if (ticket === undefined) {
      if (--openSlots === 0) dispatcher.finish()
      // Who thinks would find nothing either.
      else thinking.release()
      return
    }
    if (ticket.phase === 'warmup') warmupsLeft--
    dispatcher.send(place, { ticket, scheduled: free }, () => {
      const idle = dispatcher.inFlight() === 0 ? waiting : []
      if (idle.length > 0) waiting = []
      thinking.pause(ticket, (at) => {
        if (warmups >= slots && unbegun > 0 && warmupsLeft <= unbegun) held.push(place)
        else fill(place, at)
      })
      for (const resume of idle) resume()
    })
    if (told || dispatcher.pending() > 0 || !schedule.isOpen()) return
    told = true
    onOpen?.()
  }

  const places = Array.from({ length: slots }, () => dispatcher.open())
  for (const place of places) {
    if (warmup === 0) begin(place)
    else setTimeout(() => begin(place), place.slot * warmUpInterval)
  }

  function begin(place: Place): void {
    unbegun--
    fill(place)
    if (unbegun > 0) return
    for (const [turn, waited] of held.entries()) {
      setTimeout(() => fill(waited), turn * warmUpInterval)
    }
    held = []
  }

  return {
    extend() {
      told = false
      schedule.extend()
    },
    stop: thinking.release,
  }
}
