import type { Agenda } from '../latency/agenda.ts'
import type { Pace } from '../latency/pace.ts'
import { listSteps, type Plan, type Step } from '../plan/plan.ts'

/** The part of a `ServerResponse` that a plan is played on. */
export interface Sink {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown
  flushHeaders(): void
  write(bytes: Buffer): unknown
  end(): unknown
  /** `null`: the connection is gone. */
  socket: Wire | null
}

/** The part of a `Socket` that faults are played on. */
export interface Wire {
  write(bytes: Buffer | string): unknown
  uncork(): void
  /** Ends the connection once everything is written. */
  destroySoon(): void
  resetAndDestroy(): unknown
}

export interface Listener {
  /** Just before a step is written, at that time in ms. */
  onStep(step: Step, at: number): void
  /** The last byte is handed over; what the plan leaves open stays open. */
  onEnd(): void
}

/**
 * Plays a plan whose time 0 is `from` (ms of the clock) at its pace and answers how to stop. A step is
 * written when its deadline has passed, never before, and lateness does not add up.
 */
export function play(
  plan: Plan,
  pace: Pace,
  sink: Sink,
  from: number,
  agenda: Agenda,
  listener: Listener,
): () => void {
  const steps = listSteps(plan)
  let next = 0
  let cancel: (() => void) | undefined

  function proceed(): void {
    for (let step = steps[next]; step !== undefined; step = steps[next]) {
      const due = pace.resolve(step.atMs)
      if (due === undefined) {
        pace.wait(proceed)
        return
      }
      const now = agenda.now()
      if (now < from + due) {
        cancel = agenda.schedule(from + due, proceed)
        return
      }
      next++
      listener.onStep(step, now)
      write(step)
    }
    listener.onEnd()
  }

  function write(step: Step): void {
    if (plan.framing === 'wire') sink.socket?.write(step.bytes)
    else {
      if (step.head !== undefined && plan.interim !== undefined) sink.socket?.write(plan.interim)
      if (step.head !== undefined) sink.writeHead(step.head.status, step.head.headers)
      if (step.bytes.length > 0) sink.write(step.bytes)
      else if (step.head !== undefined) sink.flushHeaders()
    }
    if (step.end) end()
  }

  function end(): void {
    if (plan.end.kind === 'clean') sink.end()
    else if (plan.end.kind === 'hang-up') {
      const { socket } = sink
      sink.end()
      socket?.destroySoon()
    } else if (plan.end.kind === 'close') sink.socket?.destroySoon()
    else if (plan.end.kind === 'reset') {
      // A response holds its bytes back until the end of the turn, and a reset would drop them.
      sink.socket?.uncork()
      sink.socket?.resetAndDestroy()
    }
  }

  proceed()
  return () => {
    cancel?.()
    pace.wait(() => {})
  }
}
