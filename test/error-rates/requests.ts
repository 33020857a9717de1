import { findRound } from '../../src/bench-spec/round.ts'
import type { CompletedRecord, FailedRecord, RequestRecord } from '../../src/engine/record.ts'
import { completed, failed, times } from '../metrics/records.ts'

/** A run that is sent anew as often as one likes: only what came of its requests changes. */
export interface Plan {
  requests: number
  concurrency: number
  /** Token events of each. */
  events: number
}

export const rounds = 5

/** ms between one turn of a slot and the next. */
const turn = 60_000

export function planRequests({ requests, concurrency, events }: Plan): CompletedRecord[] {
  return times(requests, (index) => completed(shapeOf(index, { requests, concurrency, events })))
}

export function planFailures({ requests, concurrency }: Plan): FailedRecord[] {
  return times(requests, (index) => failed(shapeOf(index, { requests, concurrency, events: 1 })))
}

function shapeOf(index: number, { requests, concurrency, events }: Plan) {
  return {
    index,
    slot: index % concurrency,
    round: findRound(index, { requests, rounds }),
    at: turn * Math.floor(index / concurrency),
    events,
  }
}

/** Lets the first token of a request come `ttft` ms after it was sent, and the others with it. */
export function answerAfter(record: RequestRecord, ttft: number): void {
  const { marks, tokenTimes } = record
  const at = (marks.dispatched ?? 0) + ttft
  tokenTimes.fill(at)
  marks.firstByte = at
  marks.firstContent = at
  marks.firstToken = at
  marks.firstOutput = at
  finish(record, at)
}

/** Lets the tokens after the first come by these gaps, ms. */
export function answerByGaps(record: RequestRecord, gapAt: (gap: number) => number): void {
  const { tokenTimes } = record
  let at = tokenTimes[0] ?? 0
  for (let i = 1; i < tokenTimes.length; i++) {
    at += gapAt(i - 1)
    tokenTimes[i] = at
  }
  finish(record, at)
}

function finish({ marks }: RequestRecord, at: number): void {
  marks.lastToken = at
  marks.lastByte = at
  marks.ended = at
}
