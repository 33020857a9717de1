import type { Breakdown } from './breakdown.ts'
import type { ServerSummary } from './server-summary.ts'

/** Where the time of the answers went, or why that is not known. */
export type ServerFinding =
  | ({ kind: 'breakdown' } & Breakdown)
  /** The server's counters began anew during the run. */
  | { kind: 'restarted' }
  /** Its metrics could not be read; `failure`: why. */
  | { kind: 'unread'; failure: string }
  /** The run ended before its measured phase. */
  | { kind: 'not-measured' }
  /** It does not tell how many answers it finished. */
  | { kind: 'uncounted' }
  /** It finished more requests (`server`) than this client completed (`client`), or fewer. */
  | { kind: 'shared' | 'partial'; server: number; client: number }
  /** No answer was completed between the two scrapes. */
  | { kind: 'nothing-finished' }
  /** It does not tell how long its answers took. */
  | { kind: 'untold' }

/** A breakdown where there is one, else the first obstacle to it. Pure. */
export function locateTime(summary: ServerSummary): ServerFinding {
  const { breakdown, covers, failure, requests, restarted } = summary
  if (breakdown !== undefined) return { kind: 'breakdown', ...breakdown }
  if (restarted) return { kind: 'restarted' }
  if (covers === undefined) {
    return failure === undefined ? { kind: 'not-measured' } : { kind: 'unread', failure }
  }
  if (requests === undefined) return { kind: 'uncounted' }
  if (requests.agrees === true) {
    return { kind: requests.server === 0 ? 'nothing-finished' : 'untold' }
  }
  const { server, client = 0 } = requests
  return { kind: server > client ? 'shared' : 'partial', server, client }
}
