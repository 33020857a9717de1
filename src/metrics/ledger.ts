import { type Choices, oneChoice } from '../bench-spec/choices.ts'
import { keepKnown } from '../bench-spec/known.ts'
import type { FailureKind, Reading, RequestRecord, Records } from '../engine/record.ts'
import type { Snapshot } from './snapshot.ts'

/** What a request asked for. */
export type FindChoices = (record: RequestRecord) => Choices

/** As what a server counts a request: vLLM each of its choices for itself. */
export function countAs({ source }: Snapshot, findChoices: FindChoices): FindChoices {
  return source === 'vllm' ? findChoices : () => oneChoice
}

/** A count of the server, and the same count from the client's own requests. */
export interface Ledger {
  server: number
  /** `undefined`: the answers did not say. */
  client?: number
  /** Whether the client's own requests explain the server's count; `undefined` without theirs. */
  agrees?: boolean
}

/** The client's requests by how surely a server counted them between two of its readings. */
export interface Counted {
  /** Completed, the warm-up included. */
  completed: Records
  /** Completed between the readings: the best guess. */
  covered: Records
  /** Completed, and sent after the first reading. */
  sure: Records
  /** All of which the server may have counted something. */
  possible: Records
}

/** ms after the end of an answer within which a server may come to count it. */
const lag = 1_000

/** Failures of requests that no server has answered completely. */
const unanswered: ReadonlySet<FailureKind> = new Set(['connect', 'tls', 'http_status'])

export function sortByCertainty(records: Records, before: Reading<unknown>): Counted {
  const completed = records.filter(({ outcome }) => outcome === 'completed')
  return {
    completed,
    covered: completed.filter(({ marks }) => marks.ended >= before.received),
    sure: completed.filter(({ marks }) => (marks.dispatched ?? 0) >= before.received),
    possible: records.filter(
      (record) =>
        record.marks.ended >= before.sent - lag &&
        !(record.outcome === 'failed' && unanswered.has(record.failure.kind)),
    ),
  }
}

/**
 * Compares a count of the server with what `weigh` gives for each request, `undefined` where it is
 * not known. What the server counted of requests that were not completed is not known either: they
 * explain any surplus, or where they weigh at most so much (`most`) that.
 */
export function compareCounts(
  server: number | undefined,
  { covered, sure, possible }: Counted,
  weigh: (record: RequestRecord) => number | undefined,
  most: (record: RequestRecord) => number = () => Infinity,
): Ledger | undefined {
  if (server === undefined) return undefined
  const least = add(sure, weigh)
  const atMost = add(possible, (record) =>
    record.outcome === 'completed' ? weigh(record) : most(record),
  )
  return keepKnown<Ledger>({
    server,
    client: add(covered, weigh),
    agrees:
      least === undefined || atMost === undefined ? undefined : server >= least && server <= atMost,
  })
}

function add(
  records: Records,
  weigh: (record: RequestRecord) => number | undefined,
): number | undefined {
  let sum = 0
  for (const record of records) {
    const weight = weigh(record)
    if (weight === undefined) return undefined
    sum += weight
  }
  return sum
}
