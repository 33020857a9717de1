import type { OpenLoad } from '../bench-spec/spec.ts'
import type { Alarm } from './alarm.ts'
import type { Dispatcher, Pace, Place, Sending } from './pace.ts'
import { listDepartures } from './timetable.ts'

/**
 * Sends each request when it is due, whatever became of those before, on the free connection that was
 * used last, or on a new one. With `maxConcurrency` in flight the next ones wait, in their order, are
 * sent late, and say so.
 */
export function keepRate(load: OpenLoad, dispatcher: Dispatcher, alarm: Alarm): Pace {
  const departures = listDepartures(load)
  const origin = dispatcher.now()
  let next = departures.next().value
  const free: Place[] = []
  let opened = 0
  /** Requests that are due and could not be sent, from `first` on. */
  let held: Sending[] = []
  let first = 0
  let cancelAlarm: (() => void) | undefined
  let finished = false

  function depart(): void {
    // What becomes due meanwhile waits for another turn.
    const at = dispatcher.now()
    while (next !== undefined && origin + next.at <= at && !dispatcher.isStopped()) {
      const sending: Sending = { ticket: next.ticket, scheduled: origin + next.at }
      next = departures.next().value
      const place = takePlace()
      if (place === undefined) held.push({ ...sending, heldBack: true })
      else send(place, sending)
    }
    if (next !== undefined && !dispatcher.isStopped()) {
      cancelAlarm = alarm(origin + next.at, depart)
    } else finishWhenDone()
  }

  function takePlace(): Place | undefined {
    const place = free.pop()
    if (place !== undefined || opened === load.maxConcurrency) return place
    opened++
    return dispatcher.open()
  }

  function send(place: Place, sending: Sending): void {
    dispatcher.send(place, sending, () => {
      const waiting = dispatcher.isStopped() ? undefined : takeHeld()
      if (waiting !== undefined) return send(place, waiting)
      free.push(place)
      finishWhenDone()
    })
  }

  function takeHeld(): Sending | undefined {
    const waiting = held[first++]
    if (first < held.length) return waiting
    held = []
    first = 0
    return waiting
  }

  function finishWhenDone(): void {
    if (dispatcher.isStopped()) cancelAlarm?.()
    else if (next !== undefined) return
    if (finished || dispatcher.inFlight() > 0) return
    finished = true
    dispatcher.finish()
  }

  depart()
  return { extend() {}, stop: finishWhenDone }
}
