import type { BenchDocument } from './bench-document.ts'
import type { Report } from './issue.ts'

/**
 * Requests in flight at 50 tokens/s each that one load process takes with an own error of the ttft of
 * at most 5 ms (p99), as measured: `docs/accuracy.md`.
 */
export const streamsPerProcess = 256

/**
 * Load processes for so many requests in flight: as many as they need, but a core is left for this
 * process and for a target on this machine, since one that waits for a core is late.
 */
function chooseProcesses(inFlight: number, cores: number): number {
  return Math.max(1, Math.min(Math.ceil(inFlight / streamsPerProcess), cores - 1))
}

/** The load processes that are asked for, else as many as the load needs. */
export function readProcesses(
  { load }: Partial<BenchDocument>,
  report: Report,
  {
    inFlight,
    expected,
    requests = Infinity,
    alternates,
    cores,
  }: {
    /** The most that may be in flight, and what is expected to be. */
    inFlight: number
    expected: number
    requests?: number | undefined
    /** Whether two targets take turns, which takes one process. */
    alternates: boolean
    cores: number
  },
): number {
  const most = alternates ? 1 : Math.min(inFlight, requests)
  const asked = load?.processes
  if (asked === undefined) return Math.min(most, chooseProcesses(expected, cores))
  if (asked > most) {
    const why = alternates
      ? 'where a baseline alternates, one process says whose turn it is'
      : 'each takes at least one of the requests in flight, and one of those to measure'
    report(['load', 'processes'], `must be at most ${most}, got ${asked}: ${why}.`)
  }
  return asked
}
