import type { RequestRecord } from '../engine/record.ts'

/** Of the completed requests with at least 4 token events. */
export interface Buffering {
  requests: number
  /** Requests whose tokens all came in one read. */
  atOnce: number
  /** Whether that holds for most: then the answers were not streamed, whatever the headers say. */
  buffered: boolean
}

const enoughTokens = 4

export function measureBuffering(records: readonly RequestRecord[]): Buffering {
  let requests = 0
  let atOnce = 0
  for (const { phase, outcome, tokenTimes } of records) {
    if (phase !== 'measured' || outcome !== 'completed' || tokenTimes.length < enoughTokens)
      continue
    requests++
    // Events of one read carry the read's instant, bit for bit.
    if (tokenTimes[0] === tokenTimes[tokenTimes.length - 1]) atOnce++
  }
  return { requests, atOnce, buffered: atOnce * 2 > requests }
}
