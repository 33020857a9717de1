/** At most `running` play at once and at most `waiting` wait for them (`Infinity`: any number). */
export interface QueueLimits {
  running: number
  waiting: number
}

/** A bounded first-come-first-served queue: no clock, only who comes and who goes. */
export interface Queue<T> {
  /** `waiting` becomes running when a later `leave` answers it. */
  arrive(ticket: T): 'running' | 'waiting' | 'rejected'
  /** Frees the slot or the place of a ticket; the answer is the ticket that runs from now on. */
  leave(ticket: T): T | undefined
  count(): QueueCount
  /** Forgets the peak. */
  resetPeak(): void
}

export interface QueueCount {
  running: number
  waiting: number
  /** Most tickets that were running or waiting at one moment. */
  peak: number
}

export function createQueue<T>(limits: QueueLimits = { running: Infinity, waiting: 0 }): Queue<T> {
  const running = new Set<T>()
  const waiting = new Set<T>()
  let peak = 0

  function arrive(ticket: T): 'running' | 'waiting' | 'rejected' {
    if (running.size < limits.running) running.add(ticket)
    else if (waiting.size < limits.waiting) waiting.add(ticket)
    else return 'rejected'
    peak = Math.max(peak, running.size + waiting.size)
    return running.has(ticket) ? 'running' : 'waiting'
  }

  function leave(ticket: T): T | undefined {
    waiting.delete(ticket)
    if (!running.delete(ticket)) return undefined
    const [next] = waiting
    if (next === undefined) return undefined
    waiting.delete(next)
    running.add(next)
    return next
  }

  return {
    arrive,
    leave,
    count: () => ({ running: running.size, waiting: waiting.size, peak }),
    resetPeak: () => {
      peak = running.size + waiting.size
    },
  }
}
