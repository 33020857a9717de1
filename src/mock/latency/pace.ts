/** Turns the time of a plan, as on an idle server, into the time it really has; ms after admission. */
export interface Pace {
  /** When what is planned for `atMs` is due; `undefined`: not decided yet. Ask in ascending order. */
  resolve(atMs: number): number | undefined
  /** Content number 0, 1, … is due at `ms`. */
  decide(ms: number): void
  /** Calls back, once, after the next decision. */
  wait(then: () => void): void
}

/**
 * What is planned between two contents keeps its distance from the first of them; what is planned
 * before all contents keeps its distance from admission.
 *
 * `contentsMs` are the planned times of the contents, ascending.
 */
export function createPace(contentsMs: readonly number[]): Pace {
  const decided: number[] = []
  let content = -1
  let waiting: (() => void) | undefined
  return {
    resolve(atMs) {
      while (contentsMs[content + 1] !== undefined && contentsMs[content + 1]! <= atMs) content++
      if (content === -1) return atMs
      const ms = decided[content]
      return ms === undefined ? undefined : ms + (atMs - contentsMs[content]!)
    },
    decide(ms) {
      decided.push(ms)
      const then = waiting
      waiting = undefined
      then?.()
    },
    wait(then) {
      waiting = then
    },
  }
}
