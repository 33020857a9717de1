import { countTokenTimes } from '../engine/packed-records.ts'
import type { ClientTrust, RequestRecord, Records } from '../engine/record.ts'
import { findLateness } from './client.ts'
import { answeredAt } from './measure.ts'

/** Of the completed requests with at least 8 tokens, and all of raw text. */
export interface Buffering {
  requests: number
  /** Requests whose tokens were held back and came together, whole or in bursts. */
  heldBack: number
  /** Those of them whose raw text came in one read: nothing shows that it was streamed. */
  inOneRead: number
  /**
   * Whether that holds for a quarter of them, and for 3 at least or, of raw text, for all: then something between the model
   * and the client did not pass on what it got, whatever the headers say.
   */
  buffered: boolean
}

/** `trust`: of the client that took these records; one that comes late makes bursts of its own. */
export function measureBuffering(records: Records, trust: ClientTrust | undefined): Buffering {
  const lateness = (trust && findLateness(trust)) ?? 0
  let requests = 0
  let heldBack = 0
  let inOneRead = 0
  records.forEach((record) => {
    if (record.phase !== 'measured' || record.outcome !== 'completed') return
    const tokens = countTokens(record)
    if (tokens < burstTokens && record.dialect !== 'raw') return
    requests++
    const whole = cameInOneRead(record, lateness)
    if (whole) inOneRead++
    if (whole || isHeldBack(record, tokens, lateness)) heldBack++
  })
  const enough = heldBack >= 3 || (requests > 0 && inOneRead === requests)
  return { requests, heldBack, inOneRead, buffered: enough && heldBack * 4 >= requests }
}

/** Longest gap within a burst, ms: it may arrive as several segments, and be read piece by piece. */
const burstGap = 1

/** More than a step of speculative decoding gives, in the mean. */
const burstTokens = 8

/** What a full segment of a network holds at the least: fewer in a burst, and no buffer was filled. */
const segmentTokens = 4

/** Speculative decoding guesses wrong at some step of so many tokens, which then gives few. */
const longAnswer = 32

/** ms: no model writes 20,000 tokens a second into one stream, and any buffer is emptied faster. */
const fastestToken = 0.05

/** ms: an answer that is there sooner than this for each of its tokens needs no buffer to come at once. */
const shortestWait = 1

/** How many times as late as its p99 the client may be again and again. */
const lateAtMost = 2

/** Longer than tokens are in the mean: text without events holds at least so many. */
const rawTokenBytes = 16

function countTokens(record: RequestRecord): number {
  const { dialect, bytes } = record
  const events = countTokenTimes(record)
  return dialect === 'raw' ? Math.max(events, Math.floor(bytes / rawTokenBytes)) : events
}

/** Whether raw text has no second read, and the client was not so late that it made one of several. */
function cameInOneRead(record: RequestRecord, lateness: number): boolean {
  const { dialect, marks } = record
  const { dispatched, lastByte } = marks
  if (dialect !== 'raw' || countTokenTimes(record) !== 1) return false
  if (dispatched === undefined || lastByte === undefined) return false
  return lastByte - dispatched >= lateAtMost * lateness
}

/**
 * Whether an answer came in bursts that no model makes: within each the tokens are there at once, the
 * time that they took lies before it, and each but the last is of many. A slow first token, a fast
 * model, a stall, several tokens in a step, and a client that was late are none of that.
 */
function isHeldBack(record: RequestRecord, tokens: number, lateness: number): boolean {
  const { tokenTimes, marks } = record
  const end = answeredAt(record)
  if (end === undefined || marks.dispatched === undefined) return false
  const latency = end - marks.dispatched
  const { bursts, smallest, inside, pauses } = findBursts(tokenTimes)
  const wait = bursts === 1 ? latency : pauses / (bursts - 1)
  return (
    tokens >= burstTokens &&
    latency >= shortestWait * tokens &&
    wait >= lateAtMost * lateness &&
    inside <= fastestToken * (tokens - bursts) &&
    smallest >= segmentTokens &&
    (tokens >= burstTokens * bursts || tokens >= longAnswer)
  )
}

interface Bursts {
  bursts: number
  /** Token events of the smallest one but the last, which is whatever is left; Infinity for one burst. */
  smallest: number
  /** Time within and between them, added up, ms. */
  inside: number
  pauses: number
}

function findBursts(times: Float64Array): Bursts {
  const found: Bursts = { bursts: 1, smallest: Infinity, inside: 0, pauses: 0 }
  let size = 1
  for (let i = 1; i < times.length; i++) {
    const gap = (times[i] ?? 0) - (times[i - 1] ?? 0)
    if (gap > burstGap) {
      found.bursts++
      found.pauses += gap
      found.smallest = Math.min(found.smallest, size)
      size = 0
    } else found.inside += gap
    size++
  }
  return found
}
