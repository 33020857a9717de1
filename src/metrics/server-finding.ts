import { type Division, divideLatency } from './breakdown.ts'
import type { ServerSummary } from './server-summary.ts'

/** Where the time of the answers went, or why that is not known. */
export type ServerFinding =
  | Division
  /** vLLM counts and times every choice of an answer for itself: there are more than requests. */
  | { kind: 'several-choices'; requests: number; choices: number }
  /** It tells times of its latest `window` answers alone, and finished fewer since the run began. */
  | { kind: 'foreign-window'; window: number; finished: number }
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
  const { covers, failure, requests, restarted } = summary
  if (restarted) return { kind: 'restarted' }
  if (covers === undefined) {
    return failure === undefined ? { kind: 'not-measured' } : { kind: 'unread', failure }
  }
  if (requests === undefined) return { kind: 'uncounted' }
  if (requests.agrees !== true) {
    // Times of other clients' requests say nothing of this one's.
    const { server, client = 0 } = requests
    return { kind: server > client ? 'shared' : 'partial', server, client }
  }
  return findObstacle(summary) ?? divideLatency(summary.times) ?? { kind: 'untold' }
}

function findObstacle({ requests, several, window }: ServerSummary): ServerFinding | undefined {
  if (requests?.server === 0) return { kind: 'nothing-finished' }
  if (several !== undefined) return { kind: 'several-choices', ...several }
  return window && { kind: 'foreign-window', ...window }
}
